package unit

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// syncing is one run of Sync: what the views say that changed, before any of it is carried over.
type syncing struct {
	u      *Unit
	claims claims
	links  []linkClaim
	// inverse are one-to-one views from the side without columns, lists plain slices, fresh
	// new entities: views the user changed, whose baselines move.
	inverse []place
	shares  []place // references beside scalars that were moved
	vacated []place // inverse sides whose places were taken, and are given up before a flush
	again   []place // to-one views that say what they said, by another reference
	emptied []place // Refs that were made empty before they were read
	lists   []listView
	fresh   []*Managed
	// queue are the entities looked at: those that may have changed, and the new ones
	// they lead to through relations that cascade.
	queue []*Managed
	// unread are entities that must be read before the claims on them can be settled.
	unread   []*Managed
	problems []error
	refused  []place // of problems that were told
	out      Synced
}

// Synced is what a run of Sync has looked at. It is valid until the next.
type Synced struct {
	// Suspects are the stored entities that may differ from their snapshots, and the
	// removed ones, in order of arrival. New are the entities to insert: those persisted,
	// and those they lead to through relations that cascade.
	Suspects, New []*Managed
	// Unread are entities that must be read before what was said of them can be carried over.
	Unread []*Managed
}

// linkClaim is a link of a many-to-many relation that a changed view adds or takes away.
type linkClaim struct {
	at     place // the view that changed
	other  *Managed
	joined bool
}

// listView is a plain slice that differs from what the unit agreed to.
type listView struct {
	place
	list []unsafe.Pointer
}

// Sync brings the views of all relations together: a view that differs from where
// its relation's views last agreed was changed by the user, and moves the others.
// Views that contradict each other, and what cannot be a target, are reported, and
// nothing is changed then.
func (u *Unit) Sync() (Synced, error) {
	if u.readOnly {
		return Synced{}, nil
	}
	if u.sync == nil {
		u.sync = &syncing{}
	}
	s := u.sync
	s.reset(u)
	s.scan()
	for _, t := range u.touched {
		if t.m.State == Clean {
			s.enqueue(t.m)
		}
	}
	s.unread = append(s.unread, u.awaited()...)
	for i := 0; i < len(s.queue); i++ {
		s.gather(s.queue[i])
		s.reach(s.queue[i])
	}
	if !planted.Is(planted.SyncSeats) {
		s.contend()
	}
	s.problems = append(s.problems, u.strayed()...)
	if len(s.problems) > 0 {
		return Synced{}, errors.Join(s.problems...)
	}
	s.apply()
	return s.result(), nil
}

func (s *syncing) reset(u *Unit) {
	s.claims.reset()
	clear(s.links)
	for i, m := range s.queue {
		m.Queued, s.queue[i] = false, nil
	}
	*s = syncing{u: u, claims: s.claims, links: s.links[:0], inverse: s.inverse[:0], shares: s.shares[:0], vacated: s.vacated[:0], again: s.again[:0], emptied: s.emptied[:0], lists: s.lists[:0],
		fresh: s.fresh[:0], queue: s.queue[:0], unread: s.unread[:0], out: Synced{Suspects: s.out.Suspects[:0], New: s.out.New[:0]}}
}

// enqueue takes m into the run, once.
func (s *syncing) enqueue(m *Managed) {
	if !m.Queued {
		m.Queued = true
		s.queue = append(s.queue, m)
	}
}

// result sorts what was looked at.
func (s *syncing) result() Synced {
	fresh := 0
	for _, m := range s.queue {
		if m.IsNew() {
			fresh++
		}
	}
	s.out.New, s.out.Suspects = slices.Grow(s.out.New, fresh), slices.Grow(s.out.Suspects, len(s.queue)-fresh)
	for _, m := range s.queue {
		if m.IsNew() {
			s.out.New = append(s.out.New, m)
		} else {
			s.out.Suspects = append(s.out.Suspects, m)
		}
	}
	InArrival(s.out.New)
	InArrival(s.out.Suspects)
	s.out.Unread = s.unread
	return s.out
}

