package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// Journal is what one flush wrote into entities and into the unit, so that it can
// be taken back: then everything is as if the flush had not been sent, and what the
// user did since stays a difference to that. A nil Journal records nothing.
type Journal struct {
	u     *Unit
	at    int // by the clock of the unit
	steps []step
	// edges are the relations that were moved; steps on lists point at them.
	edges []*edgeStep
}

// step is one write that can be taken back.
type step interface {
	undo(u *Unit)
	// of is the entity it concerns, nil where it looks at that itself.
	of() *Managed
}

// Record starts a journal; the unit writes into it until [Unit.Stop].
func (u *Unit) Record() *Journal {
	u.clock++
	u.journal = &Journal{u: u, at: u.clock}
	return u.journal
}

// Look starts a journal for as long as it takes to see what is pending: it is undone before
// the next one. The unit keeps its memory.
func (u *Unit) Look() *Journal {
	u.clock++
	if u.looked == nil {
		u.looked = &Journal{}
	}
	*u.looked = Journal{u: u, at: u.clock}
	u.journal = u.looked
	return u.journal
}

// Stop ends the recording.
func (u *Unit) Stop() { u.journal = nil }

// Pause ends the recording for a while: what the user's own code does is the user's, and stays.
func (u *Unit) Pause() (resume func()) {
	journal := u.journal
	u.journal = nil
	return func() { u.journal = journal }
}

// Undo takes back what was recorded, the last first. Lists get their items back at
// the end, in the order of their places.
func (j *Journal) Undo() {
	u := j.u
	u.journal = nil
	u.backTo(j.at)
	var returns []*leftStep
	for _, s := range slices.Backward(j.steps) {
		if m := s.of(); m != nil && (m.Home != u.home || u.forgotten != nil && u.forgotSince(m, j.at)) {
			continue // forgotten since
		}
		switch s := s.(type) {
		case *leftStep:
			s.x = u.now(s.x)
			if s.edge.holds(u) && !planted.Is(planted.UndoLeft) { // judged before the row's own reference is taken back
				returns = append(returns, s)
			}
		case *joinedStep:
			s.x = u.now(s.x)
			// What joined and left again was not there before; if it is there now the user has put it back.
			n := len(returns)
			returns = slices.DeleteFunc(returns, func(l *leftStep) bool { return l.place == s.place && l.x == s.x && l.field == s.field })
			if len(returns) == n {
				s.undo(u)
			}
		default:
			s.undo(u)
		}
	}
	slices.SortStableFunc(returns, func(a, b *leftStep) int { return a.at - b.at })
	for _, l := range returns {
		l.undo(u)
	}
	u.tookBack()
	j.steps, j.edges = nil, nil
}

func (j *Journal) add(s step) {
	if j != nil {
		j.steps = append(j.steps, s)
	}
}

// edgeStep is a relation that was moved. The steps on lists that follow belong to it.
type edgeStep struct {
	row   *Managed
	ref   *mapper.Property
	after *slot.Entry
}

// holds reports that the edge still leads where the recorded move let it, or that its row was
// forgotten since, alone or with all that Clear let go of, and all that was pending of it given up.
func (e *edgeStep) holds(u *Unit) bool {
	return e == nil || e.row.Home != u.home || u.baseline(e.row, e.ref).target == e.after || u.back.at > 0 && u.forgotSince(e.row, u.back.at)
}

func (j *Journal) edge(row *Managed, ref *mapper.Property, after *slot.Entry) {
	if j != nil {
		j.edges = append(j.edges, &edgeStep{row, ref, after})
	}
}

// resume lets the steps on lists that follow belong to the last move of a reference, and reports
// whether there was one.
func (j *Journal) resume(row *Managed, ref *mapper.Property) bool {
	if j == nil {
		return false
	}
	for _, e := range slices.Backward(j.edges) {
		if e != nil && e.row == row && e.ref == ref {
			j.edges = append(j.edges, e)
			return true
		}
	}
	j.noEdge()
	return false
}

// noEdge ends the edge that steps on lists belong to.
func (j *Journal) noEdge() {
	if j != nil {
		j.edges = append(j.edges, nil)
	}
}

func (j *Journal) current() *edgeStep {
	if len(j.edges) == 0 {
		return nil
	}
	return j.edges[len(j.edges)-1]
}

// expect makes room for n steps.
func (j *Journal) expect(n int) {
	if j != nil {
		j.steps = slices.Grow(j.steps, n)
	}
}

// madeStep are loose places that were made one after the other.
type madeStep struct{ list []*Managed }

