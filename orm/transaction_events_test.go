package orm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/orm/internal/recorder"
	"github.com/weft-orm/weft/schema"
)

// diary records transaction events between the statements of a recorder, and makes
// one of them fail.
type diary struct {
	rec  *recorder.Recorder
	fail string
	err  error
	// lines are events and statements in order.
	lines []string
}

func (d *diary) note(what string) func(context.Context, *orm.EntityManager) error {
	return func(context.Context, *orm.EntityManager) error {
		d.statements()
		d.lines = append(d.lines, "<"+what+">")
		if d.fail == what {
			return d.err
		}
		return nil
	}
}

// statements appends what was sent, by its first word.
func (d *diary) statements() {
	for _, line := range d.rec.Take() {
		word, _, _ := strings.Cut(line, " ")
		d.lines = append(d.lines, strings.ToLower(word))
	}
}

func (d *diary) take() string {
	d.statements()
	s := strings.Join(d.lines, " ")
	d.lines = nil
	return s
}

func newDiary(t *testing.T, entities ...any) (*orm.DB, *diary) {
	t.Helper()
	d := &diary{rec: recorder.New(sqlite.Memory()), err: errors.New("subscriber")}
	db, err := orm.Open(t.Context(), d.rec, orm.Entities(entities...), orm.Subscribe(orm.Subscriber{Transactions: orm.TransactionEvents{
		BeforeBegin: d.note("before begin"), AfterBegin: d.note("after begin"),
		BeforeCommit: d.note("before commit"), AfterCommit: d.note("after commit"),
		BeforeRollback: d.note("before rollback"), AfterRollback: d.note("after rollback"),
	}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := schema.Create(t.Context(), target{db}); err != nil {
		t.Fatal(err)
	}
	d.take()
	return db, d
}

func TestTransactionEvents(t *testing.T) {
	ctx := t.Context()
	boom := errors.New("boom")
	const wrapped = "<before begin> <after begin> begin insert <before commit> commit <after commit>"
	for _, c := range []struct {
		what string
		do   func(em *orm.EntityManager) error
		want string
		err  error
	}{
		{"flush of nothing", func(em *orm.EntityManager) error { return em.Flush(ctx) }, "", nil},
		{"native", func(em *orm.EntityManager) error {
			_, err := orm.NativeInsert[Login](ctx, em, orm.M{"name": "b", "secret": "", "card.number": ""})
			return err
		}, wrapped, nil},
		{"bulk", func(em *orm.EntityManager) error { return orm.BulkInsert(ctx, em, []*Login{{Name: "c"}}) }, wrapped, nil},
		{"failed flush", func(em *orm.EntityManager) error { em.Persist(&Login{Name: "a"}); return em.Flush(ctx) },
			"<before begin> <after begin> begin insert <before rollback> rollback <after rollback>", driver.ErrUniqueViolation},
		{"transactional", func(em *orm.EntityManager) error {
			return em.Transactional(ctx, func(_ context.Context, em *orm.EntityManager) error { em.Persist(&Login{Name: "d"}); return nil })
		}, "<before begin> <after begin> begin savepoint insert release <before commit> commit <after commit>", nil},
		{"transactional that fails", func(em *orm.EntityManager) error {
			return em.Transactional(ctx, func(context.Context, *orm.EntityManager) error { return boom })
		}, "<before begin> <after begin> <before rollback> <after rollback>", boom},
		{"read", func(em *orm.EntityManager) error { _, err := orm.Find[Login](ctx, em, nil); return err }, "select", nil},
	} {
		db, d := newDiary(t, Login{})
		em := db.Fork()
		em.Persist(&Login{Name: "a"})
		if err := em.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		if got := d.take(); got != wrapped {
			t.Errorf("flush: %s", got)
		}
		if err := c.do(db.Fork()); !errors.Is(err, c.err) {
			t.Errorf("%s: error = %v", c.what, err)
		}
		if got := d.take(); got != c.want {
			t.Errorf("%s\n got: %s\nwant: %s", c.what, got, c.want)
		}
	}
}

func TestTransactionEventsThatFail(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		fail, flush, tx string
		stored          int64
	}{
		{"before begin", "<before begin>", "<before begin>", 0},
		{"after begin", "<before begin> <after begin> <before rollback> <after rollback>",
			"<before begin> <after begin> <before rollback> <after rollback>", 0},
		{"before commit", "<before begin> <after begin> begin insert <before commit> <before rollback> rollback <after rollback>",
			"<before begin> <after begin> begin savepoint insert release <before commit> <before rollback> rollback <after rollback>", 0},
		{"after commit", "<before begin> <after begin> begin insert <before commit> commit <after commit>",
			"<before begin> <after begin> begin savepoint insert release <before commit> commit <after commit>", 1},
	} {
		for _, form := range []string{"flush", "tx"} {
			db, d := newDiary(t, Login{})
			d.fail, d.err = c.fail, fmt.Errorf("subscriber: %w", driver.ErrDeadlock) // which would be tried again
			em, want, runs := db.Fork(), c.flush, 0
			var err error
			if form == "flush" {
				em.Persist(&Login{Name: "a"})
				err = em.Flush(ctx)
			} else {
				want = c.tx
				err = em.Transactional(ctx, func(_ context.Context, em *orm.EntityManager) error {
					runs++
					em.Persist(&Login{Name: "a"})
					return nil
				}, orm.Retry(map[bool]int{true: 3}[c.stored > 0]))
			}
			if !errors.Is(err, d.err) || errors.Is(err, orm.ErrAfterCommit) != (c.stored > 0) {
				t.Errorf("%s of a %s: error = %v", c.fail, form, err)
			}
			if got := d.take(); got != want {
				t.Errorf("%s of a %s\n got: %s\nwant: %s", c.fail, form, got, want)
			}
			n, err := orm.Count[Login](ctx, db.Fork(), nil)
			if err != nil || n != c.stored || runs > 1 {
				t.Errorf("%s of a %s: %d rows after %d runs, %v", c.fail, form, n, runs, err)
			}
			if em.InTransaction() {
				t.Errorf("%s of a %s: the transaction is still open", c.fail, form)
			}
		}
	}
}

// Alarm has after-hooks that fail.
type Alarm struct {
	ID   int64
	Name string
}

var errHook = errors.New("the bell is broken")

func (a *Alarm) AfterCreate(context.Context) error { return errHook }

func TestHooksAfterAFlush(t *testing.T) {
	b := newBench(t, Alarm{})
	em := b.db.Fork()
	a := &Alarm{Name: "a"}
	em.Persist(a, &Alarm{Name: "b"})
	err := em.Flush(b.ctx)
	if !errors.Is(err, orm.ErrAfterFlush) || !errors.Is(err, errHook) {
		t.Fatalf("error = %v", err)
	}
	want := "orm: flush: Alarm 1: hook failed after the flush was done: the bell is broken\norm: flush: Alarm 2: hook failed after the flush was done: the bell is broken"
	if err.Error() != want {
		t.Errorf("error = %v", err)
	}
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent() // it is done already
	if must(orm.Count[Alarm](b.ctx, b.db.Fork(), nil)) != 2 || a.ID != 1 {
		t.Error("the flush was not done")
	}
	err = em.Transactional(b.ctx, func(_ context.Context, em *orm.EntityManager) error { em.Persist(&Alarm{Name: "c"}); return nil })
	if !errors.Is(err, orm.ErrAfterFlush) || must(orm.Count[Alarm](b.ctx, b.db.Fork(), nil)) != 2 {
		t.Errorf("error = %v", err)
	}
}