// contend reports two rows that were both made the one of a one-to-one relation.
func (s *syncing) contend() {
	type seat struct {
		owner *slot.Entry
		ref   *mapper.Property
	}
	var taken map[seat]*claim
	for i := range s.claims.n {
		c := s.claims.at(i)
		if !c.set || c.owner == nil || c.ref.Kind != mapper.OneToOne {
			continue
		}
		if taken == nil {
			taken = map[seat]*claim{}
		}
		at := seat{c.owner, c.ref}
		if other := taken[at]; other != nil {
			s.fail(c.says.problem(changeset.ErrConflict, fmt.Sprintf("%s leads to %s, and so does %s; change one of them",
				c.says.String(), describe(c.owner), other.says.String())))
		}
		taken[at] = c
	}
}

// gather collects what the views of m say.
func (s *syncing) gather(m *Managed) {
	shape := s.u.Shape(m.Meta)
	s.gatherToOne(m, 0)
	s.gatherSlices(m)
	if m.IsNew() {
		for _, p := range shape.Collections {
			if list := s.u.untold(m, p); len(list) > 0 && !p.Relation.ReadOnly && s.difference(place{m, p}, nil, list) {
				s.fresh = append(s.fresh, m)
			}
		}
	}
	if len(shape.Shared) > 0 {
		s.shared(m)
	}
	if len(shape.Shown) > 0 {
		s.shown(m)
	}
}

// gatherToOne collects what the to-one views of m say, from a number on: those with columns come first.
func (s *syncing) gatherToOne(m *Managed, from int) {
	u, shape := s.u, s.u.Shape(m.Meta)
	for i := from; i < len(shape.ToOne); i++ {
		p := shape.ToOne[i]
		if p.Relation.ReadOnly {
			continue // see shown
		}
		w := word(p, m.Entity)
		b := u.baseline(m, p)
		at := place{m, p}
		if w == nil {
			if problem := at.copied(); problem != nil {
				s.fail(problem)
				continue
			}
		}
		if planted.Is(planted.SyncUnread) && !m.Loaded.Has(p.Index) {
			continue
		}
		if w == b.word {
			if u.emptied(m, p) {
				s.emptied = append(s.emptied, at)
			}
			continue
		}
		target, problem := u.resolve(at, w)
		if problem != nil {
			s.refused = append(s.refused, at)
			s.fail(problem)
			continue
		}
		if target == b.target {
			s.again = append(s.again, at) // said in other words
			continue
		}
		if i < shape.Owning {
			s.claim(m, p).assign(s, target, at)
			continue
		}
		s.inverseSide(at, b.target, target)
	}
}

// gatherSlices collects what the plain slices of m say.
func (s *syncing) gatherSlices(m *Managed) {
	for _, p := range s.u.Shape(m.Meta).Slices {
		list := *p.Slice(m.Entity)
		if st := s.u.Items(m, p); !sameItems(list, st) || replaced(m, st, list) {
			s.list(place{m, p}, slot.Distinct(list))
		}
	}
}

func (s *syncing) fail(p *Problem) { s.problems = append(s.problems, p) }

// inverseSide collects what a one-to-one view without columns says.
func (s *syncing) inverseSide(at place, before, now *slot.Entry) {
	ref := at.p.Relation.Inverse
	for _, e := range []*slot.Entry{before, now} {
		if e != nil && e.Entity == nil { // its reference is not known yet
			s.unread = append(s.unread, Of(e))
			return
		}
	}
	if old := s.u.EntryOf(before); old != nil {
		if !old.Loaded.Has(ref.Index) {
			s.u.incomplete(at.m, at.p) // the row leaves once its reference is read, see Displaced
		}
		s.claim(old, ref).leave(&at.m.Entry)
	}
	if next := s.u.EntryOf(now); next != nil {
		s.claim(next, ref).assign(s, &at.m.Entry, at)
	}
	s.inverse = append(s.inverse, at)
}

// list collects what a plain slice says.
func (s *syncing) list(at place, list []unsafe.Pointer) {
	var before []unsafe.Pointer
	if st := s.u.Items(at.m, at.p); st != nil {
		before = st.View()
	}
	if !s.difference(at, before, list) {
		list = s.known(before, list)
	}
	s.lists = append(s.lists, listView{at, list})
}

