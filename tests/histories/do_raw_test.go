package histories_test

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// Steps that write past the unit.

// pastOf finds what a step writes: a value that is not unique, or a reference that may be null, of a
// row that nothing in memory has to do with.
func (m *model) pastOf(st step) (*scalar, *view) {
	r := m.db.rows[st.H]
	if r == nil || m.mem[st.H] != nil || m.settled(st.H) || m.moved(st.H) || slices.Contains([]string{"truck", "coach"}, r.typ.name) {
		return nil, nil // two tables are two operations
	}
	if v := r.typ.view(st.F); v != nil {
		a := v.assoc
		if !v.left || v.many || v.style == asScalar || a.required || a.key || len(st.V) > 0 || len(st.To) > 0 || r.typ.name == "booking" {
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

// raw writes a value of a row by a statement, or makes a reference of it null.
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
			delete(m.db.edges[v.assoc.at], st.H)
			delete(m.edges[v.assoc.at], st.H)
		}
		m.db.rows[st.H] = next
		m.given[st.H] = true // that the user assigns what was read nobody can see
	},
	do: func(r *run, st step) error {
		var value any
		if len(st.V) > 0 {
			value = st.V[0]
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
		if views := t.allViews(); len(views) > 0 && g.below(3) == 0 {
			st.F = views[g.below(len(views))].name
			return st, true
		}
		s := t.scalars[g.below(len(t.scalars))]
		st.F, st.V = s.name, []any{g.value(t, s)}
		return st, true
	},
}

var _ = declare(passingBy)
