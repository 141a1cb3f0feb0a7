package memory_test

import (
	"context"
	"sync"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
)

type counter struct {
	ID int64
	N  int
}

// TestLocksAreHeldByTheTurnToWrite sees that what was read for update in a transaction is not changed
// by another one before it ends.
func TestLocksAreHeldByTheTurnToWrite(t *testing.T) {
	db := ormtest.Open(t, counter{})
	em := db.Fork()
	em.Persist(&counter{ID: 1})
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := db.Fork().Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				c, err := orm.FindOneOrFail[counter](ctx, em, 1, orm.LockForUpdate())
				if err == nil {
					c.N++
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c, err := orm.FindOneOrFail[counter](t.Context(), db.Fork(), 1)
	if err != nil || c.N != 20 {
		t.Errorf("%+v %v", c, err)
	}
}
