package histories_test

import (
	"maps"
	"slices"
)

// Steps on relations, from either side and in every style.

// viewOf finds the view of a step on an object that may be changed.
func (m *model) viewOf(st step) (*object, *view) {
	o := m.mem[st.H]
	if !o.living() {
		return nil, nil
	}
	v := o.typ.view(st.F)
	if v == nil || v.left && v.assoc.key {
		return nil, nil
	}
	return o, v
}

// targets reports that all targets of a step fit and are living, each once.
func (m *model) targets(v *view, list []int) bool {
	t := v.assoc.right
	if !v.left {
		t = v.assoc.left
	}
	for i, h := range list {
		o := m.mem[h]
		if !o.living() || !o.typ.is(t) || slices.Contains(list[:i], h) {
			return false
		}
		if o.typ != t && o.status == fresh && !o.persisted {
			return false // a pointer to the base does not tell what it is
		}
	}
	return true
}

// live reports a collection whose calls bring views together at once.
func live(o *object, v *view) bool { return v.style == asCollection && o.status == managed }

// changed are the edges that differ between two lists of a view.
func changed(h int, v *view, now, next []int) []pairing {
	var out []pairing
	for _, x := range now {
		if !slices.Contains(next, x) {
			out = append(out, pairsOf(h, v, []int{x})...)
		}
	}
	for _, x := range next {
		if !slices.Contains(now, x) {
			out = append(out, pairsOf(h, v, []int{x})...)
		}
	}
	return out
}

// mayShow reports that a view may be made to show a list: what it means is clear.
func (m *model) mayShow(h int, o *object, v *view, next []int) bool {
	now := m.content(h, v)
	changes := changed(h, v, now, next)
	if !m.mayChange(h, v, append(changes, changed(h, v, m.baseline(h, v), next)...)) {
		return false
	}
	for _, x := range changes {
		if !m.mayMove(v.assoc, x, next, v, h) {
			return false
		}
	}
	return true
}

// mayAssign asks that no other view was changed about this object: what it shows as a
// whole may be seen already, or not.
func (m *model) mayAssign(h int, v *view) bool {
	for _, p := range m.placesOf(v.assoc) {
		if p == (place{h, v.at}) {
			continue
		}
		for _, x := range m.about(p) {
			if v.left && x.l == h || !v.left && x.r == h {
				return false
			}
		}
	}
	return true
}

// mayMove keeps to what has one meaning: new entities that only something else holds
// stay there, and new parts keep an owner.
func (m *model) mayMove(a *assoc, x pairing, next []int, v *view, h int) bool {
	added := slices.Contains(pairsOf(h, v, next), x)
	if a.key {
		return false
	}
	for _, end := range []int{x.l, x.r} {
		if o := m.mem[end]; o != nil && o.status == fresh && !o.persisted && m.neighbourBy(a, end) {
			return false
		}
	}
	if !added {
		return !m.orphansNew(a, x)
	}
	if a.oneToOne {
		return m.mayTakePlace(a, x)
	}
	return true
}

// neighbourBy reports that an object has edges of an association, or changes of it.
func (m *model) neighbourBy(a *assoc, h int) bool {
	if len(m.edges[a.at][h]) > 0 || len(m.edges[a.at].lefts(h)) > 0 {
		return true
	}
	for _, p := range m.placesOf(a) {
		for _, x := range m.about(p) {
			if x.l == h || x.r == h {
				return true
			}
		}
	}
	return false
}

// orphansNew reports a new part that loses its owner.
func (m *model) orphansNew(a *assoc, x pairing) bool {
	for _, v := range a.views {
		item := x.l
		if v.left {
			item = x.r
		}
		if o := m.mem[item]; v.orphan && o != nil && o.status == fresh {
			return true
		}
	}
	return false
}

// mayTakePlace asks that no new part loses its owner.
func (m *model) mayTakePlace(a *assoc, x pairing) bool {
	for _, l := range m.edges[a.at].lefts(x.r) {
		if l == x.l {
			continue
		}
		if o := m.mem[l]; o != nil && o.status == fresh && m.orphansNew(a, pairing{l, x.r}) {
			return false
		}
	}
	for _, r := range m.edges[a.at][x.l] {
		if r != x.r && m.orphansNew(a, pairing{x.l, r}) {
			return false
		}
	}
	return true
}

// showList makes a view show a list.
func (m *model) showList(h int, o *object, v *view, next []int) {
	if !live(o, v) {
		m.write(h, v, next, v.style == asCollection)
		return
	}
	m.carry(h, v, next)
}

