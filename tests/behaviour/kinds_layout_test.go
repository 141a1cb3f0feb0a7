package behaviour_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// Ticked has the current time as its default, in every precision.
type Ticked struct {
	ID int64      `orm:",assigned"`
	P0 *time.Time `orm:",default=current_timestamp,precision=0"`
	P1 *time.Time `orm:",default=now(),precision=1"`
	P3 *time.Time `orm:",default=current_timestamp,precision=3"`
	P6 *time.Time `orm:",default=current_timestamp,precision=6"`
	D  *time.Time `orm:",default=current_timestamp,type=date"`
}

// TestDefaultTimesAreFound asks for rows by times that the database made: on SQLite
// they are text, and must have the layout of the others.
func TestDefaultTimesAreFound(t *testing.T) {
	for _, e := range testEnginesWithSQL() {
		t.Run(e.Name, func(t *testing.T) {
			connector := e.Connector(t)
			if e.Name == "sqlite" {
				connector = sqlite.File(filepath.Join(t.TempDir(), "x.db"))
			}
			db, err := orm.Open(t.Context(), connector, orm.Entities(Ticked{}))
			if err != nil {
				t.Skip(err) // a time of more digits than the engine keeps
			}
			t.Cleanup(func() { _ = db.Close() })
			ok(t, schema.Create(t.Context(), db))
			em := db.Fork()
			c := &Ticked{ID: 1}
			em.Persist(c)
			ok(t, em.Flush(t.Context()))
			for name, at := range map[string]*time.Time{"p0": c.P0, "p1": c.P1, "p3": c.P3, "p6": c.P6, "d": c.D} {
				for _, op := range []string{"", ":gte", ":lte"} {
					n, err := orm.Count[Ticked](t.Context(), db.Fork(), orm.M{name + op: *at})
					if err != nil || n != 1 {
						t.Errorf("%s%s %v finds %d, %v", name, op, at, n, err)
					}
				}
			}
			plan, err := schema.Diff(t.Context(), db)
			ok(t, err)
			if !plan.IsEmpty() {
				t.Errorf("the table differs:\n%s", plan)
			}
			again, err := orm.Open(t.Context(), connector, orm.Entities(Ticked{}))
			ok(t, err)
			ok(t, again.Close())
		})
	}
}

// TestTimesInAnotherLayout opens SQLite files whose times another program has written:
// no condition would find them, so that Open says which layout to declare.
func TestTimesInAnotherLayout(t *testing.T) {
	type Visit struct {
		ID int64 `orm:",assigned"`
		At time.Time
	}
	declared := func(layout string) any {
		return mapper.Define(func(e *mapper.Builder[Visit]) {
			mapper.Field(e, func(v *Visit) *time.Time { return &v.At }).Layout(layout)
		})
	}
	for _, stored := range []string{"2024-02-29 12:30:00", "2024-02-29T12:30:00Z", "2024-02-29 12:30:00.000", "2024-02-29T12:30:00.000Z", "2024-02-29 12:30:00.000000000", "29.02.2024", "1709209800"} {
		t.Run(stored, func(t *testing.T) {
			connector := sqlite.File(filepath.Join(t.TempDir(), "x.db"))
			db, err := orm.Open(t.Context(), connector, orm.Entities(Visit{}))
			ok(t, err)
			ok(t, schema.Create(t.Context(), db))
			execText(t, db, fmt.Sprintf("insert into visits values (1, '%s')", stored))
			ok(t, db.Close())
			_, err = orm.Open(t.Context(), connector, orm.Entities(Visit{}))
			if !errors.Is(err, mapper.ErrMapping) || !strings.Contains(err.Error(), "Visit.at: the column at holds times") {
				t.Fatalf("got %v", err)
			}
			_, layout, found := strings.Cut(err.Error(), "declare layout=")
			if !found {
				return // nothing that sorts
			}
			db, err = orm.Open(t.Context(), connector, orm.Entities(declared(layout)))
			ok(t, err)
			defer db.Close()
			n, err := orm.Count[Visit](t.Context(), db.Fork(), orm.M{"at": time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)})
			if err != nil || n != 1 {
				t.Errorf("%d rows, %v", n, err)
			}
		})
	}
}

// TestDatesInAnotherLayout does so for dates, and for rows that come late.
func TestDatesInAnotherLayout(t *testing.T) {
	type Birth struct {
		ID int64     `orm:",assigned"`
		On time.Time `orm:",type=date"`
	}
	declared := func(layout string) any {
		return mapper.Define(func(e *mapper.Builder[Birth]) { e.Field("On").Layout(layout) })
	}
	for _, stored := range []string{"2024-02-29 00:00:00", "2024-02-29T00:00:00Z", "29.02.2024", "20240229", "2024-2-29"} {
		for _, rows := range []int{1, 3000} {
			t.Run(fmt.Sprint(stored, " in row ", rows), func(t *testing.T) {
				connector := sqlite.File(filepath.Join(t.TempDir(), "x.db"))
				db, err := orm.Open(t.Context(), connector, orm.Entities(Birth{}))
				ok(t, err)
				ok(t, schema.Create(t.Context(), db))
				execText(t, db, fmt.Sprintf("with recursive n (i) as (select 1 union all select i + 1 from n where i < %d) insert into births select i, '2024-02-28' from n", rows))
				execText(t, db, fmt.Sprintf("update births set %s = '%s' where id = %d", `"on"`, stored, rows))
				ok(t, db.Close())
				_, err = orm.Open(t.Context(), connector, orm.Entities(Birth{}))
				if !errors.Is(err, mapper.ErrMapping) || !strings.Contains(err.Error(), "Birth.on: the column on holds times") {
					t.Fatalf("got %v", err)
				}
				_, layout, found := strings.Cut(err.Error(), "declare layout=")
				if !found || rows > 1 {
					return // nothing that sorts, or a mixture
				}
				db, err = orm.Open(t.Context(), connector, orm.Entities(declared(layout)))
				ok(t, err)
				defer db.Close()
				day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
				for _, key := range []string{"on", "on:gte", "on:lte"} {
					if n, err := orm.Count[Birth](t.Context(), db.Fork(), orm.M{key: day}); err != nil || n != 1 {
						t.Errorf("%s finds %d rows, %v", key, n, err)
					}
				}
				em := db.Fork()
				b, err := orm.FindOneOrFail[Birth](t.Context(), em, 1)
				ok(t, err)
				if !b.On.Equal(day) {
					t.Errorf("read as %v", b.On)
				}
				b.On = day.AddDate(0, 0, 1)
				ok(t, em.Flush(t.Context()))
				if n, err := orm.Count[Birth](t.Context(), db.Fork(), orm.M{"on:gt": day}); err != nil || n != 1 {
					t.Errorf("%d rows later, %v", n, err)
				}
			})
		}
	}
}

// testEnginesWithSQL are SQLite and PostgreSQL.
func testEnginesWithSQL() []testengine.Engine { return testengine.All()[:2] }
