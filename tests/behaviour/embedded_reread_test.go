package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

// tent has values behind pointers, one of them inside of another.
type (
	tent struct {
		ID    int64 `orm:",assigned"`
		Name  string
		Place tentPlace
		Store *tentPlace
	}
	tentPlace struct {
		Camp string
		Spot *tentSpot
	}
	tentSpot struct {
		Row  *int
		Name string
	}
)

// tents are rows that have all of these values, and that lack the inner or the outer ones.
func tents() map[string]func() *tent {
	row := 7
	return map[string]func() *tent{
		"whole": func() *tent {
			return &tent{ID: 1, Place: tentPlace{"a", &tentSpot{&row, "x"}}, Store: &tentPlace{"b", &tentSpot{nil, "y"}}}
		},
		"inner": func() *tent { return &tent{ID: 1, Place: tentPlace{Camp: "a"}, Store: &tentPlace{Camp: "b"}} },
		"outer": func() *tent { return &tent{ID: 1, Place: tentPlace{Camp: "a"}} },
	}
}

// TestEmbeddedValuesReadAgain: an embedded value that is not there any more when a row is read again is absent, one
// inside of another as well, and there again, or absent again, when what was written is rolled back.
func TestEmbeddedValuesReadAgain(t *testing.T) {
	ways := map[string]func(t *testing.T, em *orm.EntityManager, entity, row *tent) error{
		"refresh": func(t *testing.T, em *orm.EntityManager, entity, row *tent) error {
			_, err := orm.NativeDelete[tent](t.Context(), em, orm.M{"id": 1})
			ok(t, err)
			ok(t, orm.BulkInsert(t.Context(), em, []*tent{row}))
			return em.Refresh(t.Context(), entity)
		},
		"overwrite": func(t *testing.T, em *orm.EntityManager, _, row *tent) error {
			_, err := orm.NativeDelete[tent](t.Context(), em, orm.M{"id": 1})
			ok(t, err)
			ok(t, orm.BulkInsert(t.Context(), em, []*tent{row}))
			_, err = orm.Find[tent](t.Context(), em, nil, orm.Overwrite())
			return err
		},
		"upsert": func(t *testing.T, em *orm.EntityManager, _, row *tent) error {
			_, err := orm.UpsertEntity(t.Context(), em, row)
			return err
		},
	}
	engines(t, []any{tent{}}, func(t *testing.T, e engine) {
		for way, write := range ways {
			for before, old := range tents() {
				for after, row := range tents() {
					t.Run(way+"/"+before+"/"+after, func(t *testing.T) {
						ctx, em := t.Context(), e.db.Fork()
						_, err := orm.NativeDelete[tent](ctx, em, nil, orm.AllowAll())
						ok(t, err)
						ok(t, orm.BulkInsert(ctx, em, []*tent{old()}))
						entity, err := orm.FindOneOrFail[tent](ctx, em, 1)
						ok(t, err)
						is := func(when string, want *tent) {
							t.Helper()
							if got, want := encode(t, entity), encode(t, want); got != want {
								t.Errorf("%s: got %s\nwant %s", when, got, want)
							}
							idle(t, em)
						}
						if e.caps.Transactions {
							ok(t, em.Begin(ctx))
							ok(t, write(t, em, entity, row()))
							is("in the transaction", row())
							ok(t, em.Rollback(ctx))
							is("after the rollback", old())
						}
						ok(t, write(t, em, entity, row()))
						is("at the end", row())
					})
				}
			}
		}
	})
}
