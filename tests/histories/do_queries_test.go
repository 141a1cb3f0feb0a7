package histories_test

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// Steps that query through relations, lock, and read collections in part.

// answer are the entities that a query through a view to a target finds.
func (m *model) answer(st step) []int {
	v := m.queried(st)
	if v == nil {
		return nil
	}
	e := m.db.edges[v.assoc.at]
	found := e.lefts(st.To[0])
	if !v.left {
		found = e[st.To[0]]
	}
	return slices.DeleteFunc(slices.Clone(found), func(h int) bool { return m.db.rows[h].typ != m.typ(st.T) })
}

// queried is the view of a query.
func (m *model) queried(st step) *view {
	t := m.typ(st.T)
	if t == nil || len(st.To) != 1 {
		return nil
	}
	if v := t.view(st.F); v != nil && v.style != asScalar {
		return v
	}
	return nil
}

// query finds entities by what a relation leads to.
var querying = &action{
	name: "query", weight: 4, read: true,
	may: func(m *model, st step) bool {
		if m.queried(st) == nil {
			return false
		}
		for _, h := range m.answer(st) {
			if m.readable(h) == nil {
				return false
			}
		}
		return true
	},
	mean: func(m *model, st step) {
		for _, h := range m.answer(st) {
			m.met(h, "")
		}
	},
	do: func(r *run, st step) error {
		var err error
		r.result, err = r.typ(st.T).find(r.ctx, r.em, orm.M{path(st.F) + ".h": st.To[0]})
		for _, x := range r.result {
			h := handle(x)
			if r.m != nil && r.m.mem[h] != nil && r.ptr[h] != nil && r.ptr[h] != x {
				return fmt.Errorf("%d has another pointer than before", h)
			}
			r.ptr[h] = x
		}
		return err
	},
	check: func(r *run, st step, flushed bool, before *model) error {
		got := make([]int, len(r.result))
		for i, x := range r.result {
			got[i] = handle(x)
		}
		if want := r.m.answer(st); !equalSets(got, want) {
			return fmt.Errorf("found %v, want %v", got, want)
		}
		if a := r.m.queried(st).assoc; r.mode == orm.FlushAuto && !flushed && slices.Contains(before.pending(), a) && before.settle().writes {
			return fmt.Errorf("changes of %s were not written before", a.name)
		}
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		h := g.row()
		t := g.r.typeAt(h)
		if t == nil {
			return step{}, false
		}
		var list []*view
		for _, v := range g.r.views { // those that lead to entities like this
			target := v.assoc.right
			if !v.left {
				target = v.assoc.left
			}
			if v.style != asScalar && t.is(target) && !v.typ.abstract {
				list = append(list, v)
			}
		}
		if len(list) == 0 {
			return step{}, false
		}
		v := list[g.below(len(list))]
		return step{Do: "query", T: v.typ.name, F: v.name, To: []int{h}}, true
	},
}

// lock reads an entity for update, in a transaction.
var locking = &action{
	name: "lock", weight: 3, read: true, inside: true,
	may: func(m *model, st step) bool {
		o := m.mem[st.H]
		return m.readable(st.H) != nil && (o == nil || o.status == managed) && (o != nil || st.N != 2)
	},
	mean: func(m *model, st step) { m.met(st.H, "") },
	do: func(r *run, st step) error {
		if r.m == nil || !r.caps.RowLocks {
			_, err := r.foundOne(st.H)
			return err
		}
		if st.N == 2 {
			return r.em.Lock(r.ctx, r.ptr[st.H])
		}
		lock := orm.LockForUpdate()
		if st.N == 1 {
			lock = orm.LockForShare()
		}
		_, err := r.foundOne(st.H, lock)
		return err
	},
	draw: func(g *drawing) (step, bool) {
		h := g.row()
		return step{Do: "lock", H: h, N: g.below(3)}, h != 0 && g.scopes > 0
	},
}

// part reads the items of a collection up to a number.
var parting = &action{
	name: "part", weight: 5, read: true,
	may: func(m *model, st step) bool {
		t := m.readable(st.H)
		if t == nil {
			return false
		}
		v := t.view(st.F)
		if v == nil || !v.many || v.assoc.left.abstract || m.moved(st.H) || !m.mayRead(st.H, v) {
			return false
		}
		return m.mem[st.H] == nil || !m.mem[st.H].loaded[v.at]
	},
	mean: func(m *model, st step) {
		o := m.met(st.H, "")
		v := o.typ.view(st.F)
		o.partial[v.at], o.known[v.at] = true, true
		for _, x := range m.stored(st.H, v) {
			if x <= st.N {
				m.met(x, "")
			}
		}
	},
	do: func(r *run, st step) error {
		x, err := r.foundOne(st.H, orm.PopulateHint(orm.Hint{Path: path(st.F), Where: orm.M{"h <=": st.N}}))
		if err != nil {
			return err
		}
		r.keep(x, st.F)
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		var list []*view
		h := g.apart(func(h int, r *row) bool { return len(g.parts(h, r.typ)) > 0 })
		if h != 0 {
			list = g.parts(h, g.r.m.db.rows[h].typ)
		}
		if len(list) == 0 {
			return step{}, false
		}
		return step{Do: "part", H: h, F: list[g.below(len(list))].name, N: 1 + g.below(g.last)}, true
	},
}

// parts are the to-many views of a row that have items.
func (g *drawing) parts(h int, t *typ) []*view {
	return slices.DeleteFunc(slices.Clone(t.allViews()), func(v *view) bool { return !v.many || len(g.r.m.stored(h, v)) == 0 })
}

var _ = declare(querying, locking, parting)
