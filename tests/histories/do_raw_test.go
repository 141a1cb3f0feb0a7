package histories_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/orm"
)

// Steps that write past the unit.

// isPast reports one of them, but for upserts.
func (st step) isPast() bool {
	return st.Do == "raw" || st.Do == "rawDelete" || st.Do == "rawInsert" || st.Do == "rawLink"
}

// apart reports a row that nothing in memory has to do with, and that is one operation to write.
func (m *model) apart(h int) bool {
	r := m.db.rows[h]
	return r != nil && m.mem[h] == nil && !m.settled(h) && !m.moved(h) && !slices.Contains([]string{"truck", "coach"}, r.typ.name)
}

// pastOf finds what a step writes: a value that is not unique, or a reference, of a row that stands apart.
func (m *model) pastOf(st step) (*scalar, *view) {
	r := m.db.rows[st.H]
	if !m.apart(st.H) {
		return nil, nil
	}
	if v := r.typ.view(st.F); v != nil {
		a := v.assoc
		if !v.left || v.many || v.style == asScalar || a.key || len(st.V) > 0 || r.typ.name == "booking" || len(st.To) == 0 && a.required {
			return nil, nil
		}
		if len(st.To) > 0 && !m.mayLeadPast(a, st.To) {
			return nil, nil
		}
		return nil, v
	}
	s := r.typ.scalar(st.F)
	if s == nil || s.fixed || s.name == "H" || s.kind == embedded || s.kind == maybeEmbedded || r.typ.isUnique(s.name) || len(st.V) != 1 {
		return nil, nil
	}
	return s, nil
}

// mayLeadPast reports a target that stands apart as well, and is known by one column of its own.
func (m *model) mayLeadPast(a *assoc, to []int) bool {
	return len(to) == 1 && m.apart(to[0]) && m.committed(to[0]) && m.db.rows[to[0]].typ == a.right &&
		!a.oneToOne && a.by == "" && !slices.Contains([]string{"stop", "hall"}, a.right.name)
}

// raw writes a value of a row by a statement, or lets a reference of it lead elsewhere, or nowhere.
var passingBy = &action{
	name: "raw", weight: 3, read: true, writes: 1,
	may: func(m *model, st step) bool {
		s, v := m.pastOf(st)
		return s != nil || v != nil
	},
	mean: func(m *model, st step) {
		s, v := m.pastOf(st)
		was := m.db.rows[st.H]
		next := &row{typ: was.typ, values: slices.Clone(was.values), version: was.version}
		if s != nil {
			next.values[s.at] = st.V[0]
		} else {
			for _, e := range []edges{m.db.edges[v.assoc.at], m.edges[v.assoc.at]} {
				delete(e, st.H)
				for _, x := range st.To {
					e.add(st.H, x)
				}
			}
		}
		m.db.rows[st.H] = next
		if m.outside != nil {
			m.given[st.H] = true // that the user assigns what was read nobody can see
		}
	},
	do: func(r *run, st step) error {
		var value any
		if len(st.V) > 0 {
			value = st.V[0]
		}
		if len(st.To) > 0 {
			key, err := r.keyOf(st.To[0])
			if err != nil {
				return err
			}
			value = key
		}
		t := r.typeAt(st.H)
		if !r.sql || st.N%2 == 0 {
			n, err := t.update(r.ctx, r.em, orm.M{"h": st.H}, orm.M{path(st.F): value})
			if err == nil && n != 1 {
				err = fmt.Errorf("%d rows were written", n)
			}
			return err
		}
		e := r.db.Registry().Entity(t.name)
		set, h := leaf(e, path(st.F)).Columns[0], leaf(e, "h").Columns[0]
		if value == nil {
			_, err := r.em.Exec(r.ctx, fmt.Sprintf("update %s set %s = null where %s = ?", r.reader.name(e.Table.Name), r.reader.name(set.Name), r.reader.name(h.Name)), st.H)
			return err
		}
		_, err := r.em.Exec(r.ctx, fmt.Sprintf("update %s set %s = ? where %s = ?", r.reader.name(e.Table.Name), r.reader.name(set.Name), r.reader.name(h.Name)), value, st.H)
		return err
	},
	draw: func(g *drawing) (step, bool) {
		h := g.apart(func(h int, _ *row) bool { return !g.r.m.settled(h) && !g.r.m.moved(h) })
		if h == 0 {
			return step{}, false
		}
		t := g.r.m.db.rows[h].typ
		st := step{Do: "raw", H: h, N: g.below(2)}
		if views := t.allViews(); len(views) > 0 && g.below(2) == 0 {
			v := views[g.below(len(views))]
			if st.F = v.name; v.left && g.below(2) == 0 {
				if x := g.apart(func(x int, r *row) bool { return r.typ == v.assoc.right && g.r.m.apart(x) }); x != 0 {
					st.To = []int{x}
				}
			}
			return st, true
		}
		s := t.scalars[g.below(len(t.scalars))]
		st.F, st.V = s.name, []any{g.value(t, s)}
		return st, true
	},
}

