package behaviour_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// crowd writes books whose values repeat, with NULLs, some without a publisher.
func crowd(t *testing.T, e engine, rnd *rand.Rand) {
	t.Helper()
	em := e.db.Fork()
	var authors []*model.Author
	for i, name := range []string{"a", "A", "b", "é", "a"} {
		a := &model.Author{Name: name, Email: fmt.Sprint(i), Active: i%2 == 0, Rating: []float64{0.1, 1.0 / 3}[i%2],
			CreatedAt: time.Date(2020, 1, 1, 0, 0, 0, 1000*i/2*1000, time.UTC)}
		if i%2 == 1 {
			a.Age = &[]int{i}[0]
		}
		authors = append(authors, a)
	}
	nz := "NZ"
	publishers := []*model.Publisher{{Code: "p", Name: "P", Country: &nz}, {Code: "q", Name: "Q"}}
	em.Persist(publishers[0], publishers[1])
	for i := range 23 {
		b := &model.Book{Title: string(rune('a' + rnd.IntN(3))), Pages: rnd.IntN(3), Price: float64(rnd.IntN(3)) / 3, Author: orm.To(authors[i%5])}
		if n := rnd.IntN(3); n < 2 {
			b.Publisher = orm.To(publishers[n])
		}
		if rnd.IntN(2) == 0 {
			isbn := fmt.Sprint(i)
			b.ISBN = &isbn
		}
		em.Persist(b)
	}
	ok(t, em.Flush(t.Context()))
}

// randomOrder is an order a cursor can stand in.
func randomOrder(rnd *rand.Rand) []any {
	names := []string{"title", "pages", "price", "isbn", "author.name", "author.age", "author.rating", "author.createdAt", "author.active",
		"publisher.country", "publisher.name", "publisher", "author"}
	var order []any
	for range 1 + rnd.IntN(3) {
		order = append(order, []string{"", "-"}[rnd.IntN(2)]+names[rnd.IntN(len(names))]+[]string{"", "", " nulls first", " nulls last"}[rnd.IntN(4)])
	}
	return order
}

// TestCursorsPageAsOffsetsDo walks a list by cursor, forwards and backwards, and
// compares each page with the one at that offset.
func TestCursorsPageAsOffsetsDo(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		rnd := rand.New(rand.NewPCG(7, 11))
		crowd(t, e, rnd)
		for range 25 {
			order, size := randomOrder(rnd), 1+rnd.IntN(9)
			opts := []orm.FindOption{orm.OrderBy(order...), orm.ReadOnly()}
			if rnd.IntN(3) == 0 {
				opts = append(opts, orm.NullsLowest())
			}
			where := []any{nil, orm.M{"pages >": 0}, orm.M{"author.name": "a"}}[rnd.IntN(3)]
			name := fmt.Sprintf("%v size %d where %v", order, size, where)
			em := e.db.Fork()
			all, err := orm.Find[model.Book](t.Context(), em, where, append(opts, orm.Offset(0))...)
			ok(t, err)
			var forwards, backwards []string
			w := orm.Window{First: size, Total: true}
			for {
				p, err := orm.FindByCursor[model.Book](t.Context(), em, where, w, opts...)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				forwards = append(forwards, bookIDs(p.Items)...)
				if p.Total != int64(len(all)) || p.HasPrev != (w.After != "") || p.HasNext != (len(forwards) < len(all)) {
					t.Fatalf("%s: total %d, prev %t, next %t after %d of %d", name, p.Total, p.HasPrev, p.HasNext, len(forwards), len(all))
				}
				if !p.HasNext {
					break
				}
				w.After = p.End()
			}
			w = orm.Window{Last: size}
			for {
				p, err := orm.FindByCursor[model.Book](t.Context(), em, where, w, opts...)
				ok(t, err)
				backwards = slices.Concat(bookIDs(p.Items), backwards)
				if p.Total != -1 || p.HasNext != (w.Before != "") || p.HasPrev != (len(backwards) < len(all)) {
					t.Fatalf("%s: total %d, prev %t, next %t before %d of %d", name, p.Total, p.HasPrev, p.HasNext, len(backwards), len(all))
				}
				if !p.HasPrev {
					break
				}
				w.Before = p.Start()
			}
			if want := bookIDs(all); !slices.Equal(forwards, want) || !slices.Equal(backwards, want) {
				t.Errorf("%s:\nforwards  %v\nbackwards %v\nwant      %v", name, forwards, backwards, want)
			}
		}
	})
}

