package unit

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// open is what a unit notes while a transaction is open, which may be taken back.
type open struct {
	// since is when the transaction began, by the unit's clock.
	since int
	// sights are what reads saw.
	sights map[place]*sight
	// changed tells what the user has changed after weft had written it, by the time of the
	// last journal for which that was found.
	changed map[written]int
	// published says that there is something to take back, deleted that rows were deleted,
	// which reads do not see.
	published, deleted bool
	// parted are the references that flushes have changed: reads see rows where these lead by now.
	parted []*mapper.Property
	past   past
	// cleared is what Clear let go of.
	cleared cleared
	// keep puts what is to be taken back with the transaction behind what is there already.
	keep func(Undo)
	// gave says that a row was read again that gave up what the user had changed, so that it
	// matters what later flushes write; given are those that were taken back.
	gave  bool
	given []*Reread
	// restated are collections that were set as a whole since they were read, and count as not read.
	restated []place
	// rested are views without columns, as they were stored, that say as stored what is known of rows
	// which were forgotten.
	rested map[place]rested
	// stated is what collections have said since of references, though these led there already.
	stated map[place]stated
}

// stated is where a reference leads as a collection said at a time, by the unit's clock.
type stated struct {
	owner *slot.Entry
	at    int
}

// Heeds reports that it matters what collections say of items that they have already.
func (u *Unit) Heeds() bool { return u.open != nil && u.open.gave }

// Undo is something that is taken back with a transaction.
type Undo = interface{ Undo() }

// sight is what reads inside of the open transaction saw of one property, by the unit's
// clock; a time of 0 is never. What was seen after a flush is not there without it.
type sight struct {
	// null is when a to-one view was seen to be null, listed when a list was read, sets how
	// often that had been set as a whole then.
	null, listed, sets int
	// shown says that a plain pointer was populated: nil is null from then on; emptied that
	// the user has made it nil after it was written.
	shown, emptied bool
}

// Began starts to note what may have to be taken back. What must be in turn with the flushes
// of the transaction it hands to keep.
func (u *Unit) Began(keep func(Undo)) {
	u.clock++
	u.open = &open{since: u.clock, sights: map[place]*sight{}, stated: map[place]stated{}, keep: keep}
}

// Notes reports that it does.
func (u *Unit) Notes() bool { return u.open != nil }

// Ended notes that the transaction has ended, and nothing more is taken back with it.
func (u *Unit) Ended() {
	u.open = nil
	u.settleEarly()
}

// see returns the sight of a property, to be noted in; nil while there is nothing to take back.
func (u *Unit) see(m *Managed, p *mapper.Property) *sight {
	if u.open == nil || !u.open.published {
		return nil
	}
	t := place{m, p}
	s := u.open.sights[t]
	if s == nil {
		s = &sight{}
		u.open.sights[t] = s
	}
	return s
}

// seen returns the sight of a property, nil for none.
func (u *Unit) seen(t place) *sight {
	if u.open == nil {
		return nil
	}
	return u.open.sights[t]
}

// unsee forgets what reads saw of an entity.
func (u *Unit) unsee(m *Managed) {
	if u.open == nil || len(u.open.sights) == 0 {
		return
	}
	shape := u.Shape(m.Meta)
	for _, list := range [][]*mapper.Property{shape.ToOne, shape.Many, shape.Shown} {
		for _, p := range list {
			delete(u.open.sights, place{m, p})
		}
	}
}

// misses reports that rows were deleted in the open transaction, which reads do not see.
func (u *Unit) misses() bool { return u.open != nil && u.open.deleted }

// missesIn reports that a view may have lost rows in the open transaction: they were deleted, or
// lead elsewhere.
func (u *Unit) missesIn(p *mapper.Property) bool {
	return u.misses() || u.open != nil && !p.Relation.Owning && slices.Contains(u.open.parted, p.Relation.Inverse)
}

// noteParted notes that a flush has changed references.
func (u *Unit) noteParted(written []*mapper.Property) {
	if u.open == nil {
		return
	}
	for _, p := range written {
		if p.Kind.IsToOne() && p.Relation.Inverse != nil && !slices.Contains(u.open.parted, p) {
			u.open.parted = append(u.open.parted, p)
		}
	}
}

// NoteNulls notes the to-one views of an entity that was just read as null for which a
// flush of the open transaction may be the reason.
func (u *Unit) NoteNulls(m *Managed) {
	if u.open == nil || !u.open.deleted && len(u.open.parted) == 0 {
		return
	}
	for _, p := range u.Shape(m.Meta).ToOne {
		u.noteNull(m, p)
	}
}

