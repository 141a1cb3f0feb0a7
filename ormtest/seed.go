package ormtest

import (
	"context"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/seed"
)

// Value is the number that [Seed] and [Run] make values from.
const Value = 1

// Seed runs seeders, in one transaction where the engine has them. What fails, fails the test.
func Seed(t testing.TB, db *orm.DB, seeders ...seed.Seeder) {
	t.Helper()
	if _, err := seed.Execute(t.Context(), db, seeders, seed.Options{Value: Value}); err != nil {
		t.Fatal(err)
	}
}

// Run returns a run for factories: seed.For[Book]().Many(ctx, ormtest.Run(em), 3).
// Tests that use one database between them need a [Truncate] or [Rollback] each,
// because runs make the same unique values.
func Run(em *orm.EntityManager) *seed.Run { return seed.New(em, Value) }

// Truncate empties the tables of all entities, now and when the test ends, so that
// tests on one database do not see each other's rows. Such tests cannot run in parallel.
func Truncate(t testing.TB, db *orm.DB) {
	t.Helper()
	clear := func(ctx context.Context) {
		t.Helper()
		if err := seed.Clear(ctx, db.Fork()); err != nil {
			t.Fatal(err)
		}
	}
	clear(t.Context())
	t.Cleanup(func() { clear(context.WithoutCancel(t.Context())) })
}

// Rollback returns a manager with a transaction that is undone when the test ends:
// nothing the test writes through it stays, whatever it flushes. Transactions that
// the code under test begins on it are savepoints. Other managers do not see its
// rows. An engine without transactions skips the test.
func Rollback(t testing.TB, db *orm.DB) *orm.EntityManager {
	t.Helper()
	if !db.Engine().Caps().Transactions {
		t.Skipf("%s has no transactions to undo; use Truncate", db.Engine().Caps().Name)
	}
	em := db.Fork()
	if err := em.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if em.InTransaction() {
			if err := em.Rollback(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		}
	})
	return em
}
