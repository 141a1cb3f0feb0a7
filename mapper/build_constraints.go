package mapper

import (
	"cmp"
	"slices"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/naming"
)

// constraints makes the indexes and checks of an entity. Unique properties keep
// their Property.Unique and need no index of their own here.
func (b *builder) constraints(d *draft) {
	e := d.entity
	var groups map[string]*Index
	var order []string
	for _, p := range d.props {
		f := p.facts
		if f.deferrable && !p.prop.Unique && f.uniqueGroup == "" {
			b.report(p.pos(), `option "deferrable" is for unique constraints`)
		}
		// What leads to a target of several is found by both columns: no foreign key has an index.
		if len(p.prop.Columns) > 0 && (f.index || p.prop.Relation != nil && p.prop.Relation.IsAny() && !p.prop.Unique) {
			b.addIndex(d, &Index{Columns: p.prop.Columns})
		}
		if f.fulltext && len(p.prop.Columns) > 0 {
			b.addIndex(d, &Index{Columns: p.prop.Columns, Fulltext: true})
		}
		if (f.expires || f.geo) && len(p.prop.Columns) > 0 {
			b.documentIndex(d, p.pos(), &Index{Columns: p.prop.Columns, Document: &DocumentIndex{Expires: f.expires, After: f.expiresAfter, Geo: f.geo}})
		}
		for _, g := range []struct {
			name   string
			unique bool
		}{{f.indexGroup, false}, {f.uniqueGroup, true}} {
			if g.name == "" {
				continue
			}
			if groups[g.name] == nil {
				if groups == nil {
					groups = map[string]*Index{}
				}
				groups[g.name] = &Index{Name: g.name, Unique: g.unique}
				order = append(order, g.name)
			}
			groups[g.name].Deferrable = groups[g.name].Deferrable || g.unique && f.deferrable
			groups[g.name].Columns = append(groups[g.name].Columns, p.prop.Columns...)
		}
		for _, c := range f.checks {
			e.Checks = append(e.Checks, &Check{Expression: c, Property: p.prop})
		}
	}
	for _, name := range order {
		b.addIndex(d, groups[name])
	}
	for _, x := range d.facts.indexes {
		b.declaredIndex(d, x)
	}
	for _, c := range d.facts.checks {
		e.Checks = append(e.Checks, &Check{Name: c.Name, Expression: c.Expression})
	}
	b.policies(d)
	b.concurrencyChecks(d)
	for _, c := range e.Checks {
		if c.Name == "" {
			c.Name = naming.Check(e.Table.Name, c.Expression, b.limits.Name)
		}
	}
}

// declaredIndex makes an index from property names.
func (b *builder) declaredIndex(d *draft, x indexFacts) {
	if x.deferrable && (!x.unique || x.where != "" || x.expression != "") {
		b.report(d.info.Type.Text, "index: only a unique constraint over properties can be deferrable")
		return
	}
	index := &Index{Name: x.name, Unique: x.unique, Deferrable: x.deferrable, Fulltext: x.fulltext, Where: x.where, Expression: x.expression}
	if len(x.include) > 0 && x.fulltext {
		b.report(d.info.Type.Text, "index: one for text search includes no columns")
		return
	}
	var ok, all bool
	if index.Columns, ok = b.indexColumns(d, x.properties); !ok {
		return
	}
	if index.Include, all = b.indexColumns(d, x.include); !all {
		return
	}
	if !x.document.isZero() {
		index.Document = &x.document
		b.documentIndex(d, d.info.Type.Text, index)
		return
	}
	b.addIndex(d, index)
}

// documentIndex keeps an index that only document databases have, if it is in order.
func (b *builder) documentIndex(d *draft, position string, x *Index) {
	if why := x.documentIndex(); why != "" {
		b.report(position, "index: "+why)
		return
	}
	b.addIndex(d, x)
}

// indexColumns are the columns of properties; false when one was reported.
func (b *builder) indexColumns(d *draft, properties []string) ([]*Column, bool) {
	var columns []*Column
	for _, name := range properties {
		p := b.find(d.entity, name)
		if p == nil {
			b.report(d.info.Type.Text, "index: no property "+name+suggest.Hint(name, d.entity.PropertyNames()))
			return nil, false
		}
		if len(p.Columns) == 0 {
			b.report(d.info.Type.Text, "index: "+p.Path+" has no column")
			return nil, false
		}
		if p.Columns[0].Table != d.entity.Table {
			b.report(d.info.Type.Text, "index: "+p.Path+" stands in the table "+p.Columns[0].Table.Name+" of "+p.Entity.Name+", an index covers columns of one table")
			return nil, false
		}
		columns = append(columns, p.Columns...)
	}
	return columns, true
}

// addIndex names an index and keeps it.
func (b *builder) addIndex(d *draft, x *Index) {
	if x.Name == "" {
		kind := naming.KindIndex
		if x.Unique {
			kind = naming.KindUnique
		}
		var names []string
		for _, c := range x.Columns {
			names = append(names, c.Name)
		}
		x.Name = naming.Index(kind, d.entity.Table.Name, names, b.limits.Name)
	}
	d.entity.Indexes = append(d.entity.Indexes, x)
}

// validate looks for what only the whole shows: names that clash or are too long.
func (b *builder) validate() {
	tables := make(map[Table]*draft, len(b.drafts))
	columns := make(map[columnPlace]*Column, 8*len(b.drafts))
	for _, d := range b.drafts {
		e := d.entity
		if e.Table == nil {
			continue
		}
		if d.base == nil || e.Inheritance == TablePerType {
			if other := tables[*e.Table]; other != nil {
				b.report(d.info.Type.Text, "has the table "+e.Table.Name+" of "+other.info.Type.Text)
			}
			tables[*e.Table] = d
		}
		limitCheck{limits: b.limits, entity: e, position: d.info.Type.Text, report: b.report}.run()
		b.columnClashes(d, columns)
	}
	slices.SortStableFunc(b.problems, func(x, y Problem) int { return cmp.Compare(b.rank(x), b.rank(y)) })
}

// columnPlace identifies a column of a database; types of one table share it.
type columnPlace struct {
	table *Table
	name  string
}

// columnClashes reports columns of one table with the same name.
func (b *builder) columnClashes(d *draft, seen map[columnPlace]*Column) {
	for _, c := range d.entity.Columns {
		at := columnPlace{c.Table, c.Name}
		other := seen[at]
		switch {
		case c.Property.Entity != d.entity:
			continue // the base's own
		case other == nil:
			seen[at] = c
		default:
			b.report(b.columnPosition(d, c), "has the column "+c.Name+" of "+b.columnOwner(d, other))
		}
	}
}

func (b *builder) columnPosition(d *draft, c *Column) string {
	if c.Property == nil || c.Property.Field == "" {
		return d.info.Type.Text
	}
	return d.position(c.Property.Field)
}

func (b *builder) columnOwner(d *draft, c *Column) string {
	switch {
	case c.Property == nil || c.Property.Field == "":
		return "the discriminator"
	case c.Property.Entity != d.entity:
		return c.Property.Entity.Name + "." + c.Property.Field
	}
	return c.Property.Field
}

// rank orders problems by entity; the order of discovery settles the rest.
func (b *builder) rank(p Problem) int {
	best, length := -1, 0
	for i, d := range b.drafts {
		name := d.info.Type.Text
		if len(name) > length && (p.Position == name || len(p.Position) > len(name) && p.Position[:len(name)+1] == name+".") {
			best, length = i, len(name)
		}
	}
	return best
}
