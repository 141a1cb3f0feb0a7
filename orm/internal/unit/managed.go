package unit

import (
	"cmp"
	"math"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// State is what the user wants to become of an entity.
type State = slot.State

const (
	// Referenced: only its key is known, there is no entity.
	Referenced State = iota
	// Loose: a new entity that relations lead to and nobody persisted. A flush
	// inserts it when it is reached through relations that cascade.
	Loose
	// Fresh: persisted, not inserted yet.
	Fresh
	// Clean: read or flushed; it may have been changed since.
	Clean
	// Removed: to be deleted.
	Removed
	// Dropped: new, and removed before it was inserted.
	Dropped
)

// Managed is everything a unit keeps about one entity, 80 bytes. References point at its Entry.
type Managed struct {
	slot.Entry // first, so that a pointer to it is one to the Managed
	Meta       *mapper.Entity
	// Snap is what the database holds, nil while there is nothing (new, referenced, read-only).
	Snap unsafe.Pointer
	// Loaded are the leaves known from the database, nil for all.
	Loaded  *changeset.Leaves
	ordinal int32
	mark    uint32 // the last marking that reached it
	// more is what few entities need; nil for the others.
	more *details
}

// The cast in Of depends on it.
const _ = -unsafe.Offsetof(Managed{}.Entry)

// details are what the unit knows of an entity's relations beyond its fields.
type details struct {
	// foreign holds, for to-one relations that are plain pointers, what the row
	// said: the field itself cannot tell null from not loaded. By position in Shape.ToOne.
	foreign []*slot.Entry
	// base are the baselines of to-one views that are not what the snapshot says. By
	// position in Shape.ToOne.
	base []view
	// slices holds the state of plain slices. By position in Shape.Many.
	slices []*slot.Items
	// missing are views that were changed, and which or whose former targets were not read, and
	// what counts as not read any more.
	missing []*mapper.Property
	// doubted says that the row was read inside of what is taken back, so that it may never have come to be.
	doubted bool
	// asks is the property that a stand-in is in the place of.
	asks place
	// vouched are the leaves of which the user has vouched for what is stored, by Merge or with a
	// removal, and that were not read; nil for none.
	vouched *changeset.Leaves
}

// Of returns the managed entity behind an entry of this unit.
func Of(e *slot.Entry) *Managed { return (*Managed)(unsafe.Pointer(e)) }

// Addresses returns the addresses of the entities of a list.
func Addresses(list []*Managed) []unsafe.Pointer {
	out := make([]unsafe.Pointer, len(list))
	for i, m := range list {
		out[i] = m.Entity
	}
	return out
}

// IsNew reports an entity without a row that a flush may insert.
func (m *Managed) IsNew() bool { return m.State == Loose || m.State == Fresh }

// Stored reports a managed entity that has a row and a snapshot of it.
func (m *Managed) Stored() bool { return m.State == Clean && m.Snap != nil }

// Ordinal is the position in the unit, in order of arrival.
func (m *Managed) Ordinal() int { return int(m.ordinal) }

// InArrival sorts entities by their arrival, in which they mostly are.
func InArrival(list []*Managed) {
	for i := 1; i < len(list); i++ {
		if list[i].ordinal < list[i-1].ordinal {
			slices.SortFunc(list, func(a, b *Managed) int { return cmp.Compare(a.ordinal, b.ordinal) })
			return
		}
	}
}

// Marking tells entities that were met before from others, without a set of them. The
// next marking of the unit ends it, so that nothing that reads may come between.
type Marking uint32

// Mark begins a marking.
func (u *Unit) Mark() Marking {
	u.mark++
	return Marking(u.mark)
}

// First reports that the marking has not met m before.
func (k Marking) First(m *Managed) bool {
	if m.mark == uint32(k) {
		return false
	}
	m.mark = uint32(k)
	return true
}

// Lacks reports that some of the leaves m has were not read.
func (m *Managed) Lacks(leaves []*mapper.Property) bool {
	if m.Loaded == nil {
		return false
	}
	for _, p := range leaves {
		if m.Meta.IsSubtypeOf(p.Entity) && !m.Loaded.Has(p.Index) {
			return true
		}
	}
	return false
}

// Shows reports a property of a stored entity that was read, or assigned without that.
func (u *Unit) Shows(m *Managed, p *mapper.Property) bool {
	switch {
	case m.Loaded.Has(p.Index):
		return true
	case p.Kind.IsToOne():
		return u.Assigned(m, p)
	default:
		return m.Snap != nil && !p.Access.Equal(m.Entity, m.Snap)
	}
}

// Vouched reports a property of which the user has vouched for what is stored, by Merge or with a
// removal, and that was not read: nobody knows that the row has it.
func (m *Managed) Vouched(p *mapper.Property) bool {
	return m.more != nil && m.more.vouched != nil && m.more.vouched.Has(p.Index)
}

// vouch notes that all that m is said to hold the user has vouched for.
func (u *Unit) vouch(m *Managed) { u.detail(m).vouched = everyLeaf(m.Meta) }

// detail returns the details of m, making them.
func (u *Unit) detail(m *Managed) *details {
	if m.more == nil {
		m.more = &take(&u.memory.details, 1)[0]
	}
	return m.more
}

// memory is what is handed out in pieces of larger ones.
type memory struct {
	details piece[details]
	views   piece[view]
	entries piece[*slot.Entry]
	places  piece[Managed]
	keys    piece[int64]
	items   piece[slot.Items]
	// pointers are the items of collections as they were read.
	pointers piece[unsafe.Pointer]
}

// piece is memory that is handed out from the front. Pieces grow, so that few entities pay little.
type piece[T any] struct {
	free []T
	size int32
	// expected is how many are likely to be taken, as far as that is known.
	expected int32
}

// lastPiece is how long a piece may become: with the word that the runtime keeps of what has addresses,
// one more would take an eighth more memory.
const lastPiece = 255

// expect says that about n more are going to be taken.
func (p *piece[T]) expect(n int) { p.expected = int32(min(n, math.MaxInt32)) }

// take returns n elements.
func take[T any](p *piece[T], n int) []T {
	if len(p.free) < n {
		size := max(n, min(lastPiece, int(max(2*p.size, p.expected))))
		p.free = make([]T, size)
		p.size, p.expected = int32(size), max(0, p.expected-int32(size))
	}
	part := p.free[:n:n]
	p.free = p.free[n:]
	return part
}
