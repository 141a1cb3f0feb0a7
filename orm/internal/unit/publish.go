package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Publication makes the outcome of a successful flush the state of the unit. With a
// journal it can be taken back.
type Publication struct {
	u *Unit
	// list are the entities whose rows are gone, or never were. gone finds them, at by their
	// addresses; both are made when somebody has relations to their types.
	list []*Managed
	gone map[*Managed]bool
	at   map[unsafe.Pointer]bool // their addresses
	// lists are the collections as the flush has written them, nil for as they are.
	lists FrozenLists
}

// Publish starts a publication. What it writes goes into journal, unless that is nil.
func (u *Unit) Publish(journal *Journal) *Publication {
	u.journal = journal
	u.clock++
	if u.open != nil {
		u.open.published = true
	}
	return &Publication{u: u}
}

// Inserts makes room for n new rows of an entity.
func (p *Publication) Inserts(e *mapper.Entity, n int) {
	if n > firstRoom {
		p.u.ids.Expect(e, n)
	}
}

// flushedStep is an entity whose row was written.
type flushedStep struct {
	m       *Managed
	at      int   // by the unit's clock
	state   State // before
	after   State
	key     any
	snap    unsafe.Pointer
	base    []view
	foreign []*slot.Entry
	// written are the leaves the flush wrote or read back.
	written []*mapper.Property
	vouched *changeset.Leaves
}

func (u *Unit) flushed(m *Managed, after State, written []*mapper.Property) {
	if u.journal == nil {
		return
	}
	if u.open != nil {
		u.open.cleared.wroteRow(m.Meta)
	}
	s := &flushedStep{m: m, at: u.clock, state: m.State, after: after, key: m.Key, snap: m.Snap, written: written}
	if m.more != nil {
		s.base, s.foreign, s.vouched = m.more.base, slices.Clone(m.more.foreign), m.more.vouched.Clone()
	}
	u.journal.add(s)
}

func (s *flushedStep) undo(u *Unit) {
	m := s.m
	defer u.show(m)
	if !planted.Is(planted.UndoKeys) {
		u.Rekey(m, s.key)
	}
	switch {
	case s.after == Dropped: // deleted
		u.retrack(m)
		u.returned(m, s.at)
	case s.snap == nil:
		m.Snap, m.Loaded = nil, nil
	case planted.Is(planted.UndoSnapshots):
	default:
		for _, p := range s.written {
			if s.vouched != nil && s.vouched.Has(p.Index) {
				m.more.vouched.Add(p.Index) // what was read since was this flush's
			}
			if u.open != nil && u.open.gave && s.tells(u, p) {
				u.back.changes(written{place: place{m, p}, kind: aRow})
			}
			var from *slot.Entry
			if p.Kind.IsToOne() {
				from = u.Stored(m, p)
			}
			// The value lies in the former snapshot, so that storing it cannot fail.
			_ = copyLeaf(p, m.Snap, s.snap)
			if p.Kind.IsToOne() && p.Relation.Style == mapper.PointerField {
				put(p, m.Snap, u.now(word(p, m.Snap)))
			}
			if i := u.Shape(m.Meta).Of(p); i >= 0 && p.Kind.IsToOne() && m.more != nil && m.more.foreign != nil {
				m.more.foreign[i] = nil
				if s.foreign != nil {
					m.more.foreign[i] = s.foreign[i]
				}
			}
			if p.Kind.IsToOne() && p.Relation.Inverse != nil {
				u.back.moves = append(u.back.moves, moveBack{m, p, u.EntryOf(from), s.at})
			}
		}
	}
	switch {
	case m.State == s.after && !planted.Is(planted.UndoStates):
		m.State = s.state
	case s.snap == nil && m.State == Removed:
		m.State = Dropped // the user removed it since, and it was never inserted
		u.dropped = append(u.dropped, m)
	}
	s.restoreViews(u)
	if s.base != nil && !planted.Is(planted.UndoBaselines) {
		d := u.detail(m)
		if d.base == nil {
			d.base = take(&u.memory.views, len(s.base))
		}
		for i, v := range s.base {
			v.word = u.nowIn(u.Shape(m.Meta).ToOne[i], v.word)
			if !d.base[i].set {
				d.base[i] = v
			}
		}
	}
}

