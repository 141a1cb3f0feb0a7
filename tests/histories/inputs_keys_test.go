package histories_test

import (
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var keyInputs = []input{
	{"19 reference beside a part of the key", []any{writer19{}, line19{}, verse19{}}, input19},
	{"20 column of two references", []any{tenant20{}, unit20{}, doc20{}, note20{}}, input20},
	{"21 scalar beside a reference", []any{poet21{}, poem21{}, song21{}}, input21},
	{"25 row that refers to itself", []any{node25{}, leaf25{}, twin25{}}, input25},
}

// The key of a line is a scalar with a reference beside it, and a number.
type (
	writer19 struct {
		ID   int64
		Name string
	}
	line19 struct {
		WriterID int64             `orm:",pk"`
		No       int               `orm:",pk"`
		Writer   rel.Ref[writer19] `orm:",fk=WriterID"`
		Text     string
	}
	verse19 struct {
		WriterID int64     `orm:",pk"`
		No       int       `orm:",pk"`
		Writer   *writer19 `orm:",fk=WriterID"`
		Text     string
	}
)

// 19: a reference in the key is the key, whoever reads it.
func input19(w *world) {
	for _, stored := range []bool{true, false} {
		writer := func(w *world, em *orm.EntityManager) *writer19 {
			if !stored {
				return &writer19{Name: "w"}
			}
			w.store(&writer19{Name: "w"})
			return named[writer19](w, em, "w")
		}
		name := map[bool]string{true: "ref, writer stored", false: "ref, writer new"}[stored]
		w.each(name, func(w *world) {
			em := w.em()
			x := &line19{No: 1, Writer: orm.To(writer(w, em)), Text: "a"}
			em.Persist(x)
			rewrite19(w, em, x, func() (int64, int64) { return x.WriterID, x.Writer.Get().ID }, &x.Text)
		})
		name = map[bool]string{true: "pointer, writer stored", false: "pointer, writer new"}[stored]
		w.each(name, func(w *world) {
			em := w.em()
			x := &verse19{No: 1, Writer: writer(w, em), Text: "a"}
			em.Persist(x)
			rewrite19(w, em, x, func() (int64, int64) { return x.WriterID, x.Writer.ID }, &x.Text)
		})
	}
}

// rewrite19 inserts, changes and removes a line.
func rewrite19[T any](w *world, em *orm.EntityManager, x *T, keys func() (scalar, reference int64), text *string) {
	w.Helper()
	w.flush(em)
	scalar, reference := keys()
	w.is("key in the scalar", scalar, reference)
	stored[T](w, "Writer No Text", "w 1 a")
	*text = "b"
	w.flush(em)
	stored[T](w, "Writer No Text", "w 1 b")
	if again := get[T](w, em, orm.M{"writer": reference, "no": 1}); again != x {
		w.Error("the row has another pointer")
	}
	em.Remove(x)
	w.flush(em)
	stored[T](w, "Writer No Text", "")
	stored[writer19](w, "Name", "w")
}

// A tenant's column is part of several foreign keys.
type (
	tenant20 struct {
		ID   int64
		Name string
	}
	unit20 struct {
		TID  int64 `orm:",pk"`
		N    int64 `orm:",pk"`
		Name string
		Docs rel.Collection[doc20] `orm:",mappedBy=U"`
	}
	doc20 struct {
		ID   int64
		Name string
		TID  int64
		N    *int64
		T    rel.Ref[tenant20] `orm:",fk=TID"`
		U    rel.Ref[unit20]   `orm:",fk=TID|N"`
	}
	note20 struct {
		ID   int64
		Name string
		TID  int64
		N    *int64
		T    *tenant20 `orm:",fk=TID"`
		U    *unit20   `orm:",fk=TID|N"`
	}
)

// 20: each relation has its own foreign key, also where they share a column.
func input20(w *world) {
	seed := func(w *world) (em *orm.EntityManager, t1, t2 *tenant20, u1, v1, u2 *unit20) {
		em = w.em()
		t1, t2 = &tenant20{Name: "t1"}, &tenant20{Name: "t2"}
		em.Persist(t1, t2)
		w.ok(em.Flush(w.ctx))
		u1, v1, u2 = &unit20{TID: t1.ID, N: 7, Name: "u1"}, &unit20{TID: t1.ID, N: 8, Name: "v1"}, &unit20{TID: t2.ID, N: 7, Name: "u2"}
		em.Persist(u1, v1, u2)
		w.ok(em.Flush(w.ctx))
		return em, t1, t2, u1, v1, u2
	}
	w.each("refs", func(w *world) {
		em, t1, t2, u1, v1, u2 := seed(w)
		d := &doc20{Name: "d", T: orm.To(t1), U: orm.To(u1)}
		em.Persist(d)
		w.flush(em)
		stored[doc20](w, "Name T U", "d t1 u1")
		w.is("scalars", []int64{d.TID, *d.N}, []int64{t1.ID, 7})
		d.U = orm.To(v1)
		w.flush(em)
		stored[doc20](w, "Name T U N", "d t1 v1 8")
		d.U = rel.Ref[unit20]{}
		w.flush(em)
		stored[doc20](w, "Name T U N", "d t1 - -")
		d.T, d.U = orm.To(t2), orm.To(u2)
		w.flush(em)
		stored[doc20](w, "Name T U N", "d t2 u2 7")
		count[doc20](w, orm.M{"u.name": "u2", "t.name": "t2"}, 1)
		d.T = orm.To(t1) // while U is still one of t2's
		d.U = orm.To(u2)
		if err := em.Flush(w.ctx); err == nil {
			// what was not assigned anew follows the column
			stored[doc20](w, "Name T U N", "d t1 u1 7")
		} else {
			w.fails(err, orm.ErrConflict, "doc20", "t", "u")
		}
	})
	w.each("pointers", func(w *world) {
		em, t1, t2, u1, v1, u2 := seed(w)
		d := &note20{Name: "d", T: t1, U: u1}
		em.Persist(d)
		w.flush(em)
		stored[note20](w, "Name T U", "d t1 u1")
		d.U = v1
		w.flush(em)
		stored[note20](w, "Name T U N", "d t1 v1 8")
		d.U = nil
		w.flush(em)
		stored[note20](w, "Name T U N", "d t1 - -")
		d.T, d.U = t2, u2
		w.flush(em)
		stored[note20](w, "Name T U N", "d t2 u2 7")
	})
	w.each("from both sides", func(w *world) {
		em, t1, t2, u1, v1, u2 := seed(w)
		em.Persist(&doc20{Name: "a", T: orm.To(t1), U: orm.To(u1)}, &doc20{Name: "b", T: orm.To(t1), U: orm.To(u1)},
			&doc20{Name: "c", T: orm.To(t1), U: orm.To(v1)}, &doc20{Name: "d", T: orm.To(t2), U: orm.To(u2)}, &doc20{Name: "e", T: orm.To(t2)})
		w.ok(em.Flush(w.ctx))
		for _, strategy := range []string{"select-in", "joined"} {
			units, err := orm.Find[unit20](w.ctx, w.em(), nil, orm.OrderBy("name"), orm.Populate("docs"), orm.Strategy(strategy))
			w.ok(err)
			var got []string
			for _, u := range units {
				names := u.Name
				for _, d := range u.Docs.Items() {
					names += " " + d.Name
				}
				got = append(got, names)
			}
			w.is("docs of units, "+strategy, got, []string{"u1 a b", "u2 d", "v1 c"})
			docs, err := orm.Find[doc20](w.ctx, w.em(), nil, orm.OrderBy("name"), orm.Populate("u", "t"), orm.Strategy(strategy))
			w.ok(err)
			got = nil
			for _, d := range docs {
				unit := "-"
				if u := d.U.Get(); u != nil {
					unit = u.Name
				}
				got = append(got, d.Name+" "+d.T.Get().Name+" "+unit)
			}
			w.is("units of docs, "+strategy, got, []string{"a t1 u1", "b t1 u1", "c t1 v1", "d t2 u2", "e t2 -"})
		}
		count[unit20](w, orm.M{"docs.name": "b"}, 1)
		count[unit20](w, orm.M{"docs": orm.M{"$size": 2}}, 1)
		count[unit20](w, orm.M{"docs": orm.M{"$none": orm.M{"name": []string{"a", "c"}}}}, 1)
		count[doc20](w, orm.M{"u": nil}, 1)
		count[doc20](w, orm.M{"u:ne": nil}, 4)
		count[doc20](w, orm.M{"u": []any{t1.ID, 7}}, 2)
		count[doc20](w, orm.M{"u:in": []any{[]any{t1.ID, 8}, []any{t2.ID, 7}}}, 2)
		count[doc20](w, orm.M{"u:nin": []any{[]any{t1.ID, 8}, []any{t2.ID, 7}}}, 2)
		count[doc20](w, orm.M{"u.n": 7}, 3)
	})
	pointerCleared := func(w *world, read bool) {
		em, t1, _, u1, v1, _ := seed(w)
		em.Persist(&note20{Name: "none", T: t1}, &note20{Name: "other", T: t1, U: v1})
		w.flush(em)
		w.ok(em.Begin(w.ctx))
		for _, name := range []string{"none", "other"} {
			named[note20](w, em, name, orm.Populate("u")).U = u1
		}
		w.ok(em.Flush(w.ctx))
		em.Clear()
		for _, name := range []string{"none", "other"} {
			named[note20](w, em, name, orm.Populate("u")).U = nil
		}
		w.ok(em.Rollback(w.ctx))
		if read {
			_, err := orm.Find[note20](w.ctx, em, nil, orm.FlushWith(orm.FlushCommit))
			w.ok(err)
		}
		w.flush(em)
		stored[note20](w, "Name U", "none -, other -")
	}
	w.each("a pointer emptied after a clear, rolled back", func(w *world) { pointerCleared(w, false) })
	w.each("a pointer emptied after a clear, rolled back and read", func(w *world) { pointerCleared(w, true) })
	w.each("two tenants at once", func(w *world) {
		em, t1, _, _, _, u2 := seed(w)
		em.Persist(&doc20{Name: "d", T: orm.To(t1), U: orm.To(u2)})
		w.fails(em.Flush(w.ctx), orm.ErrConflict, "doc20", "t", "u")
		stored[doc20](w, "Name", "")
	})
}

// A scalar holds the foreign key beside the relation.
type (
	poet21 struct {
		ID   int64
		Name string
	}
	poem21 struct {
		ID     int64
		Name   string
		PoetID *int64
		Poet   *poet21
	}
	song21 struct {
		ID     int64
		Name   string
		PoetID *int64
		Poet   rel.Ref[poet21]
	}
)

// 21: the scalar and the reference show the same, whichever was assigned.
func input21(w *world) {
	beside21(w, "pointer", func(id *int64, p *poet21) *poem21 { return &poem21{Name: "x", PoetID: id, Poet: p} },
		func(x *poem21) (**int64, func(*poet21)) { return &x.PoetID, func(p *poet21) { x.Poet = p } })
	beside21(w, "ref", func(id *int64, p *poet21) *song21 { return &song21{Name: "x", PoetID: id, Poet: orm.To(p)} },
		func(x *song21) (**int64, func(*poet21)) { return &x.PoetID, func(p *poet21) { x.Poet = orm.To(p) } })
}

func beside21[T any](w *world, style string, make func(id *int64, p *poet21) *T, fields func(x *T) (scalar **int64, point func(*poet21))) {
	key := func(p *poet21) *int64 { id := p.ID; return &id }
	follows := func(w *world, em *orm.EntityManager, x *T, p *poet21) {
		w.Helper()
		w.flush(em)
		id, _ := fields(x)
		switch {
		case p == nil:
			stored[T](w, "Name Poet", "x -")
			w.is("memory", show(x, "PoetID", "Poet"), "- -")
		case *id == nil:
			w.Errorf("the scalar is nil, want %d", p.ID)
		default:
			stored[T](w, "Name Poet", "x "+p.Name)
			w.is("scalar", **id, p.ID)
			w.is("reference", show(x, "Poet"), p.Name)
		}
	}
	seed := func(w *world) (em *orm.EntityManager, p, q *poet21) {
		em = w.em()
		p, q = &poet21{Name: "p"}, &poet21{Name: "q"}
		em.Persist(p, q)
		w.ok(em.Flush(w.ctx))
		return em, p, q
	}
	w.each(style+", new", func(w *world) {
		em, p, q := seed(w)
		x := make(nil, p)
		em.Persist(x)
		follows(w, em, x, p)
		id, point := fields(x)
		*id = key(q)
		follows(w, em, x, q)
		point(p)
		follows(w, em, x, p)
		*id = nil
		follows(w, em, x, nil)
		*id = key(p)
		follows(w, em, x, p)
		point(nil)
		follows(w, em, x, nil)
	})
	w.each(style+", new by the scalar", func(w *world) {
		em, p, _ := seed(w)
		x := make(key(p), nil)
		em.Persist(x)
		follows(w, em, x, p)
	})
	w.each(style+", both assigned alike", func(w *world) {
		em, p, q := seed(w)
		x := make(key(p), p)
		em.Persist(x)
		follows(w, em, x, p)
		id, point := fields(x)
		*id = key(q)
		point(q)
		follows(w, em, x, q)
	})
	w.each(style+", assigned differently", func(w *world) {
		em, p, q := seed(w)
		em.Persist(make(key(p), q))
		w.fails(em.Flush(w.ctx), orm.ErrConflict, "poetID", "poet")
		stored[T](w, "Name", "")
	})
}

// Rows that refer to themselves.
type (
	node25 struct {
		ID   int64
		Name string
		Self rel.Ref[node25]
	}
	leaf25 struct {
		ID   int64
		Name string
		Self *leaf25 `orm:",oneToOne"`
	}
	twin25 struct {
		A, B int `orm:",pk"`
		Name string
		Self *twin25
	}
)

// 25: such a row goes like any other.
func input25(w *world) {
	w.each("ref", func(w *world) {
		gone25(w, func() *node25 { n := &node25{Name: "n"}; n.Self = orm.To(n); return n })
	})
	w.each("one-to-one", func(w *world) {
		gone25(w, func() *leaf25 { n := &leaf25{Name: "n"}; n.Self = n; return n })
	})
	w.each("composite key", func(w *world) {
		gone25(w, func() *twin25 { n := &twin25{A: 1, B: 2, Name: "n"}; n.Self = n; return n })
	})
}

// gone25 removes the row in the unit that made it, and in one that has just read it.
func gone25[T any](w *world, node func() *T) {
	w.Helper()
	em, n := w.em(), node()
	em.Persist(n)
	w.flush(em)
	stored[T](w, "Name Self", "n n")
	em.Remove(n)
	w.flush(em)
	stored[T](w, "Name", "")
	w.store(node())
	em = w.em()
	em.Remove(named[T](w, em, "n"))
	w.flush(em)
	stored[T](w, "Name", "")
}
