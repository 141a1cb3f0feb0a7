package histories_test

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/orm"
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

// streaming reads all rows of a type, and changes one of them when it comes by.
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
		return !(m.given[st.H] && o != nil && o.values[s.at] == st.V[0])
	},
	mean: func(m *model, st step) {
		for _, h := range m.streamed(st) {
			m.met(h, "")
		}
		o := m.mem[st.H]
		o.values[o.typ.scalar(st.F).at] = st.V[0]
	},
	do: func(r *run, st step) error {
		for x, err := range r.typ(st.T).stream(r.ctx, r.em) {
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
		}
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		h := g.row()
		if h == 0 {
			return step{}, false
		}
		t := g.r.m.db.rows[h].typ
		s := t.scalars[g.below(len(t.scalars))]
		return step{Do: "stream", T: t.name, H: h, F: s.name, V: []any{g.value(t, s)}}, true
	},
}

// upserting inserts a venue, or updates the one that has its key, at once.
var upserting = &action{
	name: "upsert", weight: 3, read: true, writes: 1, alone: true,
	may: func(m *model, st step) bool {
		t := m.typ("venue")
		if t == nil || st.T != "venue" || len(st.V) != len(t.scalars) || st.V[0] != st.H {
			return false
		}
		r, o := m.db.rows[st.H], m.mem[st.H]
		if r == nil {
			return m.unborn(st) != nil && !m.keyTaken(t, st)
		}
		return r.typ == t && r.values[1] == st.V[1] && (o == nil || o.status == managed && !o.part) && !m.settled(st.H)
	},
	mean: func(m *model, st step) {
		t := m.typ("venue")
		m.db.rows[st.H] = &row{typ: t, values: append([]any{}, st.V...), version: 1}
		o := m.met(st.H, "")
		copy(o.values, st.V)
		m.given[st.H] = true
	},
	do: func(r *run, st step) error {
		x := r.typ("venue").blank().(*venue)
		for i, s := range r.typ("venue").scalars {
			s.put(x, st.V[i])
		}
		stored, err := orm.UpsertEntity(r.ctx, r.em, x)
		if err != nil {
			return err
		}
		if known := r.ptr[st.H]; known != nil && r.m != nil && r.m.mem[st.H] != nil && known != any(stored) {
			return fmt.Errorf("the managed venue %d was replaced", st.H)
		}
		r.ptr[st.H] = stored
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		t := g.r.typ("venue")
		if t == nil || g.scopes > 0 {
			return step{}, false
		}
		st := step{Do: "upsert", H: g.next(), T: "venue", V: g.values(t)}
		stored := g.r.m.streamed(st)
		slices.Sort(stored)
		if h := first(g.some(stored, 1)); h != 0 && g.below(2) == 0 {
			st.H, st.V[0], st.V[1] = h, h, g.r.m.db.rows[h].values[1]
		}
		return st, true
	},
}

var _ = declare(streaming, upserting)
