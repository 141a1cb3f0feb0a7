package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// insideFlush are the places where user code runs before a flush is committed.
var insideFlush = []string{"BeforeFlush", "Before", "OnFlush", "BeforeBegin", "AfterBegin", "Written", "BeforeCommit"}

// TestCallsInsideAFlush: what would pull the ground from under a flush is refused, and names the
// call, the place and what to do instead; what cannot return an error does nothing and ends the flush.
func TestCallsInsideAFlush(t *testing.T) {
	h := &fuseHooks{}
	enginesWith(t, []orm.Option{h.every()}, []any{Fuse{}}, func(t *testing.T, e engine) {
		nothing := func(context.Context, *orm.EntityManager) error { return nil }
		var old *Fuse
		calls := map[string]func(context.Context, *orm.EntityManager) error{
			"flush":         func(ctx context.Context, em *orm.EntityManager) error { return em.Flush(ctx) },
			"plan":          func(ctx context.Context, em *orm.EntityManager) error { _, err := em.Plan(ctx); return err },
			"changes":       func(ctx context.Context, em *orm.EntityManager) error { _, err := orm.Changes(ctx, em); return err },
			"begin":         func(ctx context.Context, em *orm.EntityManager) error { return em.Begin(ctx) },
			"commit":        func(ctx context.Context, em *orm.EntityManager) error { return em.Commit(ctx) },
			"rollback":      func(ctx context.Context, em *orm.EntityManager) error { return em.Rollback(ctx) },
			"transactional": func(ctx context.Context, em *orm.EntityManager) error { return em.Transactional(ctx, nothing) },
			"clear":         func(_ context.Context, em *orm.EntityManager) error { em.Clear(); return nil },
			"forget":        func(_ context.Context, em *orm.EntityManager) error { em.Forget(old); return nil },
		}
		for _, place := range insideFlush {
			for _, name := range []string{"flush", "plan", "changes", "begin", "commit", "rollback", "transactional", "clear", "forget"} {
				for _, tx := range []bool{false, true} {
					if tx && strings.Contains(place, "Begin") || tx && place == "BeforeCommit" {
						continue // no flush runs there
					}
					t.Run(fmt.Sprint(place, "/", name, "/", tx), func(t *testing.T) {
						h.place = ""
						ctx := t.Context()
						_, err := orm.NativeDelete[Fuse](ctx, e.db.Fork(), nil, orm.AllowAll())
						ok(t, err)
						em := e.db.Fork()
						old = &Fuse{Name: "old"}
						em.Persist(old)
						ok(t, em.Flush(ctx))
						old.Name = "older"
						fresh := &Fuse{Name: "fresh"}
						em.Persist(fresh)
						var said error
						h.place, h.do = place, func(ctx context.Context, em *orm.EntityManager) error {
							said = calls[name](ctx, em)
							return nil
						}
						if tx {
							err = em.Transactional(ctx, nothing)
						} else {
							err = em.Flush(ctx)
						}
						if h.place != "" {
							t.Fatal("the hook did not run")
						}
						want := "fresh older "
						if name == "clear" || name == "forget" {
							said, err, want = err, nil, "old "
						}
						ok(t, err)
						if !errors.Is(said, orm.ErrInsideFlush) {
							t.Fatalf("the call is %v", said)
						}
						if is, as := errors.AsType[*orm.Error](said); !as || is.Op != name || !strings.Contains(is.Detail, place) {
							t.Errorf("it does not name call and place: %v", said)
						}
						if em.InTransaction() {
							t.Error("the manager is in a transaction")
						}
						if got := fuses(t, e.db); got != want {
							t.Errorf("stored is %q, want %q", got, want)
						}
						ok(t, em.Flush(ctx))
						if got := fuses(t, e.db); got != "fresh older " {
							t.Errorf("stored is %q in the end", got)
						}
						idle(t, em)
						em.Clear() // now it is possible
						if em.Managed() != 0 {
							t.Error("nothing was cleared")
						}
					})
				}
			}
		}
	})
}

