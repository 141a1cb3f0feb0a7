package rel

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
)

// Ref is a reference to at most one T. Its zero value refers to nothing (NULL).
//
// A Ref is one word and may be copied freely: all references to one entity
// inside a manager share a slot, so that a Ref handed out unloaded becomes
// loaded when the entity arrives. A Ref is not safe for concurrent use.
type Ref[T any] struct{ e *slot.Entry }

// To returns a reference to target; a nil target gives the null reference.
func To[T any](target *T) Ref[T] {
	if target == nil {
		return Ref[T]{}
	}
	return Ref[T]{&slot.Entry{Entity: unsafe.Pointer(target)}}
}

// ToKey returns a reference to the T with the given primary key, without
// loading it. A composite key is given as [a, b], a map or a struct.
func ToKey[T any](key any) Ref[T] { return Ref[T]{&slot.Entry{Key: key}} }

// IsNil reports whether the reference is null.
func (r Ref[T]) IsNil() bool { return r.e == nil }

// IsLoaded reports whether the target is in memory. The null reference is not loaded.
func (r Ref[T]) IsLoaded() bool { return r.e != nil && r.e.Entity != nil }

// IsHidden reports that the target was looked for and not found: a filter or the
// condition of a populate hint hides its row, or the row is gone. The reference keeps
// its key, and no flush writes NULL in its place.
func (r Ref[T]) IsHidden() bool { return r.e != nil && r.e.Entity == nil && r.e.Hidden }

// Get returns the target, or nil when the reference is null. It panics with an
// [*Error] when the target is not in memory: of class [ErrHidden] when it was looked
// for and not found, see [Ref.IsHidden], else [ErrNotLoaded].
func (r Ref[T]) Get() *T {
	if r.e == nil {
		return nil
	}
	if r.IsHidden() {
		panic(&Error{ErrHidden, r.subject(), "a filter hides the row, or it is gone; test IsHidden or use Peek, or read the target without the filter"})
	}
	if r.e.Entity == nil {
		panic(&Error{ErrNotLoaded, r.subject(), "populate the relation, call Load(ctx), or use Peek"})
	}
	return (*T)(r.e.Entity)
}

// Peek returns the target and true when it is in memory, and nil and false when
// the reference is null or not loaded.
func (r Ref[T]) Peek() (target *T, loaded bool) {
	if !r.IsLoaded() {
		return nil, false
	}
	return (*T)(r.e.Entity), true
}

// Load returns the target and reads it first when it is not in memory; of one that was
// read in part it reads the rest. It
// returns nil for the null reference, an error of class [ErrHidden] when a filter
// hides the target, and an [*Error] of class [ErrDetached] when the reference was
// never handed to a manager.
func (r Ref[T]) Load(ctx context.Context) (*T, error) {
	if r.e == nil {
		return nil, nil
	}
	if h, shared := slot.As[slot.Shared](r.e.Home); shared {
		if x, ok, err := h.Fetch(ctx, r.e, nil); ok {
			return (*T)(x), err
		}
	}
	if r.e.Home == nil {
		if r.e.Entity != nil {
			return r.Get(), nil
		}
		return nil, &Error{ErrDetached, r.subject(), "persist the owner or read the target with a manager"}
	}
	if err := r.e.Home.Load(ctx, r.e, nil); err != nil {
		return nil, err
	}
	return (*T)(r.e.Entity), nil
}

// LoadOrFail is Load that fails with an [*Error] of class [ErrNotFound] for the null
// reference.
func (r Ref[T]) LoadOrFail(ctx context.Context) (*T, error) {
	if r.e == nil {
		return nil, &Error{ErrNotFound, "reference to " + reflect.TypeFor[T]().Name(), "it is null; Load returns nil for it"}
	}
	return r.Load(ctx)
}

// Key returns the primary key of the target as far as it is known without
// loading: nil for the null reference and for a new target.
func (r Ref[T]) Key() any {
	if r.e == nil {
		return nil
	}
	return r.e.Key
}

// ReferenceKey returns what identifies the target in a condition: its key, or
// the target itself (a *T) while the key is unknown. ok is false for the null reference.
func (r Ref[T]) ReferenceKey() (key any, ok bool) {
	switch {
	case r.e == nil:
		return nil, false
	case r.e.Unread:
		return r, true // which is refused where a key is needed
	case r.e.Key != nil:
		return r.e.Key, true
	default:
		return (*T)(r.e.Entity), true
	}
}

// TargetType returns the type of T.
func (Ref[T]) TargetType() reflect.Type { return reflect.TypeFor[T]() }

// MarshalJSON writes the key of the target, null while there is none. It never
// writes the target, so that a cyclic graph stays finite.
func (r Ref[T]) MarshalJSON() ([]byte, error) { return json.Marshal(r.Key()) }

// String returns "Author 7" for messages.
func (r Ref[T]) String() string {
	if r.e == nil {
		return "nil"
	}
	return r.subject()
}

func (r Ref[T]) subject() string {
	if r.e.Home != nil {
		return r.e.Home.Describe(r.e, nil)
	}
	name := reflect.TypeFor[T]().Name()
	if r.e.Key == nil {
		return "new " + name
	}
	return fmt.Sprintf("%s %v", name, r.e.Key)
}
