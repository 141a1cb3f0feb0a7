package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/orm"
)

// Harbour and Barge share a column between a scalar and a reference.
type Harbour struct {
	ID   int64
	Name string
}

// Barge lies in a harbour.
type Barge struct {
	ID        int64
	Name      string
	HarbourID *int64
	Harbour   orm.Ref[Harbour] `orm:",fk=HarbourID"`
}

// TestSharedColumnFromWithin changes a scalar, and the reference beside it, while the flush of their row is under
// way: it is pending, and written by the next flush.
func TestSharedColumnFromWithin(t *testing.T) {
	m := &moments{}
	enginesWith(t, []orm.Option{m.option()}, []any{Harbour{}, Barge{}}, func(t *testing.T, e engine) {
		for _, at := range []string{"after begin", "written", "before commit"} {
			for _, by := range []string{"scalar", "reference"} {
				for _, fresh := range []string{"old", "new", "moved to a new one"} {
					for _, fails := range []bool{false, true} {
						if fails && !e.caps.Transactions {
							continue
						}
						t.Run(fmt.Sprint(at, "/", by, "/", fresh, "/", fails), func(t *testing.T) {
							*m = moments{}
							ctx := t.Context()
							_, err := orm.NativeDelete[Barge](ctx, e.db.Fork(), nil, orm.AllowAll())
							ok(t, err)
							em := e.db.Fork()
							here, there := &Harbour{Name: "here"}, &Harbour{Name: "there"}
							x := &Barge{Name: "x", Harbour: orm.To(here)}
							em.Persist(here, there)
							if fresh != "new" {
								em.Persist(x)
							}
							ok(t, em.Flush(ctx))
							switch fresh {
							case "new":
								em.Persist(x)
							case "old":
								x.Name = "y"
							default:
								x.Harbour = orm.To(&Harbour{Name: "far"})
							}
							m.at, m.act = at, func(context.Context, *orm.EntityManager) error {
								m.act = nil
								if by == "scalar" {
									id := there.ID
									x.HarbourID = &id
								} else {
									x.Harbour = orm.To(there)
								}
								if fails {
									return errHappened
								}
								return nil
							}
							if err := em.Flush(ctx); errors.Is(err, errHappened) != fails || !fails && err != nil {
								t.Fatal(err)
							}
							if fails && fresh != "old" && by == "scalar" {
								x.Harbour = orm.To(there) // it says otherwise, as before the flush
							}
							ok(t, em.Flush(ctx))
							if x.Harbour.Get() != there || x.HarbourID == nil || *x.HarbourID != there.ID {
								t.Errorf("it is in %v, %v", x.Harbour, x.HarbourID)
							}
							stored, err := orm.FindOneOrFail[Barge](ctx, e.db.Fork(), x.ID)
							ok(t, err)
							if stored.Harbour.Key() != there.ID {
								t.Errorf("stored is %v, want %d", stored.Harbour.Key(), there.ID)
							}
							idle(t, em)
						})
					}
				}
			}
		}
	})
}
