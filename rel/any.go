package rel

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/weft-orm/weft/internal/slot"
)

// Any is a reference to at most one entity, which may be of several types: the mapping
// names them. I is an interface that pointers to all of them implement, or any. The zero
// value refers to nothing (NULL).
//
// Like a [Ref] an Any is one word, may be copied freely, becomes loaded in all copies when
// the entity arrives, and is not safe for concurrent use.
type Any[I any] struct{ e *slot.Entry }

// ToAny returns a reference to target, a pointer to an entity. A target that is nil gives
// the null reference. What is no pointer to a struct is refused when the reference is used.
func ToAny[I any](target I) Any[I] {
	v := reflect.ValueOf(target)
	switch {
	case !v.IsValid(), v.Kind() == reflect.Pointer && v.IsNil():
		return Any[I]{}
	case v.Kind() != reflect.Pointer:
		return Any[I]{slot.NewTyped(v.Type(), nil, target)} // which is the type of no entity
	}
	return Any[I]{slot.NewTyped(v.Type().Elem(), v.UnsafePointer(), nil)}
}

// ToAnyKey returns a reference to the T with the given primary key, without loading it.
func ToAnyKey[I, T any](key any) Any[I] {
	return Any[I]{slot.NewTyped(reflect.TypeFor[T](), nil, key)}
}

// RefOf returns the reference to a T that r is; ok is false for the null reference and where
// r leads to an entity of another type. Both become loaded together.
func RefOf[T, I any](r Any[I]) (ref Ref[T], ok bool) {
	if r.Type() != reflect.TypeFor[T]() {
		return Ref[T]{}, false
	}
	return Ref[T](r), true
}

// IsNil reports whether the reference is null.
func (r Any[I]) IsNil() bool { return r.e == nil }

// IsLoaded reports whether the target is in memory. The null reference is not loaded.
func (r Any[I]) IsLoaded() bool { return r.e != nil && r.e.Entity != nil }

// IsHidden reports that the target was looked for and not found, as [Ref.IsHidden] does.
func (r Any[I]) IsHidden() bool { return r.e != nil && r.e.Entity == nil && r.e.Hidden }

// Get returns the target, a pointer to its entity, or nil when the reference is null. A type
// switch tells of which type it is. It panics with an [*Error] where the target is not in
// memory, as [Ref.Get] does.
func (r Any[I]) Get() I {
	var none I
	if r.e == nil {
		return none
	}
	if r.e.Entity == nil {
		Ref[I](r).Get() // which panics
	}
	return r.target()
}

// Peek returns the target and true when it is in memory, and nil and false when the
// reference is null or not loaded.
func (r Any[I]) Peek() (target I, loaded bool) {
	if !r.IsLoaded() {
		return target, false
	}
	return r.target(), true
}

// target makes the interface value of an entity that is in memory.
func (r Any[I]) target() I {
	var target I
	if t := r.Type(); t != nil {
		target, _ = reflect.NewAt(t, r.e.Entity).Interface().(I)
	}
	return target
}

// Load returns the target and reads it first when it is not in memory, as [Ref.Load] does.
func (r Any[I]) Load(ctx context.Context) (I, error) {
	if _, err := Ref[I](r).Load(ctx); err != nil || r.e == nil || r.e.Entity == nil {
		var none I
		return none, err
	}
	return r.target(), nil
}

// LoadOrFail is Load that fails with an [*Error] of class [ErrNotFound] for the null
// reference.
func (r Any[I]) LoadOrFail(ctx context.Context) (I, error) {
	if r.e == nil {
		var none I
		return none, &Error{ErrNotFound, "reference to any " + reflect.TypeFor[I]().Name(), "it is null; Load returns nil for it"}
	}
	return r.Load(ctx)
}

// Key returns the primary key of the target as far as it is known without loading: nil for
// the null reference and for a new target. It does not tell of which type the target is.
func (r Any[I]) Key() any { return Ref[I](r).Key() }

// Type returns the struct type of the target, nil for the null reference.
func (r Any[I]) Type() reflect.Type {
	if r.e == nil {
		return nil
	}
	typ, _ := r.e.TypeOf()
	t, _ := typ.(reflect.Type)
	return t
}

// ReferenceKey returns what identifies the target in a condition, the reference itself; ok
// is false for the null reference.
func (r Any[I]) ReferenceKey() (key any, ok bool) { return r, r.e != nil }

// TargetType returns the type of I.
func (Any[I]) TargetType() reflect.Type { return reflect.TypeFor[I]() }

// MarshalJSON writes the name and the key of the target, {"Post": 7}, and null for the null
// reference. It never writes the target, so that a cyclic graph stays finite.
func (r Any[I]) MarshalJSON() ([]byte, error) {
	if r.e == nil {
		return []byte("null"), nil
	}
	return json.Marshal(map[string]any{r.name(): r.e.Key})
}

func (r Any[I]) name() string {
	typ, name := r.e.TypeOf()
	if t, ok := typ.(reflect.Type); ok && name == "" {
		name = t.Name()
	}
	return name
}

// String returns "Post 7" for messages.
func (r Any[I]) String() string {
	switch {
	case r.e == nil:
		return "nil"
	case r.e.Home != nil:
		return r.e.Home.Describe(r.e, nil)
	case r.e.Key == nil:
		return "new " + r.name()
	}
	return fmt.Sprintf("%s %v", r.name(), r.e.Key)
}
