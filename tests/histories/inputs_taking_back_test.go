package histories_test

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var takingBackInputs = []input{
	{"14 wipe rolled back", slices.Concat(links, nests), input14},
	{"15 new, rolled back, removed", slices.Concat([]any{project15{}, staff15{}}, links), input15},
	{"16 added, flushed, taken out, rolled back", slices.Concat(links, nests), input16},
	{"17 changed, flushed, removed, rolled back", nests, input17},
	{"18 rolled back inside Transactional", nests, input18},
	{"33 pointer after a ref, rolled back", []any{emp33{}, team33{}}, input33},
	{"36 read in full between flush and rollback", []any{post36{}}, input36},
	{"37 loaded between flush and rollback", []any{person37{}}, input37},
}

// 14: RemoveAll of what was not read is an intent of one flush: it comes back once
// after a rollback, and is over when a flush succeeded.
func input14(w *world) {
	wipes(w, teams, members)
	wipes(w, members, teams)
	w.each("parts", func(w *world) {
		u := refs.seed(w, false, false)
		u.p.Items.RemoveAll()
		w.back(u.em, func() {})
		stored[part](w, "Name Of", "t p")
		w.flush(u.em)
		stored[part](w, "Name Of", "")
		other := w.em()
		other.Persist(&part{Name: "other", Of: orm.To(named[box](w, other, "p"))})
		w.flush(other)
		w.idle(u.em)
		stored[part](w, "Name Of", "other p")
	})
}

func wipes[A, B any](w *world, left end[A, B], right end[B, A]) {
	later := func(w *world, em *orm.EntityManager) {
		w.Helper()
		stored[A](w, "Name Items", "a [b]")
		w.flush(em)
		stored[A](w, "Name Items", "a []")
		other := w.em()
		left.add(named[A](w, other, "a", orm.Populate("items")), right.one("other"))
		w.flush(other)
		w.idle(em)
		stored[A](w, "Name Items", "a [other]")
	}
	w.each(left.style+", emptied before", func(w *world) {
		em, a, _ := linked(w, left, right)
		left.empty(a)
		w.back(em, func() {})
		later(w, em)
	})
	w.each(left.style+", emptied inside", func(w *world) {
		em, a, _ := linked(w, left, right)
		w.back(em, func() { left.empty(a) })
		later(w, em)
	})
	w.each(left.style+", rolled back twice", func(w *world) {
		em, a, _ := linked(w, left, right)
		w.back(em, func() { left.empty(a) })
		w.back(em, func() {})
		later(w, em)
	})
	w.each(left.style+", taken back by the user", func(w *world) {
		em, a, b := linked(w, left, right)
		w.back(em, func() { left.empty(a) })
		left.add(a, b)
		w.flush(em)
		stored[A](w, "Name Items", "a [b]")
	})
}

// A new entity reached by the other side.
type (
	project15 struct {
		ID    int64
		Name  string
		Staff rel.Ref[staff15]
	}
	staff15 struct {
		ID       int64
		Name     string
		Projects rel.Collection[project15] `orm:",mappedBy=Staff"`
	}
)

// 15: a rolled-back insert followed by Remove is new and removed: nothing.
func input15(w *world) {
	newRolledBack(w, teams, members)
	newRolledBack(w, members, teams)
	newRolledBack(w, clubs, guests)
	newRolledBack(w, guests, clubs)
	for _, side := range []string{"reference", "collection"} {
		w.each(side, func(w *world) {
			w.store(&staff15{Name: "s"})
			em := w.em()
			s, p := named[staff15](w, em, "s", orm.Populate("projects")), &project15{Name: "p"}
			if side == "reference" {
				p.Staff = orm.To(s)
			} else {
				s.Projects.Add(p)
			}
			w.back(em, func() { em.Persist(p) })
			em.Remove(p)
			w.flush(em)
			stored[project15](w, "Name Staff", "")
			w.is("memory", show(s, "Projects"), "[]")
			w.is("key", p.ID, 0)
		})
	}
	w.each("reference to a new one", func(w *world) {
		em := w.em()
		p := &project15{Name: "p", Staff: orm.To(&staff15{Name: "s"})}
		em.Persist(p)
		w.back(em, func() {})
		em.Remove(p)
		w.flush(em)
		w.is("rows", rows[project15](w, "Name")+rows[staff15](w, "Name"), "")
	})
}

func newRolledBack[A, B any](w *world, left end[A, B], right end[B, A]) {
	w.each(left.style, func(w *world) {
		w.store(right.one("b"))
		em := w.em()
		a, b := left.one("a"), named[B](w, em, "b", orm.Populate("items"))
		left.add(a, b)
		em.Persist(a)
		w.back(em, func() {})
		em.Remove(a)
		w.flush(em)
		stored[A](w, "Name Items", "")
		stored[B](w, "Name Items", "b []")
		w.is("memory", show(b, "Items"), "[]")
	})
}

var errBack = errors.New("back")

