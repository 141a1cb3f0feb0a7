package histories_test

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// 2: what leaves one owner and joins another in one flush has moved.
func input02(w *world) {
	moves(w, refs)
	moves(w, plains)
	moves(w, pointers)
	moves(w, slicesAndRefs)
}

func moves[O, I any](w *world, n nest[O, I]) {
	ways := []struct {
		name string
		step func(u nested[O, I])
	}{
		{"emptied and added", func(u nested[O, I]) { n.empty(u.p); n.add(u.q, u.t) }},
		{"taken and added", func(u nested[O, I]) { n.take(u.p, u.t); n.add(u.q, u.t) }},
		{"added only", func(u nested[O, I]) { n.add(u.q, u.t) }},
		{"pointed only", func(u nested[O, I]) { n.point(u.t, u.q) }},
		{"taken and pointed", func(u nested[O, I]) { n.take(u.p, u.t); n.point(u.t, u.q) }},
		{"taken, added and pointed", func(u nested[O, I]) { n.take(u.p, u.t); n.add(u.q, u.t); n.point(u.t, u.q) }},
	}
	for _, way := range ways {
		n.each(w, way.name, func(w *world, u nested[O, I]) {
			way.step(u)
			w.flush(u.em)
			stored[I](w, "Name Of", "t q")
			n.shows(w, u, "[]", "[t]", "q")
		})
	}
}

// Two relations that both remove orphans.
type (
	shelf03 struct {
		ID    int64
		Name  string
		Books rel.Collection[book03] `orm:",mappedBy=Shelf,orphanRemoval"`
	}
	desk03 struct {
		ID    int64
		Name  string
		Books rel.Collection[book03] `orm:",mappedBy=Desk,orphanRemoval"`
	}
	book03 struct {
		ID    int64
		Name  string
		Shelf rel.Ref[shelf03]
		Desk  *desk03
	}
)

// 3: an orphan has no owner by any relation that removes orphans.
func input03(w *world) {
	ways := []struct {
		name string
		step func(s *shelf03, d *desk03, b *book03)
		want string
	}{
		{"by lists", func(s *shelf03, d *desk03, b *book03) { s.Books.Remove(b); d.Books.Add(b) }, "b - d"},
		{"by lists, added first", func(s *shelf03, d *desk03, b *book03) { d.Books.Add(b); s.Books.Remove(b) }, "b - d"},
		{"by the book", func(s *shelf03, d *desk03, b *book03) { b.Shelf = rel.Ref[shelf03]{}; b.Desk = d }, "b - d"},
		{"by list and book", func(s *shelf03, d *desk03, b *book03) { s.Books.RemoveAll(); b.Desk = d }, "b - d"},
		{"both owners", func(s *shelf03, d *desk03, b *book03) { d.Books.Add(b) }, "b s d"},
		{"no owner left", func(s *shelf03, d *desk03, b *book03) { s.Books.Remove(b); d.Books.Add(b); d.Books.Remove(b) }, ""},
	}
	for _, way := range ways {
		for _, loaded := range []bool{true, false} {
			w.each(way.name+map[bool]string{true: ", loaded", false: ", not loaded"}[loaded], func(w *world) {
				w.store(&shelf03{Name: "s"}, &desk03{Name: "d"})
				em := w.em()
				em.Persist(&book03{Name: "b", Shelf: orm.To(named[shelf03](w, em, "s"))})
				w.ok(em.Flush(w.ctx))
				em = w.em()
				var opts []orm.FindOption
				if loaded {
					opts = append(opts, orm.Populate("books"))
				}
				s, d, b := named[shelf03](w, em, "s", opts...), named[desk03](w, em, "d", opts...), named[book03](w, em, "b")
				way.step(s, d, b)
				w.flush(em)
				stored[book03](w, "Name Shelf Desk", way.want)
			})
		}
	}
}

// Owners whose removal cascades, without orphan removal.
type (
	owner05 struct {
		ID    int64
		Name  string
		Items rel.Collection[child05] `orm:",mappedBy=Of,cascade=persist|remove"`
		Plain []*kid05                `orm:",mappedBy=Of,cascade=persist|remove"`
	}
	child05 struct {
		ID   int64
		Name string
		Of   rel.Ref[owner05]
	}
	kid05 struct {
		ID   int64
		Name string
		Of   *owner05
	}
)

