package histories_test

import (
	"strings"

	"github.com/weft-orm/weft/orm"
)

// Steps that assign by data.

// plainly is the action that means what an assignment of data to a property does, nil for
// none: a value, a reference, or all items of a relation.
func (m *model) plainly(st step) *action {
	o := m.mem[st.H]
	if !o.living() {
		return nil
	}
	if o.typ.scalar(st.F) != nil {
		return setting
	}
	v := o.typ.view(st.F)
	switch {
	case v == nil || !o.loaded[v.at] && v.style != asRef && v.style != asScalar || o.partial[v.at] || v.style == asScalar && o.unread[o.typ.scalar("H").at]:
		return nil // it would be read first
	case v.many:
		return replacing
	case !v.left || len(st.To) == 0 && v.assoc.required:
		return nil // which Assign refuses
	}
	return pointing
}

// assigning assigns one property by data.
var assigning = &action{
	name: "assign", weight: 8,
	may: func(m *model, st step) bool {
		a := m.plainly(st)
		return a != nil && a.may(m, st)
	},
	mean: func(m *model, st step) { m.plainly(st).mean(m, st) },
	do: func(r *run, st step) error {
		x := r.ptr[st.H]
		return orm.Assign(r.ctx, r.em, x, orm.M{path(st.F): r.data(x, st)})
	},
	draw: func(g *drawing) (step, bool) {
		actions := []*action{setting, pointing, pointing, replacing, replacing}
		st, ok := actions[g.below(len(actions))].draw(g)
		st.Do = "assign"
		return st, ok
	},
}

// data is what a step assigns, as data.
func (r *run) data(x any, st step) any {
	t := r.typeOf(x)
	if s := t.scalar(st.F); s != nil {
		if parts, is := st.V[0].(string); is && (s.kind == embedded || s.kind == maybeEmbedded) {
			street, city, _ := strings.Cut(parts, "|")
			return orm.M{"street": street, "city": city}
		}
		return st.V[0]
	}
	v := t.view(st.F)
	if v.many {
		items := make([]any, len(st.To))
		for i, h := range st.To {
			items[i] = r.ptr[h]
		}
		return items
	}
	if len(st.To) == 0 {
		return nil
	}
	if v.style == asScalar {
		return field(r.ptr[st.To[0]], "ID").Int()
	}
	return r.ptr[st.To[0]]
}

var _ = declare(assigning)