func (u *Unit) noteNull(m *Managed, p *mapper.Property) {
	if u.missesIn(p) && (!p.Relation.Owning || p.Relation.OnDelete == mapper.RuleSetNull) && m.Loaded.Has(p.Index) && u.Stored(m, p) == nil {
		u.see(m, p).null = u.clock
	}
}

// noteList notes a list that was just read.
func (u *Unit) noteList(m *Managed, p *mapper.Property, s *slot.Items) {
	if u.missesIn(p) && !s.Partial {
		seen := u.see(m, p)
		seen.listed, seen.sets = u.clock, s.Sets
	}
}

// noteWiped notes a list that was set as a whole while it was not known: rows that were deleted
// are not in it, and are not there either once they are back.
func (u *Unit) noteWiped(m *Managed, p *mapper.Property) {
	if u.missesIn(p) {
		seen := u.see(m, p)
		seen.listed, seen.sets = u.clock, u.Items(m, p).Sets-1
	}
}

// Shown notes that plain pointers are being populated: nil means nothing from then on, and
// not what was stored. What the user assigned before is brought together with that.
func (u *Unit) Shown(list []*Managed, p *mapper.Property) {
	if p.Relation.Style != mapper.PointerField || u.readOnly {
		return
	}
	meet := false
	for _, m := range list {
		if m.Entity == nil || !m.Meta.IsSubtypeOf(p.Entity) {
			continue
		}
		meet = meet || u.hides(m, p)
		if s := u.see(m, p); s != nil {
			s.shown = true
		}
	}
	if meet {
		u.meet()
	}
}

// hides reports a plain pointer that the user assigned before its target was read.
func (u *Unit) hides(m *Managed, p *mapper.Property) bool {
	b := u.baseline(m, p)
	return b.word == nil && word(p, m.Entity) != nil && (b.target != nil || !m.Loaded.Has(p.Index))
}

// meet is Sync for a read that goes on with what views say by now. Where they contradict
// each other nothing is left of it: the flush tells of that.
func (u *Unit) meet() { _ = u.Meet() }

// Meet brings views together for what goes on with what they say by now, and tells where they
// contradict each other: nothing is left of it then.
func (u *Unit) Meet() error {
	if u.journal != nil {
		_, err := u.Sync()
		return err
	}
	journal := u.Record()
	_, err := u.Sync()
	if err != nil {
		journal.Undo()
	}
	u.Stop()
	return err
}

// sightings returns the places of the sights of the open transaction that are still of this
// unit, in order of arrival.
func (u *Unit) sightings() []place {
	if u.open == nil {
		return nil
	}
	list := make([]place, 0, len(u.open.sights))
	for t := range u.open.sights {
		if t.m.Home == u.home {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b place) int { return cmp.Or(a.m.Ordinal()-b.m.Ordinal(), a.p.Index-b.p.Index) })
	return list
}

// returned takes what was read after the row of m was deleted, at a time, for known in part,
// the deletion being taken back: null may be that row, and lists may have it.
func (u *Unit) returned(m *Managed, at int) {
	if u.open == nil {
		return
	}
	root := m.Meta.Root()
	for t, s := range u.open.sights {
		if t.m.Home != u.home || t.p.Relation == nil || !t.p.Relation.IsAny() && t.p.Relation.Target.Root() != root || max(s.null, s.listed) < at || u.elsewhere(m, t) {
			continue
		}
		u.doubt(t, s)
	}
	if u.open.deleted {
		u.back.rows = append(u.back.rows, m)
	}
}

// doubt takes what was read of a view for known in part.
func (u *Unit) doubt(t place, s *sight) {
	if t.p.Kind.IsToMany() {
		if st := u.Items(t.m, t.p); st != nil && st.Loaded && !st.Wiped {
			st.Partial = true
		}
		return
	}
	s.null = 0
	if t.m.Snap != nil && t.m.Loaded.Has(t.p.Index) && u.Stored(t.m, t.p) == nil {
		u.unread(t.m, t.p)
	}
}

// elsewhere reports a row whose reference is known to lead to another owner than that of a view.
func (u *Unit) elsewhere(m *Managed, view place) bool {
	ref := view.p.Relation.Inverse
	if view.p.Relation.Owning || ref == nil || !ref.Kind.IsToOne() || !m.Meta.IsSubtypeOf(ref.Entity) || !m.Loaded.Has(ref.Index) {
		return false
	}
	return u.Stored(m, ref) != &view.m.Entry
}

// written is something that weft writes: a value, a field, a view, or an item of a list.
type written struct {
	place
	x    unsafe.Pointer // of lists
	kind writtenKind
}

type writtenKind uint8

const (
	aValue writtenKind = iota
	aField
	aView
	aListed // in the user's slice
	anItem  // in the agreed list
	aRow    // a property of a row
)
