package slot

import (
	"slices"
	"unsafe"
)

// Collection is the memory layout of every rel.Collection: two words inside the
// owning struct. The zero value belongs to a new entity and is empty.
//
//	Owner  Items   meaning
//	nil    nil     new entity, nothing added yet
//	nil    set     new entity with items
//	set    nil     managed entity, items unknown (not loaded)
//	set    set     managed entity; Items.Loaded tells whether List is complete
type Collection struct {
	Owner *Entry
	Items *Items
}

// Items is the state behind a collection that has been touched.
type Items struct {
	// Self is the address of the Collection these items were created for. A
	// copied struct carries the pointer but has another address, which is how
	// copies are told apart.
	Self *Collection
	// List holds the addresses of the items: all of them when Loaded, otherwise
	// only those added since.
	List []unsafe.Pointer
	// Removed holds what was removed before the items were known.
	Removed []unsafe.Pointer
	// Loaded reports that List is the whole collection.
	Loaded bool
	// Partial reports that List was loaded through a condition or a limit: it
	// can be read, but is never used to compute removals.
	Partial bool
	// Replaced reports that the whole collection was set while unloaded, so that
	// rows never seen must go as well.
	Replaced bool
	// Dirty reports a change since the last load or flush.
	Dirty bool
	// Known is List as it was at the last load or flush; the collection diff
	// compares with it. It is written by the unit of work only.
	Known []unsafe.Pointer

	// items and removed find what is in List and Removed, nil until those are long.
	items, removed *index
}

// Has reports whether p is in List. It may make an index, so that it counts as a change.
func (s *Items) Has(p unsafe.Pointer) bool { return has(&s.items, s.List, p) }

// HasRemoved reports whether p is in Removed; like Has it counts as a change.
func (s *Items) HasRemoved(p unsafe.Pointer) bool { return has(&s.removed, s.Removed, p) }

// Join puts p, which is not in List, at its end; it is removed no more.
func (s *Items) Join(p unsafe.Pointer) {
	if s.HasRemoved(p) {
		s.Removed = leave(s.removed, s.Removed, p)
	}
	s.List = join(s.items, s.List, p)
	s.Dirty = true
}

// Leave takes items out of List, those that are there.
func (s *Items) Leave(items ...unsafe.Pointer) {
	before := len(s.List)
	if len(items) == 1 {
		if s.Has(items[0]) {
			s.List = leave(s.items, s.List, items[0])
		}
	} else {
		s.List = without(s.List, items)
	}
	s.Dirty = s.Dirty || len(s.List) != before
}

// Remove remembers p, which is not in Removed, as removed before the items were known.
func (s *Items) Remove(p unsafe.Pointer) {
	s.Removed = join(s.removed, s.Removed, p)
	s.Dirty = true
}

// CloneFor returns a copy of s for the collection at self, sharing no memory.
func (s *Items) CloneFor(self *Collection) *Items {
	c := *s
	c.Self = self
	c.List = slices.Clone(s.List)
	c.Removed = slices.Clone(s.Removed)
	c.Known = slices.Clone(s.Known)
	c.items, c.removed = nil, nil
	return &c
}

// Replace makes list, whose items differ, the whole collection; c.Items are its own.
func (c *Collection) Replace(list []unsafe.Pointer) {
	s := c.Items
	before := s.List
	s.List = list
	s.Replaced = s.Replaced || !s.Loaded || s.Partial
	s.Loaded, s.Partial, s.Removed, s.Dirty = true, false, nil, true
	var was, is *index
	for _, p := range before {
		if !has(&is, list, p) {
			c.Changed(p, false)
		}
	}
	for _, p := range list {
		if !has(&was, before, p) {
			c.Changed(p, true)
		}
	}
}

// Changed tells the manager of the owner, if there is one, that an item joined or left.
func (c *Collection) Changed(item unsafe.Pointer, joined bool) {
	if c.Owner != nil {
		c.Owner.Home.Changed(c.Owner, c, item, joined)
	}
}
