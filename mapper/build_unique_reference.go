package mapper

import "github.com/weft-orm/weft/internal/suggest"

// referred returns the column of the unique property that a reference names in the place of
// the key of its target; nil after a mistake.
func (b *builder) referred(p *propDraft) []*Column {
	r, name := p.prop.Relation, p.facts.references
	by := b.find(r.Target, name)
	where := r.Target.Name + "." + name
	refuse := func(why string) []*Column {
		b.report(p.pos(), "references: "+why)
		return nil
	}
	switch {
	case by == nil:
		return refuse(r.Target.Name + " has no property " + name + suggest.Hint(name, r.Target.PropertyNames()))
	case by.Kind != Scalar || by.Parent != nil || by.Virtual || by.Formula != "":
		return refuse(where + " is no value with a column of the entity itself")
	case by.Primary:
		return refuse(where + " is the key, which a reference refers to without being told")
	case !by.Unique:
		return refuse(where + " is not unique; give it the option unique")
	case by.Deferrable:
		return refuse(where + " is deferrable, and a foreign key needs a constraint that is not")
	case by.Nullable:
		return refuse(where + " may be NULL, and no row is known by that; make it required")
	case by.Type.Kind == Bytes || by.Type.Kind == JSON || by.Type.Kind == Array:
		return refuse(where + " is of type " + by.Type.Kind.String() + ", which cannot be referred to")
	case p.prop.Primary:
		return refuse("a reference that is a key refers to a key")
	}
	column := b.ownColumn(by)
	if column == nil {
		return nil // reported there
	}
	if by.Generated == AutoIncrement || by.Generated == ByDatabase || by.Optional || column.Generated != "" || column.Default != "" {
		return refuse(where + " may be made by the database, and must be known before the row is written")
	}
	r.By = by
	return by.Columns
}

// ownColumn settles the column of a scalar property early.
func (b *builder) ownColumn(prop *Property) *Column {
	for _, q := range b.byEntity[prop.Entity].props {
		if q.prop == prop {
			b.column(q)
		}
	}
	if len(prop.Columns) == 0 {
		return nil
	}
	return prop.Columns[0]
}

// Elsewhere reports a to-one relation whose own columns do not hold the key of its target:
// the inverse side of a one-to-one, the first item of a collection, and a reference to a
// unique property. What it leads to is told by the target's row.
func (p *Property) Elsewhere() bool {
	return p.Relation != nil && p.Kind.IsToOne() && (!p.Relation.Owning || p.Relation.By != nil)
}