// tells reports a property that the flush wrote because the user has changed it in the entity, and
// not because weft has, or another view.
func (s *flushedStep) tells(u *Unit, p *mapper.Property) bool {
	if p.Kind.IsToOne() {
		i := u.Shape(s.m.Meta).Of(p)
		return i >= 0 && s.base != nil && s.base[i].set && s.base[i].by == own
	}
	return !p.Version && p.OnUpdate == nil && p.Generated != mapper.ByDatabase
}

// restoreViews makes the snapshot say of relations whose views were brought together
// what it said before: those without columns are not among the written leaves.
func (s *flushedStep) restoreViews(u *Unit) {
	if s.snap == nil || s.m.Snap == nil || s.m.Snap == s.snap {
		return
	}
	for i, v := range s.base {
		if !v.set {
			continue
		}
		p := u.Shape(s.m.Meta).ToOne[i]
		put(p, s.m.Snap, u.nowIn(p, word(p, s.snap)))
		if d := s.m.more; d != nil && d.foreign != nil && p.Relation.Style == mapper.PointerField {
			d.foreign[i] = nil
			if s.foreign != nil {
				d.foreign[i] = s.foreign[i]
			}
		}
	}
}

// retrack gives a deleted entity its place again. Where the user persisted it again
// since, the removal is taken back.
func (u *Unit) retrack(m *Managed) {
	if again := u.Find(m.Entity); again != nil {
		u.untrack(again)
		if again.State == Fresh {
			m.State = Clean
			u.show(m)
		}
		u.handOver(again, m)
	}
	if int(m.ordinal) < len(u.tracked) && u.tracked[m.ordinal] == nil {
		u.tracked[m.ordinal] = m
		u.gaps--
		u.show(m)
		u.findable(m)
		return
	}
	u.track(m)
}

// handOver gives the collections of an entity back to the place it had before.
func (u *Unit) handOver(from, to *Managed) {
	u.untouch(from)
	for _, p := range u.Shape(to.Meta).Collections {
		c := p.Collection(to.Entity)
		if c.Owner = &to.Entry; c.Items == nil || c.Items == slot.Empty {
			continue
		}
		if c.Items.Noted = false; c.Items.Dirty {
			u.touch(to, p, c.Items)
		}
	}
}

// Inserted publishes a new row. frozen is the entity as it was written, nil when it
// did not change since.
func (p *Publication) Inserted(m *Managed, key any, written []*mapper.Property, frozen *Frozen) {
	removed := m.State == Dropped // by the user since, who did not know of the row
	p.u.flushed(m, Clean, written)
	p.u.Rekey(m, key)
	if m.State, m.Loaded = Clean, nil; removed {
		m.State = Removed
	}
	for _, q := range p.u.Shape(m.Meta).Slices {
		if s := p.u.Items(m, q); s == nil {
			p.u.keepItems(m, q, slot.NewItems(nil, nil, true)) // all that a new row has is known
		}
	}
	p.snapshot(m, frozen)
	p.u.show(m)
	p.u.leaveShown(m)
}

// Updated publishes a changed row.
func (p *Publication) Updated(m *Managed, written []*mapper.Property, frozen *Frozen) {
	p.u.flushed(m, m.State, written)
	p.u.noteParted(written)
	if planted.Is(planted.PublishChange) {
		return
	}
	p.snapshot(m, frozen)
}

