package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
)

// dated has times in all the ways to keep them.
type dated struct {
	ID   int64
	At   time.Time
	Day  time.Time `orm:",type=date"`
	Text time.Time `orm:",layout='2006-01-02 15:04:05'"`
	List []time.Time
	Note string
}

// TestYears: a time that the database could not give back is refused as a value, whoever writes it or asks for it,
// and those at both ends of its years are stored, one row or many.
func TestYears(t *testing.T) {
	engines(t, []any{dated{}}, func(t *testing.T, e engine) {
		ctx, years := t.Context(), e.caps.Limits.Years
		in := func(year int) time.Time { return time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC) }
		usual := in(2000)
		row := func(set func(*dated)) *dated {
			d := &dated{At: usual, Day: usual, Text: usual, List: []time.Time{usual}}
			set(d)
			return d
		}
		refused := map[string]func(*dated){"text": func(d *dated) { d.Text = in(10_000) }}
		for _, year := range []int{years.First - 1, years.Last + 1} {
			if years.Last == 0 {
				break // all years
			}
			refused["at"] = func(d *dated) { d.At = in(year) }
			refused["day"] = func(d *dated) { d.Day = in(year) }
			refused["list"] = func(d *dated) { d.List = []time.Time{usual, in(year)} }
			for path, set := range refused {
				em := e.db.Fork()
				d := row(set)
				em.Persist(d)
				err := em.Flush(ctx)
				if own, is := errors.AsType[*orm.Error](err); !is || own.Path != path || !errors.Is(err, orm.ErrValue) {
					t.Errorf("%d in %s: %v", year, path, err)
				}
			}
			_, err := orm.Find[dated](ctx, e.db.Fork(), orm.M{"at <": in(year)})
			if !errors.Is(err, orm.ErrValue) {
				t.Errorf("a condition about %d: %v", year, err)
			}
			_, err = orm.NativeUpdate[dated](ctx, e.db.Fork(), orm.M{"note": ""}, orm.M{"day": in(year)})
			if !errors.Is(err, orm.ErrValue) {
				t.Errorf("a native update with %d: %v", year, err)
			}
		}
		for _, year := range []int{max(years.First, 1), years.Last} {
			em := e.db.Fork()
			for range 3 {
				em.Persist(row(func(d *dated) { d.At, d.Day, d.List = in(year), in(year), []time.Time{in(year)} }))
			}
			ok(t, em.Flush(ctx))
			idle(t, em)
			list, err := orm.Find[dated](ctx, e.db.Fork(), orm.M{"at": in(year)})
			ok(t, err)
			if len(list) != 3 || !list[1].Day.Equal(in(year)) || !list[2].List[0].Equal(in(year)) {
				t.Errorf("%d: %d rows came back, %+v", year, len(list), list)
			}
			for _, d := range list {
				d.Note = "changed"
			}
		}
	})
}
