package histories_test

import (
	"fmt"
	"slices"
)

// Steps that read one by one, and write at once.

// streamed are the rows that a stream of a step reads.
func (m *model) streamed(st step) []int {
	var out []int
	for h, r := range m.db.rows {
		if t := m.typ(st.T); t != nil && r.typ == t {
			out = append(out, h)
		}
	}
	return out
}

// streaming reads all rows of a type, and changes one of them when it comes by. What it
// leaves behind leaves the unit.
var streaming = &action{
	name: "stream", weight: 4, read: true,
	may: func(m *model, st step) bool {
		if t := m.typ(st.T); t == nil || t.abstract {
			return false
		}
		for _, h := range m.streamed(st) {
			if m.readable(h) == nil {
				return false
			}
		}
		r := m.db.rows[st.H]
		if r == nil || r.typ != m.typ(st.T) || len(st.V) != 1 {
			return false
		}
		s := r.typ.scalar(st.F)
		if s == nil || s.fixed || s.name == "H" {
			return false
		}
		o := m.mem[st.H]
		return o == nil || !m.wasGiven(st.H, s, o.values[s.at], st.V[0])
	},
	mean: func(m *model, st step) {
		for _, h := range m.streamed(st) {
			m.met(h, "")
		}
		o := m.mem[st.H]
		o.values[o.typ.scalar(st.F).at] = st.V[0]
	},
	do: func(r *run, st step) error {
		if r.m != nil {
			r.known = map[int]bool{}
			for h := range r.m.mem {
				r.known[h] = true
			}
		}
		page := st.N
		if page == 0 {
			page = 500
		}
		for x, err := range r.typ(st.T).stream(r.ctx, r.em, page) {
			if err != nil {
				return err
			}
			h := handle(x)
			if known := r.ptr[h]; known != nil && r.m != nil && r.m.mem[h] != nil && known != x {
				return fmt.Errorf("%d has another pointer than before", h)
			}
			if r.ptr[h] = x; h == st.H {
				r.typ(st.T).scalar(st.F).put(x, st.V[0])
			}
			if r.stays != nil && r.stays(h) {
				r.em.Persist(x)
			}
		}
		return nil
	},
	check: func(r *run, st step, _ bool, _ *model) error { return r.leftBehind(st) },
	draw: func(g *drawing) (step, bool) {
		h := g.row()
		if h == 0 {
			return step{}, false
		}
		t := g.r.m.db.rows[h].typ
		s := t.scalars[g.below(len(t.scalars))]
		return step{Do: "stream", T: t.name, H: h, F: s.name, V: []any{g.value(t, s)}, N: g.below(4)}, true
	},
}

// leftBehind takes what a stream has let go out of the model: what was not there before, is
// as it is stored, and nothing leads to.
func (r *run) leftBehind(st step) error {
	for _, h := range r.m.streamed(st) {
		x, o := r.ptr[h], r.m.mem[h]
		switch {
		case r.em.Contains(x):
			continue
		case r.known[h]:
			return fmt.Errorf("%d was there before, and was let go", h)
		case !slices.Equal(o.values, r.m.db.rows[h].values):
			return fmt.Errorf("%d was changed, and let go", h)
		}
		delete(r.m.mem, h)
		delete(r.ptr, h)
		r.left[r.at] = append(r.left[r.at], h)
	}
	return nil
}

var _ = declare(streaming)