func (j *Journal) made(m *Managed) {
	if j == nil {
		return
	}
	if n := len(j.steps); n > 0 {
		if s, ok := j.steps[n-1].(*madeStep); ok {
			s.list = append(s.list, m)
			return
		}
	}
	j.add(&madeStep{[]*Managed{m}})
}

func (s *madeStep) undo(u *Unit) {
	for _, m := range slices.Backward(s.list) {
		if m.State != Loose || m.Home != u.home {
			continue
		}
		u.detach(m)
		u.untrack(m)
		u.untouch(m)
		if u.unmade == nil {
			u.unmade = map[unsafe.Pointer]*Managed{}
		}
		u.unmade[m.Entity] = m
	}
}

// wroteStep is a to-one view that was written, or agreed to.
type wroteStep struct {
	m             *Managed
	p             *mapper.Property
	word          unsafe.Pointer // what was in the field
	before, after view
}

func (j *Journal) wrote(m *Managed, p *mapper.Property, word unsafe.Pointer, before, after view) {
	if j != nil {
		j.add(&wroteStep{m, p, word, before, after})
	}
}

func (s *wroteStep) undo(u *Unit) {
	now, at := u.baseline(s.m, s.p), place{s.m, s.p}
	if s.p.Relation.Style == mapper.PointerField {
		s.word, s.before.word, s.after.word = u.now(s.word), u.now(s.before.word), u.now(s.after.word)
	}
	switch view := (written{place: at, kind: aView}); {
	case planted.Is(planted.UndoViews), u.back.keeps(view):
		return
	case now.word != s.after.word || now.target != s.after.target:
		u.back.changes(view) // the views have met somewhere else since
		return
	}
	same := word(s.p, s.m.Entity) == s.after.word
	if s.before.target != s.after.target {
		u.unrest(at)
	}
	if s.before.set {
		u.setBaseline(s.m, s.p, s.before)
	} else {
		u.settleView(s.m, s.p)
	}
	switch field := (written{place: at, kind: aField}); {
	case u.back.keeps(field):
	case !same:
		if seen := u.seen(at); seen != nil && s.after.word != nil {
			seen.emptied = word(s.p, s.m.Entity) == nil
		}
		u.back.changes(field)
	case s.word == s.before.word:
		put(s.p, s.m.Entity, u.agreed(s.m, s.p)) // which may have been read since
	default:
		put(s.p, s.m.Entity, s.word)
	}
}

// joinedStep is an item that joined the agreed list of a to-many view, leftStep one
// that left it.
type joinedStep struct {
	place
	x      unsafe.Pointer
	edge   *edgeStep
	before slot.Mark
	field  bool // the user's slice, not the agreed list
	// mirrored says that it is another view that the user changed.
	mirrored bool
}

type leftStep struct {
	joinedStep
	at   int
	sets int
}

func (j *Journal) joined(owner *Managed, p *mapper.Property, x unsafe.Pointer, before slot.Mark, mirrored bool) {
	if j != nil {
		j.add(&joinedStep{place: place{owner, p}, x: x, edge: j.current(), before: before, mirrored: mirrored})
	}
}

func (j *Journal) left(owner *Managed, p *mapper.Property, x unsafe.Pointer, at int, before slot.Mark) {
	if j != nil {
		j.add(&leftStep{joinedStep{place: place{owner, p}, x: x, edge: j.current(), before: before}, at, j.u.Items(owner, p).Sets})
	}
}

// listed records that x left the user's slice at a position, or joined it.
func (j *Journal) listed(owner *Managed, p *mapper.Property, x unsafe.Pointer, at int) {
	if j == nil {
		return
	}
	s := joinedStep{place: place{owner, p}, x: x, edge: j.current(), field: true}
	if at < 0 {
		j.add(&s)
	} else {
		j.add(&leftStep{s, at, 0})
	}
}

func (s *joinedStep) undo(u *Unit) {
	if !s.edge.holds(u) || planted.Is(planted.UndoJoined) {
		return
	}
	if s.field {
		if list := *s.p.Slice(s.m.Entity); !u.keeps(s, aListed, !slices.Contains(list, s.x)) {
			s.takeOut()
		}
		return
	}
	st := u.Items(s.m, s.p)
	if st == nil || u.keeps(s, anItem, !st.Has(s.x)) {
		return
	}
	if u.change(s.m, s.p).Unjoin(s.x, s.before); s.mirrored && s.p.Relation.Style == mapper.SliceField && st.Loaded && !u.keeps(s, aListed, false) {
		s.takeOut() // a read has shown it since
	}
}

// keeps reports that an item of a list is the user's by now, as changed says or was found before.
func (u *Unit) keeps(s *joinedStep, kind writtenKind, changed bool) bool {
	w := written{s.place, s.x, kind}
	if changed {
		u.back.changes(w)
	}
	return u.back.keeps(w)
}

