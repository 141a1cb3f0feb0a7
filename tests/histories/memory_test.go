package histories_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// compareMemory expects every entity of the unit to show what was written.
func (r *run) compareMemory() {
	for _, h := range r.m.objects() {
		if r.failure != "" {
			return
		}
		if o := r.m.mem[h]; o.status == managed {
			if err := guarded(func() error { return r.compareObject(h, o) }); err != nil {
				r.fail("%s %d in memory: %v", o.typ.name, h, err)
			}
		}
	}
}

func (r *run) compareObject(h int, o *object) error {
	x := r.ptr[h]
	if !r.em.Contains(x) {
		return fmt.Errorf("the unit does not know it")
	}
	for i, s := range o.typ.scalars {
		if got := s.value(x); !o.unread[i] && got != o.values[i] {
			return fmt.Errorf("%s is %#v, want %#v", s.name, got, o.values[i])
		}
	}
	if row := r.m.db.rows[h]; o.typ.version && (!o.part || r.knows(x, "version")) && int(field(x, "Version").Int()) != row.version {
		return fmt.Errorf("Version is %d, want %d", field(x, "Version").Int(), row.version)
	}
	for _, v := range o.typ.allViews() {
		if err := r.compareView(h, o, v, x); err != nil {
			return fmt.Errorf("%s %w", v.name, err)
		}
	}
	return nil
}

// knows reports a property that the unit has read.
func (r *run) knows(x any, property string) bool {
	loaded, err := orm.IsLoaded(r.em, x, property)
	return err != nil || loaded
}

// compareView compares what a view shows, as far as it is loaded.
func (r *run) compareView(h int, o *object, v *view, x any) error {
	want := r.m.baseline(h, v)
	if v.style == asScalar {
		if o.part && !r.knows(x, v.path()) {
			return nil
		}
		return r.compareForeign(v, x, want)
	}
	loaded, err := orm.IsLoaded(r.em, x, v.path())
	if err != nil {
		return err
	}
	if o.loaded[v.at] && !loaded && (len(want) > 0 || v.style != asSlice) { // a nil slice says little
		return fmt.Errorf("is not loaded any more, it should show %v", want)
	}
	if v.left && !v.many {
		if err := r.compareKey(v, x, want); err != nil && (o.loaded[v.at] || !errors.Is(err, orm.ErrNotLoaded)) {
			return err
		}
	}
	if !loaded || o.partial[v.at] {
		return nil
	}
	got := v.shown(x)
	if !equalSets(got, want) || v.assoc.ordered && v.left && fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Errorf("shows %v, want %v", got, want)
	}
	return r.samePointers(v, x)
}

// compareKey compares the key in a reference, loaded or not.
func (r *run) compareKey(v *view, x any, want []int) error {
	key, err := orm.Key(r.em, x, v.path())
	switch {
	case err != nil:
		return err
	case len(want) == 0 && key != nil:
		return fmt.Errorf("has key %v, want none", key)
	case len(want) > 0 && key == nil:
		return fmt.Errorf("has no key, want that of %d", want[0])
	}
	return nil
}

// compareForeign compares a scalar that is a foreign key.
func (r *run) compareForeign(v *view, x any, want []int) error {
	f := field(x, v.name)
	switch {
	case f.IsNil() != (len(want) == 0):
		return fmt.Errorf("is null: %t, want that of %v", f.IsNil(), want)
	case len(want) > 0 && r.ptr[want[0]] != nil:
		if id := field(r.ptr[want[0]], "ID").Int(); f.Elem().Int() != id {
			return fmt.Errorf("is %d, want %d", f.Elem().Int(), id)
		}
	}
	return nil
}

// samePointers expects one row to be one pointer.
func (r *run) samePointers(v *view, x any) error {
	items := []any{v.target(x)}
	if v.many {
		items, _ = v.list(x)
	}
	for _, item := range items {
		if item == nil {
			continue
		}
		h := handle(item)
		if o := r.m.mem[h]; o != nil && r.ptr[h] != nil && at(r.ptr[h]) != at(item) {
			return fmt.Errorf("leads to another pointer of %d", h)
		}
	}
	return nil
}

// trace is what a unit shows at one moment, for comparison with another run.
type trace struct {
	// shown is by object and field.
	shown   map[string]string
	plan    string
	planned bool
	handles []int
	// unsure are the heads of plans that take links out of lists which were not read.
	unsure []string
	// leave are associations with changes that are not flushed: the other views may show
	// them already, or not.
	leave []*assoc
}

