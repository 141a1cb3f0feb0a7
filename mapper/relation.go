package mapper

import "iter"

// Relation describes where a relation property leads. It is read-only after
// the registry was built.
type Relation struct {
	// Target is the entity at the other end.
	Target *Entity
	// Type is, of a polymorphic reference, the property that tells of which type its target is. It
	// is no leaf.
	Type *Property
	// Of is, of a branch, the polymorphic reference, see [Target].
	Of *Property
	// Owning reports that this side holds the foreign key or writes the pivot.
	Owning bool
	// Keys are the key columns of the target that the property's columns refer to, one for
	// each: a column that several relations share refers to one of each.
	Keys []*Column
	// By is the unique property of Target that the property's column refers to in the place of
	// the key, nil for the key.
	By *Property
	// Inverse is the property of Target at the other end, or nil when unidirectional.
	Inverse *Property
	// Style is the Go form of the field.
	Style Style
	// Pivot is the join table of a many-to-many relation (shared by both sides), else nil.
	Pivot *Pivot

	// Cascade lists what spreads from owner to target.
	Cascade Cascade
	// OrphanRemoval deletes targets that leave the relation.
	OrphanRemoval bool
	// OnDelete and OnUpdate are the foreign key's rules.
	OnDelete, OnUpdate ForeignKeyRule
	// NoConstraint reports that no foreign key constraint exists in the database.
	NoConstraint bool
	// DBRef reports that documents hold keys of the relation as {$ref, $id} (MongoDB); tables do not.
	DBRef bool
	// OrderBy is the default order of a to-many relation, in order-string form.
	OrderBy []string
	// Eager populates the relation on every read.
	Eager bool
	// Strategy is the preferred loading strategy: "", "auto", "select-in", "joined" or "balanced".
	Strategy string
	// Ordered reports a many-to-many relation with a position column (array order on MongoDB).
	Ordered bool

	// Where is the fixed condition of a collection, an operator map about the items, nil for
	// none: only rows for which it holds are items. Such a collection is ReadOnly, unless the
	// condition is only that of which type the targets of a polymorphic reference are.
	Where any
	// Through is, of a reference that leads to the first item of a collection of the same
	// entity, that collection, nil for others. OrderBy says which is the first. Such a
	// reference is ReadOnly, and lazy.
	Through *Property
	// ReadOnly reports a relation that shows what others keep: the owning side does not know
	// it, and it cannot be changed.
	ReadOnly bool
	// Further are, of an owning side, the collections at the other end beside Inverse: each
	// holds the items of its own subtype.
	Further []*Property
	shown   []*Property // of an owning side: the read-only collections that show it
	link    *Property   // see Link
}

// Views yields the relations at the other end of an owning side: Inverse and Further.
func (r *Relation) Views() iter.Seq[*Property] {
	return func(yield func(*Property) bool) {
		if r.Inverse == nil || !yield(r.Inverse) {
			return
		}
		for _, view := range r.Further {
			if !yield(view) {
				return
			}
		}
	}
}

// Style is the Go form of a relation field.
type Style uint8

// The forms of relation fields.
const (
	// RefField is a rel.Ref[T].
	RefField Style = iota + 1
	// PointerField is a *T.
	PointerField
	// CollectionField is a rel.Collection[T].
	CollectionField
	// SliceField is a []*T.
	SliceField
)

// Pivot is the join table of a many-to-many relation, seen from its owning side.
type Pivot struct {
	// Table is the join table.
	Table *Table
	// Owner are the columns that reference the owning side's key, Target those of the other side.
	Owner, Target []*Column
	// Order is the position column of an ordered relation, else nil.
	Order *Column
	// Entity is the entity mapped onto the pivot, nil when it has none.
	Entity *Entity
}

// Cascade is a set of operations that spread along a relation.
type Cascade uint8

// The operations that can spread.
const (
	CascadePersist Cascade = 1 << iota
	CascadeRemove
	CascadeMerge
)

// Has reports whether all of what are in c.
func (c Cascade) Has(what Cascade) bool { return c&what == what }

// ForeignKeyRule is what the database does to a referencing row.
type ForeignKeyRule string

// The rules of foreign keys; the empty rule is the database's default.
const (
	RuleDefault  ForeignKeyRule = ""
	RuleCascade  ForeignKeyRule = "cascade"
	RuleRestrict ForeignKeyRule = "restrict"
	RuleSetNull  ForeignKeyRule = "set null"
	RuleNoAction ForeignKeyRule = "no action"
)
