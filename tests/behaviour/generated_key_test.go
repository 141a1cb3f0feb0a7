package behaviour_test

import "testing"

type (
	// A priced row has a key of the user's, from which the database computes one of its columns.
	priced struct {
		Code  string `orm:",pk,assigned"`
		Price int64
		Twice int64  `orm:",generated=price * 2"`
		Upper string `orm:",generated=upper(code)"`
	}
	// A ringed row is updated after its insert, with the reference to what is new as well.
	ringed struct {
		ID   int64
		Next *ringed `orm:",nullable"`
		Has  int64   `orm:",generated=coalesce(next_id * 10, 0)"`
	}
)

// TestGeneratedUnderNewKey: generated columns are read by the key that the row has after the flush.
func TestGeneratedUnderNewKey(t *testing.T) {
	engines(t, []any{priced{}}, func(t *testing.T, e engine) {
		if !e.caps.Checks {
			return // no SQL expressions
		}
		ok(t, e.refused)
		ctx, em := t.Context(), e.db.Fork()
		a, b := &priced{Code: "a", Price: 1}, &priced{Code: "b", Price: 100}
		em.Persist(a, b)
		ok(t, em.Flush(ctx))
		a.Code, b.Code = b.Code, a.Code
		ok(t, em.Flush(ctx))
		if a.Twice != 2 || a.Upper != "B" || b.Twice != 200 || b.Upper != "A" {
			t.Errorf("exchanged: %+v, %+v", a, b)
		}
		a.Code, a.Price = "z", 3
		ok(t, em.Flush(ctx))
		if a.Twice != 6 || a.Upper != "Z" {
			t.Errorf("changed: %+v", a)
		}
		idle(t, em)
	})
}

// TestGeneratedAfterFollowUp: so are those of new rows that are updated once what they refer to is there.
func TestGeneratedAfterFollowUp(t *testing.T) {
	engines(t, []any{ringed{}}, func(t *testing.T, e engine) {
		if !e.caps.Checks {
			return
		}
		ok(t, e.refused)
		ctx, em := t.Context(), e.db.Fork()
		a, b, c := &ringed{}, &ringed{}, &ringed{}
		a.Next, b.Next, c.Next = a, c, b
		em.Persist(a, b, c)
		ok(t, em.Flush(ctx))
		if a.Has != a.ID*10 || b.Has != c.ID*10 || c.Has != b.ID*10 {
			t.Errorf("inserted: %+v, %+v, %+v", a, b, c)
		}
		idle(t, em)
	})
}