// 5: a removal cascades along the final edges: what moved away stays, what joined goes.
func input05(w *world) {
	ways := []struct {
		name string
		step func(em *orm.EntityManager, a, b *owner05, c *child05, k *kid05)
		want string
	}{
		{"moved, then removed", func(em *orm.EntityManager, a, b *owner05, c *child05, k *kid05) {
			c.Of, k.Of = orm.To(b), b
			em.Remove(a)
		}, "b [c] [k]"},
		{"removed, then moved", func(em *orm.EntityManager, a, b *owner05, c *child05, k *kid05) {
			em.Remove(a)
			c.Of, k.Of = orm.To(b), b
		}, "b [c] [k]"},
		{"moved by the other list", func(em *orm.EntityManager, a, b *owner05, c *child05, k *kid05) {
			b.Items.Add(c)
			b.Plain = append(b.Plain, k)
			em.Remove(a)
		}, "b [c] [k]"},
		{"moved in and removed", func(em *orm.EntityManager, a, b *owner05, c *child05, k *kid05) {
			c.Of, k.Of = orm.To(b), b
			em.Remove(b)
		}, "a [] []"},
	}
	for _, way := range ways {
		w.each(way.name, func(w *world) {
			a := &owner05{Name: "a"}
			w.store(a, &owner05{Name: "b"}, &child05{Name: "c", Of: orm.To(a)}, &kid05{Name: "k", Of: a})
			em := w.em()
			found, err := orm.Find[owner05](w.ctx, em, nil, orm.OrderBy("name"), orm.Populate("items", "plain"))
			w.ok(err)
			way.step(em, found[0], found[1], found[0].Items.Items()[0], found[0].Plain[0])
			w.flush(em)
			stored[owner05](w, "Name Items Plain", way.want)
			w.is("children", rows[child05](w, "Name"), map[bool]string{true: "c", false: ""}[way.want != "a [] []"])
		})
	}
}

// 6: what weft mirrored is no change of the user's, so that a later assignment wins.
// (In plain slices nothing happens between emptying the list and pointing to the owner
// that was pointed to all the while, so the case has no plain form of the list.)
func input06(w *world) {
	pointedAgain(w, refs)
	pointedAgain(w, pointers)
}

func pointedAgain[O, I any](w *world, n nest[O, I]) {
	n.each(w, "emptied and pointed again", func(w *world, u nested[O, I]) {
		n.empty(u.p)
		n.point(u.t, u.p)
		w.flush(u.em)
		stored[I](w, "Name Of", "t p")
		n.shows(w, u, "[t]", "[]", "p")
	})
	n.each(w, "taken and pointed again", func(w *world, u nested[O, I]) {
		n.take(u.p, u.t)
		n.point(u.t, u.p)
		w.flush(u.em)
		stored[I](w, "Name Of", "t p")
		n.shows(w, u, "[t]", "[]", "p")
	})
}

// Parts that have parts.
type (
	house07 struct {
		ID    int64
		Name  string
		Rooms rel.Collection[room07] `orm:",mappedBy=House,orphanRemoval"`
		Attic rel.Ref[room07]        `orm:",oneToOne,orphanRemoval"`
	}
	room07 struct {
		ID     int64
		Name   string
		House  rel.Ref[house07]
		Lamps  rel.Collection[lamp07] `orm:",mappedBy=Room,orphanRemoval"`
		Chairs []*chair07             `orm:",mappedBy=Room,cascade=persist|remove"`
	}
	lamp07 struct {
		ID   int64
		Name string
		Room rel.Ref[room07] `orm:",required"`
	}
	chair07 struct {
		ID   int64
		Name string
		Room *room07 `orm:",required"`
	}
)