// carry lets all views of a relation follow one that shows a list.
func (m *model) carry(h int, v *view, next []int) {
	changes := changed(h, v, m.content(h, v), next)
	before := maps.Clone(m.edges[v.assoc.at])
	e := m.edges[v.assoc.at]
	for _, x := range changes {
		if slices.Contains(pairsOf(h, v, next), x) {
			m.connect(v.assoc, e, x)
		} else {
			e.drop(x.l, x.r)
		}
	}
	if v.assoc.ordered && v.left && len(next) > 0 {
		e[h] = slices.Clone(next)
	}
	m.rebase(v.assoc, before)
}

// rebase lets plain views that were changed before show what a call of a collection
// has changed since: it brings the views of its relation together.
func (m *model) rebase(a *assoc, before edges) {
	after := m.edges[a.at]
	for _, p := range m.placesOf(a) {
		c, v := m.over[p], m.views[p.view]
		then, now := before[p.h], after[p.h]
		if !v.left {
			then, now = before.lefts(p.h), after.lefts(p.h)
		}
		c.list = slices.DeleteFunc(slices.Clone(c.list), func(x int) bool { return slices.Contains(then, x) && !slices.Contains(now, x) })
		for _, x := range now {
			if !slices.Contains(then, x) && !slices.Contains(c.list, x) {
				c.list = append(c.list, x)
			}
		}
		m.over[p] = c
		m.look(p)
	}
}

// point assigns a reference.
var pointing = &action{
	name: "point", weight: 16,
	may: func(m *model, st step) bool {
		o, v := m.viewOf(st)
		if v == nil || v.many || len(st.To) > 1 || !m.targets(v, st.To) || !mayHall(m, v, st) {
			return false
		}
		if m.given[st.H] && (equalSets(st.To, m.content(st.H, v)) || equalSets(st.To, m.stored(st.H, v))) {
			return false
		}
		if v.style == asScalar && len(st.To) == 1 && m.mem[st.To[0]].status != managed {
			return false // it has no key yet
		}
		if len(st.To) == 0 && (v.style == asPointer && len(m.content(st.H, v)) == 0 || !o.loaded[v.at] && !v.told()) {
			return false // nil already: nobody can tell
		}
		if m.unsaid(place{st.H, v.at}) && !m.mayChange(st.H, v, pairsOf(st.H, v, st.To)) {
			return false // which it says, though it may be stored
		}
		return m.mayAssign(st.H, v) && m.mayShow(st.H, o, v, st.To)
	},
	mean: func(m *model, st step) {
		o, v := m.viewOf(st)
		m.showList(st.H, o, v, st.To)
		if m.unsaid(place{st.H, v.at}) {
			m.say(place{st.H, v.at}, st.To)
		}
		o.loaded[v.at] = v.style == asRef || o.loaded[v.at] // nil in an unread pointer says nothing still
	},
	do: func(r *run, st step) error {
		_, v := r.views2(st)
		if len(st.To) == 0 {
			v.point(r.ptr[st.H], nil)
			return nil
		}
		v.point(r.ptr[st.H], r.ptr[st.To[0]])
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		empty := g.below(4) == 0
		h, v := g.view(func(h int, v *view) bool {
			return !v.many && (empty && len(g.r.m.content(h, v)) > 0 || !empty && g.others(h, v))
		})
		if v == nil {
			return step{}, false
		}
		st := step{Do: "point", H: h, F: v.name}
		if !empty {
			st.To = g.targets(v, 1)
		}
		return st, true
	},
}

// told reports a to-one view that was not read and tells all the same when it is emptied: a
// Ref, even one that does not know its key, and a foreign key.
func (v *view) told() bool { return v.style == asScalar || v.style == asRef }

// mayHall keeps to what has one meaning where two references share a column: a hall is
// chosen within its venue, and the venue changes while there is no hall.
func mayHall(m *model, v *view, st step) bool {
	if v.typ.name != "booking" {
		return true
	}
	halls, venues := v.typ.view("Hall"), v.typ.view("Venue")
	if v == venues {
		return len(m.content(st.H, halls)) == 0 && len(m.baseline(st.H, halls)) == 0
	}
	if len(st.To) == 0 {
		return true
	}
	now, then := m.content(st.H, venues), m.baseline(st.H, venues)
	hall := m.content(st.To[0], m.mem[st.To[0]].typ.view("Venue"))
	return slices.Equal(now, then) && slices.Equal(now, hall)
}

