package mapper

import (
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

// valueColumn is the column of a scalar and the list that the property has of it.
type valueColumn struct {
	column  Column
	columns [1]*Column
}

// valueColumn makes the column of a scalar or document.
func (b *builder) valueColumn(p *propDraft) {
	f, prop := p.facts, p.prop
	made := b.memory.columns.next()
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
