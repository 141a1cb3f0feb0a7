package replica_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

type note struct {
	ID   int64 `orm:",pk,assigned"`
	Text string
}

// broken is a replica that cannot be reached.
type broken struct{ tried *int }

func (b broken) Connect(context.Context) (driver.Engine, error) {
	*b.tried++
	return nil, &driver.Error{Class: driver.ErrConnection, Op: -1, Row: -1}
}

// file makes a database with one note.
func file(t *testing.T, text string) driver.Connector {
	t.Helper()
	c := sqlite.File(filepath.Join(t.TempDir(), "notes.db"))
	db := open(t, c)
	if err := schema.Create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	em.Persist(&note{ID: 1, Text: text})
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T, c driver.Connector) *orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), c, orm.Entities(note{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func read(t *testing.T, ctx context.Context, em *orm.EntityManager) string {
	t.Helper()
	list, err := orm.Find[note](ctx, em, orm.M{"id": 1})
	if err != nil || len(list) != 1 {
		t.Fatalf("found %d, error %v", len(list), err)
	}
	return list[0].Text
}

func want(t *testing.T, what, got, exp string) {
	t.Helper()
	if got != exp {
		t.Errorf("%s: read from %q, want %q", what, got, exp)
	}
}

func TestRouting(t *testing.T) {
	tried := 0
	db := open(t, replica.New(file(t, "primary"), []driver.Connector{broken{&tried}, file(t, "replica")}, replica.Options{
		Choose: func(context.Context, int) int { return 0 }, Backoff: time.Hour, Sticky: time.Hour,
	}))
	ctx := replica.Track(t.Context())
	want(t, "plain", read(t, ctx, db.Fork()), "replica")
	want(t, "again", read(t, ctx, db.Fork()), "replica")
	if tried != 1 {
		t.Errorf("the broken replica was tried %d times during its back-off", tried)
	}
	want(t, "override", read(t, replica.OnPrimary(ctx), db.Fork()), "primary")
	err := db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		want(t, "transaction", read(t, ctx, em), "primary")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	em.Persist(&note{ID: 2, Text: "new"})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	want(t, "sticky", read(t, ctx, db.Fork()), "primary")
	want(t, "another context", read(t, t.Context(), db.Fork()), "replica")
}
