package mapper

import "reflect"

// Entity is the metadata of one entity type. It is built once, is read-only
// afterwards and safe for concurrent use; its fields must not be changed.
type Entity struct {
	// Name is the entity's name in conditions and messages, "Author".
	Name string
	// GoName is the qualified Go type, "example.org/library.Author".
	GoName string
	// GoType is the struct type, or nil when the registry was built from source.
	GoType reflect.Type
	// Ordinal is the position in Registry.Entities; it breaks ties.
	Ordinal int

	// Table is the table (collection on MongoDB) that holds the entity's own columns.
	Table *Table
	// Properties are the top-level properties in declaration order.
	Properties []*Property
	// Leaves are all properties that hold a value or a relation of their own, the
	// insides of inline embeddables included, each at its Property.Index.
	Leaves []*Property
	// Relations are the leaves that are relations, in order.
	Relations []*Property
	// Collections are the relations whose field is a rel.Collection, in order.
	Collections []*Property
	// Columns are the physical columns of the entity in order, inherited ones
	// included, each at its Column.Index. Computed (formula) properties have none.
	Columns []*Column

	// Key are the properties that form the primary key, in order.
	Key []*Property
	// KeyColumns are their columns, in order.
	KeyColumns []*Column
	// TableKey are the columns of Table that hold the key: KeyColumns, except that
	// the table of a subtype under table per type repeats them, each a reference to
	// the table of the base. They are not in Columns then.
	TableKey []*Column
	// Version is the optimistic lock property, or nil.
	Version *Property

	// ConcurrencyChecks are the properties with ConcurrencyCheck.
	ConcurrencyChecks []*Property
	// SoftDelete is the property that tells removed rows, or nil where rows are deleted.
	SoftDelete *Property

	// Targets are the entities that this one stands for as the target of a polymorphic
	// reference, nil for every entity of a registry.
	Targets []*Target

	// Inheritance says how a hierarchy is stored; NoInheritance outside of one.
	Inheritance Inheritance
	// Base is the entity this one extends, nil for a root.
	Base *Entity
	// Children are the direct subtypes, by ordinal.
	Children []*Entity
	// Discriminator is the column that tells subtypes apart, nil outside a hierarchy.
	Discriminator *Column
	// DiscriminatorValue is what a row of exactly this type holds there.
	DiscriminatorValue any
	// Abstract reports that no row is of exactly this type.
	Abstract bool

	// Indexes are plain and unique indexes over more than what a property declares alone.
	Indexes []*Index
	// Checks are table constraints.
	Checks []*Check
	// Policies are those of the entity's table, by name in order.
	Policies []*Policy
	// Filters are the conditions declared on the entity, by name in order.
	Filters []*Filter
	// OrderBy is the default order of the entity's rows, in order-string form.
	OrderBy []string
	// ReadOnly reports a view or virtual entity.
	ReadOnly bool
	// Query is the SQL text behind a view or virtual entity, or "".
	Query string
	// ViewSQL is the query that makes the entity's view, or "" for one that is made elsewhere.
	ViewSQL string
	// Materialized reports that the view keeps its rows until it is refreshed.
	Materialized bool
	// Comment is the table comment.
	Comment string
	// Was is the name the table had before, for tools that rename it, or "".
	Was string

	byName    map[string]*Property // lowerCamel and Go names, of top-level properties
	storedIn  []*Entity            // see StoredIn
	hierarchy []*Property          // Leaves and those of all subtypes
	memory    memory               // allocation and copying of the struct
}

// Inheritance is the way a type hierarchy is stored.
type Inheritance uint8

// The ways to store a hierarchy.
const (
	NoInheritance Inheritance = iota
	// SingleTable keeps a hierarchy in one table with a discriminator.
	SingleTable
	// TablePerType gives each subtype a table of its own, joined by key.
	TablePerType
)

// Table is a physical table or collection.
type Table struct {
	// Schema qualifies Name; "" is the connection's default, "*" the schema given at run time.
	Schema string
	// Name is the unquoted table name.
	Name string
	// Query is the SQL that stands in the table's place, or "".
	Query string
}

// Index is a plain or unique index over columns.
type Index struct {
	Name       string
	Columns    []*Column
	Include    []*Column // kept beside Columns, without an order
	Unique     bool
	Deferrable bool   // of a unique index: a constraint that is, where the engine has that
	Where      string // partial index predicate, raw SQL
	Expression string // expression index, raw SQL
	Fulltext   bool
	// Document is what only document databases have, nil for a plain index.
	Document *DocumentIndex
}

// Check is a table check constraint.
type Check struct {
	Name       string
	Expression string // raw SQL
	// Property is the one the check was declared at, nil for a check of the entity.
	Property *Property
}

// String returns the entity's name.
func (e *Entity) String() string { return e.Name }
