package seed

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

var (
	// ErrEntity reports a type that is not an entity of the database.
	ErrEntity = errors.New("unknown entity")
	// ErrProperty reports a property that is not there, or cannot be set that way.
	ErrProperty = errors.New("unusable property")
	// ErrExhausted reports a unique constraint or a check that no value was found for.
	ErrExhausted = errors.New("no further value found")
	// ErrSeeder reports seeders that call each other in a ring, or one that is not there.
	ErrSeeder = errors.New("unusable seeder")
	// ErrFixture reports a mistake in a fixture file.
	ErrFixture = errors.New("unusable fixture")
	// ErrNoNaturalKey reports rows that cannot be found again, so that they would be inserted twice.
	ErrNoNaturalKey = errors.New("no natural key")
)

// errRing reports a reference to a row that is being made.
var errRing = errors.New("ring")

// Error is a mistake about an entity.
type Error struct {
	// Class is one of the errors above.
	Class error
	// Entity and Path are what it is about; Path may be "".
	Entity, Path string
	// Detail says more, and the remedy.
	Detail string
	// Err is the cause, if there is one.
	Err error
}

// Error returns "seed: Book.title: unusable property: detail".
func (e *Error) Error() string {
	about := e.Entity
	if e.Path != "" {
		about += "." + e.Path
	}
	text := "seed: "
	if about != "" {
		text += about + ": "
	}
	text += e.Class.Error()
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the class and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Class}
	}
	return []error{e.Class, e.Err}
}

// unknownProperty reports a name that the entity has no property for.
func unknownProperty(e *mapper.Entity, name string) error {
	names := make([]string, len(e.Leaves))
	for i, p := range e.Leaves {
		names[i] = p.Path
	}
	return &Error{Class: ErrProperty, Entity: e.Name, Path: name, Detail: fmt.Sprintf("there is none of that name%s", suggest.Hint(name, names))}
}
