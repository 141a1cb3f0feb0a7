package rel

import (
	"context"
	"encoding/json"
	"iter"
	"reflect"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
)

// Collection is the to-many side of a relation. Its zero value is the empty
// collection of a new entity.
//
// A Collection finds its owner by its own address, so that it must be used
// through the pointer the manager handed out. A copy of a managed entity can be
// read, but changing its collections panics with an [*Error] of class
// [ErrCopied]; a copy of a new entity starts a life of its own. A Collection
// is not safe for concurrent use.
type Collection[T any] struct{ c slot.Collection }

// Add appends items that are not in the collection yet. It works before the
// collection was loaded: weft then adds the links without reading the others.
func (c *Collection[T]) Add(items ...*T) {
	c.change()
	c.c.Add(addresses(items))
}

// Remove takes items out of the collection. It works before the collection was
// loaded: weft then removes the links without reading the others.
func (c *Collection[T]) Remove(items ...*T) {
	s := c.change()
	for _, item := range items {
		p := unsafe.Pointer(item)
		if item == nil || !s.Expects(p) {
			continue
		}
		s.Leave(p)
		c.c.Changed(p, false)
	}
}

// RemoveAll empties the collection, items that were never loaded included.
func (c *Collection[T]) RemoveAll() { c.Set() }

// Set replaces the whole collection, items that were never loaded included.
func (c *Collection[T]) Set(items ...*T) {
	c.change()
	c.c.Replace(slot.Distinct(addresses(items)))
}

// Items returns the items in a new slice. It panics with an [*Error] when the
// collection is not loaded.
func (c *Collection[T]) Items() []*T {
	return slices.Clone(c.list("Items"))
}

// Peek returns the items and true when the collection is loaded, and what was
// added to it since and false when it is not.
func (c *Collection[T]) Peek() (items []*T, loaded bool) {
	if c.c.Items == nil {
		return nil, c.IsLoaded()
	}
	return slices.Clone(view[T](c.c.Items.Read())), c.IsLoaded()
}

// All iterates over the items and their positions. It panics with an [*Error]
// when the collection is not loaded. The collection may be changed while
// iterating; the changes are not seen.
func (c *Collection[T]) All() iter.Seq2[int, *T] {
	if s := c.loaded("All"); s != nil {
		return slices.All(view[T](s.View()))
	}
	return slices.All([]*T(nil))
}

// Len returns the number of items. It panics with an [*Error] when the
// collection is not loaded.
func (c *Collection[T]) Len() int {
	if s := c.loaded("Len"); s != nil {
		return s.Len()
	}
	return 0
}

// IsEmpty reports whether there are no items. It panics with an [*Error] when the
// collection is not loaded.
func (c *Collection[T]) IsEmpty() bool {
	s := c.loaded("IsEmpty")
	return s == nil || s.Len() == 0
}

// Contains reports whether item is in the collection. It panics with an
// [*Error] when the collection is not loaded and item was not added before.
func (c *Collection[T]) Contains(item *T) bool {
	if s := c.c.Items; s != nil && slices.Contains(s.Read(), unsafe.Pointer(item)) {
		return true
	}
	return slices.Contains(c.list("Contains"), item)
}

// IsLoaded reports whether the items are known; those of a new entity are.
func (c *Collection[T]) IsLoaded() bool {
	return c.c.Owner == nil || c.c.Items != nil && c.c.Items.Loaded
}

// IsDirty reports a change since the collection was loaded or flushed.
func (c *Collection[T]) IsDirty() bool { return c.c.Items != nil && c.c.Items.Dirty }

// Load reads the items when they are not known, or known in part: a collection loaded
// through a condition gets the rest, and so do items that were read in part. What was added
// or removed before stays added or removed.
func (c *Collection[T]) Load(ctx context.Context) error {
	if c.c.Owner == nil {
		return nil
	}
	if h, shared := slot.As[slot.Shared](c.c.Owner.Home); shared {
		if _, ok, err := h.Fetch(ctx, c.c.Owner, &c.c); ok {
			return err
		}
	}
	if c.copied() {
		if c.IsLoaded() {
			return nil
		}
		return c.copyError()
	}
	return c.c.Owner.Home.Load(ctx, c.c.Owner, &c.c)
}

// TargetType returns the type of T.
func (*Collection[T]) TargetType() reflect.Type { return reflect.TypeFor[T]() }

// MarshalJSON writes the keys of the items (null for an item without one), and
// null when the collection is not loaded.
func (c Collection[T]) MarshalJSON() ([]byte, error) {
	if !c.IsLoaded() {
		return []byte("null"), nil
	}
	keys := []any{}
	if s := c.c.Items; s != nil {
		for _, p := range s.Read() {
			var key any
			if c.c.Owner != nil {
				key = c.c.Owner.Home.ItemKey(c.c.Owner, s.Self, p)
			}
			keys = append(keys, key)
		}
	}
	return json.Marshal(keys)
}

// change returns the items for a change, and refuses the copy of a managed entity.
func (c *Collection[T]) change() *slot.Items {
	if c.c.Owner != nil && c.copied() {
		panic(c.copyError())
	}
	return c.c.Change()
}

// copied reports that the collection lies in a copy of its owner.
func (c *Collection[T]) copied() bool {
	if c.c.Items != nil && c.c.Items != slot.Empty {
		return c.c.Items.Self != &c.c
	}
	return c.c.Owner != nil && c.c.Owner.Home.Describe(c.c.Owner, &c.c) == ""
}

func (c *Collection[T]) copyError() error {
	return &Error{ErrCopied, c.subject(), "keep the pointer to the entity the manager handed out, and change that"}
}

// loaded returns what is behind a loaded collection, nil when it was never touched.
func (c *Collection[T]) loaded(method string) *slot.Items {
	if !c.IsLoaded() {
		panic(&Error{ErrNotLoaded, c.subject(), "populate the relation or call Load(ctx) before " + method})
	}
	return c.c.Items
}

// list returns the items without copying them, until the next change.
func (c *Collection[T]) list(method string) []*T {
	if s := c.loaded(method); s != nil {
		return view[T](s.Read())
	}
	return nil
}

func (c *Collection[T]) subject() string {
	name := "collection of " + reflect.TypeFor[T]().Name()
	if c.c.Owner == nil {
		return name
	}
	if s := c.c.Owner.Home.Describe(c.c.Owner, &c.c); s != "" {
		return s
	}
	return name + " of " + c.c.Owner.Home.Describe(c.c.Owner, nil)
}

// view gives a list of addresses its type; both slices share memory.
func view[T any](list []unsafe.Pointer) []*T {
	return unsafe.Slice((**T)(unsafe.Pointer(unsafe.SliceData(list))), len(list))
}

// addresses takes the type from a list of items; both slices share memory.
func addresses[T any](items []*T) []unsafe.Pointer {
	return unsafe.Slice((*unsafe.Pointer)(unsafe.Pointer(unsafe.SliceData(items))), len(items))
}
