package behaviour_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
)

// Fuse is what hooks and subscribers are called for.
type Fuse struct {
	ID   int64
	Name string `orm:",unique"`
	Amps Amps
}

// Amps is a value that can panic where it is read.
type Amps struct{ text string }

// ampsBreak is the value whose scan panics, "" for none.
var ampsBreak string

// Scan reads the value.
func (a *Amps) Scan(v any) error {
	if a.text = fmt.Sprint(v); a.text == ampsBreak && ampsBreak != "" {
		panic(errMine)
	}
	return nil
}

// Value is what is stored.
func (a Amps) Value() (driver.Value, error) { return a.text, nil }

// errMine is what user code panics with.
var errMine = errors.New("mine")

// fuseHooks is user code by the place where it runs; it is called once.
type fuseHooks struct {
	place string
	do    func(ctx context.Context, em *orm.EntityManager) error
}

func (h *fuseHooks) at(place string, ctx context.Context, em *orm.EntityManager) error {
	if h.place != place {
		return nil
	}
	h.place = ""
	return h.do(ctx, em)
}

// every is a subscriber that runs the hooks at all places but those in the database.
func (h *fuseHooks) every() orm.Option {
	plain := func(place string) func(context.Context, *orm.EntityManager) error {
		return func(ctx context.Context, em *orm.EntityManager) error { return h.at(place, ctx, em) }
	}
	return orm.Subscribe(orm.Subscriber{
		BeforeFlush: plain("BeforeFlush"), AfterFlush: plain("AfterFlush"),
		Before: func(ctx context.Context, em *orm.EntityManager, _ orm.Event) error { return h.at("Before", ctx, em) },
		After:  func(ctx context.Context, em *orm.EntityManager, _ orm.Event) error { return h.at("After", ctx, em) },
		OnFlush: func(ctx context.Context, em *orm.EntityManager, _ *orm.FlushEvent) error {
			return h.at("OnFlush", ctx, em)
		},
		Written: func(ctx context.Context, em *orm.EntityManager, _ *orm.FlushEvent) error {
			return h.at("Written", ctx, em)
		},
		Load: func(ctx context.Context, em *orm.EntityManager, _ any) error { return h.at("Load", ctx, em) },
		Transactions: orm.TransactionEvents{
			BeforeBegin: plain("BeforeBegin"), AfterBegin: plain("AfterBegin"),
			BeforeCommit: plain("BeforeCommit"), AfterCommit: plain("AfterCommit"),
			BeforeRollback: plain("BeforeRollback"), AfterRollback: plain("AfterRollback"),
		},
	})
}

// panics runs f, which must pass errMine on.
func panics(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if r := recover(); r != any(errMine) {
			t.Errorf("the panic is %v", r)
		}
	}()
	f()
}

// fuses are the names that are stored.
func fuses(t *testing.T, db *orm.DB) string {
	t.Helper()
	list, err := orm.Find[Fuse](t.Context(), db.Fork(), nil, orm.OrderBy("name"))
	ok(t, err)
	s := ""
	for _, x := range list {
		s += x.Name + x.Amps.text + " "
	}
	return s
}

// free reports that nobody holds a transaction, by a write of another manager.
func free(t *testing.T, db *orm.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	em := db.Fork()
	x := &Fuse{Name: "other"}
	em.Persist(x)
	if err := em.Flush(ctx); err != nil {
		t.Fatalf("a transaction is left open: %v", err)
	}
	em.Remove(x)
	ok(t, em.Flush(ctx))
	_, err := orm.NativeUpdate[Fuse](ctx, em, nil, orm.M{"amps": Amps{"1"}}, orm.AllowAll())
	if err != nil {
		t.Fatalf("rows are left locked: %v", err)
	}
}

