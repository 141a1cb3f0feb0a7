package behaviour_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/weft-orm/weft/internal/logkey"
	"github.com/weft-orm/weft/orm"
)

// fuseLog is a log handler that panics once, at a record.
type fuseLog struct {
	slog.Handler
	place *string
}

func (h fuseLog) Enabled(context.Context, slog.Level) bool { return true }

// Handle panics at the record of an event of a transaction, or at that of a query.
func (h fuseLog) Handle(_ context.Context, r slog.Record) error {
	at := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == logkey.Event {
			at = a.Value.String()
		}
		return true
	})
	if *h.place != "" && at == *h.place {
		*h.place = ""
		panic(errMine)
	}
	return nil
}

// TestPanicOfALog: a log handler is code of users. Where it panics the manager is as after an error in the same
// place, or, once a transaction is committed, as after that, and the panic is passed on.
func TestPanicOfALog(t *testing.T) {
	place := ""
	h := &fuseHooks{}
	log := slog.New(fuseLog{slog.DiscardHandler, &place})
	enginesWith(t, []orm.Option{orm.Logger(log), h.every()}, []any{Fuse{}}, func(t *testing.T, e engine) {
		for _, at := range []string{"begin", "commit", "rollback", "savepoint", "release savepoint", "rollback to savepoint", logkey.Query} {
			for _, how := range []string{"flush", "transactional", "nested", "commit", "native", "find", "loop"} {
				t.Run(at+"/"+how, func(t *testing.T) {
					place, h.place = "", ""
					ctx := t.Context()
					_, err := orm.NativeDelete[Fuse](ctx, e.db.Fork(), nil, orm.AllowAll())
					ok(t, err)
					em := e.db.Fork()
					old := &Fuse{Name: "old", Amps: Amps{"1"}}
					em.Persist(old)
					ok(t, em.Flush(ctx))
					fresh := &Fuse{Name: "fresh", Amps: Amps{"1"}}
					em.Persist(fresh)
					old.Name = "older"
					if how == "native" || how == "find" || how == "loop" {
						em = e.db.Fork()
					}
					place = at
					if at == "rollback" || at == "rollback to savepoint" {
						h.place, h.do = "Written", func(context.Context, *orm.EntityManager) error { return errHappened }
					}
					ran := true
					panics(t, func() {
						flush := func(ctx context.Context, em *orm.EntityManager) error { return em.Flush(ctx) }
						switch how {
						case "flush":
							_ = em.Flush(ctx)
						case "transactional":
							_ = em.Transactional(ctx, func(context.Context, *orm.EntityManager) error { return nil })
						case "nested":
							_ = em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error { return em.Transactional(ctx, flush) })
						case "commit":
							if err := em.Begin(ctx); err == nil {
								_ = em.Commit(ctx)
							}
						case "native":
							_, _ = orm.NativeUpdate[Fuse](ctx, em, nil, orm.M{"amps": Amps{"2"}}, orm.AllowAll())
						case "find":
							_, _ = orm.Find[Fuse](ctx, em, nil)
						case "loop":
							for range orm.Stream[Fuse](ctx, em, nil) {
								continue
							}
						}
						if place != "" {
							ran = false
							panic(errMine) // there is no such record on this way
						}
					})
					place, h.place = "", ""
					if em.InTransaction() {
						t.Fatal("the manager is still in a transaction")
					}
					free(t, e.db)
					if how == "native" || how == "find" || how == "loop" || !ran {
						return
					}
					want := "old1 "
					if at == "commit" {
						want = "fresh1 older1 "
					}
					if got := fuses(t, e.db); got != want && e.caps.Transactions {
						t.Errorf("stored is %q, want %q", got, want)
					}
					if (fresh.ID != 0) != (at == "commit") && e.caps.Transactions {
						t.Errorf("the key is %d", fresh.ID)
					}
					ok(t, em.Flush(ctx)) // what is pending still is
					if got := fuses(t, e.db); got != "fresh1 older1 " {
						t.Errorf("stored is %q in the end", got)
					}
					idle(t, em)
				})
			}
		}
	})
}
