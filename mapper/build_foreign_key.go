package mapper

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/naming"
)

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
