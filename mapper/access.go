package mapper

import "unsafe"

// Access reads and writes one field of an entity through its address. All
// functions are built once per registry, look nothing up, and are nil where
// they make no sense (a relation has no Value) or when the registry was built
// from source and has no memory behind it.
//
// An entity argument must be the address of a struct of the property's entity.
type Access struct {
	// Offset is the distance of the field from the start of the entity; for a
	// field behind a nullable embedded pointer it is that of the pointer.
	Offset uintptr
	// Value returns the canonical value, nil for NULL. A field that cannot be
	// represented (a marshaler that fails) gives the error, which Type.Check reports.
	Value func(entity unsafe.Pointer) any
	// Store writes a value as a driver delivers it (any of the driver's forms
	// of the kind, or the canonical form); nil writes NULL.
	Store func(entity unsafe.Pointer, src any) error
	// Equal compares the field of two entities, as the column would: times at
	// its precision, floats by bits.
	Equal func(a, b unsafe.Pointer) bool
	// Clone gives the field of dst (a bitwise copy of src) memory of its own;
	// nil when a copied struct shares nothing with its origin.
	Clone func(dst, src unsafe.Pointer)
	// IsZero reports that the field was never assigned, as far as can be seen. A field
	// of an embeddable that is absent is not: it is NULL on purpose.
	IsZero func(entity unsafe.Pointer) bool
	// Direct returns a pointer a native driver can scan a non-null value into,
	// or is nil when values must pass through Store.
	Direct func(entity unsafe.Pointer) any

	zero func(entity unsafe.Pointer) // writes the Go zero value
}
