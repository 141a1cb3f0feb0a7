package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
)

// A remNote leads to what may be removed while it stays.
type (
	remNote struct {
		ID   int64
		Text string
		On   orm.Any[any] `orm:",targets=remBox|remTag"`
		Soft orm.Ref[remSoft]
		Hold *remSoft
	}
	remBox struct {
		ID    int64
		Name  string
		Tags  orm.Collection[remTag]
		Tools orm.Collection[remTool] `orm:",mappedBy=Box,cascade=persist|remove"`
	}
	remTag struct {
		ID    int64
		Name  string
		Boxes orm.Collection[remBox] `orm:",mappedBy=Tags"`
	}
	remSoft struct {
		ID   int64
		Name string
		Gone bool `orm:",softDelete"`
	}
	remTool struct {
		_    struct{} `orm:"inheritance=joined"`
		ID   int64
		Name string
		Box  orm.Ref[remBox]
	}
	remSaw struct {
		remTool
		Teeth int
	}
)

var remEntities = []any{remNote{}, remBox{}, remTag{}, remSoft{}, remTool{}, remSaw{}}

// remBegin begins a transaction where one is wanted, and returns what commits it.
func remBegin(t *testing.T, em *orm.EntityManager, wanted bool) (commit func()) {
	t.Helper()
	if !wanted {
		return func() {}
	}
	ok(t, em.Begin(t.Context()))
	return func() { t.Helper(); ok(t, em.Commit(t.Context())) }
}

// TestReferenceToRemovedHandsNothingIn: a reference may stay when its target is removed, a polymorphic one or one to
// a row that is only marked; what is written of its row later inserts nothing.
func TestReferenceToRemovedHandsNothingIn(t *testing.T) {
	engines(t, remEntities, func(t *testing.T, e engine) {
		ctx := t.Context()
		for _, inside := range []bool{false, true} {
			em := e.db.Fork()
			box, soft := &remBox{Name: "b"}, &remSoft{Name: "s"}
			note := &remNote{Text: "one", On: orm.ToAny[any](box), Soft: orm.To(soft), Hold: soft}
			em.Persist(note)
			ok(t, em.Flush(ctx))
			commit := remBegin(t, em, inside)
			em.Remove(box, soft)
			ok(t, em.Flush(ctx))
			note.Text = "two"
			ok(t, em.Flush(ctx))
			commit()
			idle(t, em)
			boxes, err := orm.Count[remBox](ctx, e.db.Fork(), nil)
			ok(t, err)
			softs, err := orm.Count[remSoft](ctx, e.db.Fork(), nil)
			ok(t, err)
			if boxes != 0 || softs != 0 {
				t.Errorf("there are %d and %d again", boxes, softs)
			}
			stored, err := orm.FindOneOrFail[remNote](ctx, e.db.Fork(), note.ID)
			ok(t, err)
			if stored.Text != "two" || stored.On.Key() != box.ID || stored.Soft.Key() != soft.ID {
				t.Errorf("stored is %q, about %v, %v", stored.Text, stored.On.Key(), stored.Soft.Key())
			}
		}
	})
}

// TestPersistAfterDeletion: an entity that is handed in again after its row was deleted is stored with all it shows,
// its links, and its parts as what they were.
func TestPersistAfterDeletion(t *testing.T) {
	engines(t, remEntities, func(t *testing.T, e engine) {
		ctx := t.Context()
		for _, inside := range []bool{false, true} {
			em := e.db.Fork()
			box, saw := &remBox{Name: "b"}, &remSaw{Teeth: 32}
			box.Tags.Add(&remTag{Name: "t"})
			saw.Box = orm.To(box)
			em.Persist(box, saw)
			ok(t, em.Flush(ctx))
			commit := remBegin(t, em, inside)
			em.Remove(box)
			ok(t, em.Flush(ctx))
			em.Persist(box)
			box.Tools.Set(&saw.remTool)
			ok(t, em.Flush(ctx))
			commit()
			idle(t, em)
			stored, err := orm.FindOneOrFail[remBox](ctx, e.db.Fork(), box.ID, orm.Populate("tags"))
			ok(t, err)
			if stored.Tags.Len() != box.Tags.Len() || stored.Tags.Len() != 1 {
				t.Errorf("%d links are stored, %d shown", stored.Tags.Len(), box.Tags.Len())
			}
			saws, err := orm.Find[remSaw](ctx, e.db.Fork(), orm.M{"box": box.ID})
			ok(t, err)
			if len(saws) != 1 || saws[0].Teeth != 32 {
				t.Errorf("saws are %v", saws)
			}
		}
	})
}

