package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/identity"
)

// Unit is the unit of work of one manager. It is not safe for concurrent use.
type Unit struct {
	leaving *[]*Managed // see Leaving
	wanted  *[]*Managed // see Wanting
	shapes  []*Shape    // by Entity.Ordinal
	home    *slot.Manager
	ids     identity.Map
	// tracked are the entities in order of arrival; nil where one was forgotten.
	tracked []*Managed
	glances *glances // nil while few are tracked
	gaps    int
	// byAddress has the tracked entities once it was asked for, so that reading alone does not
	// pay for it; nil before.
	byAddress *addresses
	next      int            // the place behind that of the entity that was found last
	slabs     []*mapper.Slab // by Entity.Ordinal
	// touched are the collections with changes that were not flushed.
	touched []place
	// journal records what is written, nil while nothing must be taken back.
	journal *Journal
	// looked is the journal of Look.
	looked *Journal
	// dropped are entities that were removed before they were inserted.
	dropped []*Managed
	// ended are entities whose rows this unit deleted: they may be inserted again.
	ended ended
	// clock tells what came first: it goes on with each journal and each publication.
	clock int
	// open is what is noted inside of a transaction, nil outside of one; back what a journal
	// that is undone leaves to its end.
	open *open
	back back
	// early are rows that came to owners which are not loaded, by owner.
	early     map[*Managed][]earlyRow
	forgotten *forgotten
	// unmade are the places of new entities that were made by what was taken back.
	unmade map[unsafe.Pointer]*Managed
	memory memory
	// passing is the stream that reads at the moment, nil outside of one. behind are
	// entities that streams have left behind; sweepAt is how many there are when those
	// that nobody has any more are left out.
	passing *Passing
	behind  []parted
	sweepAt int
	// room is how many entities the read that goes on is likely to have.
	room int
	mark uint32 // the last marking
	// readOnly reports a unit that takes no snapshots and is thrown away after a read.
	readOnly bool
	// sync is the memory of one run of Sync, kept for the next.
	sync *syncing
}

// place is a property of an entity.
type place struct {
	m *Managed
	p *mapper.Property
}

// New returns an empty unit whose entries answer to home.
func New(shapes []*Shape, home *slot.Manager) *Unit { return &Unit{shapes: shapes, home: home} }

// Init makes u an empty unit, for memory that is part of something larger.
func (u *Unit) Init(shapes []*Shape, home *slot.Manager) { u.shapes, u.home = shapes, home }

// ReadOnly returns a unit that takes no snapshots, for a read whose entities nobody manages.
func ReadOnly(shapes []*Shape, home *slot.Manager) *Unit {
	return &Unit{shapes: shapes, home: home, readOnly: true}
}

// Scratch returns an empty unit of the same entities that keeps nothing.
func (u *Unit) Scratch() *Unit { return &Unit{shapes: u.shapes, readOnly: true} }

// IsReadOnly reports a unit without snapshots.
func (u *Unit) IsReadOnly() bool { return u.readOnly }

// Home returns what the entries of the unit answer to.
func (u *Unit) Home() *slot.Manager { return u.home }

// Shape returns the shape of an entity type.
func (u *Unit) Shape(e *mapper.Entity) *Shape { return u.shapes[e.Ordinal] }

// IsEmpty reports a unit in which nothing can be pending: nothing was tracked yet, nor left
// behind by a stream.
func (u *Unit) IsEmpty() bool { return len(u.tracked)+len(u.touched)+len(u.behind) == 0 }

// Len returns the number of places of tracked entities, gaps included; At returns
// the entity at one, nil for a gap.
func (u *Unit) Len() int { return len(u.tracked) }

// At returns the entity with an ordinal, nil for one that was forgotten.
func (u *Unit) At(ordinal int) *Managed { return u.tracked[ordinal] }