// 16: what was added, flushed and taken out again inside a scope that was rolled
// back never was. Engines without savepoints roll the outer transaction back.
func input16(w *world) {
	nestedBack(w, teams, members)
	nestedBack(w, members, teams)
	nestedBack(w, clubs, guests)
	nestedBack(w, guests, clubs)
	for _, loaded := range []bool{true, false} {
		w.each(map[bool]string{true: "parts, loaded", false: "parts, not loaded"}[loaded], func(w *world) {
			u := refs.seed(w, loaded, false)
			w.nested(u.em, func() {
				u.q.Items.Add(u.t)
				w.ok(u.em.Flush(w.ctx))
				u.q.Items.Remove(u.t)
				u.p.Items.Add(u.t)
			})
			w.flush(u.em)
			stored[part](w, "Name Of", "t p")
			refs.shows(w, u, "[t]", "[]", "p")
		})
	}
}

// nested runs steps in a nested transaction that is rolled back, in an outer one
// that goes on where there are savepoints.
func (w *world) nested(em *orm.EntityManager, steps func()) {
	w.Helper()
	inner := func() error {
		return em.Transactional(w.ctx, func(context.Context, *orm.EntityManager) error {
			steps()
			return errBack
		})
	}
	if !w.caps.Savepoints {
		w.fails(inner(), errBack)
		return
	}
	w.ok(em.Transactional(w.ctx, func(context.Context, *orm.EntityManager) error {
		w.fails(inner(), errBack)
		return nil
	}))
}

func nestedBack[A, B any](w *world, left end[A, B], right end[B, A]) {
	for _, loaded := range []bool{true, false} {
		if left.slice && !loaded {
			continue
		}
		name := left.style + map[bool]string{true: ", loaded", false: ", not loaded"}[loaded]
		seed := func(w *world) (em *orm.EntityManager, a *A, b *B) {
			w.store(left.one("a"), right.one("b"))
			em = w.em()
			a, b = named[A](w, em, "a"), named[B](w, em, "b")
			if loaded {
				w.ok(orm.Load(w.ctx, em, a, "items"))
				w.ok(orm.Load(w.ctx, em, b, "items"))
			}
			return em, a, b
		}
		w.each(name+", nested", func(w *world) {
			em, a, b := seed(w)
			w.nested(em, func() {
				left.add(a, b)
				w.ok(em.Flush(w.ctx))
				left.take(a, b)
			})
			w.flush(em)
			stored[A](w, "Name Items", "a []")
		})
		w.each(name+", outer", func(w *world) {
			em, a, b := seed(w)
			w.ok(em.Begin(w.ctx))
			left.add(a, b)
			w.ok(em.Flush(w.ctx))
			left.take(a, b)
			w.ok(em.Rollback(w.ctx))
			w.flush(em)
			stored[A](w, "Name Items", "a []")
			if loaded {
				w.is("memory", show(a, "Items")+show(b, "Items"), "[][]")
			}
		})
	}
}

// 17: a removal survives the rollback, whatever was flushed before it.
func input17(w *world) {
	removedThenBack(w, refs)
	removedThenBack(w, plains)
}

func removedThenBack[O, I any](w *world, n nest[O, I]) {
	n.each(w, "moved, flushed, removed", func(w *world, u nested[O, I]) {
		w.ok(u.em.Begin(w.ctx))
		n.point(u.t, u.q)
		w.ok(u.em.Flush(w.ctx))
		u.em.Remove(u.t)
		w.ok(u.em.Rollback(w.ctx))
		stored[I](w, "Name Of", "t p")
		w.flush(u.em)
		stored[I](w, "Name Of", "")
		n.shows(w, u, "[]", "[]", "")
	})
	n.each(w, "removed, flushed, persisted", func(w *world, u nested[O, I]) {
		w.ok(u.em.Begin(w.ctx))
		u.em.Remove(u.t)
		w.ok(u.em.Flush(w.ctx))
		u.em.Persist(u.t)
		w.ok(u.em.Rollback(w.ctx))
		w.flush(u.em)
		stored[I](w, "Name Of", "t p")
	})
}

// 18: Transactional whose function ends the transaction itself. The function returned
// no error, and neither need Transactional; if it does, it is the class for
// transactions that are not there. It is never a failure after a commit.
func input18(w *world) {
	clear := func(w *world, err error) {
		w.Helper()
		if err != nil {
			w.fails(err, orm.ErrTransaction)
		}
		if errors.Is(err, orm.ErrAfterCommit) {
			w.Errorf("error is %v", err)
		}
	}
	w.each("rolled back", func(w *world) {
		em := w.em()
		b := &box{Name: "b"}
		clear(w, em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(b)
			w.ok(em.Flush(ctx))
			return em.Rollback(ctx)
		}))
		stored[box](w, "Name", "")
		w.is("key", b.ID, 0)
		w.flush(em) // the entity is still to be inserted
		stored[box](w, "Name", "b")
	})
	w.each("rolled back, with changes pending", func(w *world) {
		em := w.em()
		clear(w, em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(&box{Name: "b"})
			return em.Rollback(ctx)
		}))
		stored[box](w, "Name", "")
	})
	w.each("committed", func(w *world) {
		em := w.em()
		clear(w, em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(&box{Name: "b"})
			return em.Commit(ctx)
		}))
		stored[box](w, "Name", "b")
		w.idle(em)
	})
	w.each("committed, then an error", func(w *world) {
		em := w.em()
		w.fails(em.Transactional(w.ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(&box{Name: "b"})
			w.ok(em.Commit(ctx))
			return errBack
		}), errBack)
		stored[box](w, "Name", "b")
		w.idle(em)
	})
}

