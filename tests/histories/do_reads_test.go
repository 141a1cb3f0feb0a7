package histories_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/orm"
)

// Steps that read.

// readable reports a row that a read finds and that the unit has no other opinion of.
func (m *model) readable(h int) *typ {
	r, o := m.db.rows[h], m.mem[h]
	if r == nil || o != nil && !o.living() {
		return nil
	}
	return r.typ
}

// met adds what a read found, or completes it.
func (m *model) met(h int, only string) *object {
	r := m.db.rows[h]
	o := m.mem[h]
	if o == nil {
		o = &object{typ: r.typ, status: managed, values: slices.Clone(r.values), unread: map[int]bool{}, loaded: map[int]bool{}, partial: map[int]bool{}, known: map[int]bool{}}
		for i, s := range r.typ.scalars {
			o.unread[i] = only != "" && s.name != only && s.name != "H" && !s.fixed
		}
		o.part = only != ""
		m.mem[h] = o
		return o
	}
	if only == "" {
		o.part = false
		for i := range o.values {
			if o.unread[i] {
				o.values[i], o.unread[i] = r.values[i], false
			}
		}
	}
	return o
}

// foundOne reads one row by its number and keeps the pointer.
func (r *run) foundOne(h int, opts ...orm.FindOption) (any, error) {
	t := r.typeAt(h)
	found, err := t.find(r.ctx, r.em, orm.M{"h": h}, opts...)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d rows of %s have number %d", len(found), t.name, h)
	}
	if known := r.ptr[h]; known != nil && r.m != nil && r.m.mem[h] != nil && known != found[0] {
		return nil, fmt.Errorf("%s %d has another pointer than before", t.name, h)
	}
	r.ptr[h] = found[0]
	return found[0], nil
}

// typeAt is the type of a row.
func (r *run) typeAt(h int) *typ {
	for _, st := range r.steps {
		if st.H == h && st.T != "" && slices.Contains([]string{"new", "attach", "upsert", "hooked", "rawInsert"}, st.Do) {
			return r.typ(st.T)
		}
	}
	return nil
}

// find reads an entity: in full, or H and one property.
var finding = &action{
	name: "find", weight: 9, read: true,
	may: func(m *model, st step) bool {
		t := m.readable(st.H)
		return t != nil && (st.F == "" || t.scalar(st.F) != nil && m.mem[st.H] == nil)
	},
	mean: func(m *model, st step) { m.met(st.H, st.F) },
	do: func(r *run, st step) error {
		var opts []orm.FindOption
		if st.F != "" {
			opts = append(opts, orm.Fields("h", path(st.F)))
		}
		_, err := r.foundOne(st.H, opts...)
		return err
	},
	draw: func(g *drawing) (step, bool) {
		h := g.row()
		st := step{Do: "find", H: h}
		if h != 0 && g.r.m.mem[h] == nil && g.below(4) == 0 {
			t := g.r.m.db.rows[h].typ
			st.F = t.scalars[g.below(len(t.scalars))].name
		}
		return st, h != 0
	},
}

// path is the name of a property by that of its field.
func path(name string) string {
	if strings.ToUpper(name) == name {
		return strings.ToLower(name)
	}
	return (&view{name: name}).path()
}

// populate reads an entity with a relation, by one of the strategies.
var populating = &action{
	name: "populate", weight: 9, read: true,
	may: func(m *model, st step) bool {
		t := m.readable(st.H)
		if t == nil {
			return false
		}
		v := t.view(st.F)
		return v != nil && v.style != asScalar && m.mayRead(st.H, v)
	},
	mean: func(m *model, st step) {
		o := m.met(st.H, "")
		m.read(st.H, o, o.typ.view(st.F))
	},
	do: func(r *run, st step) error {
		strategy := []string{"select-in", "joined", "balanced"}[st.N%3]
		x, err := r.foundOne(st.H, orm.Populate(path(st.F)), orm.Strategy(strategy))
		if err != nil {
			return err
		}
		r.keep(x, st.F)
		return nil
	},
	draw: func(g *drawing) (step, bool) { return g.readView("populate", g.row()) },
}

// load reads a relation of an entity at hand.
var loading = &action{
	name: "load", weight: 6, read: true,
	may: func(m *model, st step) bool {
		o, v := m.viewOf(step{H: st.H, F: st.F})
		return v != nil && v.style != asScalar && o.status == managed && m.mayRead(st.H, v)
	},
	mean: func(m *model, st step) {
		o := m.mem[st.H]
		m.read(st.H, o, o.typ.view(st.F))
	},
	do: func(r *run, st step) error {
		x := r.ptr[st.H]
		if err := orm.Load(r.ctx, r.em, x, path(st.F)); err != nil {
			return err
		}
		r.keep(x, st.F)
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		return g.readView("load", g.object(func(o *object) bool { return o.status == managed }))
	},
}

// mayRead reports that what a view shows after it was read is clear: nothing there is
// removed, or deleted by the unit without its knowing.
func (m *model) mayRead(h int, v *view) bool {
	for _, x := range append(slices.Clone(m.stored(h, v)), m.content(h, v)...) {
		if o := m.mem[x]; o != nil && !o.living() {
			return false
		}
	}
	return true
}

// read makes a view loaded, with its items.
func (m *model) read(h int, o *object, v *view) {
	o.loaded[v.at], o.partial[v.at], o.known[v.at] = true, false, true
	for _, x := range m.content(h, v) {
		if r := m.db.rows[x]; r != nil && (m.mem[x] == nil || len(m.mem[x].unread) > 0) && r.typ.base == nil {
			m.met(x, "")
		}
	}
}

// keep remembers the pointers of what a view shows.
func (r *run) keep(x any, name string) {
	v := r.typeOf(x).view(name)
	items := []any{v.target(x)}
	if v.many {
		items, _ = v.list(x)
	}
	for _, item := range items {
		if item != nil && r.typeOf(item) != nil && !r.typeOf(item).abstract {
			r.ptr[handle(item)] = item
		}
	}
}

// plan asks what a flush would do, twice.
var planning = &action{
	name: "plan", weight: 2,
	may: func(m *model, st step) bool { out := m.settle(); return out.unclear == "" && len(out.errs) == 0 },
	mean: func(m *model, st step) {
		m.looked()
	},
	do: func(r *run, st step) error {
		one, err := r.em.Plan(r.ctx)
		if err != nil {
			return err
		}
		two, err := r.em.Plan(r.ctx)
		if err != nil {
			return err
		}
		if one != two {
			return fmt.Errorf("two plans in a row differ:\n%s\n%s", one, two)
		}
		return nil
	},
	draw: func(g *drawing) (step, bool) { return step{Do: "plan"}, true },
}

// mode changes the flush mode.
var moding = &action{
	name: "mode", weight: 1,
	may:  func(m *model, st step) bool { return true },
	mean: func(m *model, st step) {},
	do: func(r *run, st step) error {
		r.mode = orm.FlushMode(st.N % 3)
		r.em.SetFlushMode(r.mode)
		return nil
	},
	draw: func(g *drawing) (step, bool) { return step{Do: "mode", N: g.below(3)}, true },
}

var _ = declare(finding, populating, loading, planning, moding)