func bookIDs(books []*model.Book) []string {
	out := make([]string, len(books))
	for i, b := range books {
		out[i] = fmt.Sprint(b.ID)
	}
	return out
}

func TestCursorWindows(t *testing.T) {
	engines(t, model.All(), func(t *testing.T, e engine) {
		shelf(t, e)
		em := e.db.Fork()
		find := func(w orm.Window, opts ...orm.FindOption) (*orm.CursorPage[model.Book], error) {
			return orm.FindByCursor[model.Book](t.Context(), em, nil, w, opts...)
		}
		byTitle := orm.OrderBy("title") // Walls Waves Winter Woods
		all, err := find(orm.Window{First: 10}, byTitle, orm.Populate("author", "tags"), orm.Strategy("joined"))
		ok(t, err)
		if s := titles(all.Items); s != "Walls Waves Winter Woods" || len(all.Cursors) != 4 || all.Items[0].Author.Get().Name != "Bob" || len(all.Items[1].Tags.Items()) != 2 {
			t.Errorf("all %s", s)
		}
		between, err := find(orm.Window{First: 5, After: all.Cursors[0], Before: all.Cursors[3]}, byTitle)
		if err != nil || titles(between.Items) != "Waves Winter" || !between.HasNext || !between.HasPrev {
			t.Errorf("between %v %v", between, err)
		}
		between, err = find(orm.Window{Last: 1, After: all.Cursors[0], Before: all.Cursors[3]}, byTitle)
		if err != nil || titles(between.Items) != "Winter" || between.Start() != all.Cursors[2] {
			t.Errorf("the last between %v %v", between, err)
		}
		none, err := find(orm.Window{First: 5, After: all.End()}, byTitle)
		if err != nil || len(none.Items) != 0 || none.Start() != "" || none.End() != "" || none.HasNext {
			t.Errorf("none %v %v", none, err)
		}
		// What is changed and not flushed does not move a cursor.
		all.Items[0].Title = "Zebra"
		em.SetFlushMode(orm.FlushCommit)
		again, err := find(orm.Window{First: 1}, byTitle)
		if err != nil || again.End() != all.Cursors[0] {
			t.Errorf("a cursor follows the field, not the row: %v", err)
		}
		_, err = find(orm.Window{First: 1, After: all.End()}, orm.OrderBy("-title"))
		wantError(t, err, orm.ErrCursor, "orm: find by cursor: Book: unusable cursor: it belongs to another order")
		for _, made := range []string{"x", "!", base64.RawURLEncoding.EncodeToString([]byte(`{"o":1}`)), strings.Repeat("a", 9000)} {
			if _, err = find(orm.Window{First: 1, After: made}, byTitle); err == nil || !strings.Contains(err.Error(), "unusable cursor") {
				t.Errorf("%.10s: %v", made, err)
			}
		}
		_, err = find(orm.Window{First: 1}, orm.OrderBy("tags.name"))
		wantError(t, err, qb.ErrOrder, "qb: cursor: Book.tags.name: malformed order (a cursor needs an order by properties of the root and of to-one targets)")
		_, err = find(orm.Window{}, byTitle)
		wantError(t, err, orm.ErrInvalidOption, "orm: find by cursor: Book: invalid option: a window has a positive First or a positive Last, and not both")
		_, err = find(orm.Window{First: 1}, byTitle, orm.Limit(3))
		wantError(t, err, orm.ErrInvalidOption, "orm: find by cursor: Book: invalid option: the window limits the page, not Limit, Offset or Page")
	})
}

func titles(books []*model.Book) string {
	var s []string
	for _, b := range books {
		s = append(s, b.Title)
	}
	return strings.Join(s, " ")
}

