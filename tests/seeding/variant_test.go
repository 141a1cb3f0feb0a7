package seeding_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/seed"
)

type (
	garage struct {
		ID     int64
		Thing  any `orm:",types=bicycle|lorry:truck"`
		Spare  any `orm:",json,types=bicycle|lorry"`
		Places int
	}
	bicycle struct {
		Name  string
		Gears int
		Bell  *string
	}
	lorry struct {
		Name string
		Axes int
		Size string `orm:",enum=big|small"`
	}
)

// TestVariantSeeds: a factory makes values of all types, or of one that has what the recipe gives.
func TestVariantSeeds(t *testing.T) {
	engines(t, []any{garage{}, bicycle{}, lorry{}}, func(t *testing.T, db *orm.DB) {
		em := db.Fork()
		list, err := seed.For[garage]().Many(t.Context(), seed.New(em, 7), 20)
		ok(t, err)
		types := map[string]int{}
		for _, g := range list {
			switch x := g.Thing.(type) {
			case bicycle:
				types["bicycle"]++
			case lorry:
				if types["lorry"]++; x.Size != "big" && x.Size != "small" {
					t.Errorf("made up %#v", x)
				}
			}
		}
		if types["bicycle"] == 0 || types["lorry"] == 0 || types["bicycle"]+types["lorry"] != 20 {
			t.Errorf("made up: %v", types)
		}
		list, err = seed.For[garage]().With("thing.axes", 3).Many(t.Context(), seed.New(em, 8), 5)
		ok(t, err)
		for _, g := range list {
			if l, isLorry := g.Thing.(lorry); !isLorry || l.Axes != 3 {
				t.Errorf("made up %#v", g.Thing)
			}
		}
		if n := count[garage](t, db, orm.M{"thing.type": "truck", "thing.axes": 3}); n < 5 {
			t.Errorf("%d lorries with three axes", n)
		}
	})
}