// 7: an orphan is removed as Remove would, with its parts.
func input07(w *world) {
	build := func(w *world) {
		h, r, attic := &house07{Name: "h"}, &room07{Name: "r"}, &room07{Name: "attic"}
		r.House, h.Attic = orm.To(h), orm.To(attic)
		w.store(h, r, attic, &lamp07{Name: "l", Room: orm.To(r)}, &chair07{Name: "c", Room: r},
			&lamp07{Name: "l2", Room: orm.To(attic)}, &chair07{Name: "c2", Room: attic})
	}
	for _, paths := range [][]string{nil, {"rooms", "attic"}, {"rooms.lamps", "rooms.chairs", "attic.lamps", "attic.chairs"}} {
		w.each("collection, reading "+show(&struct{ P []string }{paths}, "P"), func(w *world) {
			build(w)
			em := w.em()
			h := named[house07](w, em, "h", orm.Populate(paths...))
			h.Rooms.Remove(named[room07](w, em, "r"))
			w.flush(em)
			stored[room07](w, "Name", "attic")
			stored[lamp07](w, "Name", "l2")
			stored[chair07](w, "Name", "c2")
		})
		w.each("reference, reading "+show(&struct{ P []string }{paths}, "P"), func(w *world) {
			build(w)
			em := w.em()
			h := named[house07](w, em, "h", orm.Populate(paths...))
			h.Attic = rel.Ref[room07]{}
			w.flush(em)
			stored[room07](w, "Name", "r")
			stored[lamp07](w, "Name", "l")
			stored[chair07](w, "Name", "c")
		})
	}
}

// Parts that must have an owner.
type (
	owner08 struct {
		ID    int64
		Name  string
		Items rel.Collection[child08] `orm:",mappedBy=Of,orphanRemoval"`
		Plain []*kid08                `orm:",mappedBy=Of,orphanRemoval"`
	}
	child08 struct {
		ID   int64
		Name string
		Of   rel.Ref[owner08] `orm:",required"`
	}
	kid08 struct {
		ID   int64
		Name string
		Of   *owner08 `orm:",required"`
	}
)

// 8: taken out of its owner, then the owner removed: both are gone.
func input08(w *world) {
	steps := map[string][]func(em *orm.EntityManager, o *owner08){
		"taken, removed": {takeAll08, remove08},
		"removed, taken": {remove08, takeAll08},
	}
	for _, name := range []string{"taken, removed", "removed, taken"} {
		w.each(name, func(w *world) {
			o := &owner08{Name: "o"}
			w.store(o, &child08{Name: "c", Of: orm.To(o)}, &kid08{Name: "k", Of: o})
			em := w.em()
			o = named[owner08](w, em, "o", orm.Populate("items", "plain"))
			for _, step := range steps[name] {
				step(em, o)
			}
			w.flush(em)
			w.is("rows", rows[owner08](w, "Name")+rows[child08](w, "Name")+rows[kid08](w, "Name"), "")
		})
	}
}

func takeAll08(_ *orm.EntityManager, o *owner08) {
	o.Items.Remove(o.Items.Items()...)
	o.Plain = nil
}

func remove08(em *orm.EntityManager, o *owner08) { em.Remove(o) }

// 11: new and removed before a flush is nothing at all, whatever still holds it.
func input11(w *world) {
	newAndRemoved(w, refs)
	newAndRemoved(w, plains)
	newAndRemoved(w, pointers)
	newAndRemoved(w, slicesAndRefs)
}

func newAndRemoved[O, I any](w *world, n nest[O, I]) {
	n.each(w, "by the list", func(w *world, u nested[O, I]) {
		i := n.item("new")
		n.add(u.q, i)
		u.em.Persist(i)
		u.em.Remove(i)
		w.flush(u.em)
		stored[I](w, "Name Of", "t p")
		n.shows(w, u, "[t]", "[]", "p")
	})
	n.each(w, "by the item", func(w *world, u nested[O, I]) {
		i := n.item("new")
		n.point(i, u.q)
		u.em.Persist(i)
		u.em.Remove(i)
		w.flush(u.em)
		stored[I](w, "Name Of", "t p")
		n.shows(w, u, "[t]", "[]", "p")
	})
}

