package histories_test

import (
	"errors"
	"reflect"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// Steps on two views or two entities at once.

// exchange lets two entities take each other's one-to-one targets.
var exchanging = &action{
	name: "exchange", weight: 8,
	may: func(m *model, st step) bool {
		if len(st.To) != 2 || st.To[0] == st.To[1] {
			return false
		}
		var held []int
		for _, h := range st.To {
			o, v := m.viewOf(step{H: h, F: st.F})
			if v == nil || v.many || !v.assoc.oneToOne || len(m.placesOf(v.assoc)) > 0 {
				return false
			}
			list := m.content(h, v)
			if len(list) != 1 || !m.mem[list[0]].living() || o.status == fresh && !o.persisted || m.mem[list[0]].status == fresh && !m.mem[list[0]].persisted {
				return false
			}
			if inverse := v.assoc.side(!v.left); inverse != nil && !m.mem[list[0]].loaded[inverse.at] {
				return false
			}
			if (!v.left || v.style == asPointer) && !o.loaded[v.at] {
				return false
			}
			held = append(held, list[0])
		}
		return !slices.Contains(held, st.To[0]) && !slices.Contains(held, st.To[1])
	},
	mean: func(m *model, st step) {
		_, v := m.viewOf(step{H: st.To[0], F: st.F})
		first, second := m.content(st.To[0], v), m.content(st.To[1], v)
		m.write(st.To[0], v, second, false)
		m.write(st.To[1], v, first, false)
		for _, h := range st.To {
			m.mem[h].loaded[v.at] = v.style == asRef || m.mem[h].loaded[v.at]
		}
	},
	do: func(r *run, st step) error {
		a, b := field(r.ptr[st.To[0]], st.F), field(r.ptr[st.To[1]], st.F)
		kept := reflect.ValueOf(a.Interface())
		a.Set(b)
		b.Set(kept)
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		h, v := g.view(func(h int, v *view) bool { return v.assoc.oneToOne && len(g.r.m.content(h, v)) == 1 })
		if v == nil {
			return g.attachment(func(_ int, v *view) bool { return v.assoc.oneToOne })
		}
		other, _ := g.view(func(x int, w *view) bool { return w == v && x != h && len(g.r.m.content(x, w)) == 1 })
		if other == 0 {
			return g.attachment(func(x int, w *view) bool { return w == v && len(g.r.m.content(x, w)) == 0 })
		}
		return step{Do: "exchange", F: v.name, To: []int{h, other}}, true
	},
}

// contradict changes two plain views of one edge to say different things, flushes,
// and puts both back.
func (r *run) contradict(st step) bool {
	m := r.m
	if len(st.To) != 2 || st.To[0] == st.To[1] || len(r.scopes) > 0 && !r.caps.Savepoints {
		return false
	}
	item, v := m.viewOf(st)
	if v == nil || v.many || !v.left || v.assoc.links || v.assoc.key || v.style == asScalar || item.status != managed || len(m.placesOf(v.assoc)) > 0 || !m.targets(v, st.To) {
		return false
	}
	inverse := v.assoc.side(false)
	holder := m.mem[st.To[1]]
	if inverse == nil || inverse.style != asSlice || !holder.loaded[inverse.at] || holder.partial[inverse.at] {
		return false
	}
	now := m.content(st.H, v)
	if len(now) > 0 && (slices.Contains(st.To, now[0]) || r.ptr[now[0]] == nil) || !item.loaded[v.at] {
		return false
	}
	x, other := r.ptr[st.H], r.ptr[st.To[1]]
	v.point(x, r.ptr[st.To[0]])
	inverse.add(other, x)
	before := r.wire.writes
	err := guarded(func() error { return r.em.Flush(r.ctx) })
	switch {
	case !errors.Is(err, orm.ErrConflict):
		r.fail("%s and %s of %v were made to disagree, and the flush ended with %v", v, inverse, st.To, err)
	case r.wire.writes != before:
		r.fail("a flush of views that disagree wrote")
	}
	inverse.take(other, x)
	if v.point(x, nil); len(now) > 0 {
		v.point(x, r.ptr[now[0]])
	}
	r.cameToNothing([]int{r.at})
	return true
}

var contradicting = &action{
	name: "contradict", weight: 6, whole: (*run).contradict,
	draw: func(g *drawing) (step, bool) {
		h, v := g.view(func(h int, v *view) bool {
			return !v.many && v.left && v.assoc.side(false) != nil && v.assoc.side(false).style == asSlice && len(g.candidates(v)) > 1
		})
		if v == nil {
			return step{}, false
		}
		return step{Do: "contradict", H: h, F: v.name, To: g.targets(v, 2)}, true
	},
}

// readBack compares what another unit reads, in the midst of a history.
var readingBack = &action{
	name: "readBack", weight: 1, whole: func(r *run, st step) bool {
		if len(r.scopes) > 0 {
			return false
		}
		r.compareReadBack()
		r.ghosts[r.at] = true // there is nothing to do again
		return true
	},
	draw: func(g *drawing) (step, bool) { return step{Do: "readBack"}, g.scopes == 0 },
}

var _ = declare(exchanging, contradicting, readingBack)
