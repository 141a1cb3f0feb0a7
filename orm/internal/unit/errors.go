package unit

import "github.com/weft-orm/weft/orm/internal/fault"

// Classes of problems.
var (
	// ErrDetached reports an entity that has a row but is not managed.
	ErrDetached = fault.ErrDetached
	// ErrNotPersisted reports a new entity reached through a relation that does not cascade.
	ErrNotPersisted = fault.ErrNotPersisted
	// ErrNotLoaded reports something that is needed and was not loaded.
	ErrNotLoaded = fault.ErrNotLoaded
)

// Problem is a mistake that concerns one entity, of an operation that is not known here.
type Problem = fault.Error

// Subject returns "Author 7", or "Author [7 x]" for a composite key.
func Subject(entity string, key any) string { return fault.Subject(entity, key) }

// problem is a mistake about a relation of m.
func (t place) problem(class error, detail string) *Problem {
	return &Problem{Class: class, Entity: t.m.Meta.Name, Key: t.m.Key, Path: t.p.Path, Detail: detail}
}