// 38: what a failed flush found to be an orphan is none when it has an owner again.
func input38(w *world) {
	orphanAfterFailure(w, refs)
	orphanAfterFailure(w, plains)
	orphanAfterFailure(w, pointers)
	orphanAfterFailure(w, slicesAndRefs)
}

func orphanAfterFailure[O, I any](w *world, n nest[O, I]) {
	fail := func(w *world, u nested[O, I]) {
		w.Helper()
		n.take(u.p, u.t)
		one, two := n.item("twin"), n.item("twin")
		u.em.Persist(one, two)
		if err := u.em.Flush(w.ctx); !errors.Is(err, driver.ErrUniqueViolation) {
			w.Fatalf("flush of twins: %v", err)
		}
		u.em.Remove(one, two)
	}
	n.each(w, "moved", func(w *world, u nested[O, I]) {
		fail(w, u)
		n.add(u.q, u.t)
		w.flush(u.em)
		stored[I](w, "Name Of", "t q")
		n.shows(w, u, "[]", "[t]", "q")
	})
	n.each(w, "put back", func(w *world, u nested[O, I]) {
		fail(w, u)
		n.add(u.p, u.t)
		w.flush(u.em)
		stored[I](w, "Name Of", "t p")
		n.shows(w, u, "[t]", "[]", "p")
	})
	n.each(w, "left", func(w *world, u nested[O, I]) {
		fail(w, u)
		w.flush(u.em)
		stored[I](w, "Name Of", "")
		n.shows(w, u, "[]", "[]", "")
	})
}

// 39: a plan looks and changes nothing.
func input39(w *world) {
	planned(w, refs)
	planned(w, plains)
	planned(w, pointers)
	planned(w, slicesAndRefs)
}

func planned[O, I any](w *world, n nest[O, I]) {
	n.each(w, "planned", func(w *world, u nested[O, I]) {
		n.take(u.p, u.t)
		one, err := u.em.Plan(w.ctx)
		w.ok(err)
		two, err := u.em.Plan(w.ctx)
		w.ok(err)
		w.is("second plan", two, one)
		n.add(u.q, u.t)
		w.flush(u.em)
		stored[I](w, "Name Of", "t q")
		n.shows(w, u, "[]", "[t]", "q")
	})
}

// 44: an orphan is one whichever side let go.
func input44(w *world) {
	letGo(w, refs)
	letGo(w, plains)
	letGo(w, pointers)
	letGo(w, slicesAndRefs)
	w.each("required", func(w *world) {
		o := &owner08{Name: "o"}
		w.store(o, &child08{Name: "c", Of: orm.To(o)}, &kid08{Name: "k", Of: o})
		em := w.em()
		c, k := named[child08](w, em, "c"), named[kid08](w, em, "k", orm.Populate("of"))
		c.Of, k.Of = rel.Ref[owner08]{}, nil
		w.flush(em)
		stored[owner08](w, "Name", "o")
		w.is("rows", rows[child08](w, "Name")+rows[kid08](w, "Name"), "")
	})
}

func letGo[O, I any](w *world, n nest[O, I]) {
	n.each(w, "let go by the item", func(w *world, u nested[O, I]) {
		n.point(u.t, nil)
		w.flush(u.em)
		stored[I](w, "Name Of", "")
		n.shows(w, u, "[]", "[]", "")
	})
}

var ownerInputs = []input{
	{"02 moved between owners", nests, input02},
	{"03 two relations remove orphans", []any{shelf03{}, desk03{}, book03{}}, input03},
	{"05 removal cascades along final edges", []any{owner05{}, child05{}, kid05{}}, input05},
	{"06 pointed to again after emptying", nests, input06},
	{"07 orphans go with their parts", []any{house07{}, room07{}, lamp07{}, chair07{}}, input07},
	{"08 taken out, then the owner removed", []any{owner08{}, child08{}, kid08{}}, input08},
	{"11 new and removed", nests, input11},
	{"38 orphan of a failed flush", nests, input38},
	{"39 a plan changes nothing", nests, input39},
	{"44 orphan from the child's side", slices.Concat([]any{owner08{}, child08{}, kid08{}}, nests), input44},
}
