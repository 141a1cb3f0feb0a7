package histories_test

import (
	"maps"
	"slices"
)

// Steps on entities as a whole.

// born adds a new object to the model.
func (m *model) born(st step, t *typ, persisted bool) *object {
	o := &object{typ: t, status: fresh, persisted: persisted, values: slices.Clone(st.V), unread: map[int]bool{}, loaded: map[int]bool{}, partial: map[int]bool{}, known: map[int]bool{}}
	for _, v := range t.allViews() {
		o.loaded[v.at], o.known[v.at] = v.style != asScalar, true
	}
	m.mem[st.H] = o
	return o
}

// unborn reports that a handle is free and the values fit the type.
func (m *model) unborn(st step) *typ {
	t := m.typ(st.T)
	if t == nil || t.abstract || m.mem[st.H] != nil || m.db.rows[st.H] != nil || len(st.V) != len(t.scalars) || st.H < 1 {
		return nil
	}
	return t
}

func (p *project) typ(name string) *typ {
	for _, t := range p.types {
		if t.name == name {
			return t
		}
	}
	return nil
}

// needs are the references that an entity must have from the start.
func (t *typ) needs() []*view {
	var out []*view
	for _, v := range t.allViews() {
		if v.left && v.style != asScalar && v.assoc.required {
			out = append(out, v)
		}
	}
	return out
}

// make makes the entity of a step.
func (r *run) make(st step) any {
	t := r.typ(st.T)
	x := t.blank()
	for i, s := range t.scalars {
		s.put(x, st.V[i])
	}
	r.ptr[st.H] = x
	return x
}

// new makes an entity with what it needs and persists it.
var making = &action{
	name: "new", weight: 12,
	may: func(m *model, st step) bool {
		t := m.unborn(st)
		if t == nil || len(st.To) != len(t.needs()) || m.keyTaken(t, st) {
			return false
		}
		for i, v := range t.needs() {
			if !m.targets(v, st.To[i:i+1]) || !m.mayChange(st.H, v, pairsOf(st.H, v, st.To[i:i+1])) {
				return false
			}
		}
		return true
	},
	mean: func(m *model, st step) {
		t := m.typ(st.T)
		m.born(st, t, true)
		for i, v := range t.needs() {
			m.write(st.H, v, st.To[i:i+1], false)
		}
	},
	do: func(r *run, st step) error {
		x := r.make(st)
		for i, v := range r.typ(st.T).needs() {
			v.point(x, r.ptr[st.To[i]])
		}
		r.em.Persist(x)
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		t := g.typ()
		st := step{Do: "new", H: g.next(), T: t.name, V: g.values(t)}
		for _, v := range t.needs() {
			st.To = append(st.To, g.targets(v, 1)...)
		}
		return st, len(st.To) == len(t.needs())
	},
}

// keyTaken reports a key that the unit or the database has already: what becomes of
// two entities with one key is not what these histories are about.
func (m *model) keyTaken(t *typ, st step) bool {
	for _, g := range t.unique {
		if !g.key {
			continue
		}
		for h, o := range m.mem {
			if o.typ == t && o.status != removed && m.sameKey(g, st, o.values, m.parents(h, t)) {
				return true
			}
		}
		for h, r := range m.db.rows {
			if o := m.mem[h]; r.typ == t && (o == nil || o.status != removed) && m.sameKey(g, st, r.values, m.parents(h, t)) {
				return true
			}
		}
	}
	return false
}

// parents are the references of an object that are parts of its key.
func (m *model) parents(h int, t *typ) []int {
	var out []int
	for _, v := range t.needs() {
		if v.assoc.key {
			out = append(out, m.content(h, v)...)
		}
	}
	return out
}

func (m *model) sameKey(g group, st step, values []any, parents []int) bool {
	t := m.typ(st.T)
	for _, name := range g.names {
		if s := t.scalar(name); s != nil && st.V[s.at] != values[s.at] {
			return false
		}
	}
	for i, v := range t.needs() {
		if v.assoc.key && (i >= len(parents) || parents[i] != st.To[i]) {
			return false
		}
	}
	return true
}

// attach makes an entity that is never persisted: a view of another holds it. One
// whose field is of a base's type would be stored as that.
var attaching = &action{
	name: "attach", weight: 8,
	may: func(m *model, st step) bool {
		t := m.unborn(st)
		if t == nil || len(st.To) != 1 {
			return false
		}
		holder := m.mem[st.To[0]]
		if !holder.living() || holder.status == fresh && !holder.persisted {
			return false
		}
		v := holder.typ.view(st.F)
		if v == nil || v.style == asScalar || v.typ.name == "booking" || v.assoc.key && v.left {
			return false
		}
		other := v.assoc.right
		if !v.left {
			other = v.assoc.left
		}
		if t != other || v.style == asSlice && (!holder.loaded[v.at] || holder.partial[v.at]) || !holds(t, v) || t.keyed2() {
			return false
		}
		if !v.many && len(m.content(st.To[0], v)) > 0 && !m.mayShow(st.To[0], holder, v, nil) {
			return false
		}
		return m.mayChange(st.To[0], v, append(pairsOf(st.To[0], v, []int{st.H}), pairsOf(st.To[0], v, m.content(st.To[0], v))...))
	},
	mean: func(m *model, st step) {
		holder := m.mem[st.To[0]]
		v := holder.typ.view(st.F)
		m.born(st, m.typ(st.T), false).holder = place{st.To[0], v.at}
		list := []int{st.H}
		if v.many {
			list = append(slices.Clone(m.content(st.To[0], v)), st.H)
		}
		m.showList(st.To[0], holder, v, list)
		if v.style == asRef {
			holder.loaded[v.at] = true
		}
	},
	do: func(r *run, st step) error {
		x := r.make(st)
		holder := r.ptr[st.To[0]]
		if v := r.typeOf(holder).view(st.F); v.many {
			v.add(holder, x)
		} else {
			v.point(holder, x)
		}
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		return g.attachment(func(_ int, v *view) bool { return v.style != asScalar })
	},
}

