package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	rower struct {
		ID    int64
		Name  string
		Clubs rel.Collection[rowingClub] `orm:",pivot=memberships,joinColumn=rower_id,inverseJoinColumn=club_id"`
	}
	rowingClub struct {
		ID   int64
		Name string
	}
	membership struct {
		ID    int64
		Rower rel.Ref[rower]      `orm:"rower_id,required,onDelete=cascade"`
		Club  rel.Ref[rowingClub] `orm:"club_id,required,onDelete=cascade"`
		Since int
	}
)

// TestEndsOfAPivotEntity: where links are rows of an entity, they go with either end as the
// references of that entity say, by a flush and in bulk.
func TestEndsOfAPivotEntity(t *testing.T) {
	engines(t, []any{rower{}, rowingClub{}, membership{}}, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		ann := &rower{Name: "Ann"}
		clubs := []*rowingClub{{Name: "A"}, {Name: "B"}, {Name: "C"}}
		em.Persist(ann)
		for i, c := range clubs {
			em.Persist(c, &membership{Rower: orm.To(ann), Club: orm.To(c), Since: 2000 + i})
		}
		ok(t, em.Flush(ctx))
		left := func(want int64) {
			t.Helper()
			if n, err := orm.Count[membership](ctx, e.db.Fork(), nil); err != nil || n != want {
				t.Errorf("%d memberships are left, not %d: %v", n, want, err)
			}
		}
		em = e.db.Fork()
		c, err := orm.FindOneOrFail[rowingClub](ctx, em, orm.M{"name": "A"})
		ok(t, err)
		em.Remove(c)
		ok(t, em.Flush(ctx))
		left(2)
		_, err = orm.NativeDelete[rowingClub](ctx, e.db.Fork(), orm.M{"name": "B"})
		ok(t, err)
		left(1)
		_, err = orm.NativeDelete[rower](ctx, e.db.Fork(), orm.M{"name": "Ann"})
		ok(t, err)
		left(0)
	})
}
