package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// forgotten are entities with rows that were forgotten while others may lead to them. Their places
// stay, as those of rows that are only referred to: what led to them is a reference by key, and
// leads to the instance that a read makes of the row.
type forgotten struct {
	// at are the places, by the address of the former instance.
	at map[unsafe.Pointer]*Managed
	// places tells of each when it was forgotten last, by the unit's clock, and which instances of
	// it views may lead to.
	places map[*Managed]*former
	// told is what collections have said of rows that must be read before it can be carried over.
	told []toldItem
	// retold is what they say again of rows that were read again, once all is taken back.
	retold []toldItem
	// inRows says that rows are read in one go, in which nobody else changes views; holders are then
	// those that hold the addresses of former instances, nil while no row has returned.
	inRows  bool
	holders map[unsafe.Pointer][]place
	// sweepAt is how many there are when those that nothing leads to are left out.
	sweepAt int
}

// former is what there was in a place that was forgotten.
type former struct {
	since     int
	instances []unsafe.Pointer
}

// toldItem is an item that joined a collection, or left it.
type toldItem struct {
	place
	x      unsafe.Pointer
	joined bool
}

// Forget ends the management of m. A new entity is as if it had never been handed in. The
// collections of one that has a row answer to home from now on, which knows no rows.
func (u *Unit) Forget(m *Managed, home *slot.Manager) {
	if m.State == Loose || m.State == Fresh || m.State == Dropped || m.Key == nil || m.Snap == nil {
		if m.Key != nil {
			u.ids.Delete(m.Meta, m.Key, &m.Entry)
		}
		if m.State == Loose || m.State == Fresh || m.State == Dropped {
			u.detach(m)
		}
		u.untrack(m)
		u.untouch(m)
		return
	}
	u.restViews(m)
	u.hear(m)
	u.clock++
	for _, p := range u.Shape(m.Meta).ToOne[:u.Shape(m.Meta).Owning] {
		if b := u.baseline(m, p); b.set && b.target != u.Stored(m, p) {
			s := syncing{u: u}
			s.giveUp(m, p, u.remains(m, p)) // nothing is written of its row
		}
		u.rest(m, p)
	}
	u.comeEarlyAgain(m)
	u.untrack(m)
	u.untouch(m)
	left := u.Lone(m.Meta, m.Key)
	left.Entity, left.Home = m.Entity, home
	for _, p := range u.Shape(m.Meta).Collections {
		p.Collection(m.Entity).Owner = &left.Entry
	}
	if u.forgotten == nil {
		u.forgotten = &forgotten{at: map[unsafe.Pointer]*Managed{}, places: map[*Managed]*former{}}
	}
	u.forgotten.add(m, u.clock)
	u.tellLater(m)
	u.unsee(m)
	m.Entity, m.Snap, m.Loaded, m.more, m.State, m.Hard, m.Passing = nil, nil, nil, nil, Referenced, false, false
	u.sweepForgotten()
}

// hear carries over what the views of m say of where other rows belong, and nobody has looked at yet: it
// is pending of those rows, and stays. What others say waits for the next flush, so that what is
// given up with m does not depend on who was looked at before; what a row itself says goes before.
func (u *Unit) hear(m *Managed) {
	if m.State != Clean && m.State != Removed || u.readOnly {
		return
	}
	s := syncing{u: u}
	s.gatherToOne(m, u.Shape(m.Meta).Owning)
	s.gatherSlices(m)
	if len(s.problems) > 0 {
		return
	}
	for i := range s.claims.n {
		if c := s.claims.at(i); c.row != m && u.Assigned(c.row, c.ref) {
			c.set, c.left = false, nil
		}
	}
	s.apply()
}

// remains is what the reference of m leads to when all that is pending of it is given up: what is stored,
// or nothing where another row takes its place there, for which a flush reads the row of m.
func (u *Unit) remains(m *Managed, p *mapper.Property) *slot.Entry {
	stored, view := u.Stored(m, p), p.Relation.Inverse
	owner := u.EntryOf(stored)
	if p.Kind != mapper.OneToOne || view == nil || owner == nil || owner.Entity == nil || !owner.Meta.IsSubtypeOf(view.Entity) {
		return stored
	}
	taker := u.EntryOf(u.baseline(owner, view).target)
	if taker == nil || taker == m || u.baseline(taker, p).target != stored {
		return stored
	}
	u.incomplete(owner, view)
	return nil
}

// tellLater notes the links that m would have written and others show, or show no more: they are
// told once its row is read again, which a flush does.
func (u *Unit) tellLater(m *Managed) {
	for _, t := range u.touched {
		if t.p.Kind != mapper.ManyToMany || t.p.Relation.Owning || !m.Meta.IsSubtypeOf(t.p.Relation.Inverse.Entity) {
			continue
		}
		s := u.Items(t.m, t.p)
		if s != nil && (s.Added.Has(m.Entity) || s.Removed.Has(m.Entity)) {
			u.forgotten.told = append(u.forgotten.told, toldItem{t, m.Entity, s.Added.Has(m.Entity)})
		}
	}
}

