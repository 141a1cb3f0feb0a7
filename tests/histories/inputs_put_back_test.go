package histories_test

import (
	"slices"

	"github.com/weft-orm/weft/orm"
)

var putBackInputs = []input{
	{"40 put back after a rollback", slices.Concat([]any{emp33{}, team33{}}, links, nests, pairs), input40},
}

// 40: what was flushed, rolled back, and put back by the user is as before.
func input40(w *world) {
	for _, r := range references33 {
		w.each("reference "+r.name, func(w *world) {
			em, e, t1, t2 := seed33(w)
			w.back(em, func() { r.assign(e, t2) })
			r.assign(e, t1)
			w.idle(em)
			stored[emp33](w, "Name "+r.name, "e t1")
		})
	}
	backAndBack(w, refs)
	backAndBack(w, plains)
	backAndBack(w, pointers)
	backAndBack(w, slicesAndRefs)
	linkBack(w, teams, members)
	linkBack(w, members, teams)
	linkBack(w, clubs, guests)
	linkBack(w, fans, bands)
	pairBack(w, petRefs)
	pairBack(w, petPointers)
}

func backAndBack[O, I any](w *world, n nest[O, I]) {
	same := func(w *world, u nested[O, I]) {
		w.Helper()
		w.flush(u.em)
		stored[I](w, "Name Of", "t p")
		n.shows(w, u, "[t]", "[]", "p")
	}
	n.each(w, "taken out, put back", func(w *world, u nested[O, I]) {
		w.back(u.em, func() { n.take(u.p, u.t) })
		n.add(u.p, u.t)
		same(w, u)
	})
	n.each(w, "moved, moved back", func(w *world, u nested[O, I]) {
		w.back(u.em, func() { n.take(u.p, u.t); n.add(u.q, u.t) })
		n.take(u.q, u.t)
		n.add(u.p, u.t)
		same(w, u)
	})
	n.each(w, "pointed elsewhere, pointed back", func(w *world, u nested[O, I]) {
		w.back(u.em, func() { n.point(u.t, u.q) })
		n.point(u.t, u.p)
		same(w, u)
	})
	n.each(w, "removed, persisted", func(w *world, u nested[O, I]) {
		w.back(u.em, func() { u.em.Remove(u.t) })
		u.em.Persist(u.t)
		same(w, u)
	})
	n.each(w, "owner removed, persisted", func(w *world, u nested[O, I]) {
		n.point(u.t, u.q)
		w.flush(u.em)
		w.back(u.em, func() { u.em.Remove(u.p) })
		u.em.Persist(u.p)
		n.point(u.t, u.p)
		same(w, u)
	})
}

func linkBack[A, B any](w *world, left end[A, B], right end[B, A]) {
	seed := func(w *world) (*orm.EntityManager, *A, *B) {
		em, a, b := linked(w, left, right)
		w.ok(orm.Load(w.ctx, em, a, "items"))
		w.ok(orm.Load(w.ctx, em, b, "items"))
		return em, a, b
	}
	w.each(left.style+", taken out, put back", func(w *world) {
		em, a, b := seed(w)
		w.back(em, func() { left.take(a, b) })
		left.add(a, b)
		w.idle(em)
		stored[A](w, "Name Items", "a [b]")
		w.is("memory", show(a, "Items")+show(b, "Items"), "[b][a]")
	})
	w.each(left.style+", added, taken out", func(w *world) {
		em, a, _ := seed(w)
		n := right.one("n")
		em.Persist(n)
		w.back(em, func() { left.add(a, n) })
		left.take(a, n)
		w.flush(em)
		stored[A](w, "Name Items", "a [b]")
		stored[B](w, "Name Items", "b [a], n []")
	})
	w.each(left.style+", target removed, persisted", func(w *world) {
		em, a, b := seed(w)
		w.back(em, func() { em.Remove(b) })
		em.Persist(b)
		w.idle(em)
		stored[A](w, "Name Items", "a [b]")
		w.is("memory", show(a, "Items")+show(b, "Items"), "[b][a]")
	})
}

func pairBack[O, D any](w *world, p pair[O, D]) {
	for _, side := range []string{"owner", "dependent"} {
		w.each(p.style+", moved and moved back from the "+side+"'s side", func(w *world) {
			em, a, b, d := p.seed(w)
			if side == "owner" {
				w.back(em, func() { p.hold(b, d) })
				p.hold(b, nil)
				p.hold(a, d)
			} else {
				w.back(em, func() { p.point(d, b) })
				p.point(d, a)
			}
			w.flush(em)
			stored[D](w, "Name Of", "p a")
			w.is("memory", show(a, "Pet")+" "+show(b, "Pet")+" "+show(d, "Of"), "p - a")
		})
	}
}
