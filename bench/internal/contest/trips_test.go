package contest

import (
	"os"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// TestTrips counts round trips: what does not need each other's results is asked together
// where the engine can.
func TestTrips(t *testing.T) {
	want := map[string][2]int64{"postgres": {1, 2}, "mariadb": {2, 3}} // of a count with a page, and of two relations
	for engine, n := range want {
		t.Run(engine, func(t *testing.T) {
			ctx := t.Context()
			e, err := OpenEngine(ctx, engine, tiny)
			if err != nil {
				if os.Getenv("CI") != "" {
					t.Fatal(err)
				}
				t.Skip("no ", engine, ": ", err)
			}
			defer e.Close()
			x, w, err := openWeft(ctx, e, "weft")
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			for round := range 2 { // the first one prepares
				x.wire.take()
				if _, err := w.nested(ctx); err != nil {
					t.Fatal(err)
				}
				if trips, _ := x.wire.take(); round > 0 && trips != n[0] {
					t.Errorf("a count with a page took %d round trips, want %d", trips, n[0])
				}
				list, err := orm.Find[book](ctx, w.db.Fork(), orm.M{"id <=": 20}, orm.Populate("author", "tags"))
				if err != nil {
					t.Fatal(err)
				}
				for _, b := range list {
					if !b.Author.IsLoaded() || b.Tags.Len() != tiny.Tags {
						t.Fatalf("book %d has author %v and %d tags", b.ID, b.Author, b.Tags.Len())
					}
				}
				if trips, _ := x.wire.take(); round > 0 && trips != n[1] {
					t.Errorf("books with author and tags took %d round trips, want %d", trips, n[1])
				}
			}
		})
	}
}