// stillSaid returns the items that joined a list, or left it, in a flush that is taken back, without
// those that were forgotten since: what is pending of their rows was given up with that, so that a
// collection shows them as it did before, and links are told later. What the user has left in a plain
// slice is said once more.
func (u *Unit) stillSaid(t place, st *slot.Items, list []unsafe.Pointer, joined bool) []unsafe.Pointer {
	if u.forgotten == nil || t.p.Kind == mapper.OneToMany && t.p.Relation.Style == mapper.SliceField {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(x unsafe.Pointer) bool {
		m := u.forgotten.in(x)
		switch {
		case m == nil || !u.forgotSince(m, u.back.at):
			return false
		case t.p.Kind == mapper.OneToMany:
			if joined {
				st.Forget(u.now(x))
			} else if st.Loaded && !st.Has(u.now(x)) {
				st.Restore(-1, u.now(x))
			}
			return true
		case t.p.Relation.Owning || !m.Meta.IsSubtypeOf(t.p.Relation.Inverse.Entity):
		case m.Entity == nil:
			u.forgotten.told = append(u.forgotten.told, toldItem{t, x, joined})
		default:
			u.forgotten.retold = append(u.forgotten.retold, toldItem{t, x, joined})
		}
		return false
	})
}

// in returns the place of a former instance, nil for others.
func (f *forgotten) in(x unsafe.Pointer) *Managed {
	if f == nil {
		return nil
	}
	return f.at[x]
}

func (f *forgotten) add(m *Managed, at int) {
	if f.places[m] == nil {
		f.places[m] = &former{}
	}
	f.at[m.Entity] = m
	f.places[m].since = at
	f.places[m].instances = append(f.places[m].instances, m.Entity)
}

// sweepForgotten lets go of places that nothing leads to, when they are many.
func (u *Unit) sweepForgotten() {
	f := u.forgotten
	if len(f.at) < max(f.sweepAt, 1024) {
		return
	}
	led := map[*Managed]bool{}
	for _, m := range u.tracked {
		if m != nil {
			u.targets(m, func(t *Managed) { led[t] = true })
		}
	}
	for x, m := range f.at {
		if led[m] || m.Entity == x {
			continue
		}
		if delete(f.at, x); m.Entity == nil {
			delete(f.places, m)
			u.ids.Delete(m.Meta, m.Key, &m.Entry)
		}
	}
	f.sweepAt = 2*len(f.at) + len(u.tracked)
}

// PlaceOf is Find that knows the places of former instances, too; they need not have an entity.
func (u *Unit) PlaceOf(x unsafe.Pointer) *Managed {
	if found := u.Find(x); found != nil || u.forgotten == nil {
		return found
	}
	return u.forgotten.in(x)
}

// isForgotten reports a former instance in whose place there is none.
func (u *Unit) isForgotten(x unsafe.Pointer) bool {
	m := u.forgotten.in(x)
	return m != nil && m.Entity == nil
}

// now returns the instance that there is in the place of a former one, x itself while there is none.
func (u *Unit) now(x unsafe.Pointer) unsafe.Pointer {
	if m := u.forgotten.in(x); m != nil && m.Entity != nil {
		return m.Entity
	}
	return x
}

// nowIn is now of what a to-one view holds: a Ref leads to the place, which stays.
func (u *Unit) nowIn(p *mapper.Property, w unsafe.Pointer) unsafe.Pointer {
	if p.Relation.Style == mapper.PointerField {
		return u.now(w)
	}
	return w
}

// nowAll is now of a list.
func (u *Unit) nowAll(list []unsafe.Pointer) []unsafe.Pointer {
	if u.forgotten == nil || len(list) == 0 {
		return list
	}
	list = slices.Clone(list)
	for i, x := range list {
		list[i] = u.now(x)
	}
	return list
}

// forgotSince reports an entity that was forgotten after a time, by the unit's clock.
func (u *Unit) forgotSince(m *Managed, at int) bool {
	if u.forgotten == nil {
		return false
	}
	f := u.forgotten.places[m]
	return f != nil && f.since > at
}

// lead lets all views that lead to former instances of m lead to the one it has now.
func (u *Unit) lead(m *Managed) {
	f := u.forgotten.places[m]
	if f == nil || len(f.instances) == 0 {
		return
	}
	led := f.instances
	f.instances = nil
	if u.forgotten.inRows {
		if u.forgotten.holders == nil {
			u.forgotten.holders = u.holders()
		}
		for _, x := range led {
			for _, at := range u.forgotten.holders[x] {
				u.leadAt(at, led, m.Entity)
			}
		}
		return
	}
	u.eachView(m.Meta, func(at place) { u.leadAt(at, led, m.Entity) })
}

// BeginRows says that rows are going to be read in one go, until [Unit.EndRows]: what leads to former
// instances is then looked for once.
func (u *Unit) BeginRows() {
	if u.forgotten != nil {
		u.forgotten.inRows = true
	}
}

