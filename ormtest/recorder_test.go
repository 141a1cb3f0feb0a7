package ormtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
	"github.com/weft-orm/weft/schema"
)

// Noted is written and read.
type Noted struct {
	ID   int64
	Text string
}

func TestRecorder(t *testing.T) {
	ctx := t.Context()
	rec := ormtest.NewRecorder(sqlite.Memory())
	db, err := orm.Open(ctx, rec, orm.Entities(Noted{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		t.Fatal(err)
	}
	rec.Take()
	em := db.Fork()
	em.Persist(&Noted{Text: "it's"})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := orm.Find[Noted](ctx, db.Fork(), orm.M{"text": []string{"a", "b"}}); err != nil {
		t.Fatal(err)
	}
	session, err := db.Engine().Session(ctx, driver.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, ok := driver.SessionAs[driver.TextExecer](session)
	if !ok {
		t.Fatal("the session has lost its language")
	}
	if _, err := text.ExecText(ctx, "delete from noteds where id > ?", 5); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"begin",
		`INSERT INTO "noteds" ("text") VALUES (?) ['it's']`,
		"commit",
		"SELECT",
		"delete from noteds where id > ? [5]",
	}
	got := rec.Take()
	if len(got) == 5 && strings.HasPrefix(got[3], "SELECT ") && strings.HasSuffix(got[3], " [['a' 'b']]") {
		got[3] = "SELECT"
	}
	if !slices.Equal(got, want) {
		t.Errorf("recorded\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if again := rec.Take(); again != nil {
		t.Errorf("taken twice: %q", again)
	}
}

func TestRecorderFails(t *testing.T) {
	ctx := t.Context()
	for name, inner := range map[string]driver.Connector{"memory": memory.New(), "sqlite": sqlite.Memory()} {
		t.Run(name, func(t *testing.T) {
			rec := ormtest.NewRecorder(inner)
			db, err := orm.Open(ctx, rec, orm.Entities(Noted{}))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := schema.Create(ctx, db); err != nil && !errors.Is(err, schema.ErrNoSchema) {
				t.Fatal(err)
			}
			rec.Take()
			broken := errors.New("broken")
			for _, at := range []string{"insert", "commit", "savepoint"} {
				rec.Fail(func(line string) error {
					if strings.HasPrefix(strings.ToLower(line), at) {
						return broken
					}
					return nil
				})
				em := db.Fork()
				err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
					return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
						em.Persist(&Noted{Text: "x"})
						return nil
					})
				})
				if !errors.Is(err, broken) {
					t.Errorf("%s: %v", at, err)
				}
			}
			rec.Fail(nil)
			if n, err := orm.Count[Noted](ctx, db.Fork(), nil); err != nil || n != 0 {
				t.Errorf("%d rows, %v", n, err)
			}
		})
	}
}
