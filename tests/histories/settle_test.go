package histories_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// outcome is what a flush must do.
type outcome struct {
	// next is the model after it, when it succeeds.
	next *model
	// errs are the classes of which its error must be one.
	errs []error
	// unclear is why no rule says what happens; histories avoid that.
	unclear string
	// writes reports that rows or links change; wrote are the types whose rows do.
	writes bool
	wrote  map[*typ]bool
	// hooks reports rows whose hooks run before they are written.
	hooks bool
	// wipes reports collections that are emptied or changed unread: nobody knows yet whether
	// that writes.
	wipes bool
}

// settling is a flush in the model.
type settling struct {
	*model
	// gone are objects that are deleted, lost those that the database deletes along.
	gone, lost map[int]bool
	out        *outcome
}

// settle says what a flush must do. It changes nothing but what the unit may know.
func (m *model) settle() *outcome {
	s := &settling{model: m.clone(), gone: map[int]bool{}, lost: map[int]bool{}, out: &outcome{wrote: map[*typ]bool{}, wipes: len(m.wiped)+len(m.unsure) > 0}}
	s.heads = map[int]int{}
	for h := range m.db.rows {
		if m.settled(h) {
			m.near[h] = true // which the flush may have to read
		}
	}
	s.silence()
	for _, a := range m.assocs {
		if !s.meet(a) {
			s.out.errs = append(s.out.errs, orm.ErrConflict)
		}
	}
	s.forgetDead()
	s.reach()
	s.spread()
	s.release()
	s.write()
	if s.out.unclear == "" && len(s.out.errs) == 0 {
		s.out.next = s.model
	}
	return s.out
}

func (s *settling) unclear(format string, args ...any) {
	if s.out.unclear == "" {
		s.out.unclear = fmt.Sprintf(format, args...)
	}
}

func (s *settling) refuse(class error) {
	if !slices.Contains(s.out.errs, class) {
		s.out.errs = append(s.out.errs, class)
	}
}

// silence takes out what the views of new and removed objects say and nobody has looked at: it
// is nothing at all. Who may have lost a place to one that was looked at no rule tells.
func (s *settling) silence() {
	for p, c := range s.over {
		if o := s.mem[p.h]; o == nil || o.status != dead {
			continue
		}
		switch {
		case !c.maybe:
			delete(s.over, p)
		case s.views[p.view].assoc.oneToOne:
			s.unclear("%d is new and removed, and may have taken a place", p.h)
		}
	}
}

// forgetDead takes out what was new and removed.
func (s *settling) forgetDead() {
	for h, o := range s.mem {
		if o.status != dead {
			continue
		}
		for _, a := range s.assocs {
			e := s.edges[a.at]
			delete(e, h)
			for _, l := range e.lefts(h) {
				if !a.links && s.mem[l].living() {
					s.unclear("%d refers to %d, which is new and removed", l, h)
				}
				e.drop(l, h)
			}
		}
		delete(s.mem, h)
	}
}

// reach expects what was never persisted to be held still by what holds it, which is
// there to stay.
func (s *settling) reach() {
	for h, o := range s.mem {
		if o.status != fresh || o.persisted {
			continue
		}
		if n := s.mem[o.holder.h]; !n.living() || !slices.Contains(s.baseline(o.holder.h, s.views[o.holder.view]), h) {
			s.unclear("%d is new and nothing holds it", h)
		}
	}
}

// spread finds all that goes: what was removed, what removals cascade to, and orphans,
// until nothing more is found. Final edges decide.
func (s *settling) spread() {
	for h, o := range s.mem {
		if o.status == removed {
			s.gone[h] = true
		}
	}
	for before := -1; before != len(s.gone); {
		before = len(s.gone)
		for _, v := range s.views {
			if v.remove {
				s.cascade(v)
			}
			if v.orphan {
				s.orphan(v)
			}
		}
	}
}

func (s *settling) cascade(v *view) {
	for h := range maps.Clone(s.gone) {
		for _, x := range s.baseline(h, v) {
			s.gone[x] = true
		}
	}
}

// orphan finds items that have lost an owner by v and have none by any such view.
func (s *settling) orphan(v *view) {
	for _, item := range s.itemsOf(v, s.db.edges[v.assoc.at]) {
		if s.gone[item] || s.owned(item) {
			continue
		}
		s.gone[item] = true
	}
}

// itemsOf are those that a view's edges lead to.
func (s *settling) itemsOf(v *view, e edges) []int {
	var items []int
	for l, rights := range e {
		if !v.left {
			items = append(items, l)
		} else {
			items = append(items, rights...)
		}
	}
	slices.Sort(items)
	return slices.Compact(items)
}

// owned reports an owner that stays, by any view that removes orphans.
func (s *settling) owned(item int) bool {
	for _, v := range s.views {
		if !v.orphan {
			continue
		}
		e := s.edges[v.assoc.at]
		owners := e[item]
		if v.left {
			owners = e.lefts(item)
		}
		for _, owner := range owners {
			if !s.gone[owner] {
				return true
			}
		}
	}
	return false
}

// release takes away the edges of what goes, and finds references that are left.
func (s *settling) release() {
	for before := -1; before != len(s.lost); {
		before = len(s.lost)
		for _, a := range s.assocs {
			s.releaseEdges(a)
		}
	}
}

