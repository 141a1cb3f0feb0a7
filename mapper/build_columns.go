package mapper

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/naming"
)

// States of column resolution, to notice keys that depend on each other.
const (
	unresolved uint8 = iota
	resolving
	resolved
)

// columns settles the table of an entity and the columns of its own properties.
func (b *builder) columns(d *draft) {
	b.table(d)
	for _, p := range d.props {
		b.column(p)
	}
	b.discriminator(d)
}

// table names the table of an entity.
func (b *builder) table(d *draft) *Table {
	if d.entity.Table != nil {
		return d.entity.Table
	}
	if d.base != nil && d.entity.Inheritance != TablePerType {
		d.entity.Table = b.table(d.base)
		if d.facts.table != "" {
			b.report(d.info.Type.Text, "has a table of its own although its base "+d.base.info.Type.Text+" keeps all in one table")
		}
		return d.entity.Table
	}
	t := &Table{Schema: d.facts.schema, Name: d.facts.table, Query: d.facts.query}
	if t.Schema == "" && d.base != nil {
		t.Schema = b.table(d.base).Schema
	}
	if t.Name == "" {
		t.Name = b.naming.Table(d.entity.Name)
	}
	d.entity.Table = t
	return t
}

// column settles the columns of a property.
func (b *builder) column(p *propDraft) {
	switch {
	case p.state == resolved:
		return
	case p.state == resolving:
		b.report(p.pos(), "the key depends on itself through this relation")
		return
	}
	p.state = resolving
	defer func() { p.state = resolved }()
	switch prop := p.prop; {
	case prop.Virtual || prop.Formula != "":
		if prop.Relation != nil && prop.Formula != "" {
			b.report(p.pos(), "a relation cannot be computed")
		}
	case prop.Kind == Scalar || prop.Kind == Document:
		b.valueColumn(p)
	case prop.Relation != nil && prop.Relation.IsAny():
		b.anyColumns(p)
	case prop.Kind.IsToOne() && prop.Relation.Target != nil && prop.Relation.Owning:
		b.foreignKey(p)
	}
}

// valueColumn makes the column of a scalar or document.
func (b *builder) valueColumn(p *propDraft) {
	f, prop := p.facts, p.prop
	made := new(struct {
		column  Column
		columns [1]*Column
	}) // in one piece, there are thousands of them
	c := &made.column
	*c = Column{
		Name: p.columnName(b.naming), Table: b.table(p.owner), Property: prop, Index: -1, Type: prop.Type,
		Nullable: prop.Nullable || b.inSubtypeOfOneTable(p.owner), AutoIncrement: prop.Generated == AutoIncrement,
		Unsigned: f.unsigned || prop.Type.Kind == Uint, Default: f.defaultSQL, Generated: f.generated,
		Collation: f.collation, Comment: f.comment, Was: f.was, SQLType: f.sqlType,
	}
	if own, ok := prop.Type.Custom.(CustomColumnTyper); ok && c.SQLType == nil {
		c.SQLType = own.ColumnTypes()
	}
	made.columns[0] = c
	prop.Columns = made.columns[:]
}

// inSubtypeOfOneTable reports that rows of other types share the table.
func (b *builder) inSubtypeOfOneTable(d *draft) bool {
	return d.base != nil && d.entity.Inheritance == SingleTable
}

// columnName is the declared name, or that of the naming strategy.
func (p *propDraft) columnName(n naming.Strategy) string {
	switch {
	case p.column != "":
	case p.facts.column != "":
		p.column = p.prefix + p.facts.column
	default:
		p.column = p.prefix + n.Column(p.prop.Name)
	}
	return p.column
}

// foreignKey makes the columns of the owning side of a to-one relation, or
// shares those of the scalar properties that stand beside it.
func (b *builder) foreignKey(p *propDraft) {
	keys := b.keyColumns(p.prop.Relation.Target)
	if len(keys) == 0 {
		return // reported at the target
	}
	if p.facts.references != "" {
		if keys = b.referred(p); keys == nil {
			return
		}
	}
	names := b.joinColumnNames(p, keys)
	if names == nil {
		return
	}
	beside := b.scalarsBeside(p, names, len(keys))
	if p.prop.Relation.By != nil && beside != nil && beside[0] != nil {
		b.report(p.pos(), "references: the reference cannot share the column "+names[0]+" with "+beside[0].prop.Field+"; take one of the two away")
		return
	}
	if p.facts.dbref && beside != nil {
		for i, q := range beside {
			if q != nil {
				b.report(p.pos(), "dbref: the reference cannot share the column "+names[i]+" with "+q.prop.Field+"; take one of the two away")
				return
			}
		}
	}
	p.prop.Relation.Keys = keys
	for i, key := range keys {
		if beside != nil && beside[i] != nil {
			b.share(p, beside[i], key)
			continue
		}
		p.prop.Columns = append(p.prop.Columns, &Column{
			Name: names[i], Table: b.table(p.owner), Property: p.prop, Part: i, Index: -1, Type: key.Type, References: key,
			Nullable: p.prop.Nullable || b.inSubtypeOfOneTable(p.owner), Unsigned: key.Unsigned, Comment: p.facts.comment, Was: wasOf(p.facts, i, len(keys)),
			Collation: key.Collation, SQLType: key.SQLType,
		})
	}
	if beside != nil && slices.ContainsFunc(beside, func(q *propDraft) bool { return q != nil }) {
		// A reference is null when one of its columns is.
		p.prop.Nullable = slices.ContainsFunc(p.prop.Columns, func(c *Column) bool { return c.Nullable })
	}
}