// TestBeginThatASubscriberEnds: who ends a transaction in its AfterBegin leaves none, and Begin says so.
func TestBeginThatASubscriberEnds(t *testing.T) {
	h := &fuseHooks{}
	enginesWith(t, []orm.Option{h.every()}, []any{Fuse{}}, func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork()
		h.place, h.do = "AfterBegin", func(ctx context.Context, em *orm.EntityManager) error { return em.Rollback(ctx) }
		err := em.Transactional(ctx, func(context.Context, *orm.EntityManager) error {
			t.Error("the function ran without a transaction")
			return nil
		})
		if !errors.Is(err, orm.ErrTransaction) {
			t.Errorf("it is %v", err)
		}
		if em.InTransaction() {
			t.Error("there is a transaction")
		}
		ok(t, em.Begin(ctx))
		h.place, h.do = "BeforeRollback", func(ctx context.Context, em *orm.EntityManager) error { return em.Commit(ctx) }
		if err := em.Rollback(ctx); !errors.Is(err, orm.ErrTransaction) {
			t.Errorf("a commit in a rollback is %v", err)
		}
	})
}

// TestEndsOfATransactionInAfterHooks: who is told of a flush inside of a transaction, or that one begins or
// commits, does not end it, nor begin another: who called goes on with it.
func TestEndsOfATransactionInAfterHooks(t *testing.T) {
	h := &fuseHooks{}
	enginesWith(t, []orm.Option{h.every()}, []any{Fuse{}}, func(t *testing.T, e engine) {
		calls := map[string]func(context.Context, *orm.EntityManager) error{
			"begin":    func(ctx context.Context, em *orm.EntityManager) error { return em.Begin(ctx) },
			"commit":   func(ctx context.Context, em *orm.EntityManager) error { return em.Commit(ctx) },
			"rollback": func(ctx context.Context, em *orm.EntityManager) error { return em.Rollback(ctx) },
		}
		ends := map[string]func(context.Context, *orm.EntityManager) error{
			"commit": func(ctx context.Context, em *orm.EntityManager) error {
				ok(t, em.Begin(ctx))
				em.Persist(&Fuse{Name: "fresh"})
				return em.Commit(ctx)
			},
			"flush": func(ctx context.Context, em *orm.EntityManager) error {
				return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
					em.Persist(&Fuse{Name: "fresh"})
					ok(t, em.Flush(ctx))
					if !em.InTransaction() {
						t.Error("the transaction is gone")
					}
					return nil
				})
			},
			"upsert": func(ctx context.Context, em *orm.EntityManager) error {
				return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
					return orm.BulkUpsert(ctx, em, []*Fuse{{Name: "fresh"}}, orm.ConflictOn("name"))
				})
			},
		}
		for _, c := range []struct {
			place, call string
			class       error
		}{
			{"After", "commit", orm.ErrInsideFlush}, {"After", "rollback", orm.ErrInsideFlush},
			{"AfterFlush", "commit", orm.ErrInsideFlush}, {"AfterFlush", "rollback", orm.ErrInsideFlush},
			{"BeforeCommit", "commit", orm.ErrTransaction}, {"BeforeBegin", "begin", orm.ErrTransaction},
		} {
			for name, end := range ends {
				if name == "upsert" && c.place == "AfterFlush" {
					continue // nothing is flushed
				}
				t.Run(c.place+"/"+c.call+"/"+name, func(t *testing.T) {
					h.place = ""
					ctx := t.Context()
					_, err := orm.NativeDelete[Fuse](ctx, e.db.Fork(), nil, orm.AllowAll())
					ok(t, err)
					em := e.db.Fork()
					var said error
					h.place, h.do = c.place, func(ctx context.Context, em *orm.EntityManager) error {
						said = calls[c.call](ctx, em)
						return nil
					}
					ok(t, end(ctx, em))
					if h.place != "" || !errors.Is(said, c.class) {
						t.Errorf("the call is %v, the hook is still to run %q", said, h.place)
					}
					if got := fuses(t, e.db); got != "fresh " {
						t.Errorf("stored is %q", got)
					}
					idle(t, em)
				})
			}
		}
	})
}

