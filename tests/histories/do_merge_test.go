package histories_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// Steps about entities that another unit knows as well.

// untouched reports an object of the unit without changes that are not flushed, on
// either side of its associations, and read in full.
func (m *model) untouched(h int) *object {
	o, r := m.mem[h], m.db.rows[h]
	if o == nil || r == nil || o.part || o.status != managed || !slices.Equal(o.values, r.values) || m.moved(h) {
		return nil
	}
	return o
}

// moved reports edges of an object that are not flushed.
func (m *model) moved(h int) bool {
	for _, a := range m.assocs {
		for _, p := range m.placesOf(a) {
			for _, x := range m.about(p) {
				if x.l == h || x.r == h {
					return true
				}
			}
		}
		if !slices.Equal(m.edges[a.at][h], m.db.edges[a.at][h]) || !slices.Equal(m.edges[a.at].lefts(h), m.db.edges[a.at].lefts(h)) {
			return true
		}
	}
	return false
}

// elsewhere reads an entity in another unit.
func (r *run) elsewhere(h int) (em *orm.EntityManager, x any, err error) {
	em = r.db.Fork()
	t := r.typeAt(h)
	var pointers []string // which say nothing when they are not read
	for _, v := range t.allViews() {
		if v.left && v.style == asPointer {
			pointers = append(pointers, v.path())
		}
	}
	found, err := t.find(r.ctx, em, orm.M{"h": h}, orm.Populate(pointers...))
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%d rows have number %d", len(found), h)
	}
	if err != nil {
		return nil, nil, err
	}
	return em, found[0], nil
}

// merge brings an entity of another unit into this one: as it is where it was not
// known, with a change where it was.
var merging = &action{
	name: "merge", weight: 3, alone: true, beside: true,
	may: func(m *model, st step) bool {
		r := m.db.rows[st.H]
		if r == nil || m.settled(st.H) || !m.committed(st.H) || r.typ.name == "patron" { // which takes its gift along
			return false
		}
		if m.mem[st.H] == nil {
			return st.F == "" && !m.moved(st.H)
		}
		if o := m.untouched(st.H); o == nil || st.F == "" || len(st.V) != 1 {
			return false
		}
		_, s := m.free(st.H, st.F)
		return s != nil
	},
	mean: func(m *model, st step) {
		o := m.met(st.H, "")
		if st.F != "" {
			o.values[o.typ.scalar(st.F).at] = st.V[0]
		}
	},
	do: func(r *run, st step) error {
		other, x, err := r.elsewhere(st.H)
		if err != nil {
			return err
		}
		other.Clear()
		if st.F != "" {
			r.typeOf(x).scalar(st.F).put(x, st.V[0])
		}
		merged, err := r.typeOf(x).merge(r.em, x)
		if err != nil {
			return err
		}
		if known := r.ptr[st.H]; st.F != "" && merged != known {
			return errors.New("the managed one was replaced")
		}
		r.ptr[st.H] = merged
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		h := g.row()
		st := step{Do: "merge", H: h}
		if h != 0 && g.r.m.mem[h] != nil {
			t := g.r.m.mem[h].typ
			s := t.scalars[g.below(len(t.scalars))]
			st.F, st.V = s.name, []any{g.value(t, s)}
		}
		return st, h != 0
	},
}

// committed reports a row that other units see as it is: that the open transaction, if there
// is one, has not changed.
func (m *model) committed(h int) bool {
	if m.outside == nil {
		return true
	}
	r, was := m.db.rows[h], m.outside.rows[h]
	if was == nil || r.version != was.version || !slices.Equal(r.values, was.values) {
		return false
	}
	for at, e := range m.outside.edges {
		if !slices.Equal(e[h], m.db.edges[at][h]) || !slices.Equal(e.lefts(h), m.db.edges[at].lefts(h)) {
			return false
		}
	}
	return true
}

// settled reports an entity that something in memory leads to without the model's
// knowing whether the unit knows it as well.
func (m *model) settled(h int) bool {
	if m.mem[h] != nil {
		return false
	}
	if m.near[h] {
		return true
	}
	for _, a := range m.assocs {
		for _, n := range append(slices.Clone(m.db.edges[a.at][h]), m.db.edges[a.at].lefts(h)...) {
			if m.mem[n] != nil || m.near[n] && !a.links && (a.oneToOne || m.db.edges[a.at].has(n, h)) {
				return true // what a flush had to read tells its references
			}
		}
	}
	return false
}

