package replica_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/replica"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// answered reads all notes below the orm and returns who sent them.
func answered(t *testing.T, ctx context.Context, db *orm.DB, opts driver.SessionOptions) string {
	t.Helper()
	return answeredBy(t, ctx, db, qb.New(db.Registry(), "note", "").Select("text"), opts)
}

// answeredBy reads to the end and returns who sent the rows.
func answeredBy(t *testing.T, ctx context.Context, db *orm.DB, b *qb.Builder, opts driver.SessionOptions) string {
	t.Helper()
	q, args, err := b.Query()
	if err != nil {
		t.Fatal(err)
	}
	p, err := db.Engine().Compile(q)
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Engine().Session(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(ctx, p, args)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
	}
	name := driver.ServerOf(rows)
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.End(ctx, true); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestNames(t *testing.T) {
	tried := 0
	db := open(t, replica.New(file(t, "primary"),
		[]driver.Connector{broken{&tried}, replica.Named("north", file(t, "replica")), file(t, "replica")},
		replica.Options{Choose: func(ctx context.Context, n int) int { return 0 }, Backoff: time.Hour}))
	ctx := t.Context()
	if got := answered(t, ctx, db, driver.SessionOptions{}); got != "north" {
		t.Errorf("a read was answered by %q", got)
	}
	if got := answered(t, replica.OnPrimary(ctx), db, driver.SessionOptions{}); got != "primary" {
		t.Errorf("a read on the primary was answered by %q", got)
	}
	if got := answered(t, ctx, db, driver.SessionOptions{Transaction: true}); got != "primary" {
		t.Errorf("a read in a transaction was answered by %q", got)
	}
	var names []string
	for _, pool := range db.PoolStats() {
		names = append(names, pool.Name)
	}
	if want := []string{"primary writer", "primary readers", "north writer", "north readers"}; !slices.Equal(names, want) {
		t.Errorf("pools are %q, want %q", names, want)
	}
}

func TestChooseByFunction(t *testing.T) {
	type key struct{}
	db := open(t, replica.New(file(t, "primary"), []driver.Connector{file(t, "a"), file(t, "b")}, replica.Options{
		Choose: func(ctx context.Context, n int) int {
			if n != 2 {
				t.Errorf("the function was told of %d replicas", n)
			}
			return ctx.Value(key{}).(int)
		},
	}))
	for i, exp := range []string{"a", "b"} {
		want(t, exp, read(t, context.WithValue(t.Context(), key{}, i), db.Fork()), exp)
	}
}

// TestTextIsAWrite expects a statement written by the user to count as a write.
func TestTextIsAWrite(t *testing.T) {
	db := open(t, replica.New(file(t, "primary"), []driver.Connector{file(t, "replica")}, replica.Options{Sticky: time.Hour}))
	ctx := replica.Track(t.Context())
	s, err := db.Engine().Session(ctx, driver.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, ok := driver.SessionAs[driver.TextExecer](s)
	if !ok {
		t.Fatal("the session has no text")
	}
	if _, err := text.ExecText(ctx, "update notes set text = 'changed'"); err != nil {
		t.Fatal(err)
	}
	want(t, "after a statement", read(t, ctx, db.Fork()), "changed")
	want(t, "elsewhere", read(t, t.Context(), db.Fork()), "replica")
}
