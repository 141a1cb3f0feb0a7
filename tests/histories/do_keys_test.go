package histories_test

import (
	"fmt"
	"strconv"
)

// Steps on keys.

// keyOf is the key of a row as an application would give it.
func (r *run) keyOf(h int) (any, error) {
	if r.keys[h] == "" || r.m == nil { // which nobody keeps up to date then
		d, err := r.dump()
		if err != nil {
			return nil, err
		}
		r.keys = d.keys
	}
	if id, err := strconv.ParseInt(r.keys[h], 10, 64); err == nil {
		return id, nil
	}
	if r.keys[h] == "" {
		return nil, fmt.Errorf("the key of %d is not known", h)
	}
	return r.keys[h], nil
}

// key assigns a Ref by the key of its target, which the unit does not know.
var keying = &action{
	name: "key", weight: 6,
	may: func(m *model, st step) bool {
		o, v := m.viewOf(st)
		if v == nil || v.style != asRef || len(st.To) != 1 || v.typ.name == "booking" {
			return false
		}
		target := m.db.rows[st.To[0]]
		if target == nil || m.mem[st.To[0]] != nil || !m.committed(st.To[0]) || target.typ != v.assoc.right || target.typ.name == "stop" || target.typ.name == "hall" {
			return false
		}
		return m.mayAssign(st.H, v) && m.mayShow(st.H, o, v, st.To)
	},
	mean: func(m *model, st step) {
		o, v := m.viewOf(st)
		m.showList(st.H, o, v, st.To)
		o.loaded[v.at] = false
	},
	do: func(r *run, st step) error {
		x, v := r.views2(st)
		key, err := r.keyOf(st.To[0])
		if err != nil {
			return err
		}
		v.pointByKey(x, key)
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		known := func(t *typ) int { return g.apart(func(_ int, r *row) bool { return r.typ == t }) }
		h, v := g.view(func(h int, v *view) bool { return v.style == asRef && v.left && known(v.assoc.right) != 0 })
		if v == nil {
			return step{}, false
		}
		return step{Do: "key", H: h, F: v.name, To: []int{known(v.assoc.right)}}, true
	},
}

// rekey changes a natural key.
var rekeying = &action{
	name: "rekey", weight: 2,
	may: func(m *model, st step) bool {
		o := m.mem[st.H]
		if !m.keysChange || !o.living() || o.typ.name != "troupe" || len(st.V) != 1 {
			return false
		}
		probe := st
		probe.T, probe.V = "troupe", append([]any{}, o.values...)
		probe.V[o.typ.scalar("Code").at] = st.V[0]
		return !m.keyTaken(o.typ, probe) && !m.keyWasTaken(st.V[0])
	},
	mean: func(m *model, st step) {
		o := m.mem[st.H]
		o.values[o.typ.scalar("Code").at] = st.V[0]
	},
	do: func(r *run, st step) error {
		r.typ("troupe").scalar("Code").put(r.ptr[st.H], st.V[0])
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		h := g.object(func(o *object) bool { return o.living() && o.typ.name == "troupe" })
		return step{Do: "rekey", H: h, V: []any{fmt.Sprintf("K%d", g.below(1000))}}, h != 0
	},
}

// keyWasTaken reports a code that a row has until the next flush.
func (m *model) keyWasTaken(code any) bool {
	for _, r := range m.db.rows {
		if r.typ.name == "troupe" && r.values[r.typ.scalar("Code").at] == code {
			return true
		}
	}
	return false
}

var _ = declare(keying, rekeying)