// snapshot makes the entity as it was written what the database holds.
func (p *Publication) snapshot(m *Managed, frozen *Frozen) {
	u := p.u
	u.settleViews(m, frozen)
	before := m.Snap
	defer u.keepUnread(m, before)
	switch {
	case frozen != nil:
		m.Snap = frozen.entity
		u.show(m)
	case u.journal == nil && m.Snap != nil && m.Loaded == nil:
		u.slab(m.Meta).Renew(m.Snap, m.Entity)
	default:
		u.Snapshot(m)
	}
}

// keepUnread makes a new snapshot say of properties that were not read what the one before
// said: what the user assigned to them was not written, and stays a difference.
func (u *Unit) keepUnread(m *Managed, before unsafe.Pointer) {
	if m.Loaded == nil || before == nil || m.Snap == nil || m.Snap == before {
		return
	}
	for _, p := range m.Meta.Leaves {
		if p.Index < 0 || m.Loaded.Has(p.Index) || p.Relation != nil || p.Virtual || p.OneOf() == nil && p.AbsentIn(m.Snap) != nil {
			continue
		}
		absent := p.AbsentIn(before)
		if p.OneOf() != nil {
			_ = p.CopyLeaf(m.Snap, before) // it lay in a snapshot before
		} else if _ = takeLeaf(p, m.Snap, before); absent != nil && isEmpty(absent, m.Snap) {
			absent.Unmake(m.Snap)
		}
	}
}

// settleViews makes the baselines of to-one views what the snapshot to come says, but for those
// that have moved since that was frozen.
func (u *Unit) settleViews(m *Managed, frozen *Frozen) {
	shape, since := u.Shape(m.Meta), frozen.since(m)
	for i, p := range shape.ToOne {
		if p.Relation.Style != mapper.PointerField {
			continue
		}
		if d := u.detail(m); d.foreign == nil {
			d.foreign = take(&u.memory.entries, len(shape.ToOne))
		}
		if frozen != nil {
			m.more.foreign[i] = frozen.said(u, m, i, p).target
		} else {
			m.more.foreign[i] = u.baseline(m, p).target
		}
	}
	if m.more != nil {
		if m.more.base = since; since == nil {
			m.more.missing = nil
		}
		u.show(m)
	}
}

// Settled ends what is kept of a publication with a journal, which nobody takes back any more.
func (u *Unit) Settled() {
	u.unmade = nil
	u.compact()
}

// Done ends the publication: collections are as stored, and rows that are gone have
// left every view.
func (p *Publication) Done() {
	u := p.u
	for _, m := range u.dropped {
		if m.State == Dropped && u.tracks(m) {
			p.Removed(m)
		}
	}
	u.dropped = nil
	u.settleEarly()
	p.settleLists()
	if len(p.list) > 0 && !planted.Is(planted.PublishGone) {
		p.vanish()
	}
	if u.journal == nil {
		u.Settled()
	}
	u.journal = nil
}

// Removed publishes that a new entity went with something that was removed, or was
// removed itself, before it was inserted: it is forgotten.
func (p *Publication) Removed(m *Managed) {
	p.end(m)
	p.u.journal.add(&droppedStep{m, m.State})
	m.State = Dropped
	p.u.untrack(m)
}

// droppedStep is an entity that was removed before it was inserted.
type droppedStep struct {
	m      *Managed
	before State
}

func (s *droppedStep) undo(u *Unit) {
	again := u.Find(s.m.Entity)
	u.retrack(s.m)
	switch s.m.State = s.before; {
	case again != nil && again.State == Fresh:
		s.m.State = Fresh // the user persisted it again since
	case s.before == Dropped:
		u.dropped = append(u.dropped, s.m)
	}
	u.show(s.m)
}

// settledStep is a collection whose changes were written.
type settledStep struct {
	place
	items          *slot.Items
	added, removed []unsafe.Pointer
	known          []unsafe.Pointer
	placed, wiped  bool
	// sure reports that all items were known.
	sure bool
}

