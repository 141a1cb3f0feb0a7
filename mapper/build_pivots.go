package mapper

import (
	"strconv"

	"github.com/weft-orm/weft/naming"
)

// pivots makes the join tables of owning many-to-many relations and gives them
// to the inverse sides.
func (b *builder) pivots(d *draft) {
	for _, p := range d.props {
		r := p.prop.Relation
		if p.prop.Kind != ManyToMany || r.Target == nil || !r.Owning {
			continue
		}
		if b.bothOwn(p) {
			continue
		}
		r.Pivot = b.pivot(p)
		if r.Inverse != nil {
			r.Inverse.Relation.Pivot = r.Pivot
			r.Inverse.Relation.Ordered = false
		}
		for _, p := range r.shown {
			p.Relation.Pivot = r.Pivot
		}
	}
}

// pivot makes one join table.
func (b *builder) pivot(p *propDraft) *Pivot {
	r, owner := p.prop.Relation, p.owner.entity
	name := p.facts.pivot
	if name == "" {
		name = b.naming.JoinTable(owner.Name, p.prop.Name, r.Target.Name)
	}
	pivot := &Pivot{Table: &Table{Schema: owner.Table.Schema, Name: name}}
	ownerName, targetName := naming.LowerCamel(owner.Name), naming.LowerCamel(r.Target.Name)
	if owner == r.Target {
		ownerName, targetName = ownerName+"1", targetName+"2"
	}
	pivot.Owner = b.pivotColumns(p, pivot.Table, ownerName, owner, p.facts.joinColumns, "joinColumn")
	pivot.Target = b.pivotColumns(p, pivot.Table, targetName, r.Target, p.facts.inverseJoinColumns, "inverseJoinColumn")
	if r.Ordered {
		order := p.facts.orderColumn
		if order == "" {
			order = b.naming.Column("position")
		}
		pivot.Order = &Column{Name: order, Table: pivot.Table, Index: -1, Type: &Type{Kind: Int, GoName: "int64", Bits: 64}}
	}
	b.pivotEntity(p, pivot)
	b.pivotShared(p, pivot)
	b.pivotClash(p, pivot)
	return pivot
}

// pivotColumns makes the columns that reference one side.
func (b *builder) pivotColumns(p *propDraft, t *Table, as string, e *Entity, names []string, option string) []*Column {
	keys := e.KeyColumns
	if len(names) == 0 {
		names = naming.JoinColumns(b.naming, as, keyNames(keys))
	} else if len(names) != len(keys) {
		b.report(p.pos(), option+" names "+count(len(names), "column")+", but the key of "+e.Name+" has "+count(len(keys), "column"))
		return nil
	}
	out := make([]*Column, len(keys))
	for i, k := range keys {
		out[i] = &Column{Name: names[i], Table: t, Part: i, Index: -1, Type: k.Type, References: k, Unsigned: k.Unsigned, Collation: k.Collation, SQLType: k.SQLType}
	}
	return out
}

// pivotEntity finds the entity mapped onto the join table. It must have been named: a
// name that was made up may be that of an entity by chance, whose rows are no links.
func (b *builder) pivotEntity(p *propDraft, pivot *Pivot) {
	if b.tables == nil {
		b.tables = map[Table]*draft{}
		for _, d := range b.drafts {
			if d.base == nil {
				b.tables[*d.entity.Table] = d
			}
		}
	}
	d := b.tables[*pivot.Table]
	if d == nil {
		return
	}
	if p.facts.pivot == "" {
		b.report(p.pos(), "its join table would be "+pivot.Table.String()+", the table of "+d.entity.Name+"; name another with pivot, or pivot="+pivot.Table.Name+" where "+d.entity.Name+" is meant to hold the links")
		return
	}
	pivot.Entity = d.entity
	for _, c := range append(append([]*Column{}, pivot.Owner...), pivot.Target...) {
		if !hasColumn(d.entity, c.Name) {
			b.report(p.pos(), "the pivot entity "+d.entity.Name+" has no column "+c.Name)
		}
	}
}

// pivotShared reports two relations whose links would stand in one table by chance.
func (b *builder) pivotShared(p *propDraft, pivot *Pivot) {
	if b.joinTables == nil {
		b.joinTables = map[Table]*propDraft{}
	}
	other := b.joinTables[*pivot.Table]
	if other == nil {
		b.joinTables[*pivot.Table] = p
	} else if p.facts.pivot == "" || other.facts.pivot == "" {
		b.report(p.pos(), "its join table "+pivot.Table.String()+" is that of "+other.prop.String()+"; name another with pivot")
	}
}

// pivotClash reports columns of the same name.
func (b *builder) pivotClash(p *propDraft, pivot *Pivot) {
	seen := map[string]bool{}
	all := append(append([]*Column{}, pivot.Owner...), pivot.Target...)
	if pivot.Order != nil {
		all = append(all, pivot.Order)
	}
	for _, c := range all {
		if seen[c.Name] {
			b.report(p.pos(), "the pivot table "+pivot.Table.Name+" has two columns "+c.Name)
		}
		seen[c.Name] = true
	}
}

func hasColumn(e *Entity, name string) bool {
	for _, c := range e.Columns {
		if c.Name == name {
			return true
		}
	}
	return false
}

// count writes a number with its noun, "1 column", "2 columns".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
