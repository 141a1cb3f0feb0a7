package orm

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/rel"
)

// M is a condition as an operator map.
type M = conditions.M

// D is a condition as an ordered document.
type D = conditions.D

// E is an entry of a D.
type E = conditions.E

// Ref is a reference to at most one T.
type Ref[T any] = rel.Ref[T]

// Collection is the to-many side of a relation.
type Collection[T any] = rel.Collection[T]

// To returns a reference to target; a nil target gives the null reference.
func To[T any](target *T) Ref[T] { return rel.To(target) }

// ToKey returns a reference to the T with the given primary key, without loading it.
func ToKey[T any](key any) Ref[T] { return rel.ToKey[T](key) }

// Any is a reference to at most one entity of several types; I is an interface that all of
// them implement, or any.
type Any[I any] = rel.Any[I]

// ToAny returns a reference to target, a pointer to an entity; a nil target gives the null
// reference.
func ToAny[I any](target I) Any[I] { return rel.ToAny(target) }

// ToAnyKey returns a reference to the T with the given primary key, without loading it.
func ToAnyKey[I, T any](key any) Any[I] { return rel.ToAnyKey[I, T](key) }