// TestUpsertInsideAFlush: subscribers may upsert, also what is managed; it is stored and taken
// back with the flush.
func TestUpsertInsideAFlush(t *testing.T) {
	h := &fuseHooks{}
	enginesWith(t, []orm.Option{h.every()}, []any{Fuse{}}, func(t *testing.T, e engine) {
		for _, place := range []string{"BeforeFlush", "Before", "OnFlush", "AfterBegin", "Written", "BeforeCommit"} {
			for _, tx := range []bool{false, true} {
				for _, fails := range []bool{false, true} {
					if tx && (place == "AfterBegin" || place == "BeforeCommit") {
						continue // no flush runs there
					}
					t.Run(fmt.Sprint(place, "/", tx, "/", fails), func(t *testing.T) {
						h.place = ""
						ctx := t.Context()
						_, err := orm.NativeDelete[Fuse](ctx, e.db.Fork(), nil, orm.AllowAll())
						ok(t, err)
						em := e.db.Fork()
						old, met := &Fuse{Name: "old", Amps: Amps{"1"}}, &Fuse{Name: "met", Amps: Amps{"1"}}
						em.Persist(old, met)
						ok(t, em.Flush(ctx))
						old.Name = "older"
						h.place, h.do = place, func(ctx context.Context, em *orm.EntityManager) error {
							x, err := orm.UpsertEntity(ctx, em, &Fuse{Name: "met", Amps: Amps{"2"}}, orm.ConflictOn("name"))
							if err != nil {
								return err
							}
							if x != met || met.Amps.text != "2" {
								return fmt.Errorf("it is another entity, or another value: %v", met)
							}
							if _, err := orm.UpsertEntity(ctx, em, &Fuse{Name: "made", Amps: Amps{"2"}}, orm.ConflictOn("name")); err != nil {
								return err
							}
							if fails {
								return errHappened
							}
							return nil
						}
						flush := func(ctx context.Context, em *orm.EntityManager) error { return em.Flush(ctx) }
						if tx {
							err = em.Transactional(ctx, flush)
						} else {
							err = em.Flush(ctx)
						}
						if errors.Is(err, errHappened) != fails || !fails && err != nil {
							t.Fatalf("the flush is %v", err)
						}
						if h.place != "" {
							t.Fatal("the hook did not run")
						}
						want := "made2 met2 older1 "
						taken := tx || strings.Contains(place, "Begin") || place == "Written" || place == "BeforeCommit"
						switch {
						case fails && taken:
							want = "met1 old1 "
						case fails:
							want = "made2 met2 old1 " // it had a transaction of its own
						}
						if got := fuses(t, e.db); got != want {
							t.Errorf("stored is %q, want %q", got, want)
						}
						if n := em.Managed(); fails && taken && (n != 2 || met.Amps.text != "1") {
							t.Errorf("in memory are %d entities, %v", n, met)
						}
						if old.Name != "older" {
							t.Error("a change of the user is gone")
						}
						met.Amps.text = "3"
						ok(t, em.Flush(ctx))
						if got := fuses(t, e.db); !strings.Contains(got, "met3 ") || !strings.Contains(got, "older1") {
							t.Errorf("stored is %q in the end", got)
						}
						idle(t, em)
					})
				}
			}
		}
	})
}