// EndRows says that they were read.
func (u *Unit) EndRows() {
	if u.forgotten != nil {
		u.forgotten.inRows, u.forgotten.holders = false, nil
	}
}

// holders finds the views that hold addresses of former instances.
func (u *Unit) holders() map[unsafe.Pointer][]place {
	found := map[unsafe.Pointer][]place{}
	u.eachView(nil, func(at place) {
		u.heldBy(at, func(x unsafe.Pointer) {
			if x != nil && u.forgotten.at[x] != nil {
				found[x] = append(found[x], at)
			}
		})
	})
	return found
}

// eachView calls do with the views that may hold the address of an entity of a type, nil for any.
func (u *Unit) eachView(e *mapper.Entity, do func(at place)) {
	var meta *mapper.Entity
	var views []*mapper.Property
	for _, m := range u.tracked {
		if m == nil || m.Entity == nil {
			continue
		}
		if m.Meta != meta {
			meta, views = m.Meta, u.Shape(m.Meta).addressing(e)
		}
		for _, p := range views {
			do(place{m, p})
		}
	}
}

// heldBy calls tell with the addresses that a view holds.
func (u *Unit) heldBy(at place, tell func(x unsafe.Pointer)) {
	m, p := at.m, at.p
	if !p.Kind.IsToMany() {
		tell(word(p, m.Entity))
		if m.Snap != nil {
			tell(word(p, m.Snap))
		}
		tell(u.baseline(m, p).word)
		return
	}
	if p.Relation.Style == mapper.SliceField {
		for _, x := range *p.Slice(m.Entity) {
			tell(x)
		}
	}
	if s := u.Items(m, p); s != nil && s != slot.Empty {
		for _, list := range [][]unsafe.Pointer{s.Read(), s.Added.Read(), s.Removed.Read(), s.Known} {
			for _, x := range list {
				tell(x)
			}
		}
	}
}

func (u *Unit) leadAt(at place, led []unsafe.Pointer, x unsafe.Pointer) {
	if at.p.Kind.IsToMany() {
		u.leadList(at.m, at.p, led, x)
	} else {
		u.leadView(at.m, at.p, led, x)
	}
}

// addressing returns the relations that may hold the address of an entity of a type, nil for any: of
// what a Ref leads to the place is held, which stays.
func (s *Shape) addressing(e *mapper.Entity) (list []*mapper.Property) {
	may := func(p *mapper.Property) bool {
		return e == nil || p.Relation.IsAny() || p.Relation.Target.Root() == e.Root()
	}
	for _, p := range s.ToOne {
		if p.Relation.Style == mapper.PointerField && may(p) {
			list = append(list, p)
		}
	}
	for _, p := range s.Many {
		if may(p) {
			list = append(list, p)
		}
	}
	return list
}

func (u *Unit) leadView(m *Managed, p *mapper.Property, led []unsafe.Pointer, x unsafe.Pointer) {
	for _, at := range []unsafe.Pointer{m.Entity, m.Snap} {
		if at != nil && slices.Contains(led, word(p, at)) {
			put(p, at, x)
		}
	}
	if m.more == nil || m.more.base == nil {
		return
	}
	if b := &m.more.base[u.Shape(m.Meta).Of(p)]; slices.Contains(led, b.word) {
		b.word = x
	}
}

func (u *Unit) leadList(m *Managed, p *mapper.Property, led []unsafe.Pointer, x unsafe.Pointer) {
	if p.Relation.Style == mapper.SliceField {
		list := p.Slice(m.Entity)
		if i := slices.IndexFunc(*list, func(y unsafe.Pointer) bool { return slices.Contains(led, y) }); i >= 0 {
			*list = slices.Clone(*list)
			(*list)[i] = x
		}
	}
	if s := u.Items(m, p); s != nil && s != slot.Empty {
		for _, y := range led {
			s.Become(y, x)
		}
	}
}

// tellReturned carries over what collections have said of a row before it was read, as if they
// said it now: it is the user's, and no part of what a flush takes back.
func (u *Unit) tellReturned(m *Managed) {
	journal := u.journal
	u.journal = nil
	defer func() { u.journal = journal }()
	f := u.forgotten
	told := f.told
	f.told = nil
	for _, t := range told {
		switch {
		case f.at[t.x] != m:
			f.told = append(f.told, t)
		case t.m.Home == u.home && t.m.Entity != nil:
			if s := u.Items(t.m, t.p); s != nil && s.Has(m.Entity) == t.joined {
				u.carry(t.m, t.p, m.Entity, t.joined)
			}
		}
	}
}

// awaited returns the rows of former instances that must be read before what was said of them
// can be carried over.
func (u *Unit) awaited() (list []*Managed) {
	if u.forgotten == nil {
		return nil
	}
	for _, t := range u.forgotten.told {
		if m := u.forgotten.in(t.x); m != nil && m.Entity == nil && t.m.Home == u.home && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}
