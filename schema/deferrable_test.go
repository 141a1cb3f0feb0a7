package schema_test

import (
	"strings"
	"testing"

	qbsql "github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/schema"
)

// Seats have a constraint of one property and one over two, deferrable or not.
type (
	Seat struct {
		ID    int64
		No    int    `orm:",unique,deferrable"`
		Row   string `orm:",unique=place,deferrable"`
		Place int    `orm:",unique=place"`
	}
	plainSeat struct {
		_     struct{} `orm:"name=Seat,table=seats"`
		ID    int64
		No    int    `orm:",unique"`
		Row   string `orm:",unique=place"`
		Place int    `orm:",unique=place"`
	}
)

// TestDeferrable makes constraints where the dialect defers them, and unique indexes
// elsewhere.
func TestDeferrable(t *testing.T) {
	for _, tt := range []struct {
		dialect *qbsql.Dialect
		want    []string
	}{
		{qbsql.Postgres(), []string{
			`ALTER TABLE "seats" ADD CONSTRAINT "seats_no_uniq" UNIQUE ("no") DEFERRABLE;`,
			`ALTER TABLE "seats" ADD CONSTRAINT "place" UNIQUE ("row", "place") DEFERRABLE;`,
		}},
		{qbsql.SQLite(), []string{
			"CREATE UNIQUE INDEX `seats_no_uniq` ON `seats` (`no`);",
			"CREATE UNIQUE INDEX `place` ON `seats` (`row`, `place`);",
		}},
	} {
		text, err := schema.SQL(registry(t, Seat{}), tt.dialect)
		must(t, err)
		var got []string
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(line, "UNIQUE") {
				got = append(got, line)
			}
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", tt.dialect.Name(), strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// TestDeferrableComesAndGoes changes the declaration of existing constraints.
func TestDeferrableComesAndGoes(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			engine := server.open(t)
			plain, deferred := target{registry(t, plainSeat{}), engine}, target{registry(t, Seat{}), engine}
			must(t, schema.Create(t.Context(), plain))
			for _, db := range []target{deferred, plain, deferred} {
				plan, err := schema.Diff(t.Context(), db)
				must(t, err)
				if plan.IsEmpty() == engine.Caps().DeferrableUnique {
					t.Errorf("plan:\n%s", plan)
				}
				must(t, schema.Apply(t.Context(), db, plan))
				noDifference(t, db)
			}
		})
	}
}
