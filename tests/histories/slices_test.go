package histories_test

import (
	"slices"
)

// What is assigned to a plain slice after a flush of a transaction is a difference to what
// that left in it: whether the user appended or made another slice nobody can tell. So items
// whose rows the flush deleted are in it again when the transaction is rolled back, unless
// all went, by nil.

// sliceOf returns the plain slice that a step assigns as a whole, nil for none.
func (p *project) sliceOf(t *typ, st step) *view {
	if t == nil || st.Do != "replace" && st.Do != "assign" {
		return nil
	}
	if v := t.view(st.F); v != nil && v.style == asSlice {
		return v
	}
	return nil
}

func (m *model) replacedSlice(st step) *view {
	if o := m.mem[st.H]; o != nil {
		return m.sliceOf(o.typ, st)
	}
	return nil
}

// missed are the entities that are not in the unit any more, their rows being deleted.
func (r *run) missed() map[int]bool {
	out := map[int]bool{}
	for h := range r.ptr {
		if r.m.mem[h] == nil && r.m.db.rows[h] == nil {
			out[h] = true
		}
	}
	return out
}

// keeping returns a step that was done when items had been deleted as what it means when
// they were not.
func (m *model) keeping(l logged) step {
	st := l.step
	v := m.replacedSlice(st)
	if v == nil || len(l.keeps) == 0 {
		return st
	}
	st.To = slices.Clone(st.To)
	for i, x := range m.content(st.H, v) {
		if l.keeps[x] && !slices.Contains(st.To, x) {
			st.To = slices.Insert(st.To, min(i, len(st.To)), x)
		}
	}
	return st
}

// putBack returns what puts items back into a slice that a step assigns.
func (r *run) putBack(st step, keeps map[int]bool) func() {
	x := r.ptr[st.H]
	if x == nil || len(keeps) == 0 {
		return func() {}
	}
	v := r.sliceOf(r.typeOf(x), st)
	before, _ := v.list(x)
	return func() {
		list, _ := v.list(x)
		for i, item := range before {
			if keeps[handle(item)] && !slices.Contains(list, item) {
				list = slices.Insert(list, min(i, len(list)), item)
			}
		}
		v.replace(x, list...)
	}
}