func (s *settling) releaseEdges(a *assoc) {
	e := s.edges[a.at]
	for l, rights := range maps.Clone(e) {
		if s.gone[l] || s.lost[l] {
			delete(e, l)
			continue
		}
		for _, r := range rights {
			if !s.gone[r] && !s.lost[r] {
				continue
			}
			switch {
			case a.links, a.setNull:
				if head := s.heads[l]; a.ordered && slices.Index(e[l], r) < head {
					s.heads[l]-- // of those in a known order
				}
				e.drop(l, r)
			case a.cascade:
				if s.touched(l) {
					s.unclear("%d is changed and deleted by the database", l)
				}
				s.lost[l] = true
			case s.db.rows[r] == nil:
				s.refuse(orm.ErrNotPersisted) // it is new, and never comes to be
			default:
				s.refuse(driver.ErrForeignKeyViolation)
			}
		}
	}
}

// touched reports an object with changes of its own.
func (s *settling) touched(h int) bool {
	o, r := s.mem[h], s.db.rows[h]
	if r == nil || o != nil && !slices.Equal(o.values, r.values) {
		return true
	}
	for _, a := range s.assocs {
		if a.left.is(r.typ) || r.typ.is(a.left) {
			if !slices.Equal(s.db.edges[a.at][h], s.edges[a.at][h]) {
				return true
			}
		}
	}
	return false
}

// write makes the rows and holds them against what the tables allow.
func (s *settling) write() {
	before := s.db
	s.db = database{map[int]*row{}, cloneEdges(s.edges)}
	for h, r := range before.rows {
		if s.gone[h] || s.lost[h] {
			s.wrote(r.typ)
			continue
		}
		s.db.rows[h] = s.written(h, r, before)
	}
	for h, o := range s.mem {
		if o.status == fresh && !s.gone[h] {
			s.wrote(o.typ)
			s.out.hooks = s.out.hooks || o.typ.hasHooks(true)
			s.db.rows[h] = &row{o.typ, slices.Clone(o.values), 1}
		}
	}
	s.check()
	for _, a := range s.assocs {
		same := equalSets
		if a.ordered {
			same = slices.Equal[[]int]
		}
		s.out.writes = s.out.writes || !maps.EqualFunc(before.edges[a.at], s.db.edges[a.at], same)
		for h, o := range s.mem {
			if a.ordered && o.typ.is(a.left) && !slices.Equal(before.edges[a.at][h], s.db.edges[a.at][h]) {
				o.known[a.leftView().at] = true // to find the place of what has joined
			}
		}
	}
	for h, o := range s.mem {
		switch {
		case s.gone[h] || s.lost[h]:
			delete(s.mem, h)
		case o.status == fresh:
			o.status = managed
		}
	}
	for p := range s.wiped {
		if o := s.mem[p.h]; o != nil {
			o.known[p.view], o.partial[p.view] = true, false
		}
	}
	s.wiped, s.unsure = map[place]bool{}, map[place]bool{}
}

func (s *settling) wrote(t *typ) { s.out.writes, s.out.wrote[t.root()] = true, true }

// written is the row of an object after the flush.
func (s *settling) written(h int, r *row, before database) *row {
	next := &row{r.typ, slices.Clone(r.values), r.version}
	if o := s.mem[h]; o != nil {
		for i := range o.values {
			if !o.unread[i] {
				next.values[i] = o.values[i]
			}
		}
	}
	changed := !slices.Equal(next.values, r.values)
	for _, a := range s.assocs {
		if !a.links {
			changed = changed || !slices.Equal(before.edges[a.at][h], s.edges[a.at][h])
		}
	}
	if changed {
		s.wrote(r.typ)
		s.out.hooks = s.out.hooks || r.typ.hasHooks(false)
		next.version++
	}
	return next
}

// check finds missing references and values that stand twice.
func (s *settling) check() {
	taken := map[string]int{}
	for h, r := range s.db.rows {
		for _, a := range s.assocs {
			if a.required && r.typ.is(a.left) && len(s.edges[a.at][h]) == 0 {
				s.refuse(orm.ErrRequired)
			}
		}
		for i, g := range r.typ.unique {
			value, null := s.tuple(h, r, g)
			if null {
				continue
			}
			name := fmt.Sprint(r.typ.root().name, i, value)
			if _, twice := taken[name]; twice {
				s.refuse(driver.ErrUniqueViolation)
				if g.key {
					s.unclear("two rows with one key")
				}
			}
			taken[name] = h
		}
	}
}

// tuple are the values of a unique group.
func (s *settling) tuple(h int, r *row, g group) (value []any, null bool) {
	for _, name := range g.names {
		var x any
		if sc := r.typ.scalar(name); sc != nil {
			x = r.values[sc.at]
		} else if v := r.typ.view(name); v != nil && len(s.edges[v.assoc.at][h]) > 0 {
			x = s.edges[v.assoc.at][h][0]
		}
		null = null || x == nil
		value = append(value, x)
	}
	return value, null
}

// matches reports an error of one of the classes.
func matches(err error, classes []error) bool {
	return slices.ContainsFunc(classes, func(class error) bool { return errors.Is(err, class) })
}