// goesPast reports a row that stands apart and that no other row refers to, nor any link.
func (m *model) goesPast(h int) bool {
	if !m.apart(h) {
		return false
	}
	for at, a := range m.assocs {
		e := m.db.edges[at]
		if len(e.lefts(h)) > 0 || a.links && len(e[h]) > 0 {
			return false
		}
	}
	return true
}

// pulls is how many relations have the key of a row taken out of the arrays of its owners.
func (r *run) pulls(st step) int {
	n := 0
	for _, a := range r.assocs {
		if r.caps.KeyArrays && a.links && r.typeAt(st.H).is(a.right) {
			n++
		}
	}
	return n
}

// rawDelete deletes a row by a statement.
var deletingPast = &action{
	name: "rawDelete", weight: 2, read: true, writes: 1, more: (*run).pulls,
	may: func(m *model, st step) bool { return m.goesPast(st.H) },
	mean: func(m *model, st step) {
		delete(m.db.rows, st.H)
		for at := range m.assocs {
			delete(m.db.edges[at], st.H)
			delete(m.edges[at], st.H)
		}
	},
	do: func(r *run, st step) error {
		n, err := r.typeAt(st.H).remove(r.ctx, r.em, orm.M{"h": st.H})
		if err == nil && n != 1 {
			err = fmt.Errorf("%d rows were deleted", n)
		}
		return err
	},
	draw: func(g *drawing) (step, bool) {
		h := g.apart(func(h int, _ *row) bool { return g.r.m.goesPast(h) })
		return step{Do: "rawDelete", H: h}, h != 0
	},
}

// rawInsert inserts a row by a statement.
var insertingPast = &action{
	name: "rawInsert", weight: 2, read: true, writes: 1,
	may: func(m *model, st step) bool {
		t := m.unborn(st)
		return t != nil && t.base == nil && len(t.needs()) == 0 && st.V[0] == st.H && !m.meets(t, st) && !m.keyTaken(t, st)
	},
	mean: func(m *model, st step) {
		m.db.rows[st.H] = &row{typ: m.typ(st.T), values: slices.Clone(st.V), version: 1}
	},
	do: func(r *run, st step) error {
		n, err := r.typ(st.T).insert(r.ctx, r.em, r.typ(st.T).data(st.V))
		if err == nil && n != 1 {
			err = fmt.Errorf("%d rows were inserted", n)
		}
		return err
	},
	draw: func(g *drawing) (step, bool) {
		t := g.typ()
		return step{Do: "rawInsert", H: g.next(), T: t.name, V: g.values(t)}, true
	},
}

// data are the values of a new row as data.
func (t *typ) data(values []any) orm.M {
	out := orm.M{}
	for i, s := range t.scalars {
		parts, is := values[i].(string)
		switch {
		case is && (s.kind == embedded || s.kind == maybeEmbedded):
			street, city, _ := strings.Cut(parts, "|")
			out[path(s.name)+".street"], out[path(s.name)+".city"] = street, city
		case values[i] != nil:
			out[path(s.name)] = values[i]
		}
	}
	return out
}

var _ = declare(passingBy, deletingPast, insertingPast)
