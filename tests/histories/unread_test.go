package histories_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// TestAssignedUnread assigns what is stored to a view that was not read, and lets the other side say
// otherwise: the unit has not seen that it says so already, so that these are two changes. Once it
// is read there is nothing assigned to it.
func TestAssignedUnread(t *testing.T) {
	onStages(t, func(t *testing.T, _ string, s *stage) {
		ok := must(t)
		for _, read := range []bool{false, true} {
			s.clean(t)
			ctx, em := t.Context(), s.db.Fork()
			first := &actor{H: 1, Name: "N1", Email: "E1"}
			box := &locker{H: 2, Code: "C2", Actor: rel.To(first)}
			other := &locker{H: 3, Code: "C3"}
			em.Persist(first, box, other)
			ok(em.Flush(ctx))
			em.Clear()
			em.SetFlushMode(orm.FlushCommit)
			star, err := orm.FindOneOrFail[actor](ctx, em, orm.M{"h": 1}, orm.Fields("h"))
			ok(err)
			near, err := orm.FindOneOrFail[locker](ctx, em, orm.M{"h": 2})
			ok(err)
			far, err := orm.FindOneOrFail[locker](ctx, em, orm.M{"h": 3})
			ok(err)
			star.Locker = rel.To(near)
			if read {
				_, err := orm.FindOneOrFail[actor](ctx, em, orm.M{"h": 1})
				ok(err)
			}
			far.Actor = rel.To(star)
			switch err := em.Flush(ctx); {
			case !read && !errors.Is(err, orm.ErrConflict):
				t.Errorf("the flush ended with %v, want %v", err, orm.ErrConflict)
			case read:
				ok(err)
				if star.Locker.Get() != far {
					t.Errorf("the locker is %v", star.Locker)
				}
			}
		}
	})
}
