package mapper

import "unsafe"

// Property is one mapped field of an entity: a scalar, an embedded value or a
// relation. It is read-only after the registry was built.
type Property struct {
	// Entity is the entity that declares the property.
	Entity *Entity
	// Parent is the embedded property this one stands in, nil at top level.
	Parent *Property
	// Name is the name used in conditions, "createdAt".
	Name string
	// Path is Name preceded by the names of the parents, "address.city".
	Path string
	// Field is the Go selector from the entity, "Address.City"; "" for a
	// discriminator no field holds, the name for a shadow property.
	Field string
	// Index is the position in Entity.Leaves, or -1 for an inline embedded property itself.
	Index int
	// Kind tells scalars, embedded values and relations apart.
	Kind Kind

	// Type is the value type of a scalar (and of an embedded value stored as a document); nil for relations.
	Type *Type
	// Columns are the physical columns: one for a scalar, one per referenced key
	// column for the owning side of a to-one relation, none otherwise.
	Columns []*Column
	// Nullable reports that the property may be NULL.
	Nullable bool
	// Relation describes a relation; nil otherwise.
	Relation *Relation
	// Embedded are the properties of an embedded value, in order.
	Embedded []*Property

	// Variants are what a polymorphic embedded value may hold; nil for every other property.
	Variants []*Variant

	// Primary reports a part of the primary key.
	Primary bool
	// Generated says who makes the value on insert.
	Generated Generation
	// Version reports the optimistic lock property.
	Version bool
	// ConcurrencyCheck reports a property whose stored value must be the one that was read, or
	// an update or delete of the row fails.
	ConcurrencyCheck bool
	// Unique reports a unique constraint over this property alone.
	Unique bool
	// Deferrable declares that constraint deferrable, where the engine has that.
	Deferrable bool
	// Hidden leaves the property out of serialized output.
	Hidden bool
	// Lazy leaves the property out of reads unless asked for.
	Lazy bool
	// Virtual reports a property without a column (persist=false).
	Virtual bool
	// Formula is the SQL that computes the property, with ? for the alias, or "".
	Formula string
	// Redacted keeps the value out of logs and messages.
	Redacted bool
	// Shadow reports a property that no Go field holds; its value stands in the
	// entity's rel.Shadows.
	Shadow bool
	// Optional reports that an insert leaves the column out when the field was never assigned.
	Optional bool

	// OnCreate makes the value before an insert when the field is zero, OnUpdate
	// before each update; nil when absent.
	OnCreate, OnUpdate func() any

	// Access reads and writes the field.
	Access Access

	byName   map[string]*Property                // of Embedded
	at       func(unsafe.Pointer) unsafe.Pointer // address of a relation field, nil while absent
	make     func(unsafe.Pointer) unsafe.Pointer // the same, making the embeddable around the field
	place    place                               // where values are written without a box
	absent   func(unsafe.Pointer) bool           // no embeddable around it; nil where there is always one
	clear    func(unsafe.Pointer)                // of an embeddable behind a pointer
	constant any                                 // the value of a discriminator
	solid    bool                                // the field itself is never NULL

	variant func(unsafe.Pointer) int       // which of Variants an entity has, -1 for none
	put     func(unsafe.Pointer, any) bool // one of Variants, or nil, into the field
	demands func(unsafe.Pointer) bool      // see Demands
	lacking func(unsafe.Pointer) string    // see Lacking
}

// HoldsNull reports that the field itself can say NULL. One in an embedded value behind a pointer
// may be NULL because that is absent, and need not be able to.
func (p *Property) HoldsNull() bool { return p.Nullable && !p.solid }

// SetAbsent makes an embeddable behind a pointer absent, with all its properties.
func (p *Property) SetAbsent(entity unsafe.Pointer) {
	if p.clear != nil {
		p.clear(entity)
	}
}

// Absent reports that an embeddable around the property is absent in an entity.
func (p *Property) Absent(entity unsafe.Pointer) bool { return p.absent != nil && p.absent(entity) }

// Kind is the kind of a property.
type Kind uint8

// The kinds of properties.
const (
	// Scalar is a single value in one column.
	Scalar Kind = iota + 1
	// Inline is an embedded struct whose fields are columns of the owner.
	Inline
	// Document is an embedded struct, or slice of them, in one JSON column or sub-document.
	Document
	// ManyToOne references one target; this side owns the foreign key.
	ManyToOne
	// OneToOne references one target; Relation.Owning tells the sides apart.
	OneToOne
	// OneToMany is the inverse side of a ManyToOne.
	OneToMany
	// ManyToMany goes through a pivot table, or an array of keys on MongoDB.
	ManyToMany
)

// IsToOne reports a relation to at most one target.
func (k Kind) IsToOne() bool { return k == ManyToOne || k == OneToOne }

// IsToMany reports a relation to any number of targets.
func (k Kind) IsToMany() bool { return k == OneToMany || k == ManyToMany }

// IsRelation reports a relation of any kind.
func (k Kind) IsRelation() bool { return k >= ManyToOne }

// Generation says who makes a value on insert.
type Generation uint8

// The makers of values.
const (
	// Assigned values come from the user.
	Assigned Generation = iota
	// AutoIncrement values come from the database and are read back.
	AutoIncrement
	// ByClient values come from Property.OnCreate before the insert.
	ByClient
	// ByDatabase values come from a generated column and are read back.
	ByDatabase
)

// String returns "Author.books".
func (p *Property) String() string { return p.Entity.Name + "." + p.Path }