// TestLinksOfAnotherManagersEntity: what a collection of a new entity shows is stored by the manager that stores
// the entity, whoever had it before: runs of a retried transaction, for example.
func TestLinksOfAnotherManagersEntity(t *testing.T) {
	engines(t, remEntities, func(t *testing.T, e engine) {
		ctx := t.Context()
		box := &remBox{Name: "b"}
		box.Tags.Add(&remTag{Name: "t"})
		runs := 0
		ok(t, e.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(box)
			if err := em.Flush(ctx); err != nil {
				return err
			}
			if runs++; runs < 3 {
				return &orm.OptimisticLockError{Entity: "remBox"}
			}
			return nil
		}, orm.Retry(3)))
		stored, err := orm.FindOneOrFail[remBox](ctx, e.db.Fork(), box.ID, orm.Populate("tags"))
		ok(t, err)
		tags, err := orm.Count[remTag](ctx, e.db.Fork(), nil)
		ok(t, err)
		if stored.Tags.Len() != 1 || tags != 1 {
			t.Errorf("%d links, %d tags", stored.Tags.Len(), tags)
		}
	})
}

// TestRetryOfWhatIsStored: a function that has committed its transaction is not run again.
func TestRetryOfWhatIsStored(t *testing.T) {
	engines(t, remEntities, func(t *testing.T, e engine) {
		ctx := t.Context()
		for _, stores := range []bool{true, false} {
			runs := 0
			err := e.db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
				runs++
				em.Persist(&remTag{Name: "t"})
				end := em.Rollback
				if stores {
					end = em.Commit
				}
				return errors.Join(end(ctx), &driver.Error{Class: driver.ErrDeadlock, Op: -1, Row: -1})
			}, orm.Retry(2))
			tags, counted := orm.Count[remTag](ctx, e.db.Fork(), nil)
			ok(t, counted)
			want := 3
			if stores {
				want = 1
			}
			if !errors.Is(err, driver.ErrDeadlock) || tags != 1 || runs != want {
				t.Errorf("stores %v: %d runs, %d tags, %v", stores, runs, tags, err)
			}
		}
	})
}

// TestPersistAfterDeletionTakenBack: the rollback of a deletion, after which the entity was handed in again, leaves
// it as it was before, its collections its own.
func TestPersistAfterDeletionTakenBack(t *testing.T) {
	engines(t, remEntities, func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("nothing is taken back")
		}
		ctx := t.Context()
		for _, stored := range []bool{false, true} {
			for _, again := range []bool{false, true} {
				em := e.db.Fork()
				box := &remBox{Name: "b"}
				box.Tags.Add(&remTag{Name: "t"})
				em.Persist(box)
				if stored {
					ok(t, em.Flush(ctx))
				}
				ok(t, em.Begin(ctx))
				ok(t, em.Flush(ctx))
				em.Remove(box)
				ok(t, em.Flush(ctx))
				em.Persist(box)
				if again {
					ok(t, em.Flush(ctx))
				}
				ok(t, em.Rollback(ctx))
				box.Tags.Add(&remTag{Name: "u"})
				ok(t, em.Flush(ctx))
				idle(t, em)
				row, err := orm.FindOneOrFail[remBox](ctx, e.db.Fork(), box.ID, orm.Populate("tags"))
				ok(t, err)
				if row.Tags.Len() != 2 || box.Tags.Len() != 2 {
					t.Errorf("stored %v, again %v: %d links, %d shown", stored, again, row.Tags.Len(), box.Tags.Len())
				}
			}
		}
	})
}

// TestAssignedBackAfterLeaving: a reference that was assigned, left a list and was assigned back is shown by the list.
func TestAssignedBackAfterLeaving(t *testing.T) {
	engines(t, remEntities, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		a, b, tool := &remBox{Name: "a"}, &remBox{Name: "b"}, &remSaw{}
		tool.Box = orm.To(b)
		em.Persist(a, b, tool)
		ok(t, em.Flush(ctx))
		for _, elsewhere := range []orm.Ref[remBox]{orm.To(a), {}} {
			tool.Box = elsewhere
			b.Tools.Remove(&tool.remTool)
			tool.Box = orm.To(b)
			ok(t, em.Flush(ctx))
			n, err := orm.Count[remTool](ctx, e.db.Fork(), orm.M{"box": b.ID})
			ok(t, err)
			if n != 1 || !b.Tools.Contains(&tool.remTool) || a.Tools.Contains(&tool.remTool) {
				t.Errorf("%d are stored, b shows it: %v, a: %v", n, b.Tools.Contains(&tool.remTool), a.Tools.Contains(&tool.remTool))
			}
			idle(t, em)
		}
	})
}
