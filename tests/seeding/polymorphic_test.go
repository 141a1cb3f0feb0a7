package seeding_test

import (
	"testing"
	"testing/fstest"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/seed"
)

type (
	hall struct {
		ID   int64
		Name string `orm:",unique"`
	}
	yard struct {
		ID   int64
		Name string `orm:",unique"`
	}
	bench struct {
		ID   int64
		Name string       `orm:",unique"`
		In   rel.Any[any] `orm:",targets=hall|yard,required"`
	}
)

// TestPolymorphicSeeds: a factory makes a target of some type where one is required, and fixtures name one.
func TestPolymorphicSeeds(t *testing.T) {
	fixtures := seed.Fixtures("fixtures", fstest.MapFS{"a.yaml": {Data: []byte(`
hall: {great: {name: great}}
yard: {back: {name: back}}
bench:
  long: {name: long, in: great}
  short: {name: short, in: back}
`)}}, "*.yaml", seed.Of[hall](), seed.Of[yard](), seed.Of[bench]())
	engines(t, []any{hall{}, yard{}, bench{}}, func(t *testing.T, db *orm.DB) {
		for range 2 {
			_, err := seed.Execute(t.Context(), db, []seed.Seeder{fixtures}, seed.Options{})
			ok(t, err)
		}
		if n := count[bench](t, db, orm.M{"in.yard.name": "back"}); n != 1 {
			t.Errorf("%d benches in the yard", n)
		}
		em := db.Fork()
		list, err := seed.For[bench]().Many(t.Context(), seed.New(em, 7), 20)
		ok(t, err)
		types := map[string]bool{}
		for _, b := range list {
			types[b.In.Type().Name()] = true
		}
		if len(types) != 2 {
			t.Errorf("made up: %v", types)
		}
		ok(t, seed.Clear(t.Context(), db.Fork()))
		if n := count[hall](t, db, nil) + count[bench](t, db, nil); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}
