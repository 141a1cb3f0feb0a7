package histories_test

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var unitInputs = []input{
	{"27 one stale row of three", []any{doc27{}}, input27},
	{"28 persisted with the key of a stored row", slices.Concat([]any{box{}, part{}}, countries), input28},
	{"30 merge cascades", []any{author30{}, book30{}, cover30{}}, input30},
	{"41 removal reaches a fixed point", []any{x41{}, y41{}, z41{}, w41{}}, input41},
	{"46 two views of one edge", slices.Concat(nests, pairs, []any{node46{}}), input46},
	{"47 target set to null by the database", []any{a47{}, b47{}}, input47},
}

type doc27 struct {
	ID      int64
	Name    string
	Text    string
	Version int `orm:",version"`
}

// 27: the error of a stale write names the row.
func input27(w *world) {
	for stale := range 3 {
		for _, removed := range []bool{false, true} {
			w.each([]string{"first", "second", "third"}[stale]+map[bool]string{true: " removed", false: " changed"}[removed], func(w *world) {
				w.store(&doc27{Name: "a"}, &doc27{Name: "b"}, &doc27{Name: "c"})
				em := w.em()
				docs, err := orm.Find[doc27](w.ctx, em, nil, orm.OrderBy("id"))
				w.ok(err)
				other := w.em()
				x := get[doc27](w, other, docs[stale].ID)
				if removed {
					other.Remove(x)
				} else {
					x.Text = "theirs"
				}
				w.flush(other)
				for _, d := range docs {
					d.Text = "mine"
				}
				err = em.Flush(w.ctx)
				w.fails(err, orm.ErrOptimisticLock)
				var lock *orm.OptimisticLockError
				if !errors.As(err, &lock) {
					w.Fatalf("error is %v", err)
				}
				w.is("key of the stale row", lock.Key, docs[stale].ID)
			})
		}
	}
}

// 28: an entity that has a key is inserted with it, as documented at Persist: the
// database refuses one that is there, and nothing of the stored row changes.
func input28(w *world) {
	refused := func(w *world, em *orm.EntityManager) {
		w.Helper()
		w.fails(em.Flush(w.ctx), orm.ErrUniqueViolation, "box")
		stored[box](w, "Name", "b")
	}
	w.each("after Clear", func(w *world) {
		em := w.em()
		b := &box{Name: "b"}
		em.Persist(b)
		w.flush(em)
		em.Clear()
		b.Name = "changed"
		em.Persist(b)
		refused(w, em)
	})
	w.each("by hand", func(w *world) {
		b := &box{Name: "b"}
		w.store(b)
		em := w.em()
		em.Persist(&box{ID: b.ID, Name: "other"})
		refused(w, em)
	})
	w.each("by hand, beside the managed one", func(w *world) {
		b := &box{Name: "b"}
		w.store(b)
		em := w.em()
		named[box](w, em, "b")
		em.Persist(&box{ID: b.ID, Name: "other"})
		w.fails(em.Flush(w.ctx), orm.ErrDetached, "box")
		stored[box](w, "Name", "b")
	})
	w.each("assigned", func(w *world) {
		w.store(&country{Code: "c", Name: "c"})
		em := w.em()
		em.Persist(&country{Code: "c", Name: "other"})
		w.fails(em.Flush(w.ctx), driver.ErrUniqueViolation, "country")
		stored[country](w, "Code Name", "c c")
	})
}

// Relations that merge along.
type (
	author30 struct {
		ID    int64
		Name  string
		Books rel.Collection[book30] `orm:",mappedBy=Author,cascade=persist|merge"`
		Cover *cover30               `orm:",cascade=all"`
	}
	book30 struct {
		ID     int64
		Name   string
		Author rel.Ref[author30]
		Covers []*cover30 `orm:",cascade=persist|merge"`
	}
	cover30 struct {
		ID   int64
		Name string
	}
)

// 30: Merge takes along what its relations cascade to, whether the manager knows it or not.
func input30(w *world) {
	for _, known := range []bool{true, false} {
		w.each(map[bool]string{true: "into managed ones", false: "into an empty unit"}[known], func(w *world) {
			a := &author30{Name: "a", Cover: &cover30{Name: "ac"}}
			a.Books.Add(&book30{Name: "b", Covers: []*cover30{{Name: "bc"}}})
			w.store(a)
			em := w.em()
			detached := named[author30](w, em, "a", orm.Populate("books.covers", "cover"))
			em.Clear()
			em = w.em()
			if known {
				named[author30](w, em, "a", orm.Populate("books.covers", "cover"))
			}
			b := detached.Books.Items()[0]
			c, cover := b.Covers[0], detached.Cover
			if known {
				// what a detached graph holds counts as changes where there is something to compare it with
				b.Name, c.Name, cover.Name, detached.Name = "b2", "bc2", "ac2", "a2"
			}
			merged, err := orm.Merge(em, detached)
			w.ok(err)
			if !known {
				// and as stored where there is not: later changes are written
				w.idle(em)
				b.Name, c.Name, cover.Name, merged.Name = "b2", "bc2", "ac2", "a2"
			}
			w.flush(em)
			stored[author30](w, "Name Books Cover", "a2 [b2] ac2")
			stored[book30](w, "Name Covers", "b2 [bc2]")
		})
	}
}

// A chain of cascades in mixed styles.
type (
	x41 struct {
		ID   int64
		Name string
		Y    rel.Ref[y41] `orm:",cascade=all"`
	}
	y41 struct {
		ID   int64
		Name string
		Z    *z41 `orm:",cascade=all"`
	}
	z41 struct {
		ID   int64
		Name string
		W    []*w41 `orm:",mappedBy=Z,cascade=all"`
	}
	w41 struct {
		ID   int64
		Name string
		Z    rel.Ref[z41]
	}
)