// settleLists publishes the changes of collections.
func (p *Publication) settleLists() {
	u := p.u
	var later []place
	for _, t := range u.touched {
		if t.m.State != Clean && !(p.lists != nil && t.m.State == Removed) { // which it is since
			later = append(later, t) // nobody wrote its owner
			continue
		}
		s := u.Items(t.m, t.p)
		if s == nil {
			continue
		}
		is := p.writes(t, s)
		if is == nil {
			later = append(later, t)
			continue
		}
		if u.journal != nil {
			u.journal.add(&settledStep{t, s, slices.Clone(is.Added.View()), slices.Clone(is.Removed.View()), is.Known, is.Placed, is.Wiped, s.Loaded && !s.Partial})
		}
		if u.open != nil && t.p.Kind == mapper.ManyToMany {
			u.open.cleared.wroteLinks(t.p)
		}
		if is != s {
			s.SettleTo(is, t.p.Relation.Ordered)
		} else if !planted.Is(planted.PublishLists) {
			s.Settle()
		}
		switch {
		case !s.Loaded && !s.Dirty:
			u.keepItems(t.m, t.p, nil)
		case t.p.Relation.Ordered && s.Loaded:
			s.Known, s.Placed = is.View(), true
		}
		if is != s && s.Dirty {
			s.Noted = true
			later = append(later, t)
		}
	}
	u.touched = later
}

func (s *settledStep) undo(u *Unit) {
	st := u.Items(s.m, s.p)
	if st == nil {
		st = slot.NewItems(s.items.Self, nil, false) // it was not loaded, and dropped
		u.keepItems(s.m, s.p, st)
	}
	added, removed := u.nowAll(u.stillSaid(s.place, st, s.added, true)), u.nowAll(u.stillSaid(s.place, st, s.removed, false))
	s.known = u.nowAll(s.known)
	if s.p.Kind == mapper.OneToMany { // what a list that was dropped since does not tell, the rows do
		added = slices.DeleteFunc(added, func(x unsafe.Pointer) bool { return u.Find(x) != nil && !u.leadsTo(x, s.p.Relation.Inverse, s.m) })
		removed = slices.DeleteFunc(removed, func(x unsafe.Pointer) bool { return u.leadsTo(x, s.p.Relation.Inverse, s.m) })
	}
	if ref := s.p.Relation.Inverse; s.p.Kind == mapper.ManyToMany && ref != nil && (!st.Loaded || st.Partial) {
		added = slices.DeleteFunc(slices.Clone(added), func(x unsafe.Pointer) bool {
			row := u.Find(x)
			if st.Has(x) || row == nil || !u.parted(s.m, ref, row) {
				return false
			}
			removed = append(removed, x) // the other side has given it up since
			return true
		})
	}
	if planted.Is(planted.UndoAdded) {
		added = nil
	}
	if planted.Is(planted.UndoRemoved) {
		removed = nil
	}
	if !s.sure && st.Loaded && !st.Wiped && (len(added) > 0 || slices.ContainsFunc(removed, st.Has)) {
		st.Partial = true // what was added may have been stored before, and what is back may not have been, whatever was read since
	}
	st.Unsettle(added, removed)
	st.Known, st.Placed, st.Wiped, st.Dirty = s.known, s.placed, st.Wiped || s.wiped && !planted.Is(planted.UndoWiped), true
	u.touch(s.m, s.p, st)
	if s.p.Kind == mapper.ManyToMany && s.p.Relation.Inverse != nil && (!st.Loaded || st.Partial) {
		u.back.unsettled = append(u.back.unsettled, s.place)
	}
}

// leadsTo reports a row whose reference leads to owner now.
func (u *Unit) leadsTo(x unsafe.Pointer, ref *mapper.Property, owner *Managed) bool {
	row := u.Find(x)
	return row != nil && row.Meta.IsSubtypeOf(ref.Entity) && u.Reference(row, ref) == &owner.Entry
}