// Lookup returns the entity of a key, nil when the unit does not know it.
func (u *Unit) Lookup(e *mapper.Entity, key any) *Managed {
	if e, key = e.Split(key); e == nil {
		return nil
	}
	if found := u.ids.Get(e, key); found != nil {
		return Of(found)
	}
	return nil
}

// LookupInt is Lookup for a key that is one integer.
func (u *Unit) LookupInt(e *mapper.Entity, key int64) *Managed {
	if found := u.ids.GetInt(e, key); found != nil {
		return Of(found)
	}
	return nil
}

// Entry returns the entity of a key, making a referenced one when there is none. Of an entity
// that stands for several the key begins with one of their types.
func (u *Unit) Entry(e *mapper.Entity, key any) *Managed {
	e, key = e.Split(key)
	if found := u.ids.Get(e, key); found != nil {
		return Of(found)
	}
	m := u.Lone(e, key)
	u.ids.Put(e, key, &m.Entry)
	u.passing.note(m)
	return m
}

// Lone makes the place of an entity that nobody will look up by its key.
func (u *Unit) Lone(e *mapper.Entity, key any) *Managed {
	m := &take(&u.memory.places, 1)[0]
	m.Key, m.Home, m.Meta = key, u.home, e
	return m
}

// LoneInt is Lone for a key that is one integer.
func (u *Unit) LoneInt(e *mapper.Entity, key int64) *Managed { return u.Lone(e, u.boxed(key)) }

// EntryInt is Entry for a key that is one integer: only an entity that is new to the
// unit gets a box for it, in memory shared with others. room is how many more are likely to
// be made.
func (u *Unit) EntryInt(e *mapper.Entity, key int64, room int) *Managed {
	seat := u.ids.SeatInt(e, key, room)
	if *seat != nil {
		return Of(*seat)
	}
	m := u.LoneInt(e, key)
	*seat = &m.Entry
	u.passing.note(m)
	return m
}

// boxed is any(key) in a piece of memory for many: a box of its own for every key
// would be an allocation for every row.
func (u *Unit) boxed(key int64) any {
	place := &take(&u.memory.keys, 1)[0]
	*place = key // never written again, as boxes are not
	var box any = int64(0)
	(*[2]unsafe.Pointer)(unsafe.Pointer(&box))[1] = unsafe.Pointer(place)
	return box
}

// Expect makes room for about n entities that are going to be read.
func (u *Unit) Expect(n int) {
	u.room = n
	u.memory.places.expect(n)
	u.memory.keys.expect(n)
	if n > firstRoom {
		u.tracked = slices.Grow(u.tracked, n)
		if u.glances != nil {
			u.glances.expect(n)
		}
	}
}

// ExpectOf says that about n of the entities that are going to be read are of a type.
func (u *Unit) ExpectOf(e *mapper.Entity, n int) {
	if !u.readOnly && n > 1 {
		u.slab(e).Expect(n)
	}
}

// ExpectItems says that n collections are going to get so many items in all.
func (u *Unit) ExpectItems(n, all int) {
	u.memory.items.expect(n)
	u.memory.pointers.expect(all)
}

// firstRoom is how many entities need no room made for them.
const firstRoom = 16

// EntryOf returns the entity behind an entry of this unit, nil for nil and for one
// of another unit.
func (u *Unit) EntryOf(e *slot.Entry) *Managed {
	if e == nil || e.Home != u.home {
		return nil
	}
	return Of(e)
}

// Size is how many entities are managed.
func (u *Unit) Size() int { return len(u.tracked) - u.gaps }

// Find returns the managed entity at p, or nil. Who asks for one after the other, in the order in which
// they came, needs nothing but that order.
func (u *Unit) Find(p unsafe.Pointer) *Managed {
	if u.next < len(u.tracked) && p != nil {
		if m := u.tracked[u.next]; m != nil && m.Entity == p {
			u.next++
			return m
		}
	}
	if u.byAddress == nil {
		u.readAddresses()
	}
	m := u.byAddress.Get(address{p})
	if m != nil {
		u.next = int(m.ordinal) + 1
	}
	return m
}