// attachment draws a new entity for a view.
func (g *drawing) attachment(fits func(h int, v *view) bool) (step, bool) {
	h, v := g.view(fits)
	if v == nil {
		return step{}, false
	}
	t := v.assoc.right
	if !v.left {
		t = v.assoc.left
	}
	return step{Do: "attach", H: g.next(), T: t.name, F: v.name, To: []int{h}, V: g.values(t)}, true
}

// holds reports that being in a view gives an entity all the references it needs.
func holds(t *typ, v *view) bool {
	for _, need := range t.needs() {
		if need.assoc != v.assoc {
			return false
		}
	}
	return true
}

// keyed2 reports a key that the application makes: it may be taken.
func (t *typ) keyed2() bool { return !t.madeKey }

// persist takes a removal back.
var persisting = &action{
	name: "persist", weight: 3,
	may: func(m *model, st step) bool {
		o := m.mem[st.H]
		return o != nil && (o.status == removed || o.status == dead) && !o.typ.keyed2()
	},
	mean: func(m *model, st step) {
		if o := m.mem[st.H]; o.status == removed {
			o.status = managed
		} else {
			o.status, o.persisted = fresh, true
		}
	},
	do: func(r *run, st step) error { r.em.Persist(r.ptr[st.H]); return nil },
	draw: func(g *drawing) (step, bool) {
		h := g.object(func(o *object) bool { return !o.living() })
		return step{Do: "persist", H: h}, h != 0
	},
}

// remove marks an entity.
var removing = &action{
	name: "remove", weight: 7,
	may: func(m *model, st step) bool {
		o := m.mem[st.H]
		return o.living() && (o.status == managed || o.persisted)
	},
	mean: func(m *model, st step) {
		if o := m.mem[st.H]; o.status == managed {
			o.status = removed
		} else {
			o.status = dead
		}
	},
	do: func(r *run, st step) error { r.em.Remove(r.ptr[st.H]); return nil },
	draw: func(g *drawing) (step, bool) {
		h := g.object((*object).living)
		return step{Do: "remove", H: h}, h != 0
	},
}

// clear forgets everything but what is kept: entities that no relation connects with others.
var clearing = &action{
	name: "clear", weight: 3, forgets: true,
	may: func(m *model, st step) bool {
		return !slices.ContainsFunc(st.To, func(h int) bool { return !m.keepable(h) })
	},
	mean: func(m *model, st step) {
		forgotten := func(p place) bool { return !slices.Contains(st.To, p.h) }
		mem, wiped, unsure := m.mem, m.wiped, m.unsure
		m.clear()
		for _, h := range st.To {
			m.mem[h] = mem[h]
		}
		for p := range wiped {
			m.wiped[p] = m.wiped[p] || !forgotten(p)
		}
		for p := range unsure {
			m.unsure[p] = m.unsure[p] || !forgotten(p)
		}
		maps.DeleteFunc(m.wiped, func(p place, _ bool) bool { return forgotten(p) })
		maps.DeleteFunc(m.unsure, func(p place, _ bool) bool { return forgotten(p) })
	},
	do: func(r *run, st step) error {
		kept := map[int]any{}
		var list []any
		for _, h := range st.To {
			kept[h] = r.ptr[h]
			list = append(list, r.ptr[h])
		}
		r.em.Clear(list...)
		r.ptr = kept
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		st := step{Do: "clear"}
		if g.below(3) == 0 {
			st.To = g.some(slices.DeleteFunc(g.r.m.objects(), func(h int) bool { return !g.r.m.keepable(h) }), 1+g.below(2))
		}
		return st, true
	},
}

// keepable reports an object that can be kept when others are forgotten: nothing connects them.
func (m *model) keepable(h int) bool {
	o := m.mem[h]
	if o == nil || o.status == dead || o.status == fresh && !o.persisted || m.moved(h) {
		return false
	}
	for _, a := range m.assocs {
		if len(m.edges[a.at][h]) > 0 || len(m.edges[a.at].lefts(h)) > 0 {
			return false
		}
	}
	return true
}

var _ = declare(making, attaching, persisting, removing, clearing)
