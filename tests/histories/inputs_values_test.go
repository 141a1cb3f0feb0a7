package histories_test

import (
	"fmt"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

var valueInputs = []input{
	{"01 unique over two properties", []any{person01{}, triple01{}}, input01},
	{"26 checked", []any{checked26{}}, input26checked},
	{"26 of every kind", []any{
		text26{}, enum26{}, tiny26{}, number26{}, instant26{}, day26{}, uid26{}, bytes26{}, decimal26{}, float26{}, duration26{}, small26{},
	}, input26kinds},
	{"26 nothing free", []any{bool26{}, full26{}, pinned26{}}, input26full},
}

// Unique over two and three properties.
type (
	person01 struct {
		ID    int64
		First string `orm:",unique=full,length=20"`
		Last  string `orm:",unique=full,length=20"`
		Name  string
	}
	triple01 struct {
		ID      int64
		A, B, C int `orm:",unique=all"`
	}
)

// 1: whatever is released to be free is written again, changed or not.
func input01(w *world) {
	people := func(w *world, names ...[2]string) (*orm.EntityManager, []*person01) {
		w.Helper()
		em := w.em()
		var found []*person01
		for i, n := range names {
			p := &person01{First: n[0], Last: n[1], Name: fmt.Sprint(i)}
			em.Persist(p)
			w.ok(em.Flush(w.ctx))
			found = append(found, p)
		}
		return em, found
	}
	w.each("the second part", func(w *world) {
		em, p := people(w, [2]string{"Ann", "X"}, [2]string{"Ann", "Y"})
		p[0].Last, p[1].Last = p[1].Last, p[0].Last
		w.flush(em)
		stored[person01](w, "Name First Last", "0 Ann Y, 1 Ann X")
	})
	w.each("the first part", func(w *world) {
		em, p := people(w, [2]string{"Ann", "X"}, [2]string{"Bob", "X"})
		p[0].First, p[1].First = p[1].First, p[0].First
		w.flush(em)
		stored[person01](w, "Name First Last", "0 Bob X, 1 Ann X")
	})
	w.each("rotation", func(w *world) {
		em, p := people(w, [2]string{"Ann", "X"}, [2]string{"Ann", "Y"}, [2]string{"Ann", "Z"})
		p[0].Last, p[1].Last, p[2].Last = p[1].Last, p[2].Last, p[0].Last
		w.flush(em)
		stored[person01](w, "Name First Last", "0 Ann Y, 1 Ann Z, 2 Ann X")
	})
	w.each("one part each", func(w *world) {
		// 0 and 1 take each other's pair, 0 by its last name and 1 by both.
		em, p := people(w, [2]string{"Ann", "X"}, [2]string{"Ann", "Y"}, [2]string{"Bob", "Y"})
		p[0].Last, p[1].First, p[2].First, p[2].Last = "Y", "Bob", "Ann", "X"
		w.flush(em)
		stored[person01](w, "Name First Last", "0 Ann Y, 1 Bob Y, 2 Ann X")
	})
	w.each("three parts", func(w *world) {
		em := w.em()
		p, q := &triple01{A: 1, B: 1, C: 1}, &triple01{A: 1, B: 1, C: 2}
		em.Persist(p)
		w.ok(em.Flush(w.ctx))
		em.Persist(q)
		w.ok(em.Flush(w.ctx))
		p.C, q.C = q.C, p.C
		w.flush(em)
		stored[triple01](w, "A B C", "1 1 1, 1 1 2")
		w.is("memory", show(p, "A", "B", "C"), "1 1 2")
		stored[triple01](w, "ID C", fmt.Sprintf("%d 2, %d 1", p.ID, q.ID))
	})
}

// checked26 has a check that most placeholders would break.
type checked26 struct {
	ID int64
	V  int `orm:"pos,unique,check='pos > 0'"`
}

// Unique values of kinds with little room, one type each.
type (
	text26 struct {
		ID int64
		V  string `orm:",unique,length=3"`
	}
	enum26 struct {
		ID int64
		V  string `orm:",unique,length=10,enum=low|mid|high"`
	}
	tiny26 struct {
		ID int64
		V  uint8 `orm:",unique"`
	}
	number26 struct {
		ID int64
		V  int8 `orm:",unique"`
	}
	instant26 struct {
		ID int64
		V  time.Time `orm:",unique"`
	}
	day26 struct {
		ID int64
		V  time.Time `orm:",unique,type=date"`
	}
	uid26 struct {
		ID int64
		V  mapper.UUID `orm:",unique"`
	}
	bytes26 struct {
		ID int64
		V  []byte `orm:",unique,length=4"`
	}
	decimal26 struct {
		ID int64
		V  string `orm:",unique,type=decimal,precision=5,scale=2"`
	}
	float26 struct {
		ID int64
		V  float64 `orm:",unique"`
	}
	duration26 struct {
		ID int64
		V  time.Duration `orm:",unique"`
	}
	small26 struct {
		ID int64
		V  float32 `orm:",unique"`
	}
	bool26 struct {
		ID int64
		V  bool `orm:",unique"`
	}
	full26 struct {
		ID int64
		V  string `orm:",unique,length=10,enum=low|high"`
	}
	pinned26 struct {
		ID int64
		V  int `orm:",unique,enum=1|2"`
	}
)

// exchange26 stores rows with values, rotates the values by one, and returns the
// error of the flush.
func exchange26[T, V any](w *world, row func(v V) *T, value func(x *T) *V, values ...V) error {
	w.Helper()
	em := w.em()
	list := make([]*T, len(values))
	for i, v := range values {
		list[i] = row(v)
		em.Persist(list[i])
		w.ok(em.Flush(w.ctx))
	}
	before := rows[T](w, "ID V")
	for i := range list {
		*value(list[i]) = values[(i+1)%len(values)]
	}
	want := make([]string, len(list))
	for i, x := range list {
		want[i] = show(x, "ID", "V")
	}
	ctx, stats := orm.WithStats(w.ctx)
	if err := em.Flush(ctx); err != nil {
		w.is("statements of a refused flush", stats.Statements(), 0)
		stored[T](w, "ID V", before)
		return err
	}
	w.idle(em)
	fresh := w.em()
	found, err := orm.Find[T](w.ctx, fresh, nil, orm.OrderBy("id"))
	w.ok(err)
	for i, x := range found {
		w.is("row", show(x, "ID", "V"), want[i])
	}
	return nil
}

// exchanged26 expects that to succeed, for two rows and for three.
func exchanged26[T, V any](w *world, name string, row func(v V) *T, value func(x *T) *V, values ...V) {
	for n := 2; n <= len(values) && n <= 3; n++ {
		w.each(fmt.Sprintf("%s, %d rows", name, n), func(w *world) { w.ok(exchange26(w, row, value, values[:n]...)) })
	}
}

// 26: unique values that are checked or have little room are exchanged all the same.
func input26checked(w *world) {
	exchanged26(w, "check", func(v int) *checked26 { return &checked26{V: v} }, func(x *checked26) *int { return &x.V }, 1, 2, 3)
}

func input26kinds(w *world) {
	exchanged26(w, "text", func(v string) *text26 { return &text26{V: v} }, func(x *text26) *string { return &x.V }, "abc", "xyz", "é")
	exchanged26(w, "enum", func(v string) *enum26 { return &enum26{V: v} }, func(x *enum26) *string { return &x.V }, "low", "high")
	exchanged26(w, "uint8", func(v uint8) *tiny26 { return &tiny26{V: v} }, func(x *tiny26) *uint8 { return &x.V }, 0, 255, 7)
	exchanged26(w, "int8", func(v int8) *number26 { return &number26{V: v} }, func(x *number26) *int8 { return &x.V }, -128, 127, -1)
	at := time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)
	exchanged26(w, "time", func(v time.Time) *instant26 { return &instant26{V: v} }, func(x *instant26) *time.Time { return &x.V },
		at, at.Add(time.Second), at.Add(time.Hour))
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	exchanged26(w, "date", func(v time.Time) *day26 { return &day26{V: v} }, func(x *day26) *time.Time { return &x.V },
		day, day.AddDate(0, 0, 1), day.AddDate(1, 0, 0))
	exchanged26(w, "uuid", func(v mapper.UUID) *uid26 { return &uid26{V: v} }, func(x *uid26) *mapper.UUID { return &x.V },
		mapper.UUID{1}, mapper.UUID{2}, mapper.UUID{3})
	exchanged26(w, "bytes", func(v []byte) *bytes26 { return &bytes26{V: v} }, func(x *bytes26) *[]byte { return &x.V },
		[]byte{1}, []byte{2, 0, 0, 0}, []byte{})
	exchanged26(w, "decimal", func(v string) *decimal26 { return &decimal26{V: v} }, func(x *decimal26) *string { return &x.V },
		"1.25", "-999.99", "999.99")
	exchanged26(w, "float", func(v float64) *float26 { return &float26{V: v} }, func(x *float26) *float64 { return &x.V }, 0.5, -1, 1e300)
	exchanged26(w, "float32", func(v float32) *small26 { return &small26{V: v} }, func(x *small26) *float32 { return &x.V }, 0.5, -1, 1e30)
	exchanged26(w, "duration", func(v time.Duration) *duration26 { return &duration26{V: v} }, func(x *duration26) *time.Duration { return &x.V },
		0, time.Second, -time.Hour)
}

// Where no value is free the error comes before the first statement, names the property
// and says what would help.
func input26full(w *world) {
	refused := func(w *world, err error) {
		w.Helper()
		w.fails(err, orm.ErrCycle, "v", "nullable")
	}
	w.each("bool", func(w *world) {
		refused(w, exchange26(w, func(v bool) *bool26 { return &bool26{V: v} }, func(x *bool26) *bool { return &x.V }, true, false))
	})
	w.each("full enum", func(w *world) {
		refused(w, exchange26(w, func(v string) *full26 { return &full26{V: v} }, func(x *full26) *string { return &x.V }, "low", "high"))
	})
	w.each("full enum of numbers", func(w *world) {
		refused(w, exchange26(w, func(v int) *pinned26 { return &pinned26{V: v} }, func(x *pinned26) *int { return &x.V }, 1, 2))
	})
}
