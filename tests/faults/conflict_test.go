package faults_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// testConflictDoesNotRepeat lets an adversary write a row in the middle of every
// run of a transaction. The second run has locked the row before it reads, so that
// the adversary comes too late.
func testConflictDoesNotRepeat(t *testing.T, w *world) {
	if !w.caps.RowLocks {
		t.Skip("the engine has no row locks")
	}
	n := w.seed(t)
	u := &unit{w: w, n: n}
	ann, err := orm.FindOneOrFail[author](t.Context(), w.direct.Fork(), orm.M{"name": u.name("ann")})
	ok(t, err)
	runs := 0
	err = w.db.Fork().Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
		runs++
		mine, err := orm.FindOneOrFail[author](ctx, em, ann.ID)
		if err != nil {
			return err
		}
		err = w.meddle(t.Context(), ann.ID)
		if locked := errors.Is(err, driver.ErrLockTimeout); locked != (runs > 1) {
			t.Errorf("in run %d the adversary got %v", runs, err)
		}
		mine.Books.Add(&book{Title: u.name("late")})
		mine.Name = u.name("ann") + "!"
		return nil
	}, orm.Retry(5))
	ok(t, err)
	if runs != 2 {
		t.Errorf("the transaction ran %d times, want twice", runs)
	}
	want := "[" + u.name("ann") + "!/3[" + u.name("late") + "[] " + u.name("war") + "[history]] " + u.name("dan") + "/1[]]"
	if got := w.dump(t, n); got != want {
		t.Errorf("stored is %s, want %s", got, want)
	}
}

// meddle changes an author without waiting for anybody.
func (w *world) meddle(ctx context.Context, id int64) error {
	return w.direct.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		found, err := orm.Find[author](ctx, em, id, orm.LockForUpdate(), orm.NoWait())
		if err != nil {
			return err
		}
		found[0].Name += "?"
		return nil
	})
}