// readAddresses makes the entities findable by their addresses.
func (u *Unit) readAddresses() {
	u.byAddress = &addresses{}
	u.byAddress.Expect(u.Size())
	for _, m := range u.tracked {
		if m != nil {
			u.findable(m)
		}
	}
}

// findable makes an entity findable by its address, where that was asked for.
func (u *Unit) findable(m *Managed) {
	if u.byAddress != nil {
		*u.byAddress.Seat(address{m.Entity}, 0) = m
	}
}

// track gives m an ordinal and a place in the unit.
func (u *Unit) track(m *Managed) {
	m.ordinal = int32(len(u.tracked))
	u.tracked = append(u.tracked, m)
	u.glance(m)
	u.findable(m)
}

// untrack ends the tracking of m.
func (u *Unit) untrack(m *Managed) {
	if u.byAddress != nil {
		u.byAddress.Delete(address{m.Entity}, m)
	}
	if int(m.ordinal) < len(u.tracked) && u.tracked[m.ordinal] == m {
		u.tracked[m.ordinal] = nil
		u.gaps++
		if u.glances != nil {
			u.glances.list[m.ordinal] = glance{}
		}
	}
}

// Adopt makes the entity at p the one behind m, which was only referenced.
func (u *Unit) Adopt(m *Managed, p unsafe.Pointer) {
	u.Fill(m, p)
	u.track(m)
}

// Fill is Adopt for an entity that the unit need not find by its address.
func (u *Unit) Fill(m *Managed, p unsafe.Pointer) {
	m.Entity, m.Hidden = p, false
	m.State = Clean
	u.show(m)
	for _, r := range u.Shape(m.Meta).Collections {
		r.Collection(p).Owner = &m.Entry
	}
	if u.forgotten != nil {
		u.lead(m)
	}
}

// Persist marks the entity at p for insertion, or takes its removal back. An
// entity whose key another instance holds is refused.
func (u *Unit) Persist(e *mapper.Entity, p unsafe.Pointer) (*Managed, *Problem) {
	m := u.Find(p)
	if m != nil {
		u.Pin(m)
		if m.Goes && u.wanted != nil {
			*u.wanted = append(*u.wanted, m)
		}
	}
	switch {
	case m == nil:
		if key, ok := e.KeyOf(p); ok {
			if other := u.Lookup(e, key); other != nil && other.Entity != nil && other.State != Removed {
				return nil, &Problem{Class: ErrDetached, Entity: e.Name, Key: key, Detail: "another instance with this key is managed; change that one, or Merge this one"}
			}
		}
		m = u.loose(e, p)
		m.State = Fresh
	case m.IsNew() || m.State == Dropped:
		if e.IsSubtypeOf(m.Meta) {
			m.Meta = e // it was reached through a field of the base's type before
			u.attach(m)
		}
		m.State = Fresh
	case m.State == Removed:
		m.State, m.Hard = Clean, false
	}
	u.show(m)
	return m, nil
}

// madeByDatabase reports a key that only the database makes: an entity that has one was
// stored before.
func madeByDatabase(e *mapper.Entity) bool {
	return len(e.Key) == 1 && e.Key[0].Generated == mapper.AutoIncrement
}

// loose returns the place of a new entity, making one. One that was made before is the same:
// views may lead to it.
func (u *Unit) loose(e *mapper.Entity, p unsafe.Pointer) *Managed {
	m := u.unmade[p]
	if m == nil {
		m = &take(&u.memory.places, 1)[0]
		*m = Managed{Entry: slot.Entry{Entity: p, Home: u.home}, Meta: e}
	}
	if delete(u.unmade, p); e.IsSubtypeOf(m.Meta) {
		m.Meta = e
	}
	m.State = Loose
	u.track(m) // which shows it
	u.attach(m)
	return m
}

