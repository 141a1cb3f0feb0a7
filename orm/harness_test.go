package orm_test

import (
	"context"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/orm/internal/recorder"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// bench is a database of the library model whose statements are recorded.
type bench struct {
	*testing.T
	ctx context.Context
	db  *orm.DB
	rec *recorder.Recorder
}

func newBench(t *testing.T, entities ...any) *bench {
	t.Helper()
	if len(entities) == 0 {
		entities = model.Library()
	}
	b := &bench{T: t, ctx: t.Context(), rec: recorder.New(sqlite.Memory())}
	db, err := orm.Open(b.ctx, b.rec, orm.Entities(entities...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := schema.Create(b.ctx, target{db}); err != nil {
		t.Fatal(err)
	}
	b.db = db
	b.rec.Take()
	return b
}

// target shows the schema package the engine behind the recorder.
type target struct{ *orm.DB }

func (t target) Engine() driver.Engine {
	return t.DB.Engine().(interface{ Unwrap() driver.Engine }).Unwrap()
}

// ok fails the test on an error.
func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// flush flushes and forgets the statements.
func (b *bench) flush(em *orm.EntityManager) {
	b.Helper()
	b.ok(em.Flush(b.ctx))
	b.rec.Take()
}

// sent compares the statements sent since the last look with want.
func (b *bench) sent(want ...string) {
	b.Helper()
	got := strings.Join(b.rec.Take(), "\n")
	if exp := strings.Join(want, "\n"); got != exp {
		b.Errorf("statements\n got: %s\nwant: %s", strings.ReplaceAll(got, "\n", "\n      "), strings.ReplaceAll(exp, "\n", "\n      "))
	}
}

// must returns v and fails the test on an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
