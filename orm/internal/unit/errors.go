package unit

import "errors"

// Classes of problems.
var (
	// ErrDetached reports an entity that has a row but is not managed.
	ErrDetached = errors.New("entity is detached")
	// ErrNotPersisted reports a new entity reached through a relation that does not cascade.
	ErrNotPersisted = errors.New("new entity is not persisted")
	// ErrNotLoaded reports something that is needed and was not loaded.
	ErrNotLoaded = errors.New("property is not loaded")
)

// Problem is a mistake that concerns one entity.
type Problem struct {
	// Class is one of the sentinels of this package, or of mapper.
	Class error
	// Entity, Path and Key say where; Detail says more, and what to do.
	Entity, Path string
	Key          any
	Detail       string
	// Err is the underlying error, if there is one.
	Err error
}

// Error returns the class and the detail.
func (p *Problem) Error() string {
	return p.Entity + "." + p.Path + ": " + p.Class.Error() + ": " + p.Detail
}

// Unwrap returns the class.
func (p *Problem) Unwrap() error { return p.Class }

// problem is a mistake about a relation of m.
func (t place) problem(class error, detail string) *Problem {
	return &Problem{Class: class, Entity: t.m.Meta.Name, Key: t.m.Key, Path: t.p.Path, Detail: detail}
}
