package unit

import (
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// move makes the reference of a row lead to owner, nil for null, in all views, because the
// reference itself or another view says so.
func (s *syncing) move(row *Managed, ref *mapper.Property, owner *slot.Entry, by voice) {
	u := s.u
	old := u.baseline(row, ref).target
	u.journal.edge(row, ref, owner)
	u.write(row, ref, owner, by)
	if s == u.sync && row.State == Clean {
		s.enqueue(row)
	}
	if ref.Relation.Inverse == nil || old == owner || planted.Is(planted.SyncReference) {
		return
	}
	next := u.EntryOf(owner)
	for view := range ref.Relation.Views() {
		u.leaveView(u.EntryOf(old), ref, view, row)
		if next != nil {
			s.joinView(next, ref, view, row)
		}
	}
}

// write makes a to-one view say target, as agreed.
func (u *Unit) write(m *Managed, p *mapper.Property, target *slot.Entry, by voice) {
	before, now := u.baseline(m, p), word(p, m.Entity)
	w := wordOf(p, target)
	if w == nil && target != nil && u.isForgotten(now) && &u.forgotten.in(now).Entry == target {
		w = now // which shows the former instance until there is another
	}
	if w != now && !(by == others && !p.Relation.Owning && u.Assigned(m, p)) { // else it is the user's, and not heard yet
		put(p, m.Entity, w)
		w = word(p, m.Entity)
	}
	after := view{word: w, target: target, set: true, by: by}
	if target == nil && by == others {
		after.from = before.target
	}
	if (before.word != after.word || before.target != after.target || before.set && by == others && before.by != others) && !planted.Is(planted.SyncAgain) {
		u.setBaseline(m, p, after)
	}
	if m.Snap != nil && !m.Loaded.Has(p.Index) {
		u.incomplete(m, p)
	}
	u.journal.wrote(m, p, now, before, after)
	if p.Relation.Owning {
		u.follow(m, p, target)
	}
}

// empty agrees that a Ref which was not read leads nowhere: what it led to is read by the flush.
func (u *Unit) empty(m *Managed, p *mapper.Property) {
	before, after := u.baseline(m, p), view{set: true}
	before.word = unsafe.Pointer(p.Unread(m.Snap)) // so that nil is the user's, whatever is read of it
	u.setBaseline(m, p, after)
	u.incomplete(m, p)
	u.journal.wrote(m, p, nil, before, after)
	if p.Relation.Owning && len(p.Columns) == 1 {
		u.follow(m, p, nil) // else what the columns hold is not known
	}
}

// incomplete notes a view that changes although it, or the row it led to, was never read.
func (u *Unit) incomplete(m *Managed, p *mapper.Property) {
	d := u.detail(m)
	for _, q := range d.missing {
		if q == p {
			return
		}
	}
	d.missing = append(d.missing, p)
}

// leaveView takes row out of a view that owner, which may be nil, has of the rows that refer to it.
func (u *Unit) leaveView(owner *Managed, ref, view *mapper.Property, row *Managed) {
	if owner == nil || owner.Entity == nil || !owner.Meta.IsSubtypeOf(view.Entity) {
		return
	}
	if view.Kind.IsToOne() {
		if u.baseline(owner, view).target == &row.Entry {
			u.write(owner, view, nil, others)
		}
		return
	}
	u.leaveList(owner, view, row.Entity)
}

// joinView puts row into a view that owner has of the rows that refer to it, or of those
// of one type among them. The row that a one-to-one relation led to before is displaced.
func (s *syncing) joinView(owner *Managed, ref, view *mapper.Property, row *Managed) {
	u := s.u
	if !owner.Meta.IsSubtypeOf(view.Entity) || !row.Meta.IsSubtypeOf(view.Relation.Target) {
		return
	}
	if owner.Entity == nil {
		u.comesEarly(owner, row, ref, view)
	}
	if view.Kind.IsToMany() {
		if owner.Entity != nil {
			u.joinList(owner, view, row.Entity)
		}
		return
	}
	for _, other := range u.rowsOf(owner, ref) {
		if other != row && !s.claimed(other, ref) && !u.Assigned(other, ref) && !planted.Is(planted.SyncDisplaced) {
			s.move(other, ref, nil, others)
		}
	}
	if owner.Entity != nil && u.Reference(owner, view) != &row.Entry {
		if former := u.EntryOf(u.baseline(owner, view).target); former != nil && (former.Entity == nil || !former.Loaded.Has(ref.Index)) {
			u.incomplete(owner, view) // the row leaves once its reference is read, see Displaced
		}
		u.write(owner, view, &row.Entry, others)
		if s == u.sync && owner.State == Clean {
			s.enqueue(owner) // what it led to may have to be read
		}
	}
}

// viewed reports that a view without columns tells what it leads to.
func (u *Unit) viewed(m *Managed, view *mapper.Property) bool {
	return m.Snap == nil || m.Loaded.Has(view.Index)
}

// rowsOf returns the rows in memory whose reference leads to owner: the one that the
// inverse side names, else those a search finds.
func (u *Unit) rowsOf(owner *Managed, ref *mapper.Property) []*Managed {
	view := ref.Relation.Inverse
	if owner.Entity != nil && view != nil && view.Kind.IsToOne() && owner.Meta.IsSubtypeOf(view.Entity) && u.viewed(owner, view) {
		if found := u.EntryOf(u.baseline(owner, view).target); found != nil && found.Entity != nil &&
			u.baseline(found, ref).target == &owner.Entry {
			return []*Managed{found}
		}
	}
	var list []*Managed
	for _, m := range u.tracked {
		if m != nil && m.State != Dropped && m.Meta.IsSubtypeOf(ref.Entity) && u.baseline(m, ref).target == &owner.Entry {
			list = append(list, m)
		}
	}
	return list
}

// RowsTo returns the rows in memory that refer to m by the other side of a to-many relation.
func (u *Unit) RowsTo(m *Managed, p *mapper.Property) (list []*Managed) {
	ref := p.Relation.Inverse
	if p.Kind != mapper.OneToMany {
		return nil
	}
	for _, row := range u.tracked {
		if row != nil && row.State != Dropped && row.Meta.IsSubtypeOf(ref.Entity) && row.Meta.IsSubtypeOf(p.Relation.Target) && u.Reference(row, ref) == &m.Entry {
			list = append(list, row)
		}
	}
	return list
}

// joinList puts x at the end of a to-many view, unless it is there.
func (u *Unit) joinList(owner *Managed, p *mapper.Property, x unsafe.Pointer) {
	if s := u.Items(owner, p); s != nil && s.Has(x) {
		return
	}
	s := u.change(owner, p)
	before := s.Mark(x)
	s.Join(x)
	u.journal.joined(owner, p, x, before, true)
	if p.Relation.Style == mapper.SliceField && (s.Loaded || *p.Slice(owner.Entity) != nil) {
		list := p.Slice(owner.Entity)
		for _, y := range *list {
			if y == x {
				return
			}
		}
		*list = append((*list)[:len(*list):len(*list)], x)
		u.journal.listed(owner, p, x, -1)
	}
}

// leaveList takes x out of a to-many view.
func (u *Unit) leaveList(owner *Managed, p *mapper.Property, x unsafe.Pointer) {
	s := u.Items(owner, p)
	switch {
	case s == nil && p.Kind != mapper.ManyToMany && (u.open == nil || !u.open.published):
		return // unknown, and the row itself tells where it belongs, as long as nothing is taken back
	case s != nil && !s.Expects(x):
		return
	}
	s = u.change(owner, p)
	before := s.Mark(x)
	u.journal.left(owner, p, x, s.Leave(x), before)
	if p.Relation.Style == mapper.SliceField {
		list := p.Slice(owner.Entity)
		for i, y := range *list {
			if y == x {
				next := make([]unsafe.Pointer, 0, len(*list))
				*list = append(append(next, (*list)[:i]...), (*list)[i+1:]...)
				u.journal.listed(owner, p, x, i)
				return
			}
		}
	}
}

// agree makes what the user put into a plain slice the agreed list.
func (u *Unit) agree(l listView) {
	st := u.Items(l.m, l.p)
	wiped := replaced(l.m, st, l.list)
	s := u.change(l.m, l.p)
	u.journal.noEdge()
	if wiped {
		u.journal.wiped(l.m, l.p, s)
		s.Wipe(l.list)
		u.wiped(l.m, l.p)
		return
	}
	is := slot.ListOf(l.list)
	for _, x := range s.View() {
		if !is.Has(x) {
			before := s.Mark(x)
			u.journal.left(l.m, l.p, x, s.Leave(x), before)
		}
	}
	for _, x := range l.list {
		if !s.Has(x) {
			before := s.Mark(x)
			s.Join(x)
			u.journal.joined(l.m, l.p, x, before, false)
		}
	}
	s.Reorder(l.list)
	s.Loaded = s.Loaded || l.m.Snap == nil
}

// attach lets the collections of a new entity tell the unit of changes from now on. The
// items they have already are carried over by the next run of Sync.
func (u *Unit) attach(m *Managed) {
	for _, p := range u.Shape(m.Meta).Collections {
		c := p.Collection(m.Entity)
		switch {
		case c.Owner == &m.Entry:
			continue
		case c.Items == nil:
			c.Items = slot.Empty
		default:
			s := c.Change()
			untold := slot.ListOf(s.View())
			s.Untold = &untold
			s.Noted = false // by the place, of another manager maybe, that the entity had before
			u.touch(m, p, s)
		}
		c.Owner = &m.Entry
	}
}

// detach lets the collections of a new entity live on their own again.
func (u *Unit) detach(m *Managed) {
	for _, p := range u.Shape(m.Meta).Collections {
		c := p.Collection(m.Entity)
		if c.Items == slot.Empty {
			c.Items = nil
		}
		c.Owner = nil
	}
}

// untold are the items of a new entity's collection that are not carried over yet.
func (u *Unit) untold(m *Managed, p *mapper.Property) []unsafe.Pointer {
	if s := p.Collection(m.Entity).Items; s != nil && s.Untold != nil {
		return s.Untold.Read()
	}
	return nil
}

// told notes that they are.
func (u *Unit) told(m *Managed) {
	for _, p := range u.Shape(m.Meta).Collections {
		if list := u.untold(m, p); len(list) > 0 {
			u.journal.told(m, p, list) // which nobody else has
			p.Collection(m.Entity).Items.Untold = nil
		}
	}
}

// Changed carries over that an item joined or left a collection, at the call that
// did it. A nil item says that everything not in the list left, or that the order changed.
func (u *Unit) Changed(m *Managed, p *mapper.Property, item unsafe.Pointer, joined bool) {
	u.touch(m, p, p.Collection(m.Entity).Items)
	if p.Relation.ReadOnly {
		return // the flush refuses it
	}
	if item == nil {
		if !joined {
			u.noteWiped(m, p)
			u.wiped(m, p)
		}
		return
	}
	u.carry(m, p, item, joined)
}

// carry is Changed for one item, of a list in any style.
func (u *Unit) carry(m *Managed, p *mapper.Property, item unsafe.Pointer, joined bool) {
	target, problem := u.target(place{m, p}, item)
	if problem != nil {
		return // the flush reports it
	}
	x, ref := Of(target), p.Relation.Inverse
	switch {
	case x.Entity == nil:
		u.forgotten.told = append(u.forgotten.told, toldItem{place{m, p}, item, joined})
	case p.Kind == mapper.ManyToMany:
		u.mirrorLink(place{m, p}, x, joined)
	case !x.Meta.IsSubtypeOf(ref.Entity):
	case joined && planted.Is(planted.SyncJoined), !joined && planted.Is(planted.SyncLeft):
	case joined:
		s := syncing{u: u}
		s.move(x, ref, &m.Entry, others)
		u.state(place{x, ref}, &m.Entry)
	case u.Reference(x, ref) == &m.Entry, u.unheard(x, ref):
		s := syncing{u: u}
		s.part(x, ref, &m.Entry)
		u.state(place{x, ref}, nil)
	default:
		s := syncing{u: u}
		s.ahead(x, ref)
	}
}

// ahead lets a row that leaves a list lead where its reference was assigned to before. It reports
// whether it was.
func (s *syncing) ahead(row *Managed, ref *mapper.Property) bool {
	u := s.u
	if u.unheard(row, ref) || u.Reference(row, ref) == u.baseline(row, ref).target {
		return false
	}
	if target, problem := u.resolve(place{row, ref}, word(ref, row.Entity)); problem == nil { // else the flush reports it
		s.move(row, ref, target, own)
	}
	return true
}

// unheard reports a reference of which nobody knows where it leads: what a list says of its row is
// settled once it is read.
func (u *Unit) unheard(m *Managed, ref *mapper.Property) bool {
	return m.Snap != nil && !m.Loaded.Has(ref.Index) && !u.baseline(m, ref).set && !u.Assigned(m, ref)
}

// part lets a row leave an owner: it stays where it is if it turns out to lead to another.
func (s *syncing) part(row *Managed, ref *mapper.Property, owner *slot.Entry) {
	unheard := s.u.unheard(row, ref)
	if s.move(row, ref, nil, others); unheard {
		b := s.u.baseline(row, ref)
		b.from, b.unheard = owner, true
		s.u.setBaseline(row, ref, b)
	}
}

// state notes that a collection says where a reference leads, which it may have done already.
func (u *Unit) state(t place, owner *slot.Entry) {
	if u.Heeds() {
		u.open.stated[t] = stated{owner, u.clock}
	}
}

// wiped takes a relation apart whose items were all replaced before they were read,
// as far as its other side is in memory.
func (u *Unit) wiped(m *Managed, p *mapper.Property) {
	ref := p.Relation.Inverse
	s := u.Items(m, p)
	if ref == nil || planted.Is(planted.SyncWiped) {
		return
	}
	if p.Kind == mapper.OneToMany {
		moving := syncing{u: u}
		for _, row := range rowsOfType(u.rowsOf(m, ref), p) {
			if !s.Has(row.Entity) && !moving.ahead(row, ref) {
				moving.move(row, ref, nil, others)
			}
		}
		return
	}
	for _, x := range u.tracked {
		if x == nil || !x.Meta.IsSubtypeOf(ref.Entity) || x.Entity == nil || s.Has(x.Entity) {
			continue
		}
		if other := u.Items(x, ref); other != nil && other.Has(m.Entity) {
			u.leaveList(x, ref, m.Entity)
		}
	}
}

// mirrorLink carries a change of one side of a many-to-many relation over to the other.
func (u *Unit) mirrorLink(at place, other *Managed, joined bool) {
	view := at.p.Relation.Inverse
	if view == nil || !other.Meta.IsSubtypeOf(view.Entity) || planted.Is(planted.SyncLinks) {
		return
	}
	u.journal.noEdge()
	if joined {
		u.joinList(other, view, at.m.Entity)
	} else {
		u.leaveList(other, view, at.m.Entity)
	}
	u.shareLink(at, place{other, view})
}

// shareLink lets the side of a link that does not know all its items know of it what the
// other side knows, which does.
func (u *Unit) shareLink(a, b place) {
	x, y := u.Items(a.m, a.p), u.Items(b.m, b.p)
	if x == nil || y == nil || x == slot.Empty || y == slot.Empty {
		return
	}
	x.Share(b.m.Entity, y, a.m.Entity, a.p.Relation.Ordered)
	y.Share(a.m.Entity, x, b.m.Entity, b.p.Relation.Ordered)
}