// mayGiveUp reports that it is clear what becomes of the changes of an object when it takes
// what the database says: what it says itself is given up, what others say of it stays.
func (m *model) mayGiveUp(h int, o *object) bool {
	if !m.moved(h) {
		return true
	}
	for _, s := range o.typ.scalars {
		if s.fixed && o.values[s.at] != m.db.rows[h].values[s.at] {
			return false
		}
	}
	for _, v := range o.typ.allViews() {
		if v.many {
			continue
		}
		if m.unheld(h, place{h, v.at}) {
			return false
		}
		if c := m.over[place{h, v.at}]; v.left && c.idle && !slices.Equal(m.edges[v.assoc.at][h], m.stored(h, v)) {
			return false // a flush that wrote nothing has settled what the others say
		}
		if stored := m.stored(h, v); v.left && !slices.Equal(stored, m.content(h, v)) && len(stored) > 0 && !m.mem[stored[0]].living() && m.mem[stored[0]] != nil {
			return false
		}
	}
	return true
}

// unheld reports a view that alone holds what was never persisted, and would not any more.
func (m *model) unheld(h int, p place) bool {
	return slices.ContainsFunc(m.over[p].list, func(x int) bool {
		o := m.mem[x]
		return o != nil && o.status == fresh && !o.persisted && o.holder == p
	})
}

// giveUpAll lets an object be as the database says, and its references as the other views do.
func (m *model) giveUpAll(h int, o *object) {
	o.values = slices.Clone(m.db.rows[h].values)
	if m.outside != nil {
		m.given[h] = true
	}
	for _, v := range o.typ.allViews() {
		if !v.many && !slices.Equal(m.content(h, v), m.stored(h, v)) {
			o.loaded[v.at] = false // the target need not be in the unit
		}
		if !v.many {
			delete(m.over, place{h, v.at})
		}
	}
}

// refresh takes what the database says.
var refreshing = &action{
	name: "refresh", weight: 3, read: true,
	may: func(m *model, st step) bool {
		o := m.mem[st.H]
		return o != nil && !o.part && o.status == managed && m.db.rows[st.H] != nil && m.mayGiveUp(st.H, o)
	},
	mean: func(m *model, st step) {
		m.giveUpAll(st.H, m.mem[st.H])
	},
	do: func(r *run, st step) error { return r.em.Refresh(r.ctx, r.ptr[st.H]) },
	draw: func(g *drawing) (step, bool) {
		h := g.object(func(o *object) bool { return o.status == managed })
		return step{Do: "refresh", H: h}, h != 0
	},
}

// mayLetGo reports that it is clear what becomes of the changes of an object that is forgotten.
func (m *model) mayLetGo(h int, o *object) bool {
	if !m.moved(h) {
		return true
	}
	if o.status == fresh {
		return false
	}
	for p, c := range m.over {
		if p.h == h && (!m.mayHear(p) || m.ranked(p)) {
			return false
		}
		if c.maybe && m.views[p.view].style == asCollection && slices.ContainsFunc(m.about(p), func(x pairing) bool { return x.l == h || x.r == h }) {
			return false // of a new owner a collection has told it already, or not
		}
	}
	for _, places := range []map[place]bool{m.wiped, m.unsure} {
		for p := range places {
			if p.h == h {
				return false
			}
		}
	}
	for _, a := range m.assocs {
		for _, x := range slices.Concat(m.edges[a.at][h], m.edges[a.at].lefts(h)) {
			if a.links && m.mem[x] == nil && !m.db.edges[a.at].has(h, x) && !m.db.edges[a.at].has(x, h) {
				return false // a new link of which both ends are forgotten: nobody is left to say it
			}
		}
		for _, x := range slices.Concat(m.edges[a.at][h], m.edges[a.at].lefts(h)) {
			if n := m.mem[x]; n != nil && n.status == fresh && !n.persisted && n.holder.h == h {
				return false // nobody else has handed it in
			}
		}
	}
	return true
}

// ranked reports a list in an order of its own which rows have joined from their side as well: in which
// order these stand no rule tells, when the list is told after it was forgotten.
func (m *model) ranked(p place) bool {
	v := m.views[p.view]
	return v.left && v.assoc.ordered && slices.ContainsFunc(m.placesOf(v.assoc), func(q place) bool {
		return q != p && slices.ContainsFunc(m.about(q), func(x pairing) bool { return x.l == p.h })
	})
}

// mayHear reports a changed view of which it is clear what becomes when its entity is forgotten.
func (m *model) mayHear(p place) bool {
	for _, x := range m.over[p].list {
		o := m.mem[x]
		if o != nil && o.status == fresh && !o.persisted {
			return false
		}
	}
	for _, x := range m.differing(p) { // forgotten before, and read again by a flush since, or not
		if m.mem[x.l] == nil || m.mem[x.r] == nil {
			return false
		}
	}
	return true
}

// hear lets the views of an object that is forgotten move those of others.
func (m *model) hear(h int) {
	for _, a := range m.assocs {
		for _, p := range m.placesOf(a) {
			v := m.views[p.view]
			if p.h != h || v.left && !a.links {
				continue
			}
			list := m.over[p].list
			delete(m.over, p)
			m.carry(h, v, list)
		}
	}
}

