package histories_test

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var freeValueInputs = []input{
	{"26 of further kinds", []any{ulid26{}, object26{}, fixed26{}, flag26{}, pair26{}}, input26further},
	{"26 under checks", []any{between26{}, chosen26{}, long26{}, form26{}, row26{}, odd26{}}, input26checks},
	{"26 in a crowded table", []any{crowd26{}, crowded26{}}, input26crowded},
	{"26 deferrable", []any{late26{}}, input26deferrable},
	{"27 one stale row of three, further", []any{doc27{}}, input27further},
	{"49 keys that references do not follow", []any{firm49{}, clerk49{}}, input49fixed},
}

type (
	ulid26 struct {
		ID int64
		V  mapper.ULID `orm:",unique"`
	}
	object26 struct {
		ID int64
		V  mapper.ObjectID `orm:",unique"`
	}
	fixed26 struct {
		ID int64
		V  [3]byte `orm:",unique"`
	}
	// flag26 has a key with hardly any room, part by part.
	flag26 struct {
		ID int64
		V  bool  `orm:",unique=both"`
		N  uint8 `orm:",unique=both"`
	}
	// pair26 has two unique values.
	pair26 struct {
		ID   int64
		V    int    `orm:",unique"`
		Name string `orm:",unique,length=10"`
	}
)

func input26further(w *world) {
	exchanged26(w, "ulid", func(v mapper.ULID) *ulid26 { return &ulid26{V: v} }, func(x *ulid26) *mapper.ULID { return &x.V },
		mapper.ULID{1}, mapper.ULID{2}, mapper.ULID{3})
	exchanged26(w, "objectid", func(v mapper.ObjectID) *object26 { return &object26{V: v} }, func(x *object26) *mapper.ObjectID { return &x.V },
		mapper.ObjectID{1}, mapper.ObjectID{2}, mapper.ObjectID{3})
	exchanged26(w, "array of bytes", func(v [3]byte) *fixed26 { return &fixed26{V: v} }, func(x *fixed26) *[3]byte { return &x.V },
		[3]byte{1}, [3]byte{2}, [3]byte{0, 0, 9})
	exchanged26(w, "bool beside a number", func(v bool) *flag26 { return &flag26{V: v, N: 7} }, func(x *flag26) *bool { return &x.V }, true, false)
	w.each("two unique values", func(w *world) {
		em := w.em()
		p, q := &pair26{V: 1, Name: "a"}, &pair26{V: 2, Name: "b"}
		em.Persist(p)
		w.ok(em.Flush(w.ctx))
		em.Persist(q)
		w.ok(em.Flush(w.ctx))
		p.V, q.V, p.Name, q.Name = q.V, p.V, q.Name, p.Name
		w.flush(em)
		stored[pair26](w, "ID V Name", fmt.Sprintf("%d 2 b, %d 1 a", p.ID, q.ID))
	})
}

// Values under checks: a small range, a list, lengths, forms, other columns, and one
// that only the database understands.
type (
	between26 struct {
		ID int64
		V  int `orm:",unique,check='v between 1 and 4'"`
	}
	chosen26 struct {
		ID int64
		V  string `orm:",unique,length=10,check='v in (''a'', ''b'', ''c'') or v like ''x_z'''"`
	}
	long26 struct {
		ID int64
		V  string `orm:",unique,length=40,check='length(v) = 5 and v = lower(v)'"`
	}
	form26 struct {
		ID int64
		V  string `orm:",unique,length=10,check='substr(v, 2, 1) = ''-'''"`
	}
	row26 struct {
		ID int64
		V  int `orm:",unique,check='v >= low and v < low + 3'"`
		// Low is a bound for V.
		Low int
	}
	odd26 struct {
		ID int64
		V  int `orm:",unique,check='v in (1, 2)'"`
	}
)

