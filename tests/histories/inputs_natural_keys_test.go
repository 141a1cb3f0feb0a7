package histories_test

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

var naturalKeyInputs = []input{
	{"48 natural key changed, and a new reference", countries, input48},
	{"49 keys exchanged", slices.Concat([]any{bill49{}, line49{}, item49{}}, countries), input49},
	{"51 natural key changed below rows that were not read", countries, input51},
}

// Natural keys that references follow.
type (
	country struct {
		Code   string `orm:",pk,length=10"`
		Name   string
		Cities rel.Collection[city] `orm:",mappedBy=Of"`
	}
	city struct {
		ID   int64
		Name string
		Of   rel.Ref[country] `orm:",onUpdate=cascade"`
	}
	village struct {
		ID   int64
		Name string
		Of   *country `orm:",onUpdate=cascade"`
	}
)

var countries = []any{country{}, city{}, village{}}

// unchangeable reports an engine whose rows cannot change their keys; it must say so.
func unchangeable(w *world, err error) bool {
	w.Helper()
	if w.caps.Name != "mongo" {
		return false
	}
	if !errors.Is(err, driver.ErrUnsupported) {
		w.Errorf("a key was changed, the error is %v", err)
	}
	return true
}

// 48: who refers to a row whose key changes in the same flush gets the new key.
func input48(w *world) {
	for _, read := range []bool{true, false} {
		w.each(map[bool]string{true: "cities read", false: "cities not read"}[read], func(w *world) {
			c := &country{Code: "old", Name: "c"}
			w.store(c, &city{Name: "a", Of: orm.To(c)}, &village{Name: "v", Of: c})
			em := w.em()
			c = get[country](w, em, "old")
			if read {
				named[city](w, em, "a")
				named[village](w, em, "v", orm.Populate("of"))
			}
			c.Code = "new"
			em.Persist(&city{Name: "b", Of: orm.To(c)}, &village{Name: "u", Of: c})
			err := em.Flush(w.ctx)
			if unchangeable(w, err) {
				return
			}
			w.ok(err)
			w.idle(em)
			stored[country](w, "Code Name Cities", "new c [a b]")
			stored[village](w, "Name Of", "u c, v c")
		})
	}
}

// 51: the rule of the foreign key holds for rows that the unit has not read.
func input51(w *world) {
	w.each("changed", func(w *world) {
		c := &country{Code: "old", Name: "c"}
		w.store(c, &city{Name: "a", Of: orm.To(c)}, &village{Name: "v", Of: c})
		em := w.em()
		c = get[country](w, em, "old")
		c.Code = "new"
		err := em.Flush(w.ctx)
		if unchangeable(w, err) {
			return
		}
		w.ok(err)
		w.idle(em)
		stored[country](w, "Code Name Cities", "new c [a]")
		stored[village](w, "Name Of", "v c")
		if again := get[country](w, em, "new"); again != c {
			w.Error("the row has another pointer")
		}
	})
}

// Keys made of a number and a parent.
type (
	bill49 struct {
		ID   int64
		Name string
	}
	line49 struct {
		Bill rel.Ref[bill49] `orm:",pk"`
		No   int             `orm:",pk"`
		Name string
	}
	item49 struct {
		Bill *bill49 `orm:",pk"`
		No   int     `orm:",pk"`
		Name string
	}
)

// 49: keys are exchanged through a free one. Where that cannot be, the error does not
// advise to make a key nullable.
func input49(w *world) {
	exchanged := func(w *world, em *orm.EntityManager) bool {
		w.Helper()
		err := em.Flush(w.ctx)
		if unchangeable(w, err) {
			return false
		}
		w.ok(err)
		w.idle(em)
		return true
	}
	w.each("natural", func(w *world) {
		a, b := &country{Code: "a", Name: "first"}, &country{Code: "b", Name: "second"}
		w.store(a, b, &city{Name: "c", Of: orm.To(a)})
		em := w.em()
		a, b = get[country](w, em, "a"), get[country](w, em, "b")
		a.Code, b.Code = b.Code, a.Code
		if exchanged(w, em) {
			stored[country](w, "Code Name Cities", "a second [], b first [c]")
		}
	})
	seed := func(w *world) (em *orm.EntityManager, one, two *line49, three, four *item49) {
		p, q := &bill49{Name: "p"}, &bill49{Name: "q"}
		w.store(p, q, &line49{Bill: orm.To(p), No: 1, Name: "one"}, &line49{Bill: orm.To(q), No: 2, Name: "two"},
			&item49{Bill: p, No: 1, Name: "three"}, &item49{Bill: q, No: 2, Name: "four"})
		em = w.em()
		in := orm.Populate("bill")
		return em, named[line49](w, em, "one", in), named[line49](w, em, "two", in), named[item49](w, em, "three", in), named[item49](w, em, "four", in)
	}
	w.each("by number and parent", func(w *world) {
		em, one, two, three, four := seed(w)
		one.No, two.No, three.No, four.No = two.No, one.No, four.No, three.No
		one.Bill, two.Bill, three.Bill, four.Bill = two.Bill, one.Bill, four.Bill, three.Bill
		if exchanged(w, em) {
			stored[line49](w, "Bill No Name", "p 1 two, q 2 one")
			stored[item49](w, "Bill No Name", "p 1 four, q 2 three")
		}
	})
	w.each("by number", func(w *world) {
		em, one, two, three, four := seed(w)
		one.Bill, three.Bill = two.Bill, four.Bill
		if exchanged(w, em) {
			one.No, two.No, three.No, four.No = 2, 1, 2, 1
			if exchanged(w, em) {
				stored[line49](w, "Bill No Name", "q 1 two, q 2 one")
				stored[item49](w, "Bill No Name", "q 1 four, q 2 three")
			}
		}
	})
	w.each("by parent", func(w *world) {
		em, one, two, three, four := seed(w)
		two.No, four.No = 1, 1
		if exchanged(w, em) {
			one.Bill, two.Bill, three.Bill, four.Bill = two.Bill, one.Bill, four.Bill, three.Bill
			if exchanged(w, em) {
				stored[line49](w, "Bill No Name", "p 1 two, q 1 one")
				stored[item49](w, "Bill No Name", "p 1 four, q 1 three")
			}
		}
	})
}