// wasOf is the former name of one of a property's columns; those of several are given as a list.
func wasOf(f *facts, part, parts int) string {
	if names := list(f.was); len(names) == parts {
		return names[part]
	}
	return ""
}

// share makes a relation use the column of a scalar property.
func (b *builder) share(p *propDraft, scalar *propDraft, key *Column) {
	b.column(scalar)
	if len(scalar.prop.Columns) == 0 {
		return
	}
	c := scalar.prop.Columns[0]
	if c.Type.Kind != key.Type.Kind {
		b.report(p.pos(), "shares the column "+c.Name+" with "+scalar.prop.Field+", whose type "+scalar.typ.Text+" is not that of the key "+key.Property.String())
	}
	if c.References == nil {
		c.References = key
	}
	p.prop.Columns = append(p.prop.Columns, c)
	if scalar.prop.Generated == AutoIncrement && scalar.facts.generate == "" {
		scalar.prop.Generated, c.AutoIncrement = Assigned, false
	}
	if p.facts.required {
		c.Nullable = false
	}
}

// keyColumns are the key columns of an entity, resolved early where needed.
func (b *builder) keyColumns(e *Entity) []*Column {
	root := e.Root()
	var out []*Column
	for _, k := range root.Key {
		for _, p := range b.byEntity[root].props {
			if p.prop == k {
				b.column(p)
			}
		}
		out = append(out, k.Columns...)
	}
	return out
}

// joinColumnNames names the columns of a foreign key; nil after a mistake.
func (b *builder) joinColumnNames(p *propDraft, keys []*Column) []string {
	names := p.facts.joinColumns
	if len(names) == 0 && p.facts.column != "" {
		names = list(p.facts.column)
	}
	if len(names) == 0 {
		names = naming.JoinColumns(b.naming, p.prop.Name, keyNames(keys))
	} else if len(names) != len(keys) {
		b.report(p.pos(), "joinColumn names "+count(len(names), "column")+", but the key of "+p.prop.Relation.Target.Name+" has "+count(len(keys), "column"))
		return nil
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = p.prefix + n
	}
	return out
}

// keyNames are the property names of key columns, "order" and "product" for a
// key made of relations, as far as they can be told apart.
func keyNames(keys []*Column) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Property.Name
		if k.Property.Kind.IsRelation() {
			names[i] = naming.LowerCamel(camel(k.Name))
		}
	}
	return names
}

// camel writes a column name as a Go name, "order_id" as "OrderId".
func camel(column string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(column, func(r rune) bool { return r == '_' || r == '-' || r == ' ' }) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// scalarsBeside finds the scalar properties that hold the foreign key: those
// named by fk, or those with the same column.
func (b *builder) scalarsBeside(p *propDraft, names []string, parts int) []*propDraft {
	out := make([]*propDraft, parts)
	if len(p.facts.fk) > 0 {
		if len(p.facts.fk) != parts {
			b.report(p.pos(), "fk names "+count(len(p.facts.fk), "field")+", but the key of "+p.prop.Relation.Target.Name+" has "+count(parts, "column"))
			return nil
		}
		for i, name := range p.facts.fk {
			if out[i] = p.owner.scalar(name); out[i] == nil {
				b.report(p.pos(), "fk: "+p.owner.entity.Name+" has no scalar property "+name+suggest.Hint(name, p.owner.entity.PropertyNames()))
				return nil
			}
		}
		return out
	}
	for i, name := range names {
		for _, q := range p.owner.props {
			if q.prop.Kind == Scalar && !q.prop.Virtual && q.prop.Formula == "" && q.columnName(b.naming) == name {
				out[i] = q
			}
		}
	}
	return out
}

// scalar finds an own scalar property by Go or property name.
func (d *draft) scalar(name string) *propDraft {
	i := slices.IndexFunc(d.props, func(p *propDraft) bool {
		return p.prop.Kind == Scalar && (p.prop.Field == name || p.prop.Path == name)
	})
	if i < 0 {
		return nil
	}
	return d.props[i]
}

// discriminator makes the column that tells the types of a hierarchy apart.
func (b *builder) discriminator(d *draft) {
	e := d.entity
	if e.Inheritance == NoInheritance {
		return
	}
	if d.base != nil {
		e.Discriminator = d.base.entity.Discriminator
		b.tableKey(d)
		return
	}
	name := d.facts.discriminator
	if name == "" {
		name = naming.DiscriminatorColumn(b.naming)
	}
	for _, p := range d.props {
		if p.prop.Kind == Scalar && len(p.prop.Columns) == 1 && (p.prop.Name == name || p.prop.Field == name || p.prop.Columns[0].Name == name) {
			e.Discriminator = p.prop.Columns[0]
			return
		}
	}
	e.Discriminator = &Column{Name: name, Table: e.Table, Index: -1, Type: &Type{Kind: String, GoName: "string", Length: 64}}
}

// version settles the optimistic lock.
func (b *builder) version(d *draft, p *propDraft) {
	if d.entity.Version != nil {
		b.report(p.pos(), "is a second version beside "+d.entity.Version.Field)
		return
	}
	t := p.prop.Type
	switch {
	case t == nil || t.Kind != Int && t.Kind != Uint && t.Kind != Time:
		b.report(p.pos(), "a version must be an integer or a time.Time, not "+p.typ.Text)
	case p.prop.Nullable:
		b.report(p.pos(), "a version cannot be nullable")
	case p.prop.Primary:
		b.report(p.pos(), "a version cannot be the key")
	}
	d.entity.Version = p.prop
}
