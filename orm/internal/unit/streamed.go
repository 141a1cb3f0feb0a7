package unit

import (
	"hash/maphash"
	"slices"
	"unsafe"
	"weak"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// Passing are the entities that came with a stream and go when it has moved on, unless
// the user does something with them. It belongs to one unit.
type Passing struct {
	u *Unit
	// places are those made for the stream, entities and what they refer to.
	places []*Managed
	// next is how many there are when they are looked at again, so that what has to
	// stay is not looked at with every page.
	next int
}

// Pass begins a stream.
func (u *Unit) Pass() *Passing { return &Passing{u: u} }

// Read runs fn, a read of the stream: the places it makes are passing.
func (s *Passing) Read(fn func() error) error {
	if s.u.readOnly {
		return fn() // whose places are forgotten page by page anyway
	}
	before := s.u.passing
	s.u.passing = s
	defer func() { s.u.passing = before }()
	return fn()
}

// note lists a place that a read of the stream has made; a nil stream is none.
func (s *Passing) note(m *Managed) {
	if s != nil {
		m.Passing = true
		s.places = append(s.places, m)
	}
}

// Pin keeps a passing entity for good: somebody else has met it.
func (u *Unit) Pin(m *Managed) {
	if u.passing == nil {
		m.Passing = false
	}
}

// Release ends the management of what has passed: entities as they were read that
// nothing which stays leads to. Their places answer to home from now on.
func (s *Passing) Release(home *slot.Manager) {
	u := s.u
	s.places = slices.DeleteFunc(s.places, func(m *Managed) bool { return !m.Passing || m.Home != u.home })
	if len(s.places) < s.next {
		return
	}
	stays := u.reachable()
	kept := s.places[:0]
	for _, m := range s.places {
		if stays[m] {
			kept = append(kept, m)
			continue
		}
		u.part(m, home)
	}
	// What is handed out in pieces would tie the pages to each other.
	u.memory, u.slabs = memory{}, nil
	clear(s.places[len(kept):])
	s.places = kept
	s.next = 2*len(kept) + len(u.tracked)/4
	u.compact()
}

// part ends the management of a passing place.
func (u *Unit) part(m *Managed, home *slot.Manager) {
	if m.Key != nil {
		u.ids.Delete(m.Meta, m.Key, &m.Entry)
	}
	if m.Entity != nil {
		u.untrack(m)
		u.watch(m)
	}
	m.Home = home
}

// reachable returns the passing places that must stay: those of entities that are not
// as they were read, and what these and all others lead to.
func (u *Unit) reachable() map[*Managed]bool {
	stays := map[*Managed]bool{}
	var queue []*Managed
	touched := make(map[*Managed]bool, len(u.touched))
	for _, t := range u.touched {
		touched[t.m] = true
	}
	for _, m := range u.tracked {
		if m != nil && (!m.Passing || touched[m] || !u.atRest(m)) {
			stays[m] = true
			queue = append(queue, m)
		}
	}
	for len(queue) > 0 {
		m := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		u.targets(m, func(t *Managed) {
			if t != nil && !stays[t] {
				stays[t] = true
				if t.Entity != nil {
					queue = append(queue, t)
				}
			}
		})
	}
	return stays
}

// atRest reports an entity that is as it was read.
func (u *Unit) atRest(m *Managed) bool {
	return m.State == Clean && m.Snap != nil && m.Meta.Unchanged(m.Entity, m.Snap) && (m.more == nil || m.more.base == nil && len(m.more.missing) == 0) &&
		!u.slicesChanged(m)
}

// targets tells the places that the relations of m lead to.
func (u *Unit) targets(m *Managed, tell func(*Managed)) {
	shape := u.Shape(m.Meta)
	for _, p := range shape.ToOne {
		tell(u.EntryOf(u.Reference(m, p)))
	}
	for _, p := range shape.Many {
		if s := u.Items(m, p); s != nil {
			for _, list := range [][]unsafe.Pointer{u.List(m, p), s.Added.Read(), s.Removed.Read(), s.Known} {
				for _, x := range list {
					tell(u.PlaceOf(x))
				}
			}
		}
	}
}

// parted is an entity that was released, for as long as somebody has it.
type parted struct {
	entity weak.Pointer[byte]
	meta   *mapper.Entity
	key    any
	// values tells what it was when it was released.
	values uint64
}

// watch remembers an entity that is released, so that a change made to it later is told.
func (u *Unit) watch(m *Managed) {
	if len(u.behind) >= u.sweepAt {
		u.behind = slices.DeleteFunc(u.behind, func(p parted) bool { return p.entity.Value() == nil })
		u.sweepAt = 2*len(u.behind) + 1024
	}
	u.behind = append(u.behind, parted{weak.Make((*byte)(m.Entity)), m.Meta, m.Key, valuesOf(m.Meta, m.Entity)})
}

// seed is that of valuesOf.
var seed = maphash.MakeSeed()

// valuesOf is a number that tells the plain values of an entity from others. Values that
// can be changed in place, documents and lists, do not count.
func valuesOf(e *mapper.Entity, x unsafe.Pointer) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, p := range e.Leaves {
		if p.Relation == nil && !p.Virtual && p.Access.Clone == nil && p.Access.Value != nil {
			maphash.WriteComparable(&h, p.Access.Value(x))
		}
	}
	return h.Sum64()
}

// strayed returns the mistakes that changes of released entities are.
func (u *Unit) strayed() (problems []error) {
	for _, p := range u.behind {
		x := unsafe.Pointer(p.entity.Value())
		if x == nil {
			continue
		}
		if valuesOf(p.meta, x) != p.values {
			problems = append(problems, &Problem{Class: ErrDetached, Entity: p.meta.Name, Key: p.key,
				Detail: "it was changed after the stream that read it had gone on; Persist it in the loop to keep it, or read it again"})
		}
	}
	return problems
}
