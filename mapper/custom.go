package mapper

// CustomType maps a Go type of the user's onto a database form of its own. One
// value serves all fields of the type and must be safe for concurrent use.
type CustomType interface {
	// Kind is the kind of the database form, which also gives the default column type.
	Kind() ValueKind
	// ToDatabase converts a field's value to the canonical form of Kind.
	ToDatabase(v any) (any, error)
	// FromDatabase converts the canonical form of Kind to a field's value.
	FromDatabase(v any) (any, error)
}

// CustomEqualer is implemented by custom types that compare their values
// themselves; others are compared by their database form.
type CustomEqualer interface {
	// EqualValues reports whether two field values are the same to the database.
	EqualValues(a, b any) bool
}

// CustomColumnTyper is implemented by custom types with a column type of their
// own; others get that of their kind.
type CustomColumnTyper interface {
	// ColumnTypes returns the type as written in DDL by dialect name; "" is for
	// all dialects.
	ColumnTypes() map[string]string
}