func input26checks(w *world) {
	exchanged26(w, "a range", func(v int) *between26 { return &between26{V: v} }, func(x *between26) *int { return &x.V }, 1, 4, 3)
	exchanged26(w, "a list", func(v string) *chosen26 { return &chosen26{V: v} }, func(x *chosen26) *string { return &x.V }, "a", "xyz")
	exchanged26(w, "a length", func(v string) *long26 { return &long26{V: v} }, func(x *long26) *string { return &x.V }, "abcde", "vwxyz", "aaaaa")
	exchanged26(w, "a form", func(v string) *form26 { return &form26{V: v} }, func(x *form26) *string { return &x.V }, "a-1", "b-2", "c-3")
	exchanged26(w, "beside another column", func(v int) *row26 { return &row26{V: v, Low: 10} }, func(x *row26) *int { return &x.V }, 10, 12)
	w.each("nothing free", func(w *world) {
		err := exchange26(w, func(v int) *odd26 { return &odd26{V: v} }, func(x *odd26) *int { return &x.V }, 1, 2)
		w.fails(err, orm.ErrCycle, "odd26.v", "check (v in (1, 2))", "nullable", "deferrable")
	})
}

type (
	crowd26 struct {
		ID int64
		V  uint8 `orm:",unique"`
	}
	crowded26 struct {
		ID int64
		V  int16 `orm:",unique=both"`
		B  bool  `orm:",unique=both"`
	}
)

// What rows that were not read have is not taken from them.
func input26crowded(w *world) {
	fill := func(w *world, n int) (em *orm.EntityManager, p, q *crowd26) {
		w.Helper()
		em = w.em()
		for i := range n {
			em.Persist(&crowd26{V: uint8(i)})
		}
		w.ok(em.Flush(w.ctx))
		em = w.em()
		return em, get[crowd26](w, em, orm.M{"v": 0}), get[crowd26](w, em, orm.M{"v": 1})
	}
	w.each("one value free", func(w *world) {
		em, p, q := fill(w, 255)
		p.V, q.V = q.V, p.V
		w.flush(em)
		w.is("row", get[crowd26](w, w.em(), orm.M{"v": 1}).ID, p.ID)
	})
	w.each("nothing free", func(w *world) {
		em, p, q := fill(w, 256)
		p.V, q.V = q.V, p.V
		w.fails(em.Flush(w.ctx), orm.ErrCycle, "crowd26.v", "taken in the table", "nullable")
		w.is("row", get[crowd26](w, w.em(), orm.M{"v": 0}).ID, p.ID)
	})
	w.each("free beside another value", func(w *world) {
		em := w.em()
		for i := range 1 << 10 {
			em.Persist(&crowded26{V: int16(i)}, &crowded26{V: int16(i), B: true})
		}
		w.ok(em.Flush(w.ctx))
		em = w.em()
		p, q := get[crowded26](w, em, orm.M{"v": 5, "b": true}), get[crowded26](w, em, orm.M{"v": 6, "b": true})
		p.V, q.V = q.V, p.V
		w.flush(em)
		w.is("row", get[crowded26](w, w.em(), orm.M{"v": 6, "b": true}).ID, p.ID)
	})
}

// late26 has a value that an engine may check at the end.
type late26 struct {
	ID   int64
	V    bool `orm:",unique=place,deferrable"`
	N    int  `orm:",unique=place"`
	Name string
}

