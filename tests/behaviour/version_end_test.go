package behaviour_test

import (
	"errors"
	"math"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// counters have versions of several widths.
type (
	narrowCounter struct {
		ID      int64
		Name    string
		Version int8 `orm:",version"`
	}
	shortCounter struct {
		ID      int64
		Name    string
		Version uint8 `orm:",version"`
	}
	wideCounter struct {
		ID      int64
		Name    string
		Version int64 `orm:",version"`
	}
)

// TestVersionAfterTheGreatest: a row whose version has come to the end of its field can be written, read and
// compared all the same.
func TestVersionAfterTheGreatest(t *testing.T) {
	engines(t, []any{narrowCounter{}, shortCounter{}, wideCounter{}}, func(t *testing.T, e engine) {
		versionAfter(t, e, int8(math.MaxInt8), func(c *narrowCounter) (*string, *int8) { return &c.Name, &c.Version })
		versionAfter(t, e, uint8(math.MaxUint8), func(c *shortCounter) (*string, *uint8) { return &c.Name, &c.Version })
		versionAfter(t, e, int64(math.MaxInt64), func(c *wideCounter) (*string, *int64) { return &c.Name, &c.Version })
	})
}

func versionAfter[T any, V int8 | uint8 | int64](t *testing.T, e engine, greatest V, fields func(*T) (*string, *V)) {
	t.Helper()
	ctx, em := t.Context(), e.db.Fork()
	em.Persist(new(T))
	ok(t, em.Flush(ctx))
	_, err := orm.NativeUpdate[T](ctx, em, orm.M{"id": 1}, orm.M{"version": greatest - 1})
	ok(t, err)
	mine, theirs := e.db.Fork(), e.db.Fork()
	c, err := orm.FindOneOrFail[T](ctx, mine, 1)
	ok(t, err)
	name, version := fields(c)
	*name = "last"
	ok(t, mine.Flush(ctx))
	stale, err := orm.FindOneOrFail[T](ctx, theirs, 1)
	ok(t, err)
	if *version != greatest {
		t.Fatalf("%T: version %d, want %d", *c, *version, greatest)
	}
	*name = "first"
	ok(t, mine.Flush(ctx))
	if *version != 1 {
		t.Errorf("%T: after %d comes %d", *c, greatest, *version)
	}
	idle(t, mine)
	again, err := orm.FindOneOrFail[T](ctx, e.db.Fork(), 1)
	ok(t, err)
	if name, version := fields(again); *name != "first" || *version != 1 {
		t.Errorf("%T: stored %q, %d", *c, *name, *version)
	}
	other, _ := fields(stale)
	*other = "lost"
	if err := theirs.Flush(ctx); !errors.Is(err, orm.ErrOptimisticLock) {
		t.Errorf("%T: a stale update: %v", *c, err)
	}
}
