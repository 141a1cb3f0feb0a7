package histories_test

import "strings"

// Steps on values.

// free reports a scalar that may be assigned.
func (m *model) free(h int, name string) (*object, *scalar) {
	o := m.mem[h]
	if !o.living() {
		return nil, nil
	}
	s := o.typ.scalar(name)
	if s == nil || s.fixed || s.name == "H" || o.unread[s.at] {
		return nil, nil
	}
	return o, s
}

// set assigns a value.
var setting = &action{
	name: "set", weight: 12,
	may: func(m *model, st step) bool {
		o, s := m.free(st.H, st.F)
		return s != nil && len(st.V) == 1 && !m.wasGiven(st.H, s, o.values[s.at], st.V[0])
	},
	mean: func(m *model, st step) {
		o, s := m.free(st.H, st.F)
		o.values[s.at] = st.V[0]
	},
	do: func(r *run, st step) error {
		x := r.ptr[st.H]
		r.typeOf(x).scalar(st.F).put(x, st.V[0])
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		h, s := g.scalar()
		if s == nil {
			return step{}, false
		}
		return step{Do: "set", H: h, F: s.name, V: []any{g.value(g.r.m.mem[h].typ, s)}}, true
	},
}

// wasGiven reports a value that an object was given by a refresh, or has already: that the user assigns
// it nobody can see, even after another.
func (m *model) wasGiven(h int, s *scalar, now, next any) bool {
	if !m.given[h] {
		return false
	}
	r := m.db.rows[h]
	return m.alike(s, now, next) || r != nil && m.alike(s, r.values[s.at], next)
}

// alike reports values of which a part at least is the same: that the user has assigned that
// part once more nobody can see.
func (m *model) alike(s *scalar, a, b any) bool {
	x, one := a.(string)
	y, two := b.(string)
	if !one || !two || s.kind != embedded && s.kind != maybeEmbedded {
		return a == b
	}
	streetX, cityX, _ := strings.Cut(x, "|")
	streetY, cityY, _ := strings.Cut(y, "|")
	return streetX == streetY || cityX == cityY
}

// rotate lets entities take each other's values, which may be unique.
var rotating = &action{
	name: "rotate", weight: 5,
	may: func(m *model, st step) bool {
		for _, h := range st.To {
			if _, s := m.free(h, st.F); s == nil || m.mem[h].typ != m.mem[st.To[0]].typ || m.given[h] {
				return false
			}
		}
		return len(st.To) > 1
	},
	mean: func(m *model, st step) {
		first, s := m.free(st.To[0], st.F)
		kept := first.values[s.at]
		for i, h := range st.To {
			if i+1 < len(st.To) {
				m.mem[h].values[s.at] = m.mem[st.To[i+1]].values[s.at]
			} else {
				m.mem[h].values[s.at] = kept
			}
		}
	},
	do: func(r *run, st step) error {
		s := r.typeOf(r.ptr[st.To[0]]).scalar(st.F)
		kept := s.value(r.ptr[st.To[0]])
		for i, h := range st.To {
			if i+1 < len(st.To) {
				s.put(r.ptr[h], s.value(r.ptr[st.To[i+1]]))
			} else {
				s.put(r.ptr[h], kept)
			}
		}
		return nil
	},
	draw: func(g *drawing) (step, bool) {
		h, s := g.scalar()
		if s == nil {
			return step{}, false
		}
		t := g.r.m.mem[h].typ
		st := step{Do: "rotate", F: s.name, To: []int{h}}
		for range 1 + g.below(2) {
			if other := g.object(func(o *object) bool { return o.living() && o.typ == t }); other != h && (len(st.To) == 1 || other != st.To[1]) {
				st.To = append(st.To, other)
			}
		}
		return st, len(st.To) > 1
	},
}

var _ = declare(setting, rotating)