// TestPersistedWhileDeleted: who persists what the flush under way deletes keeps it: before the rows are told, the
// removal is taken back, after that it is inserted again by the next flush.
func TestPersistedWhileDeleted(t *testing.T) {
	h := &fuseHooks{}
	enginesWith(t, []orm.Option{h.every()}, []any{Fuse{}}, func(t *testing.T, e engine) {
		for _, place := range []string{"BeforeFlush", "Before", "OnFlush", "AfterBegin", "Written", "BeforeCommit", "After"} {
			for _, fails := range []bool{false, true} {
				t.Run(fmt.Sprint(place, "/", fails), func(t *testing.T) {
					h.place = ""
					ctx := t.Context()
					_, err := orm.NativeDelete[Fuse](ctx, e.db.Fork(), nil, orm.AllowAll())
					ok(t, err)
					em := e.db.Fork()
					x, other := &Fuse{Name: "kept"}, &Fuse{Name: "gone"}
					em.Persist(x, other)
					ok(t, em.Flush(ctx))
					em.Remove(x, other)
					h.place, h.do = place, func(_ context.Context, em *orm.EntityManager) error {
						em.Persist(x)
						if fails {
							return errHappened
						}
						return nil
					}
					if err := em.Flush(ctx); errors.Is(err, errHappened) != fails || !fails && err != nil {
						t.Fatal(err)
					}
					if !em.Contains(x) {
						t.Error("it is not managed")
					}
					ok(t, em.Flush(ctx))
					if got := fuses(t, e.db); got != "kept " {
						t.Errorf("stored is %q", got)
					}
					x.Name = "still"
					ok(t, em.Flush(ctx))
					if got := fuses(t, e.db); got != "still " {
						t.Errorf("stored is %q in the end", got)
					}
					idle(t, em)
				})
			}
		}
	})
}

// TestChangedRowThatIsRolledBack: what was read of a row that never comes to be is told once, and is forgotten.
func TestChangedRowThatIsRolledBack(t *testing.T) {
	enginesWith(t, nil, []any{Fuse{}}, func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("nothing is rolled back")
		}
		for _, by := range []string{"insert", "cleared"} {
			t.Run(by, func(t *testing.T) {
				ctx := t.Context()
				_, err := orm.NativeDelete[Fuse](ctx, e.db.Fork(), nil, orm.AllowAll())
				ok(t, err)
				em := e.db.Fork()
				other := &Fuse{Name: "other"}
				em.Persist(other)
				ok(t, em.Flush(ctx))
				ok(t, em.Begin(ctx))
				var list []*Fuse
				for _, name := range []string{"a", "b"} {
					if by == "insert" {
						_, err = orm.NativeInsert[Fuse](ctx, em, orm.M{"name": name, "amps": Amps{"1"}})
						ok(t, err)
					} else {
						em.Persist(&Fuse{Name: name})
						ok(t, em.Flush(ctx))
						em.Clear()
					}
				}
				for _, name := range []string{"a", "b"} {
					x, err := orm.FindOneOrFail[Fuse](ctx, em, orm.M{"name": name})
					ok(t, err)
					x.Name += " changed"
					list = append(list, x)
				}
				ok(t, em.Rollback(ctx))
				told := func(err error) {
					t.Helper()
					if !errors.Is(err, orm.ErrDetached) || strings.Count(err.Error(), "Persist it") != 2 {
						t.Fatalf("it is %v", err)
					}
				}
				_, err = em.Plan(ctx)
				if told(err); !em.Contains(list[0]) {
					t.Error("a plan has changed the unit")
				}
				told(em.Flush(ctx))
				if em.Contains(list[0]) || em.Contains(list[1]) {
					t.Error("they are managed")
				}
				other, err = orm.FindOneOrFail[Fuse](ctx, em, orm.M{"name": "other"})
				ok(t, err)
				other.Name = "more"
				ok(t, em.Flush(ctx))
				em.Persist(list[0])
				ok(t, em.Flush(ctx))
				if got := fuses(t, e.db); got != "a changed1 more " && got != "a changed more " {
					t.Errorf("stored is %q", got)
				}
				list[0].Name = "again"
				ok(t, em.Flush(ctx))
				idle(t, em)
			})
		}
	})
}
