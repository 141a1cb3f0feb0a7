package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

// Boats lie at a pier, and fly the flag of a club or a town.
type (
	pier struct {
		ID    int64
		Name  string
		Boats orm.Collection[boat] `orm:",mappedBy=Pier"`
	}
	boat struct {
		ID   int64
		Name string
		Pier orm.Ref[pier]
		Flag orm.Any[any] `orm:",targets=boatClub|boatTown"`
	}
	boatClub struct {
		ID    int64
		Name  string
		Boats orm.Collection[boat] `orm:",mappedBy=Flag"`
	}
	boatTown struct {
		ID   int64
		Name string
	}
)

// TestAssignedBeforeItLeavesAList: a row whose reference was assigned to another target, a new one
// too, and that is then taken out of the list of the former one, one by one or with all others,
// leads to where it was assigned; so it does once the flush in between is rolled back.
func TestAssignedBeforeItLeavesAList(t *testing.T) {
	leave := map[string]func(p *pier, c *boatClub, b *boat){
		"remove":    func(p *pier, c *boatClub, b *boat) { p.Boats.Remove(b); c.Boats.Remove(b) },
		"removeAll": func(p *pier, c *boatClub, _ *boat) { p.Boats.RemoveAll(); c.Boats.RemoveAll() },
		"set":       func(p *pier, c *boatClub, _ *boat) { p.Boats.Set(); c.Boats.Set() },
	}
	engines(t, []any{pier{}, boat{}, boatClub{}, boatTown{}}, func(t *testing.T, e engine) {
		for name, leave := range leave {
			for _, stored := range []bool{false, true} {
				for _, populate := range [][]string{nil, {"boats"}} {
					for _, flushed := range []bool{false, true} {
						if flushed && !e.caps.Transactions {
							continue
						}
						ctx, em := t.Context(), e.db.Fork()
						former := &boat{Name: "b", Pier: orm.To(&pier{Name: "old"}), Flag: orm.ToAny[any](&boatClub{Name: "old"})}
						otherPier, otherTown := &pier{Name: "other"}, &boatTown{Name: "other"}
						em.Persist(former)
						if stored {
							em.Persist(otherPier, otherTown)
						}
						ok(t, em.Flush(ctx))

						em = e.db.Fork()
						em.SetFlushMode(orm.FlushCommit)
						if stored {
							p, err := orm.FindOneOrFail[pier](ctx, em, otherPier.ID)
							ok(t, err)
							town, err := orm.FindOneOrFail[boatTown](ctx, em, otherTown.ID)
							ok(t, err)
							otherPier, otherTown = p, town
						}
						b, err := orm.FindOneOrFail[boat](ctx, em, former.ID)
						ok(t, err)
						p, err := orm.FindOneOrFail[pier](ctx, em, former.Pier.Get().ID, orm.Populate(populate...))
						ok(t, err)
						c, err := orm.FindOneOrFail[boatClub](ctx, em, former.Flag.Get().(*boatClub).ID, orm.Populate(populate...))
						ok(t, err)
						if flushed {
							ok(t, em.Begin(ctx))
						}
						b.Pier, b.Flag = orm.To(otherPier), orm.ToAny[any](otherTown)
						if flushed {
							ok(t, em.Flush(ctx))
						}
						leave(p, c, b)
						if flushed {
							ok(t, em.Rollback(ctx))
						}
						ok(t, em.Flush(ctx))
						idle(t, em)
						again, err := orm.FindOneOrFail[boat](ctx, e.db.Fork(), former.ID, orm.Populate("pier", "flag"))
						ok(t, err)
						if again.Pier.IsNil() || again.Pier.Get().Name != "other" || again.Flag.IsNil() || again.Flag.Get().(*boatTown).Name != "other" {
							t.Errorf("%s, stored %v, populate %v, flushed %v: the boat is at %v, %v", name, stored, populate, flushed, again.Pier, again.Flag)
						}
					}
				}
			}
		}
	})
}