// pending are the associations with changes that are not flushed.
func (m *model) pending() []*assoc {
	var out []*assoc
	for _, a := range m.assocs {
		if len(m.placesOf(a)) > 0 || !maps.EqualFunc(m.edges[a.at], m.db.edges[a.at], slices.Equal[[]int]) || m.unsettled(a) {
			out = append(out, a)
		}
	}
	return out
}

// unsettled reports an association of which an end is to be deleted, or never was.
func (m *model) unsettled(a *assoc) bool {
	for h, o := range m.mem {
		if o.living() {
			continue
		}
		if len(m.edges[a.at][h]) > 0 || len(m.edges[a.at].lefts(h)) > 0 {
			return true
		}
	}
	return false
}

// trace looks at these objects.
func (r *run) trace(handles []int, leave []*assoc) *trace {
	t := &trace{shown: map[string]string{}, handles: handles, leave: leave}
	for _, h := range handles {
		x := r.ptr[h]
		if x == nil {
			continue
		}
		err := guarded(func() error { return t.look(r, h, x) })
		if err != nil {
			t.shown[fmt.Sprint(h)] = err.Error()
		}
	}
	return t
}

func (t *trace) look(r *run, h int, x any) error {
	say := func(name string, value any) { t.shown[fmt.Sprintf("%d.%s", h, name)] = fmt.Sprint(value) }
	typ := r.typeOf(x)
	inside := r.em.Contains(x)
	if o := r.object(h); o == nil || o.status != fresh || o.persisted {
		say("in the unit", inside) // what is only held may be met by the next flush
	}
	for i, s := range typ.scalars {
		if o := r.object(h); o == nil || !o.unread[i] { // what a flush must know it reads
			say(s.name, s.value(x))
		}
	}
	if typ.madeKey {
		say("has a key", field(x, "ID").Int() != 0)
	}
	if typ.version && (!inside || r.knows(x, "version")) {
		say("Version", field(x, "Version").Int())
	}
	for _, v := range typ.allViews() {
		switch {
		case slices.Contains(t.leave, v.assoc):
		case r.object(h) != nil && r.object(h).partial[v.at]: // a flush may have to read the rest
		case v.style == asScalar:
			if !inside || r.knows(x, v.path()) {
				say(v.name, field(x, v.name).IsNil())
			}
		case v.many:
			if items, loaded := v.list(x); loaded && (v.style == asCollection || items != nil) {
				list := v.shown(x)
				if !v.assoc.ordered || !v.left {
					slices.Sort(list)
				}
				say(v.name, list)
			}
		default:
			t.lookAtReference(r, say, v, x, inside)
		}
	}
	return nil
}

// object is what the model knows of an entity, nil in a run without one.
func (r *run) object(h int) *object {
	if r.m == nil {
		return nil
	}
	return r.m.mem[h]
}

// lookAtReference notes the target of a reference where it is loaded, and whether there is one.
func (t *trace) lookAtReference(r *run, say func(string, any), v *view, x any, inside bool) {
	if target := v.target(x); target != nil {
		say(v.name, handle(target))
	}
	if !inside {
		return
	}
	if v.left {
		if key, err := orm.Key(r.em, x, v.path()); !errors.Is(err, orm.ErrNotLoaded) {
			say(v.name+" has no key", key == nil && err == nil && v.target(x) == nil)
		}
		return
	}
	if loaded, err := orm.IsLoaded(r.em, x, v.path()); err == nil && loaded {
		say(v.name+" leads nowhere", v.target(x) == nil)
	}
}

// typeOf finds the type of an entity.
func (p *project) typeOf(x any) *typ {
	name := fmt.Sprintf("%T", x)
	for _, t := range p.types {
		if name == "*histories_test."+t.name {
			return t
		}
	}
	return nil
}

// differ compares two traces by what both of them tell.
func (t *trace) differ(other *trace) []string {
	var out []string
	for _, name := range sortedKeys(t.shown) {
		if theirs, ok := other.shown[name]; ok && theirs != t.shown[name] {
			out = append(out, fmt.Sprintf("%s is %s with, and %s without", name, t.shown[name], theirs))
		}
	}
	if !samePlans(t.plan, other.plan, t.unsure) {
		out = append(out, "the plan with:\n"+t.plan+"the plan without:\n"+other.plan)
	}
	return out
}