// giveUpRow lets go of what is pending of a row: the references in it, and links that no other side
// has a view of.
func (m *model) giveUpRow(h int, o *object) {
	if o.status == fresh {
		return
	}
	for _, a := range m.assocs {
		if !o.typ.is(a.left) || a.links && a.side(false) != nil {
			continue
		}
		left := m.edges[a.at][h]
		delete(m.edges[a.at], h)
		m.restore(a, h)
		for _, x := range left {
			for _, l := range m.db.edges[a.at].lefts(x) {
				if a.oneToOne && (m.mem[l] == nil || x == h && len(m.edges[a.at][l]) == 0) {
					m.restore(a, l) // which was forgotten before, or had the place that was taken by its owner itself
				}
			}
		}
	}
}

// restore lets a row lead where it is stored to lead, but to a place that another takes.
func (m *model) restore(a *assoc, h int) {
	for _, x := range m.db.edges[a.at][h] {
		if !a.oneToOne || a.side(false) == nil || len(m.edges[a.at].lefts(x)) == 0 {
			m.edges[a.at].add(h, x)
		}
	}
}

// forget ends the management of an entity: what leads to it leads to whatever a read makes of its
// row. One that has none must not be led to.
var forgetting = &action{
	name: "forget", weight: 3, forgets: true,
	may: func(m *model, st step) bool {
		o := m.mem[st.H]
		return o != nil && (o.status != fresh || o.persisted) && o.status != dead && m.mayLetGo(st.H, o)
	},
	mean: func(m *model, st step) {
		m.hear(st.H)
		m.giveUpRow(st.H, m.mem[st.H])
		for _, o := range m.mem {
			for _, v := range o.typ.allViews() {
				if a := v.assoc; o.loaded[v.at] && (m.mem[st.H].typ.is(a.left) || m.mem[st.H].typ.is(a.right)) {
					o.loaded[v.at] = false
				}
			}
		}
		m.near[st.H] = true
		delete(m.mem, st.H)
		for p := range m.wiped {
			if p.h == st.H {
				delete(m.wiped, p)
			}
		}
		for p := range m.unsure {
			if p.h == st.H {
				delete(m.unsure, p)
			}
		}
		for p := range m.over {
			if p.h == st.H {
				delete(m.over, p)
			}
		}
	},
	do: func(r *run, st step) error {
		r.em.Forget(r.ptr[st.H])
		delete(r.ptr, st.H)
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		h := g.object(func(o *object) bool { return true })
		return step{Do: "forget", H: h}, h != 0
	},
}

// stale lets another unit change a row with a version, changes it here as well, and
// takes the other's after the error.
var staling = &action{
	name: "stale", weight: 6, alone: true,
	may: func(m *model, st step) bool {
		o := m.untouched(st.H)
		if o == nil || !o.typ.version || len(st.V) != 2 || st.V[0] == st.V[1] {
			return false
		}
		s := o.typ.scalar(st.F)
		out := m.settle()
		return s != nil && o.values[s.at] != st.V[0] && o.values[s.at] != st.V[1] && !o.typ.isUnique(st.F) && out.unclear == "" && len(out.errs) == 0
	},
	mean: func(m *model, st step) {
		r := m.db.rows[st.H]
		r.values[r.typ.scalar(st.F).at] = st.V[0]
		r.version++
		m.mem[st.H].values = slices.Clone(r.values)
	},
	do: func(r *run, st step) error {
		other, x, err := r.elsewhere(st.H)
		if err != nil {
			return err
		}
		s := r.typeOf(x).scalar(st.F)
		s.put(x, st.V[0])
		if err := other.Flush(r.ctx); err != nil {
			return fmt.Errorf("the other unit: %w", err)
		}
		s.put(r.ptr[st.H], st.V[1])
		if err := r.em.Flush(r.ctx); !errors.Is(err, orm.ErrOptimisticLock) {
			return fmt.Errorf("a stale write ended with %v", err)
		}
		r.em.SetFlushMode(orm.FlushCommit)
		defer r.em.SetFlushMode(r.mode)
		return r.em.Refresh(r.ctx, r.ptr[st.H])
	},
	draw: func(g *drawing) (step, bool) {
		h := g.object(func(o *object) bool { return o.status == managed && o.typ.version })
		if h == 0 || g.scopes > 0 {
			return step{}, false
		}
		s := g.r.m.mem[h].typ.scalars[1]
		return step{Do: "stale", H: h, F: s.name, V: []any{g.value(g.r.m.mem[h].typ, s), g.value(g.r.m.mem[h].typ, s)}}, true
	},
}

var _ = declare(merging, refreshing, forgetting, staling)
