package conditions

// M is a condition as an operator map. Its order of keys has no meaning: shape,
// tree and statement are the same however the map was built.
type M = map[string]any

// D is a condition as an ordered document. It means what the map of its entries
// means, may hold a key twice (both apply), and keeps its order in what is
// compiled from it.
type D []E

// E is an entry of a D.
type E struct {
	// Key is a path with an optional operator, or an operator.
	Key string
	// Value is a value, a list, or a condition about what Key names.
	Value any
}

// Referencer is implemented by references to entities (rel.Ref).
type Referencer interface {
	// ReferenceKey returns the key of the referenced entity, or the entity itself
	// (a pointer) while its key is not known; ok is false for a null reference.
	ReferenceKey() (key any, ok bool)
}

// Subquery is a query used as a value; query builders implement it.
type Subquery interface {
	// ReadQuery appends what identifies the query's statement to rd.Shape, and
	// its values, in slot order, to rd.Values.
	ReadQuery(rd *Reading) error
	// ParseQuery returns the query for values whose first slot is first, and
	// what its slots expect. The result goes into Query.Select.
	ParseQuery(first Slot) (query any, slots []SlotInfo, err error)
}