// TestPanicEndsTransactions: a panic of user code ends the transaction in which it happened and
// is passed on, and the manager is as after an error in the same place.
func TestPanicEndsTransactions(t *testing.T) {
	h := &fuseHooks{}
	boom := func(context.Context, *orm.EntityManager) error { panic(errMine) }
	fail := func(context.Context, *orm.EntityManager) error { return errHappened }
	enginesWith(t, []orm.Option{h.every()}, []any{Fuse{}}, func(t *testing.T, e engine) {
		for _, place := range []string{"BeforeBegin", "AfterBegin", "BeforeFlush", "Before", "OnFlush", "Written", "BeforeCommit", "BeforeRollback", "AfterRollback", "After", "AfterFlush", "AfterCommit"} {
			for _, how := range []string{"flush", "transactional", "nested", "commit", "native"} {
				t.Run(place+"/"+how, func(t *testing.T) {
					h.place = ""
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
					if how == "native" {
						em = e.db.Fork()
					}
					h.place, h.do = place, boom
					if place == "BeforeRollback" || place == "AfterRollback" {
						// what makes it roll back comes first
						h.place, h.do = "BeforeCommit", func(ctx context.Context, em *orm.EntityManager) error {
							h.place, h.do = place, boom
							return fail(ctx, em)
						}
					}
					ran := false
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
							_ = em.Begin(ctx)
							_ = em.Commit(ctx)
						case "native":
							_, _ = orm.NativeUpdate[Fuse](ctx, em, nil, orm.M{"amps": Amps{"2"}}, orm.AllowAll())
						}
						if ran = h.place != ""; ran {
							panic(errMine) // there is no such place on this way
						}
					})
					h.place = ""
					if em.InTransaction() {
						t.Fatal("the manager is still in a transaction")
					}
					if how == "native" {
						free(t, e.db)
						return
					}
					want := "old1 "
					after := place == "AfterCommit" || how == "flush" && (place == "After" || place == "AfterFlush")
					if after && !ran {
						want = "fresh1 older1 "
					}
					if got := fuses(t, e.db); got != want && !ran {
						t.Errorf("stored is %q, want %q", got, want)
					}
					if !after && !ran && (fresh.ID != 0) {
						t.Errorf("the key was not taken back: %d", fresh.ID)
					}
					free(t, e.db)
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

// errHappened is an error of a subscriber.
var errHappened = errors.New("happened")

// TestPanicIsUndoneToTheSavepoint: who recovers from a panic inside a transaction goes on as
// after an error of the flush.
func TestPanicIsUndoneToTheSavepoint(t *testing.T) {
	h := &fuseHooks{}
	enginesWith(t, []orm.Option{h.every()}, []any{Fuse{}}, func(t *testing.T, e engine) {
		if !e.caps.Savepoints {
			t.Skip("there are no savepoints")
		}
		for _, place := range []string{"BeforeFlush", "Written", "After"} {
			for _, nested := range []bool{false, true} {
				t.Run(fmt.Sprint(place, "/", nested), func(t *testing.T) {
					h.place = ""
					ctx := t.Context()
					_, err := orm.NativeDelete[Fuse](ctx, e.db.Fork(), nil, orm.AllowAll())
					ok(t, err)
					em := e.db.Fork()
					ok(t, em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
						em.Persist(&Fuse{Name: "a"})
						ok(t, em.Flush(ctx))
						em.Persist(&Fuse{Name: "b"})
						h.place, h.do = place, func(context.Context, *orm.EntityManager) error { panic(errMine) }
						panics(t, func() {
							if nested {
								_ = em.Transactional(ctx, func(context.Context, *orm.EntityManager) error { return nil })
							} else {
								_ = em.Flush(ctx)
							}
						})
						em.Persist(&Fuse{Name: "c"})
						return nil
					}))
					if got := fuses(t, e.db); got != "a b c " {
						t.Errorf("stored is %q", got)
					}
					idle(t, em)
				})
			}
		}
	})
}

// TestPanicInScan: a value that panics where it is read leaves no rows, connection or transaction open.
func TestPanicInScan(t *testing.T) {
	engines(t, []any{Fuse{}}, func(t *testing.T, e engine) {
		ampsBreak = ""
		defer func() { ampsBreak = "" }()
		ctx := t.Context()
		em := e.db.Fork()
		em.Persist(&Fuse{Name: "a", Amps: Amps{"1"}}, &Fuse{Name: "b", Amps: Amps{"7"}}, &Fuse{Name: "c", Amps: Amps{"1"}})
		ok(t, em.Flush(ctx))
		reads := map[string]func(em *orm.EntityManager){
			"find":  func(em *orm.EntityManager) { _, _ = orm.Find[Fuse](ctx, em, nil) },
			"count": func(em *orm.EntityManager) { _, _, _ = orm.FindAndCount[Fuse](ctx, em, nil, orm.Limit(10)) },
			"stream": func(em *orm.EntityManager) {
				for range orm.Stream[Fuse](ctx, em, nil) {
					continue
				}
			},
			"upsert": func(em *orm.EntityManager) {
				_, _ = orm.UpsertEntity(ctx, em, &Fuse{Name: "b", Amps: Amps{"7"}}, orm.ConflictOn("name"))
			},
			"body": func(em *orm.EntityManager) {
				for range orm.Stream[Fuse](ctx, em, nil, orm.Fields("name")) {
					panic(errMine)
				}
			},
		}
		for _, name := range []string{"find", "count", "stream", "upsert", "body"} {
			for _, inside := range []bool{false, true} {
				t.Run(fmt.Sprint(name, "/", inside), func(t *testing.T) {
					em := e.db.Fork()
					for range 20 { // more than a pool has
						ampsBreak = "7"
						panics(t, func() {
							if !inside {
								reads[name](em)
								return
							}
							_ = em.Transactional(ctx, func(_ context.Context, em *orm.EntityManager) error {
								reads[name](em)
								return nil
							})
						})
						ampsBreak = ""
						em.Clear()
					}
					if got := fuses(t, e.db); got != "a1 b7 c1 " {
						t.Errorf("stored is %q", got)
					}
					ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
					defer cancel()
					_, err := orm.NativeUpdate[Fuse](ctx, e.db.Fork(), orm.M{"name": "a"}, orm.M{"amps": Amps{"1"}})
					ok(t, err)
				})
			}
		}
	})
}
