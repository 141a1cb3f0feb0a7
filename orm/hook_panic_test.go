package orm_test

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

type vase struct {
	ID   int64
	Name string
}

var vaseBreaks bool

// BeforeDelete panics once.
func (v *vase) BeforeDelete(context.Context) error {
	if vaseBreaks {
		vaseBreaks = false
		panic("broken")
	}
	return nil
}

// TestRemovalAfterAPanicInAHook: a flush that ended by a panic of a hook leaves no mark on what
// it was to remove, so that the next one removes it.
func TestRemovalAfterAPanicInAHook(t *testing.T) {
	ctx := t.Context()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(vase{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		t.Fatal(err)
	}
	em, v := db.Fork(), &vase{Name: "blue"}
	em.Persist(v)
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	em.Remove(v)
	vaseBreaks = true
	func() {
		defer func() { _ = recover() }()
		_ = em.Flush(ctx)
		t.Error("the hook did not panic")
	}()
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := orm.Count[vase](ctx, db.Fork(), nil); err != nil || n != 0 {
		t.Errorf("%d vases are left: %v", n, err)
	}
}
