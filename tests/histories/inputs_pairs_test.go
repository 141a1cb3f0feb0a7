package histories_test

import (
	"slices"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var pairInputs = []input{
	{"04 one-to-one exchanged", []any{car04{}, wheel04{}, bike04{}, tire04{}}, input04},
	{"09 both sides follow", pairs, input09},
	{"10 unloaded target let go", []any{x10{}, y10{}, z10{}, v10{}, u10{}}, input10},
	{"34 no target on the inverse side", []any{user34{}, team34{}, profile34{}, badge34{}}, input34},
	{"50 displaced from the dependent's side", slices.Concat([]any{master50{}, slave50{}, bound50{}, tied50{}}, pairs), input50},
}

// Two one-to-one relations between the same entities, the car owning both, the bike neither.
type (
	car04 struct {
		ID    int64
		Name  string
		Front rel.Ref[wheel04] `orm:",oneToOne,orphanRemoval"`
		Rear  *wheel04         `orm:",oneToOne,orphanRemoval"`
	}
	wheel04 struct {
		ID   int64
		Name string
	}
	bike04 struct {
		ID    int64
		Name  string
		Front rel.Ref[tire04] `orm:",oneToOne,mappedBy=FrontOf,orphanRemoval"`
		Rear  *tire04         `orm:",oneToOne,mappedBy=RearOf,orphanRemoval"`
	}
	tire04 struct {
		ID      int64
		Name    string
		FrontOf rel.Ref[bike04] `orm:",oneToOne"`
		RearOf  *bike04         `orm:",oneToOne"`
	}
)

// 4: what changes its place with another is no orphan, nor in the other's way.
func input04(w *world) {
	w.each("owning side", func(w *world) {
		w.store(&car04{Name: "c", Front: orm.To(&wheel04{Name: "f"}), Rear: &wheel04{Name: "r"}})
		em := w.em()
		c := named[car04](w, em, "c", orm.Populate("front", "rear"))
		c.Front, c.Rear = orm.To(c.Rear), c.Front.Get()
		w.flush(em)
		stored[car04](w, "Name Front Rear", "c r f")
		stored[wheel04](w, "Name", "f, r")
	})
	w.each("owning side, two cars", func(w *world) {
		w.store(&car04{Name: "a", Front: orm.To(&wheel04{Name: "fa"}), Rear: &wheel04{Name: "ra"}},
			&car04{Name: "b", Front: orm.To(&wheel04{Name: "fb"}), Rear: &wheel04{Name: "rb"}})
		em := w.em()
		a, b := named[car04](w, em, "a", orm.Populate("front", "rear")), named[car04](w, em, "b", orm.Populate("front", "rear"))
		a.Front, b.Front = b.Front, a.Front
		a.Rear, b.Rear = b.Rear, a.Rear
		w.flush(em)
		stored[car04](w, "Name Front Rear", "a fb rb, b fa ra")
		stored[wheel04](w, "Name", "fa, fb, ra, rb")
	})
	build := func(w *world) (*orm.EntityManager, *bike04, *bike04) {
		a, b := &bike04{Name: "a"}, &bike04{Name: "b"}
		w.store(a, b, &tire04{Name: "fa", FrontOf: orm.To(a)}, &tire04{Name: "ra", RearOf: a}, &tire04{Name: "fb", FrontOf: orm.To(b)}, &tire04{Name: "rb", RearOf: b})
		em := w.em()
		return em, named[bike04](w, em, "a", orm.Populate("front", "rear")), named[bike04](w, em, "b", orm.Populate("front", "rear"))
	}
	w.each("inverse side", func(w *world) {
		em, a, _ := build(w)
		a.Front, a.Rear = orm.To(a.Rear), a.Front.Get()
		w.flush(em)
		stored[bike04](w, "Name Front Rear", "a ra fa, b fb rb")
		stored[tire04](w, "Name FrontOf RearOf", "fa - a, fb b -, ra a -, rb - b")
	})
	w.each("inverse side, two bikes", func(w *world) {
		em, a, b := build(w)
		a.Front, b.Front = b.Front, a.Front
		a.Rear, b.Rear = b.Rear, a.Rear
		w.flush(em)
		stored[bike04](w, "Name Front Rear", "a fb rb, b fa ra")
		stored[tire04](w, "Name FrontOf RearOf", "fa b -, fb a -, ra - b, rb - a")
	})
	w.each("owners of the inverse side", func(w *world) {
		em, a, b := build(w)
		fa, fb, ra, rb := a.Front.Get(), b.Front.Get(), a.Rear, b.Rear
		fa.FrontOf, fb.FrontOf = fb.FrontOf, fa.FrontOf
		ra.RearOf, rb.RearOf = b, a
		w.flush(em)
		stored[tire04](w, "Name FrontOf RearOf", "fa b -, fb a -, ra - b, rb - a")
		w.is("memory", show(a, "Name", "Front", "Rear")+", "+show(b, "Name", "Front", "Rear"), "a fb rb, b fa ra")
	})
}

// One-to-one in both styles, without orphan removal and with it.
type (
	person struct {
		ID   int64
		Name string
		Pet  rel.Ref[pet] `orm:",oneToOne,mappedBy=Of"`
	}
	pet struct {
		ID   int64
		Name string
		Of   rel.Ref[person] `orm:",oneToOne"`
	}
	king struct {
		ID   int64
		Name string
		Pet  *crown `orm:",oneToOne,mappedBy=Of"`
	}
	crown struct {
		ID   int64
		Name string
		Of   *king `orm:",oneToOne"`
	}
	tree struct {
		ID   int64
		Name string
		Pet  *nut `orm:",oneToOne,mappedBy=Of,orphanRemoval"`
	}
	nut struct {
		ID   int64
		Name string
		Of   rel.Ref[tree] `orm:",oneToOne"`
	}
)

var pairs = []any{person{}, pet{}, king{}, crown{}, tree{}, nut{}}

// pair is one of them.
type pair[O, D any] struct {
	style     string
	orphans   bool
	owner     func(name string) *O
	dependent func(name string) *D
	hold      func(o *O, d *D)
	point     func(d *D, o *O)
}

var (
	petRefs = pair[person, pet]{
		style:     "refs",
		owner:     func(name string) *person { return &person{Name: name} },
		dependent: func(name string) *pet { return &pet{Name: name} },
		hold:      func(o *person, d *pet) { o.Pet = orm.To(d) },
		point:     func(d *pet, o *person) { d.Of = orm.To(o) },
	}
	petPointers = pair[king, crown]{
		style:     "pointers",
		owner:     func(name string) *king { return &king{Name: name} },
		dependent: func(name string) *crown { return &crown{Name: name} },
		hold:      func(o *king, d *crown) { o.Pet = d },
		point:     func(d *crown, o *king) { d.Of = o },
	}
	petOrphans = pair[tree, nut]{
		style:     "mixed, with orphan removal",
		orphans:   true,
		owner:     func(name string) *tree { return &tree{Name: name} },
		dependent: func(name string) *nut { return &nut{Name: name} },
		hold:      func(o *tree, d *nut) { o.Pet = d },
		point:     func(d *nut, o *tree) { d.Of = orm.To(o) },
	}
)

// seed stores owners a with p and b, and reads all with both sides.
func (p pair[O, D]) seed(w *world) (em *orm.EntityManager, a, b *O, d *D) {
	w.Helper()
	first := p.owner("a")
	held := p.dependent("p")
	p.point(held, first)
	w.store(first, p.owner("b"), held)
	em = w.em()
	a, b = named[O](w, em, "a", orm.Populate("pet")), named[O](w, em, "b", orm.Populate("pet"))
	return em, a, b, named[D](w, em, "p", orm.Populate("of"))
}

// 9: what was assigned on one side shows on the other, and can be assigned there next.
func input09(w *world) {
	follow(w, petRefs)
	follow(w, petPointers)
	follow(w, petOrphans)
}

func follow[O, D any](w *world, p pair[O, D]) {
	shows := func(w *world, a, b *O, d *D, wantA, wantB, owner string) {
		w.Helper()
		w.is("memory", show(a, "Pet")+" "+show(b, "Pet")+" "+show(d, "Of"), wantA+" "+wantB+" "+owner)
		stored[D](w, "Name Of", "p "+owner)
	}
	w.each(p.style, func(w *world) {
		em, a, b, d := p.seed(w)
		p.point(d, b)
		w.flush(em)
		shows(w, a, b, d, "-", "p", "b")
		p.hold(a, d)
		w.flush(em)
		shows(w, a, b, d, "p", "-", "a")
		p.hold(b, d)
		w.flush(em)
		shows(w, a, b, d, "-", "p", "b")
		p.point(d, a)
		w.flush(em)
		shows(w, a, b, d, "p", "-", "a")
	})
	w.each(p.style+", let go", func(w *world) {
		em, a, b, d := p.seed(w)
		p.hold(a, nil)
		w.flush(em)
		want := "p -"
		if p.orphans {
			want = ""
		}
		stored[D](w, "Name Of", want)
		w.is("memory", show(a, "Pet")+" "+show(b, "Pet"), "- -")
		if !p.orphans {
			w.is("memory", show(d, "Of"), "-")
		}
	})
}

// Owning and inverse sides, with orphan removal and without.
type (
	x10 struct {
		ID    int64
		Name  string
		One   rel.Ref[y10] `orm:",oneToOne,orphanRemoval"`
		Two   rel.Ref[z10]
		Three rel.Ref[v10] `orm:",oneToOne,mappedBy=X,orphanRemoval"`
		Four  rel.Ref[u10] `orm:",oneToOne,mappedBy=X"`
	}
	y10 struct {
		ID   int64
		Name string
	}
	z10 struct {
		ID   int64
		Name string
	}
	v10 struct {
		ID   int64
		Name string
		X    rel.Ref[x10] `orm:",oneToOne"`
	}
	u10 struct {
		ID   int64
		Name string
		X    *x10 `orm:",oneToOne"`
	}
)

// 10: a reference is emptied whether its target was read or not. (A plain pointer
// that was not read is nil already: nobody can tell that nil was assigned.)
func input10(w *world) {
	build := func(w *world) (*orm.EntityManager, *x10) {
		x := &x10{Name: "x", One: orm.To(&y10{Name: "y"}), Two: orm.To(&z10{Name: "z"})}
		w.store(x, &v10{Name: "v", X: orm.To(x)}, &u10{Name: "u", X: x})
		em := w.em()
		return em, named[x10](w, em, "x")
	}
	parts := []struct {
		name       string
		step       func(x *x10)
		x, y, v, u string
	}{
		{"owning, orphan removal", func(x *x10) { x.One = rel.Ref[y10]{} }, "x - z v u", "", "v x", "u x"},
		{"owning", func(x *x10) { x.Two = rel.Ref[z10]{} }, "x y - v u", "y", "v x", "u x"},
		{"inverse, orphan removal", func(x *x10) { x.Three = rel.Ref[v10]{} }, "x y z - u", "y", "", "u x"},
		{"inverse", func(x *x10) { x.Four = rel.Ref[u10]{} }, "x y z v -", "y", "v x", "u -"},
		{"owning, another", func(x *x10) { x.One = orm.To(&y10{Name: "y2"}) }, "x y2 z v u", "y2", "v x", "u x"},
		{"inverse, another", func(x *x10) { x.Three = orm.To(&v10{Name: "v2"}) }, "x y z v2 u", "y", "v2 x", "u x"},
		{"inverse, another without orphan removal", func(x *x10) { x.Four = orm.To(&u10{Name: "u2"}) }, "x y z v u2", "y", "v x", "u -, u2 x"},
	}
	for _, part := range parts {
		w.each(part.name, func(w *world) {
			em, x := build(w)
			part.step(x)
			w.flush(em)
			stored[x10](w, "Name One Two Three Four", part.x)
			stored[y10](w, "Name", part.y)
			stored[v10](w, "Name X", part.v)
			stored[u10](w, "Name X", part.u)
		})
	}
}

// Inverse sides after plain pointers.
type (
	user34 struct {
		ID      int64
		Name    string
		Team    *team34
		Profile rel.Ref[profile34] `orm:",oneToOne,mappedBy=User"`
		Badge   *badge34           `orm:",oneToOne,mappedBy=User"`
	}
	team34 struct {
		ID   int64
		Name string
	}
	profile34 struct {
		ID   int64
		Name string
		User rel.Ref[user34] `orm:",oneToOne"`
	}
	badge34 struct {
		ID   int64
		Name string
		User *user34 `orm:",oneToOne"`
	}
)

// 34: an inverse side without a target is null.
func input34(w *world) {
	for _, property := range []string{"profile", "badge"} {
		w.each(property, func(w *world) {
			w.store(&user34{Name: "u", Team: &team34{Name: "t"}})
			em := w.em()
			u := named[user34](w, em, "u", orm.Populate(property))
			key, err := orm.Key(em, u, property)
			w.ok(err)
			w.is("key", key, nil)
			w.is("memory", show(u, "Profile", "Badge"), "- -")
			w.ok(orm.Load(w.ctx, em, u, "team", property))
			w.is("memory", show(u, "Team", "Profile", "Badge"), "t - -")
			w.idle(em)
		})
	}
}

// A dependent that must have its master.
type (
	master50 struct {
		ID   int64
		Name string
		Pet  rel.Ref[slave50] `orm:",oneToOne,mappedBy=Of,orphanRemoval"`
		Part *bound50         `orm:",oneToOne,mappedBy=Of"`
		Tie  rel.Ref[tied50]  `orm:",oneToOne,mappedBy=Of"`
	}
	slave50 struct {
		ID   int64
		Name string
		Of   rel.Ref[master50] `orm:",oneToOne,required"`
	}
	bound50 struct {
		ID   int64
		Name string
		Of   *master50 `orm:",oneToOne,required"`
	}
	tied50 struct {
		ID   int64
		Name string
		Of   rel.Ref[master50] `orm:",oneToOne,required"`
	}
)

// 50: who takes the place of a dependent frees it, or makes it an orphan, as from the owner's side.
func input50(w *world) {
	displace(w, petRefs)
	displace(w, petPointers)
	displace(w, petOrphans)
	displaceByKey(w)
	w.each("required, with orphan removal", func(w *world) {
		m := &master50{Name: "m"}
		w.store(m, &slave50{Name: "s", Of: orm.To(m)})
		em := w.em()
		m = named[master50](w, em, "m", orm.Populate("pet"))
		em.Persist(&slave50{Name: "s2", Of: orm.To(m)})
		w.flush(em)
		stored[slave50](w, "Name Of", "s2 m")
		w.is("memory", show(m, "Pet"), "s2")
	})
	// Nothing can become of a dependent that must have an owner and is no orphan.
	w.each("required, without", func(w *world) {
		m := &master50{Name: "m"}
		w.store(m, &bound50{Name: "s", Of: m})
		em := w.em()
		m = named[master50](w, em, "m", orm.Populate("part"))
		em.Persist(&bound50{Name: "s2", Of: m})
		w.fails(em.Flush(w.ctx), orm.ErrRequired, "of")
		stored[bound50](w, "Name Of", "s m")
	})
}

// displaceByKey lets dependents take places beside owners that are not in memory.
func displaceByKey(w *world) {
	one := func(w *world) (em *orm.EntityManager, key int64) {
		m := &master50{Name: "m"}
		w.store(m, &slave50{Name: "s", Of: orm.To(m)})
		return w.em(), m.ID
	}
	w.each("by key, new, with orphan removal", func(w *world) {
		em, key := one(w)
		em.Persist(&slave50{Name: "s2", Of: orm.ToKey[master50](key)})
		w.flush(em)
		stored[slave50](w, "Name Of", "s2 m")
		w.is("memory", show(named[master50](w, em, "m", orm.Populate("pet")), "Pet"), "s2")
	})
	w.each("by key, rolled back", func(w *world) {
		em, key := one(w)
		next := &slave50{Name: "s2", Of: orm.ToKey[master50](key)}
		w.back(em, func() { em.Persist(next) })
		stored[slave50](w, "Name Of", "s m")
		em.Remove(next)
		w.flush(em)
		stored[slave50](w, "Name Of", "s m")
	})
	w.each("by key, required, without orphan removal", func(w *world) {
		m := &master50{Name: "m"}
		w.store(m, &tied50{Name: "s", Of: orm.To(m)})
		em := w.em()
		em.Persist(&tied50{Name: "s2", Of: orm.Reference[master50](em, m.ID)})
		w.fails(em.Flush(w.ctx), orm.ErrRequired, "of")
		stored[tied50](w, "Name Of", "s m")
	})
	w.each("by key, several at once", func(w *world) {
		a, b, c := &person{Name: "a"}, &person{Name: "b"}, &person{Name: "c"}
		w.store(a, b, c, &pet{Name: "pa", Of: orm.To(a)}, &pet{Name: "pb", Of: orm.To(b)}, &pet{Name: "x"})
		em := w.em()
		pa, x := named[pet](w, em, "pa"), named[pet](w, em, "x")
		pa.Of, x.Of = orm.ToKey[person](b.ID), orm.ToKey[person](a.ID)
		em.Persist(&pet{Name: "n", Of: orm.ToKey[person](c.ID)})
		_, err := em.Plan(w.ctx)
		w.ok(err)
		w.flush(em)
		stored[pet](w, "Name Of", "n c, pa b, pb -, x a")
	})
}

func displace[O, D any](w *world, p pair[O, D]) {
	for _, side := range []string{"dependent", "owner"} {
		w.each(p.style+", from the "+side+"'s side", func(w *world) {
			em, a, b, d := p.seed(w)
			next := p.dependent("n")
			if side == "owner" {
				p.hold(a, next)
			} else {
				p.point(next, a)
				em.Persist(next)
			}
			w.flush(em)
			want := "n a, p -"
			if p.orphans {
				want = "n a"
			} else {
				w.is("memory", show(d, "Of"), "-")
			}
			stored[D](w, "Name Of", want)
			w.is("memory", show(a, "Pet")+" "+show(b, "Pet")+" "+show(next, "Of"), "n - a")
		})
	}
}