// takeOut takes the item out of the user's slice.
func (s *joinedStep) takeOut() {
	list := s.p.Slice(s.m.Entity)
	if i := slices.Index(*list, s.x); i >= 0 {
		*list = slices.Delete(slices.Clone(*list), i, i+1) // nil would be the user's
	}
}

func (s *leftStep) undo(u *Unit) {
	if s.field {
		list := s.p.Slice(s.m.Entity)
		if !u.keeps(&s.joinedStep, aListed, *list == nil || slices.Contains(*list, s.x)) { // nil: the user has emptied all of it since
			*list = slices.Insert(slices.Clip(*list), min(max(s.at, 0), len(*list)), s.x)
		}
		return
	}
	st := u.Items(s.m, s.p)
	if st == nil || u.keeps(&s.joinedStep, anItem, st.Has(s.x)) {
		return
	}
	at := s.at
	if at < 0 {
		at = st.Place(s.x)                             // it may have been read since
		st.Partial = st.Partial || at < 0 && st.Loaded // without what is there again
	}
	if s.p.Relation.Style == mapper.SliceField && s.at < 0 && at >= 0 {
		if list := s.p.Slice(s.m.Entity); slices.Equal(*list, st.Read()) {
			*list = slices.Insert(slices.Clip(*list), min(at, len(*list)), s.x)
		}
	}
	u.change(s.m, s.p).Unleave(at, s.x, s.before)
	if at >= 0 && st.Sets != s.sets {
		u.back.swept = append(u.back.swept, sweep{s.place, s.x})
	}
}

// wipedStep is a plain slice that replaced items which were not known.
type wipedStep struct {
	m      *Managed
	p      *mapper.Property
	before *slot.Items
}

func (j *Journal) wiped(m *Managed, p *mapper.Property, s *slot.Items) {
	if j != nil {
		j.add(&wipedStep{m, p, s.CloneFor(s.Self)})
	}
}

func (s *wipedStep) undo(u *Unit) { u.keepItems(s.m, s.p, s.before) }

// toldStep is a new entity's items that were carried over to their other side.
type toldStep struct {
	place
	items []unsafe.Pointer
}

func (j *Journal) told(m *Managed, p *mapper.Property, items []unsafe.Pointer) {
	if j != nil {
		j.add(&toldStep{place{m, p}, items})
	}
}

func (s *toldStep) undo(u *Unit) {
	st := u.Items(s.m, s.p)
	if st == nil || !s.m.IsNew() {
		return
	}
	if st.Untold == nil {
		st.Untold = &slot.List{}
	}
	for _, x := range s.items {
		if st.Has(x) && !st.Untold.Has(x) {
			st.Untold.Append(x)
		}
	}
}

// valueStep is a value that weft made: a key, a version, a default.
type valueStep struct {
	m             *Managed
	p             *mapper.Property
	before, after any
	// unread says that before was no more than what the field showed: nobody had read it, nor assigned it.
	unread bool
}

// Store writes a value that weft made into an entity.
func (u *Unit) Store(m *Managed, p *mapper.Property, value any) error {
	before := p.Access.Value(m.Entity)
	unread := m.Snap != nil && !m.Loaded.Has(p.Index) && p.Access.Equal != nil && p.Access.Equal(m.Entity, m.Snap)
	if err := p.Access.Store(m.Entity, value); err != nil {
		return err
	}
	if u.journal != nil {
		u.journal.add(&valueStep{m, p, before, p.Access.Value(m.Entity), unread})
	}
	return nil
}

func (s *valueStep) undo(u *Unit) {
	w := written{place: place{s.m, s.p}, kind: aValue}
	switch {
	case u.back.keeps(w), planted.Is(planted.UndoValues):
	case s.unread && s.m.Snap != nil && s.m.Loaded.Has(s.p.Index) && changeset.Same(s.p.Access.Value(s.m.Entity), s.after):
		_ = copyLeaf(s.p, s.m.Entity, s.m.Snap) // which was read since
	case changeset.Same(s.p.Access.Value(s.m.Entity), s.after):
		s.p.Restore(s.m.Entity, s.before)
	default:
		u.back.changes(w)
	}
}

func (s *madeStep) of() *Managed    { return nil }
func (s *wroteStep) of() *Managed   { return s.m }
func (s *wipedStep) of() *Managed   { return s.m }
func (s *valueStep) of() *Managed   { return s.m }
func (s *flushedStep) of() *Managed { return s.m }
func (s *droppedStep) of() *Managed { return s.m }
func (t place) of() *Managed        { return t.m }
func (s *clearedStep) of() *Managed { return s.m }