func input26deferrable(w *world) {
	seed := func(w *world) (em *orm.EntityManager, p, q *late26) {
		em = w.em()
		p, q = &late26{V: true, N: 1, Name: "p"}, &late26{N: 1, Name: "q"}
		em.Persist(p, q)
		w.ok(em.Flush(w.ctx))
		return em, p, q
	}
	w.each("exchanged", func(w *world) {
		em, p, q := seed(w)
		p.V, q.V = q.V, p.V
		ctx, stats := orm.WithStats(w.ctx)
		w.ok(em.Flush(ctx))
		if n := stats.Statements(); w.caps.DeferrableUnique && n > 2 {
			w.Errorf("%d statements", n)
		}
		w.idle(em)
		stored[late26](w, "Name V N", "p false 1, q true 1")
	})
	w.each("in a transaction", func(w *world) {
		em, p, q := seed(w)
		w.ok(em.Begin(w.ctx))
		p.V, q.V = q.V, p.V
		w.ok(em.Flush(w.ctx))
		if !w.caps.Savepoints { // the transaction could not go on
			w.ok(em.Commit(w.ctx))
			return
		}
		// checked again by each statement
		other := &late26{V: true, N: 1, Name: "r"}
		em.Persist(other)
		w.fails(em.Flush(w.ctx), driver.ErrUniqueViolation, "late26")
		em.Remove(other)
		w.ok(em.Commit(w.ctx))
		stored[late26](w, "Name V N", "p false 1, q true 1")
	})
	w.each("violated", func(w *world) {
		em, p, q := seed(w)
		w.store(&late26{V: true, N: 2, Name: "r"})
		p.V, q.V, q.N = false, true, 2
		err := em.Flush(w.ctx)
		w.fails(err, driver.ErrUniqueViolation, "late26")
		stored[late26](w, "Name V N", "p true 1, q false 1, r true 2")
	})
}

// 27: the error names the row also when another has written the same, or both remove.
func input27further(w *world) {
	for _, how := range []string{"the same text", "removed by both"} {
		w.each(how, func(w *world) {
			w.store(&doc27{Name: "a"}, &doc27{Name: "b"}, &doc27{Name: "c"})
			for _, inside := range []bool{false, true} {
				em := w.em()
				docs, err := orm.Find[doc27](w.ctx, em, nil, orm.OrderBy("id"))
				w.ok(err)
				if inside {
					w.ok(em.Begin(w.ctx))
				}
				other := w.em()
				x := get[doc27](w, other, docs[1].ID)
				x.Text = "text" + fmt.Sprint(inside)
				if how == "removed by both" {
					other.Remove(x)
				}
				w.flush(other)
				for _, d := range docs {
					d.Text = "text" + fmt.Sprint(inside)
					if how == "removed by both" {
						em.Remove(d)
					}
				}
				err = em.Flush(w.ctx)
				w.fails(err, orm.ErrOptimisticLock)
				var lock *orm.OptimisticLockError
				if !errors.As(err, &lock) {
					w.Fatalf("error is %v", err)
				}
				if !inside || w.caps.Savepoints { // a guess, where nothing of the transaction can be undone
					w.is("key of the stale row", lock.Key, docs[1].ID)
				}
				if inside {
					w.ok(em.Rollback(w.ctx))
				}
				if how == "removed by both" {
					w.store(&doc27{Name: "b"})
				}
			}
		})
	}
}

// A natural key that references do not follow.
type (
	firm49 struct {
		Code string `orm:",pk,length=10"`
		Name string
	}
	clerk49 struct {
		ID   int64
		Name string
		Firm rel.Ref[firm49]
	}
)

// 49: such keys are exchanged while nobody refers to the row that gives way, else the
// error says what is missing.
func input49fixed(w *world) {
	for _, referred := range []bool{false, true} {
		w.each(map[bool]string{false: "nobody refers", true: "somebody refers"}[referred], func(w *world) {
			a, b := &firm49{Code: "a", Name: "first"}, &firm49{Code: "b", Name: "second"}
			all := []any{a, b}
			if referred {
				all = append(all, &clerk49{Name: "c", Firm: orm.To(a)}, &clerk49{Name: "d", Firm: orm.To(b)})
			}
			w.store(all...)
			em := w.em()
			a, b = get[firm49](w, em, "a"), get[firm49](w, em, "b")
			a.Code, b.Code = b.Code, a.Code
			err := em.Flush(w.ctx)
			switch {
			case unchangeable(w, err):
			case referred:
				w.fails(err, orm.ErrCycle, "firm49 key", "onUpdate=cascade")
				w.fails(err, driver.ErrForeignKeyViolation)
				stored[firm49](w, "Code Name", "a first, b second")
			default:
				w.ok(err)
				stored[firm49](w, "Code Name", "a second, b first")
			}
		})
	}
}