// Keys of all kinds, and orders by times, dates and exact numbers, keep their precision.
func TestCursorsOfAllKinds(t *testing.T) {
	engines(t, model.Shop(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		for i := range 7 {
			day := utc(2024, 1, 1+i/3)
			em.Persist(&model.Product{Name: fmt.Sprint(i), Status: "active", Price: []string{"0.10", "99999999.99"}[i%2], Released: &day})
			em.Persist(&model.Customer{ID: [16]byte{byte(255 - i), 15: 1}, Name: "same", JoinedAt: time.Date(2020, 1, 1, 0, 0, 0, i/2*1000*1000, time.UTC)})
		}
		ok(t, em.Flush(t.Context()))
		var names []string
		w := orm.Window{First: 2}
		for {
			p, err := orm.FindByCursor[model.Product](t.Context(), em, nil, w, orm.OrderBy("-price", "released"))
			ok(t, err)
			for _, x := range p.Items {
				names = append(names, x.Name)
			}
			if w.After = p.End(); !p.HasNext {
				break
			}
		}
		if s := strings.Join(names, ""); s != "1350246" {
			t.Errorf("products %s", s)
		}
		var keys []byte
		repo, v := orm.Repo[model.Customer](em), orm.Window{Last: 3}
		for {
			p, err := repo.FindByCursor(t.Context(), nil, v, orm.OrderBy("joinedAt"))
			ok(t, err)
			for _, x := range slices.Backward(p.Items) {
				keys = append(keys, 255-x.ID[0])
			}
			if v.Before = p.Start(); !p.HasPrev {
				break
			}
		}
		if fmt.Sprint(keys) != "[6 4 5 2 3 0 1]" {
			t.Errorf("customers %v", keys)
		}
	})
}

// rated has what SQL computes: a number that may be NULL, and a text.
type rated struct {
	ID    int64 `orm:",assigned"`
	Price int64
	Score *int64 `orm:",formula='nullif(?.price, 2) * 10'"`
	Label string `orm:",formula='case when ?.price > 1 then ''dear'' else ''cheap'' end'"`
	Next  orm.Ref[rated]
}

// TestCursorByFormula walks by what SQL computes, NULLs included, in both directions.
func TestCursorByFormula(t *testing.T) {
	engines(t, []any{rated{}}, func(t *testing.T, e engine) {
		ctx := t.Context()
		_, err := orm.FindByCursor[rated](ctx, e.db.Fork(), nil, orm.Window{First: 2}, orm.OrderBy("score"))
		if !e.caps.Checks { // no SQL expressions
			if !errors.Is(err, orm.ErrUnsupported) {
				t.Errorf("it gives %v", err)
			}
			return
		}
		ok(t, err)
		em := e.db.Fork()
		var before *rated
		for i := range 9 {
			r := &rated{ID: int64(i + 1), Price: int64(i % 4)}
			if before != nil {
				r.Next = orm.To(before)
			}
			em.Persist(r)
			before = r
		}
		ok(t, em.Flush(ctx))
		for _, order := range [][]any{{"score"}, {"-score"}, {"score nulls first"}, {"-score nulls last"}, {"label", "-score"}, {"next.score desc", "label desc"}} {
			opts := []orm.FindOption{orm.OrderBy(order...), orm.OrderBy("id")}
			all, err := orm.Find[rated](ctx, e.db.Fork(), nil, opts...)
			ok(t, err)
			for _, back := range []bool{false, true} {
				var got []*rated
				w := orm.Window{First: 2}
				if back {
					w = orm.Window{Last: 2}
				}
				for range 9 {
					p, err := orm.FindByCursor[rated](ctx, e.db.Fork(), nil, w, opts...)
					ok(t, err)
					if back {
						got = append(slices.Clone(p.Items), got...)
						w.Before = p.Start()
						if !p.HasPrev {
							break
						}
						continue
					}
					got = append(got, p.Items...)
					w.After = p.End()
					if !p.HasNext {
						break
					}
				}
				if ratedIDs(got) != ratedIDs(all) {
					t.Errorf("%v, back %t: %s, want %s", order, back, ratedIDs(got), ratedIDs(all))
				}
			}
		}
	})
}

func ratedIDs(list []*rated) string {
	var s []string
	for _, r := range list {
		s = append(s, fmt.Sprint(r.ID))
	}
	return strings.Join(s, " ")
}
