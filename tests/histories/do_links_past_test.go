package histories_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/weft-orm/weft/orm"
)

// Steps that write links past the unit: by statements, and by another unit.

// linkOf finds the link that a step is about, from its owner H to To[0].
func (m *model) linkOf(st step) *assoc {
	l := m.db.rows[st.H]
	if l == nil || len(st.To) != 1 || m.db.rows[st.To[0]] == nil {
		return nil
	}
	v := l.typ.view(st.F)
	if v == nil || !v.left || !v.assoc.links || !m.db.rows[st.To[0]].typ.is(v.assoc.right) {
		return nil
	}
	return v.assoc
}

// mayLinkPast reports a link that no list in memory tells of, but for what is said of lists that were
// not read: these are held against what is there when they are flushed.
func (m *model) mayLinkPast(st step, linked bool) bool {
	a := m.linkOf(st)
	if a == nil || m.db.edges[a.at].has(st.H, st.To[0]) != linked {
		return false
	}
	for _, p := range m.placesOf(a) {
		for _, x := range m.about(p) {
			if x.l == st.H || x.r == st.To[0] {
				return false
			}
		}
	}
	pending := m.edges[a.at].has(st.H, st.To[0])
	for _, v := range a.views {
		h := st.H
		if !v.left {
			h = st.To[0]
		}
		o := m.mem[h]
		if o != nil && (o.known[v.at] || !o.living()) {
			return false
		}
		if m.unsure[place{h, v.at}] && pending == linked {
			return false // what the list said of this link nobody has written down
		}
	}
	return true
}

// linkPast makes a link, or takes it away, in the database.
func (m *model) linkPast(st step, linked bool) {
	a := m.linkOf(st)
	set := false
	for _, v := range a.views {
		set = set || v.left && m.wiped[place{st.H, v.at}] || !v.left && m.wiped[place{st.To[0], v.at}]
	}
	for _, e := range []edges{m.db.edges[a.at], m.edges[a.at]} {
		if linked {
			e.drop(st.H, st.To[0])
		} else {
			e.add(st.H, st.To[0])
		}
		if set {
			return // a list that was set says what is to be there, whatever was
		}
	}
}

// drawLink draws a link that is there, or one that is not.
func (g *drawing) drawLink(do string, linked bool) (step, bool) {
	var list []step
	for _, a := range g.r.assocs {
		if !a.links {
			continue
		}
		for _, l := range slices.Sorted(maps.Keys(g.r.m.db.rows)) {
			if !g.r.m.db.rows[l].typ.is(a.left) {
				continue
			}
			for _, r := range slices.Sorted(maps.Keys(g.r.m.db.rows)) {
				st := step{Do: do, H: l, F: a.leftView().name, To: []int{r}}
				if linked {
					st.N = 1
				}
				if g.r.m.mayLinkPast(st, linked) {
					list = append(list, st)
				}
			}
		}
	}
	if len(list) == 0 {
		return step{}, false
	}
	return list[g.below(len(list))], true
}

// rawLink writes a link by a statement, or deletes it where N is 1.
var linkingPast = &action{
	name: "rawLink", weight: 4, read: true, writes: 1,
	may:  func(m *model, st step) bool { return m.statements && m.mayLinkPast(st, st.N == 1) },
	mean: func(m *model, st step) { m.linkPast(st, st.N == 1) },
	do: func(r *run, st step) error {
		owner, err := r.keyOf(st.H)
		if err != nil {
			return err
		}
		target, err := r.keyOf(st.To[0])
		if err != nil {
			return err
		}
		p := leaf(r.db.Registry().Entity(r.typeAt(st.H).name), path(st.F)).Relation.Pivot
		table, left, right := r.reader.name(p.Table.Name), r.reader.name(p.Owner[0].Name), r.reader.name(p.Target[0].Name)
		text := fmt.Sprintf("insert into %s (%s, %s) values (%v, %v)", table, left, right, owner, target)
		switch {
		case st.N == 1:
			text = fmt.Sprintf("delete from %s where %s = %v and %s = %v", table, left, owner, right, target)
		case p.Order != nil:
			order := r.reader.name(p.Order.Name)
			text = fmt.Sprintf("insert into %s (%s, %s, %s) select %v, %v, coalesce(max(%s), 0) + 1 from %s where %s = %v", table, left, right, order, owner, target, order, table, left, owner)
		}
		n, err := r.em.Exec(r.ctx, text)
		if err == nil && n != 1 {
			err = fmt.Errorf("%d links were written", n)
		}
		return err
	},
	draw: func(g *drawing) (step, bool) {
		if !g.r.sql {
			return step{}, false
		}
		return g.drawLink("rawLink", g.below(2) == 0)
	},
}

// otherLink lets another unit add a target, or take it out where N is 1.
var linkingElsewhere = &action{
	name: "otherLink", weight: 3, alone: true,
	may:  func(m *model, st step) bool { return m.mayLinkPast(st, st.N == 1) },
	mean: func(m *model, st step) { m.linkPast(st, st.N == 1) },
	do: func(r *run, st step) error {
		em := r.db.Fork()
		find := func(h int, opts ...orm.FindOption) (any, error) {
			found, err := r.typeAt(h).find(r.ctx, em, orm.M{"h": h}, opts...)
			if err != nil || len(found) != 1 {
				return nil, fmt.Errorf("%d rows have number %d: %w", len(found), h, err)
			}
			return found[0], nil
		}
		owner, err := find(st.H, orm.Populate(path(st.F)))
		if err != nil {
			return err
		}
		target, err := find(st.To[0])
		if err != nil {
			return err
		}
		if v := r.typeAt(st.H).view(st.F); st.N == 1 {
			v.take(owner, target)
		} else {
			v.add(owner, target)
		}
		return em.Flush(r.ctx)
	},
	draw: func(g *drawing) (step, bool) {
		if g.scopes > 0 {
			return step{}, false
		}
		return g.drawLink("otherLink", g.below(2) == 0)
	},
}

var _ = declare(linkingPast, linkingElsewhere)