// 41: what a removal reaches does not depend on what was read, nor on the order.
func input41(w *world) {
	reads := map[byte]func(w *world, em *orm.EntityManager){
		'x': func(w *world, em *orm.EntityManager) { named[x41](w, em, "x") },
		'y': func(w *world, em *orm.EntityManager) { named[y41](w, em, "y") },
		'z': func(w *world, em *orm.EntityManager) { named[z41](w, em, "z") },
		'w': func(w *world, em *orm.EntityManager) { named[w41](w, em, "w") },
	}
	for _, order := range []string{"x", "xyzw", "wzyx", "zyx", "zx", "yx", "wx"} {
		w.each("read "+order, func(w *world) {
			z := &z41{Name: "z"}
			w.store(&x41{Name: "x", Y: orm.To(&y41{Name: "y", Z: z})}, &w41{Name: "w", Z: orm.To(z)})
			em := w.em()
			for i := range order {
				reads[order[i]](w, em)
			}
			em.Remove(named[x41](w, em, "x"))
			w.flush(em)
			w.is("rows", rows[x41](w, "Name")+rows[y41](w, "Name")+rows[z41](w, "Name")+rows[w41](w, "Name"), "")
		})
	}
}

// node46 refers to its own kind in plain styles.
type node46 struct {
	ID   int64
	Name string
	Up   *node46
	Kids []*node46 `orm:",mappedBy=Up"`
}

// 46: two views of one edge that were both changed agree, or the error names both.
func input46(w *world) {
	disagree(w, plains)
	disagree(w, slicesAndRefs)
	w.each("self reference", func(w *world) {
		w.store(&node46{Name: "b"}, &node46{Name: "c"}, &node46{Name: "x"})
		em := w.em()
		found, err := orm.Find[node46](w.ctx, em, nil, orm.OrderBy("name"), orm.Populate("kids"))
		w.ok(err)
		b, c, x := found[0], found[1], found[2]
		x.Up = b
		c.Kids = append(c.Kids, x)
		ctx, stats := orm.WithStats(w.ctx)
		w.fails(em.Flush(ctx), orm.ErrConflict, "up", "kids")
		w.is("statements", stats.Statements(), 0)
		stored[node46](w, "Name Up", "b -, c -, x -")
		b.Kids = append(b.Kids, x)
		c.Kids = nil
		w.flush(em)
		stored[node46](w, "Name Up", "b -, c -, x b")
	})
	w.each("one-to-one", func(w *world) {
		em, a, b, d := petPointers.seed(w)
		w.store(&king{Name: "c"})
		c := named[king](w, em, "c", orm.Populate("pet"))
		d.Of, c.Pet = b, d
		w.fails(em.Flush(w.ctx), orm.ErrConflict, "of", "pet")
		stored[crown](w, "Name Of", "p a")
		c.Pet = nil
		w.flush(em)
		stored[crown](w, "Name Of", "p b")
		w.is("memory", show(a, "Pet")+" "+show(b, "Pet"), "- p")
	})
}

func disagree[O, I any](w *world, n nest[O, I]) {
	n.each(w, "two owners", func(w *world, u nested[O, I]) {
		w.store(n.owner("r"))
		r := named[O](w, u.em, "r", orm.Populate("items"))
		n.point(u.t, u.q)
		n.add(r, u.t)
		ctx, stats := orm.WithStats(w.ctx)
		w.fails(u.em.Flush(ctx), orm.ErrConflict, "of", "items")
		w.is("statements", stats.Statements(), 0)
		stored[I](w, "Name Of", "t p")
	})
	n.each(w, "two lists", func(w *world, u nested[O, I]) {
		w.store(n.owner("r"))
		r := named[O](w, u.em, "r", orm.Populate("items"))
		n.add(u.q, u.t)
		n.add(r, u.t)
		w.fails(u.em.Flush(w.ctx), orm.ErrConflict, "items")
		stored[I](w, "Name Of", "t p")
	})
	n.each(w, "in agreement", func(w *world, u nested[O, I]) {
		n.point(u.t, u.q)
		n.add(u.q, u.t)
		n.take(u.p, u.t)
		w.flush(u.em)
		stored[I](w, "Name Of", "t q")
		n.shows(w, u, "[]", "[t]", "q")
	})
}

// References that the database empties.
type (
	a47 struct {
		ID   int64
		Name string
	}
	b47 struct {
		ID   int64
		Name string
		A    *a47         `orm:",onDelete=set null"`
		R    rel.Ref[a47] `orm:",onDelete=set null"`
	}
)

// 47: who referred to a removed row refers to nothing, and the unit goes on.
func input47(w *world) {
	for _, read := range []bool{true, false} {
		w.each(map[bool]string{true: "target read", false: "target not read with it"}[read], func(w *world) {
			a := &a47{Name: "a"}
			w.store(&b47{Name: "b", A: a, R: orm.To(a)})
			em := w.em()
			var opts []orm.FindOption
			if read {
				opts = append(opts, orm.Populate("a", "r"))
			}
			b := named[b47](w, em, "b", opts...)
			em.Remove(named[a47](w, em, "a"))
			w.flush(em)
			w.is("memory", show(b, "A", "R"), "- -")
			stored[b47](w, "Name A R", "b - -")
			b.Name = "later"
			w.flush(em)
			stored[b47](w, "Name A R", "later - -")
		})
	}
}