// A pointer behind a Ref, and the other way round.
type (
	emp33 struct {
		ID   int64
		Name string
		Team rel.Ref[team33]
		Boss *team33
		Next rel.Ref[team33]
		Last *team33
	}
	team33 struct {
		ID   int64
		Name string
	}
)

// seed33 stores e with all references to t1, and reads it with t1 and t2.
func seed33(w *world) (em *orm.EntityManager, e *emp33, t1, t2 *team33) {
	w.Helper()
	t := &team33{Name: "t1"}
	w.store(&emp33{Name: "e", Team: orm.To(t), Boss: t, Next: orm.To(t), Last: t}, &team33{Name: "t2"})
	em = w.em()
	t1, t2 = named[team33](w, em, "t1"), named[team33](w, em, "t2")
	return em, named[emp33](w, em, "e", orm.Populate("*")), t1, t2
}

// references33 assigns one reference.
var references33 = []struct {
	name   string
	assign func(e *emp33, t *team33)
}{
	{"Team", func(e *emp33, t *team33) { e.Team = orm.To(t) }},
	{"Boss", func(e *emp33, t *team33) { e.Boss = t }},
	{"Next", func(e *emp33, t *team33) { e.Next = orm.To(t) }},
	{"Last", func(e *emp33, t *team33) { e.Last = t }},
}

// 33: an assignment survives the rollback, in every style and place, whether the
// target it had was read or not.
func input33(w *world) {
	for _, r := range references33 {
		for _, read := range []string{"nothing", "targets", "all"} {
			seed := func(w *world) (em *orm.EntityManager, e *emp33, t2 *team33) {
				em, e, _, t2 = seed33(w)
				if read == "all" {
					return em, e, t2
				}
				em = w.em()
				if read == "targets" {
					named[team33](w, em, "t1")
				}
				t2 = named[team33](w, em, "t2")
				return em, named[emp33](w, em, "e"), t2
			}
			w.each(r.name+", read "+read, func(w *world) {
				em, e, t2 := seed(w)
				w.back(em, func() { r.assign(e, t2) })
				stored[emp33](w, "Name "+r.name, "e t1")
				w.is("memory", show(e, r.name), "t2")
				w.flush(em)
				stored[emp33](w, "Name Team Boss Next Last", "e "+moved33(r.name, "t2"))
			})
			if read == "nothing" {
				continue // a plain pointer that was not read is nil already
			}
			w.each(r.name+", emptied, read "+read, func(w *world) {
				em, e, _ := seed(w)
				w.back(em, func() { r.assign(e, nil) })
				w.is("memory", show(e, r.name), "-")
				w.flush(em)
				stored[emp33](w, "Name Team Boss Next Last", "e "+moved33(r.name, "-"))
			})
		}
	}
}

// moved33 is what all references lead to when one was assigned.
func moved33(name, to string) string {
	words := make([]string, len(references33))
	for i, r := range references33 {
		words[i] = "t1"
		if r.name == name {
			words[i] = to
		}
	}
	return strings.Join(words, " ")
}

type post36 struct {
	ID    int64
	Name  string
	Title string
	Body  string
}

// 36: only what was assigned is written, however much was read after the flush.
func input36(w *world) {
	w.each("read in full", func(w *world) {
		w.store(&post36{Name: "p", Title: "old", Body: "body"})
		em := w.em()
		p := named[post36](w, em, "p", orm.Fields("title"))
		w.back(em, func() {
			p.Title = "new"
			w.ok(em.Flush(w.ctx))
			if again := get[post36](w, em, p.ID); again != p {
				w.Error("a row has two pointers")
			}
		})
		other := w.em()
		named[post36](w, other, "p").Body = "other"
		w.flush(other)
		w.flush(em)
		stored[post36](w, "Name Title Body", "p new other")
	})
}

// A plain slice of the entity's own kind.
type person37 struct {
	ID      int64
	Name    string
	Friends []*person37
}

// 37: what was loaded after the flush is no change after the rollback.
func input37(w *world) {
	w.each("loaded", func(w *world) {
		w.store(&person37{Name: "p", Friends: []*person37{{Name: "f"}}})
		em := w.em()
		p := named[person37](w, em, "p")
		w.ok(em.Begin(w.ctx))
		p.Name = "q"
		w.ok(em.Flush(w.ctx))
		w.ok(orm.Load(w.ctx, em, p, "friends"))
		w.ok(em.Rollback(w.ctx))
		ctx, stats := orm.WithStats(w.ctx)
		w.ok(em.Flush(ctx))
		w.is("statements", stats.Statements(), 1)
		stored[person37](w, "Name Friends", "f [], q [f]")
	})
}
