package conditions

import (
	"github.com/weft-orm/weft/mapper"
)

// Tree is a parsed condition: what it is about, its normal form, and what each
// value slot expects. It is immutable, holds no values and is safe for concurrent use.
type Tree struct {
	// Entity is the root the condition is about.
	Entity *mapper.Entity
	// Root is the condition in negation normal form.
	Root Node
	// Slots describe the values; Slots[i] belongs to slot First+i.
	Slots []SlotInfo
	// First is the number of the first slot.
	First Slot
}

// SlotInfo says how the value of a slot is converted before it is bound.
type SlotInfo struct {
	// Type is the value's type; nil passes the value as it is (raw arguments).
	Type *mapper.Type
	// Key is the entity whose primary key the value is; entities, references and
	// key structs are accepted then. Nil for other values.
	Key *mapper.Entity
	// List reports a list of values: canonical form []any, free of nil and repeats.
	List bool
	// Tuple holds the part types of composite keys; the canonical form is []any of
	// keys, each an []any of parts. Nil for other values.
	Tuple []*mapper.Type
	// Op is the operator the value serves (patterns are checked when bound).
	Op Op
	// Unused reports a value that the normal form folded away; it binds to nil.
	Unused bool
	// Redacted reports a value that must not be shown: its property is mapped as redacted.
	Redacted bool
	// Path is the condition path, for messages.
	Path string
	// Keys leads to the value in the condition as it was written.
	Keys []string
}

// Env is what a condition is parsed against.
type Env struct {
	// Registry holds the entities.
	Registry *mapper.Registry
	// Entity is the root.
	Entity *mapper.Entity
	// Alias is the root's alias in a query with explicit joins, or "".
	Alias string
	// Aliases are the rows that a path may start at instead of the root: joined
	// rows, and those of an enclosing query.
	Aliases map[string]*mapper.Entity
	// Queries are the sub-queries of the condition (Reading.Queries).
	Queries []Subquery
	// Computed finds values of the root that are no properties by the names they have
	// in a condition on groups: aggregates, and columns of the result. It returns nil
	// for other names. A mistake needs no more than Class, Got and Hint; nil finds none.
	Computed func(name string) (*Computed, *Error)
	// ComputedNames are the names of columns that Computed knows, for hints.
	ComputedNames []string
}

// Computed is a value that a query computes.
type Computed struct {
	// Field is the value, with Func.
	Field Field
	// Type is the type of the value.
	Type *mapper.Type
}