// Remove marks the entity at p for deletion, hard whatever softDelete says; one that was never
// inserted will not be.
func (u *Unit) Remove(e *mapper.Entity, p unsafe.Pointer, hard bool) *Problem {
	m := u.Find(p)
	if m == nil {
		var problem *Problem
		if m, problem = u.removeDetached(e, p); problem != nil {
			return problem
		}
	}
	m.Hard = hard
	switch {
	case m.IsNew():
		m.State = Dropped
		u.dropped = append(u.dropped, m)
	case m.State == Clean:
		m.State = Removed
	}
	u.show(m)
	return nil
}

// removeDetached deletes the row of an entity the manager does not know.
func (u *Unit) removeDetached(e *mapper.Entity, p unsafe.Pointer) (*Managed, *Problem) {
	key, ok := e.KeyOf(p)
	if !ok {
		return nil, &Problem{Class: ErrDetached, Entity: e.Name, Detail: "it has no key and was never persisted"}
	}
	m := u.Entry(e, key)
	if m.Entity != nil {
		return nil, &Problem{Class: ErrDetached, Entity: e.Name, Key: key, Detail: "another instance of it is managed; remove that one"}
	}
	m.Meta = e
	u.Adopt(m, p)
	u.Snapshot(m)
	u.vouch(m)
	m.State = Removed
	u.show(m)
	return m, nil
}

// Leaving says in which list a flush puts what it marks by [Managed.Goes], and takes the marks of
// the flush before, which may have ended by a panic of user code or be left unresolved.
func (u *Unit) Leaving(list *[]*Managed) {
	if u.leaving != nil {
		for _, m := range *u.leaving {
			m.Goes = false
		}
	}
	u.leaving, u.wanted = list, nil
}

// Wanting says in which list a flush, whose changes are told already, gets what is persisted although
// it goes: it is to be inserted again. That ends with the flush.
func (u *Unit) Wanting(list *[]*Managed) { u.wanted = list }

// Clear forgets everything but keep and answers to another home from now on.
func (u *Unit) Clear(home *slot.Manager, keep []*Managed) {
	u.Leaving(nil)
	if u.sync != nil {
		u.sync.reset(u) // what it has looked at is told by marks
	}
	touched := u.touched
	u.letGo(keep)
	*u = Unit{shapes: u.shapes, home: home, readOnly: u.readOnly, passing: u.passing, mark: u.mark, clock: u.clock, open: u.open} // what is kept is numbered on
	for _, m := range keep {
		m.Home = home
		if m.Key != nil {
			u.ids.Put(m.Meta, m.Key, &m.Entry)
		}
		u.track(m)
		if m.IsNew() {
			u.detach(m)
			u.attach(m) // what was carried over is carried over again
		}
	}
	for _, t := range touched {
		if slices.Contains(keep, t.m) {
			u.touched = append(u.touched, t)
		}
	}
}

// Rekey moves m to another key, nil for none.
func (u *Unit) Rekey(m *Managed, key any) {
	if m.Key != nil {
		u.ids.Delete(m.Meta, m.Key, &m.Entry)
	}
	m.Key = key
	if key != nil {
		u.ids.Put(m.Meta, key, &m.Entry)
	}
}

// compact closes the gaps among the tracked when they are many, and renumbers.
func (u *Unit) compact() {
	if u.gaps < 16 || u.gaps < len(u.tracked)/2 {
		return
	}
	kept := u.tracked[:0]
	for i, m := range u.tracked {
		if m == nil {
			continue
		}
		if u.glances != nil {
			u.glances.list[len(kept)], u.glances.types[len(kept)] = u.glances.list[i], u.glances.types[i]
		}
		m.ordinal = int32(len(kept))
		kept = append(kept, m)
	}
	clear(u.tracked[len(kept):])
	u.tracked, u.gaps = kept, 0
	u.glances.cut(len(kept))
}
