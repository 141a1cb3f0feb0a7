package faults_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// testPoolExhausted flushes while transactions hold all connections.
func testPoolExhausted(t *testing.T, w *world) {
	if !w.caps.Savepoints {
		t.Skip("transactions of this engine hold no connection")
	}
	u := w.unit(t)
	before := u.state(t)
	holders := make([]*orm.EntityManager, connections)
	for i := range holders {
		holders[i] = w.db.Fork()
		ok(t, holders[i].Begin(t.Context()))
		_, err := orm.Find[tag](t.Context(), holders[i], nil)
		ok(t, err)
	}
	if s := w.db.PoolStats()[0]; s.InUse != connections || s.Idle != 0 || s.Max != connections {
		t.Errorf("the exhausted pool is %+v", s)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	is(t, u.em.Flush(ctx), driver.ErrCanceled, context.DeadlineExceeded)
	u.unchanged(t, before)
	var freed sync.WaitGroup
	freed.Go(func() {
		time.Sleep(20 * time.Millisecond)
		for _, em := range holders {
			if err := em.Rollback(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	u.settles(t) // waits for its turn
	freed.Wait()
	if s := w.db.PoolStats()[0]; s.Waits == 0 || s.Waited == 0 {
		t.Errorf("nobody waited for the pool: %+v", s)
	}
}

// rival reads ann and dan of one seed with a manager of its own.
func (w *world) rival(t *testing.T, n int) (*orm.EntityManager, [2]*author) {
	t.Helper()
	u := &unit{w: w, n: n, em: w.db.Fork()}
	found, err := orm.Find[author](t.Context(), u.em, orm.M{"name": []string{u.name("ann"), u.name("dan")}}, orm.OrderBy("name"))
	ok(t, err)
	return u.em, [2]*author{found[0], found[1]}
}

// testDeadlock lets two units write two rows in opposite order, each row in a
// flush of its own.
func testDeadlock(t *testing.T, w *world) {
	n := w.seed(t)
	var ems [2]*orm.EntityManager
	var rows [2][2]*author
	for i := range ems {
		ems[i], rows[i] = w.rival(t, n)
	}
	var errs [2]error
	var both, rivals sync.WaitGroup
	both.Add(2)
	for i := range ems {
		rivals.Go(func() { errs[i] = cross(t.Context(), ems[i], rows[i], i, &both) })
	}
	rivals.Wait()
	victim := 0
	if errs[0] == nil {
		victim = 1
	}
	class := driver.ErrDeadlock
	if !w.caps.RowLocks {
		class = driver.ErrSerialization // the engine notices a clash at once, perhaps in both
	}
	if errs[1-victim] != nil && !errors.Is(errs[1-victim], driver.ErrSerialization) {
		t.Fatalf("error of the survivor is %v", errs[1-victim])
	}
	if !errors.Is(errs[victim], class) {
		t.Fatalf("error of the victim is %v", errs[victim])
	}
	for k, a := range rows[victim] {
		if a.Version != 1 {
			t.Errorf("version of row %d of the victim is %d", k, a.Version)
		}
	}
	is(t, ems[victim].Flush(t.Context()), orm.ErrOptimisticLock) // its changes are still there
	ok(t, ems[victim].Refresh(t.Context(), rows[victim][0], rows[victim][1]))
	for _, a := range rows[victim] {
		a.Name += "+"
	}
	ok(t, ems[victim].Flush(t.Context()))
	for k, a := range rows[victim] {
		if a.Version != 3 {
			t.Errorf("version of row %d is %d in the end", k, a.Version)
		}
	}
}

// cross writes one row, waits until the other unit has written the other one, and
// then wants that.
func cross(ctx context.Context, em *orm.EntityManager, rows [2]*author, first int, both *sync.WaitGroup) error {
	return em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
		met := sync.OnceFunc(both.Done)
		defer met()
		rows[first].Name += "+"
		if err := em.Flush(ctx); err != nil {
			return err
		}
		met()
		both.Wait()
		rows[1-first].Name += "+"
		return em.Flush(ctx)
	})
}

// testDeadlockIsRetried is the same with units that may run again.
func testDeadlockIsRetried(t *testing.T, w *world) {
	n := w.seed(t)
	var rivals sync.WaitGroup
	for i := range 2 {
		rivals.Go(func() {
			err := w.db.Fork().Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				u := &unit{w: w, n: n, em: em}
				found, err := orm.Find[author](ctx, em, orm.M{"name:re": u.name("(ann|dan)")}, orm.OrderBy("id"))
				if err != nil {
					return err
				}
				found[i].Name += "+"
				if err := em.Flush(ctx); err != nil {
					return err
				}
				time.Sleep(20 * time.Millisecond)
				found[1-i].Name += "+"
				return nil
			}, orm.Retry(10))
			if err != nil {
				t.Error(err)
			}
		})
	}
	rivals.Wait()
	u := &unit{w: w, n: n}
	found, err := orm.Find[author](t.Context(), w.direct.Fork(), orm.M{"name:re": u.name("(ann|dan)")}, orm.OrderBy("id"))
	ok(t, err)
	for _, a := range found {
		if a.Version != 3 {
			t.Errorf("%s was written %d times", a.Name, a.Version-1)
		}
	}
}