// views2 finds object and view where they are known to be there.
func (r *run) views2(st step) (any, *view) {
	x := r.ptr[st.H]
	return x, r.typeOf(x).view(st.F)
}

// toMany makes an action of one method on a to-many view.
func toMany(name string, weight int, next func(m *model, st step, v *view) (list []int, ok bool), call func(v *view, x any, items []any), draw func(g *drawing, h int, v *view) []int) *action {
	return &action{
		name: name, weight: weight,
		may: func(m *model, st step) bool {
			o, v := m.viewOf(st)
			if v == nil || !v.many || !m.targets(v, st.To) || v.style == asSlice && (!o.loaded[v.at] || o.partial[v.at]) {
				return false // a slice that was not read cannot be changed
			}
			list, ok := next(m, st, v)
			if ok && v.style == asSlice && o.status == managed && slices.Equal(list, m.content(st.H, v)) {
				return false // it shows that already: nobody can tell
			}
			if ok && m.mayChange(st.H, v, pairsOf(st.H, v, st.To)) && (!wholly(name) || m.mayAssign(st.H, v)) {
				return m.mayShow(st.H, o, v, list)
			}
			return false
		},
		mean: func(m *model, st step) {
			o, v := m.viewOf(st)
			list, _ := next(m, st, v)
			if wholly(name) && !o.loaded[v.at] {
				m.wipes++
				m.wiped[place{st.H, v.at}] = true
				o.known[v.at] = o.known[v.at] && !o.partial[v.at] // once it is flushed
			}
			if !wholly(name) && (!o.loaded[v.at] || o.partial[v.at]) {
				m.unsure[place{st.H, v.at}] = true
			}
			m.showList(st.H, o, v, list)
		},
		do: func(r *run, st step) error {
			x, v := r.views2(st)
			items := make([]any, len(st.To))
			for i, h := range st.To {
				items[i] = r.ptr[h]
			}
			call(v, x, items)
			return nil
		},
		draw: func(g *drawing) (step, bool) {
			fits := func(h int, v *view) bool {
				return v.many && (name == "add" && g.others(h, v) || name != "add" && (len(g.r.m.content(h, v)) > 0 || g.below(8) == 0))
			}
			h, v := g.view(func(h int, v *view) bool { return !g.r.m.mem[h].loaded[v.at] && fits(h, v) })
			if v == nil || g.below(2) == 0 {
				h, v = g.view(fits)
			}
			if v == nil {
				return step{}, false
			}
			return step{Do: name, H: h, F: v.name, To: draw(g, h, v)}, true
		},
	}
}

// wholly reports an action on all items, whatever they are.
func wholly(name string) bool { return name == "empty" || name == "replace" }

var adding = toMany("add", 14,
	func(m *model, st step, v *view) ([]int, bool) {
		list := slices.Clone(m.content(st.H, v))
		for _, x := range st.To {
			if !slices.Contains(list, x) {
				list = append(list, x)
			} else if v.style == asSlice {
				return nil, false // which would be there twice
			}
		}
		return list, len(st.To) > 0
	},
	func(v *view, x any, items []any) { v.add(x, items...) },
	func(g *drawing, h int, v *view) []int { return g.targets(v, 1+g.below(2)) })

var taking = toMany("take", 10,
	func(m *model, st step, v *view) ([]int, bool) {
		list := m.content(st.H, v)
		rest := slices.DeleteFunc(slices.Clone(list), func(x int) bool { return slices.Contains(st.To, x) })
		return rest, len(st.To) > 0 && (len(rest) < len(list) || v.style == asCollection)
	},
	func(v *view, x any, items []any) { v.take(x, items...) },
	func(g *drawing, h int, v *view) []int { return g.some(g.r.m.content(h, v), 1+g.below(2)) })

var emptying = toMany("empty", 4,
	func(m *model, st step, v *view) ([]int, bool) { return nil, len(st.To) == 0 },
	func(v *view, x any, _ []any) { v.empty(x) },
	func(g *drawing, h int, v *view) []int { return nil })

var replacing = toMany("replace", 6,
	func(m *model, st step, v *view) ([]int, bool) { return st.To, true },
	func(v *view, x any, items []any) { v.replace(x, items...) },
	func(g *drawing, h int, v *view) []int {
		return g.shuffled(append(g.some(g.r.m.content(h, v), g.below(4)), g.targets(v, g.below(2))...))
	})

var _ = declare(pointing, adding, taking, emptying, replacing)
