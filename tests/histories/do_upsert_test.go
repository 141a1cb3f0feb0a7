package histories_test

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// Steps that insert a row or update the one that is there, at once.

// upserted says by which property a type is upserted, and which values a row that is there
// takes over; none are all.
type upserted struct {
	typ, by string
	takes   []string
}

var upserts = []upserted{
	{typ: "venue", by: "ID"},
	{typ: "troupe", by: "Code"},
	{"locker", "Code", []string{"H"}},
	{"ticket", "Seat", []string{"H"}},
	{"actor", "Email", []string{"Name", "Phone", "Home"}},
}

// upsertOf finds how the type of a step is upserted.
func (m *model) upsertOf(st step) (upserted, *typ) {
	i := slices.IndexFunc(upserts, func(u upserted) bool { return u.typ == st.T })
	t := m.typ(st.T)
	if i < 0 || t == nil || len(st.V) != len(t.scalars) || st.V[0] != st.H {
		return upserted{}, nil
	}
	return upserts[i], t
}

// meets reports another row with one of the unique values of a step.
func (m *model) meets(t *typ, st step) bool {
	for h, r := range m.db.rows {
		if h == st.H || r.typ != t {
			continue
		}
		for _, g := range t.unique {
			same := true
			for _, name := range g.names {
				s := t.scalar(name)
				same = same && s != nil && st.V[s.at] != nil && r.values[s.at] == st.V[s.at]
			}
			if same {
				return true
			}
		}
	}
	return false
}

var upserting = &action{
	name: "upsert", weight: 4, read: true, writes: 1,
	may: func(m *model, st step) bool {
		u, t := m.upsertOf(st)
		if t == nil || m.meets(t, st) {
			return false
		}
		r, o := m.db.rows[st.H], m.mem[st.H]
		if r == nil {
			return m.unborn(st) != nil && !m.keyTaken(t, st) && !m.moved(st.H)
		}
		by := t.scalar(u.by)
		return r.typ == t && r.values[by.at] == st.V[by.at] && (o == nil && !m.moved(st.H) || o != nil && o.status == managed && !o.part && m.mayGiveUp(st.H, o)) && !m.settled(st.H)
	},
	mean: func(m *model, st step) {
		u, t := m.upsertOf(st)
		r := m.db.rows[st.H]
		if r == nil {
			r = &row{typ: t, values: slices.Clone(st.V)}
		}
		next := &row{typ: t, values: slices.Clone(r.values), version: r.version + 1}
		for i, s := range t.scalars {
			if len(u.takes) == 0 || slices.Contains(u.takes, s.name) {
				next.values[i] = st.V[i]
			}
		}
		m.db.rows[st.H] = next
		m.giveUpAll(st.H, m.met(st.H, ""))
	},
	do: func(r *run, st step) error {
		if r.m != nil {
			r.takes[r.at], r.former[r.at] = r.m.mem[st.H] != nil, r.ptr[st.H]
		}
		switch st.T {
		case "venue":
			return upsert[venue](r, st)
		case "troupe":
			return upsert[troupe](r, st)
		case "locker":
			return upsert[locker](r, st)
		case "ticket":
			return upsert[ticket](r, st)
		}
		return upsert[actor](r, st)
	},
	draw: func(g *drawing) (step, bool) {
		u := upserts[g.below(len(upserts))]
		t := g.r.typ(u.typ)
		if t == nil {
			return step{}, false
		}
		st := step{Do: "upsert", H: g.next(), T: u.typ, V: g.values(t)}
		stored := g.r.m.streamed(st)
		slices.Sort(stored)
		if h := first(g.some(stored, 1)); h != 0 && g.below(3) > 0 {
			at := t.scalar(u.by).at
			st.H, st.V[0] = h, h
			st.V[at] = g.r.m.db.rows[h].values[at]
		}
		return st, true
	},
}

// upsert does it.
func upsert[T any](r *run, st step) error {
	u := upserts[slices.IndexFunc(upserts, func(u upserted) bool { return u.typ == st.T })]
	x := new(T)
	for i, s := range r.typ(st.T).scalars {
		s.put(x, st.V[i])
	}
	var opts []orm.BulkOption
	if len(u.takes) > 0 {
		takes := make([]string, len(u.takes))
		for i, name := range u.takes {
			takes[i] = path(name)
		}
		opts = []orm.BulkOption{orm.ConflictOn(path(u.by)), orm.MergeOnly(takes...)}
	}
	stored, err := orm.UpsertEntity(r.ctx, r.em, x, opts...)
	if err != nil {
		return err
	}
	if known := r.ptr[st.H]; known != nil && r.m != nil && r.m.mem[st.H] != nil && known != any(stored) && r.em.Contains(known) {
		return fmt.Errorf("the managed %s %d was replaced", st.T, st.H)
	}
	r.ptr[st.H] = stored
	return nil
}

var _ = declare(upserting)