// known is list as it would be without what the user has said of items that must be read first.
func (s *syncing) known(before, list []unsafe.Pointer) []unsafe.Pointer {
	unread := func(x unsafe.Pointer) bool { return s.u.isForgotten(x) }
	out := slices.DeleteFunc(slices.Clone(list), func(x unsafe.Pointer) bool { return unread(x) && !slices.Contains(before, x) })
	for _, x := range before {
		if unread(x) && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// difference collects the items that joined and left a to-many view. It reports false where some of
// them must be read before that can be carried over.
func (s *syncing) difference(at place, before, list []unsafe.Pointer) (known bool) {
	was, is, unread := slot.ListOf(before), slot.ListOf(list), len(s.unread)
	for _, x := range list {
		if !was.Has(x) {
			s.item(at, x, true)
		}
	}
	for _, x := range before {
		if !is.Has(x) {
			s.item(at, x, false)
		}
	}
	return len(s.unread) == unread
}

// item collects that an item joined or left.
func (s *syncing) item(at place, x unsafe.Pointer, joined bool) {
	target, problem := s.u.target(at, x)
	if problem != nil {
		if !slices.Contains(s.refused, at) {
			s.refused = append(s.refused, at) // it tells of all its items
		}
		s.fail(problem)
		return
	}
	item := Of(target)
	ref := at.p.Relation.Inverse
	switch {
	case item.Entity == nil:
		s.unread = append(s.unread, item)
	case at.p.Kind == mapper.ManyToMany:
		if ref != nil && item.Meta.IsSubtypeOf(ref.Entity) {
			s.links = append(s.links, linkClaim{at, item, joined})
		}
	case !item.Meta.IsSubtypeOf(ref.Entity):
	case joined && planted.Is(planted.SyncList):
	case joined:
		s.claim(item, ref).assign(s, &at.m.Entry, at)
	default:
		s.claim(item, ref).leave(&at.m.Entry)
	}
}

// apply carries over what was collected, and moves the baselines.
func (s *syncing) apply() {
	u := s.u
	u.journal.expect(2*s.claims.n + len(s.fresh)) // a view and its list, mostly
	for _, at := range s.again {
		b := u.baseline(at.m, at.p)
		u.write(at.m, at.p, b.target, b.by)
	}
	for _, at := range s.emptied {
		u.empty(at.m, at.p)
	}
	for _, at := range s.inverse {
		w := word(at.p, at.m.Entity)
		target, _ := u.resolve(at, w)
		u.write(at.m, at.p, target, own)
	}
	for _, l := range s.lists {
		u.agree(l)
	}
	for _, m := range s.fresh {
		u.told(m)
	}
	shared := s.shares[:0]
	for i := range s.claims.n {
		c := s.claims.at(i)
		if owner, changed := c.settled(u); changed {
			if c.set {
				s.vacate(c)
				s.move(c.row, c.ref, owner, c.by)
			} else { // an owner says so
				s.part(c.row, c.ref, (*c.left)[0])
			}
			if len(u.Shape(c.row.Meta).Shared) > 0 {
				shared = append(shared, place{c.row, c.ref})
			}
		}
	}
	s.shares = shared
	s.refill()
	s.columns()
	for _, l := range s.links {
		u.mirrorLink(l.at, l.other, l.joined)
	}
}

// vacate notes the place that a row gives up which it had taken since the last flush: who had
// it before gets it back, unless it is taken once more.
func (s *syncing) vacate(c *claim) {
	view := c.ref.Relation.Inverse
	if c.ref.Kind != mapper.OneToOne || view == nil || c.row.more == nil || c.row.more.base == nil {
		return
	}
	b := s.u.baseline(c.row, c.ref)
	if owner := s.u.EntryOf(b.target); b.set && owner != nil && owner.Snap != nil && b.target != s.u.Stored(c.row, c.ref) && owner.Meta.IsSubtypeOf(view.Entity) {
		s.vacated = append(s.vacated, place{owner, view})
	}
}

// refill gives the places that were vacated back.
func (s *syncing) refill() {
	for _, at := range s.vacated {
		ref := at.p.Relation.Inverse
		former := s.u.EntryOf(s.u.Stored(at.m, at.p))
		if s.u.baseline(at.m, at.p).target == nil && former != nil && !s.claimed(former, ref) {
			s.comeBack(at.m, ref, former)
		}
	}
}

// String returns "Author 7.books".
func (t place) String() string { return t.m.Describe() + "." + t.p.Path }

func describe(e *slot.Entry) string {
	if e == nil {
		return "nothing"
	}
	return Of(e).Describe()
}

// Describe returns "Author 7" or "new Author".
func (m *Managed) Describe() string {
	if m.Unread {
		return m.more.asks.String()
	}
	if m.Key == nil {
		return "new " + m.Meta.Name
	}
	return Subject(m.Meta.Name, m.Key)
}
