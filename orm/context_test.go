package orm_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/ormtest"
	"github.com/weft-orm/weft/tests/model"
)

// TestFromFindsTheManager sees each transaction in the context of its function.
func TestFromFindsTheManager(t *testing.T) {
	db := ormtest.Open(t, model.Library()...)
	em := db.Fork()
	ctx := orm.NewContext(t.Context(), em)
	if orm.From(ctx) != em {
		t.Error("the context lost its manager")
	}
	for _, p := range []orm.Propagation{orm.Nested, orm.Required, orm.RequiresNew, orm.Supports, orm.Never, orm.NotSupported} {
		err := em.Transactional(ctx, func(ctx context.Context, run *orm.EntityManager) error {
			if orm.From(ctx) != run {
				t.Errorf("propagation %d: another manager than that of the transaction", p)
			}
			return nil
		}, orm.Propagate(p))
		if err != nil {
			t.Errorf("propagation %d: %v", p, err)
		}
	}
	runs := 0
	err := em.Transactional(ctx, func(ctx context.Context, run *orm.EntityManager) error {
		if runs++; orm.From(ctx) != run {
			t.Errorf("run %d: another manager than that of the run", runs)
		}
		if runs == 1 {
			return orm.ErrSerialization
		}
		return nil
	}, orm.Retry(1))
	if err != nil || runs != 2 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

// TestFromWithoutManager sees every operation refuse, and none of them panic.
func TestFromWithoutManager(t *testing.T) {
	ctx := t.Context()
	type M = orm.M
	for name, f := range map[string]func(em *orm.EntityManager) error{
		"find":     func(em *orm.EntityManager) error { _, err := orm.Find[model.Tag](ctx, em, nil); return err },
		"find one": func(em *orm.EntityManager) error { _, err := orm.FindOneOrFail[model.Tag](ctx, em, 1); return err },
		"count":    func(em *orm.EntityManager) error { _, err := orm.Count[model.Tag](ctx, em, nil); return err },
		"flush":    func(em *orm.EntityManager) error { em.Persist(&model.Tag{}); return em.Flush(ctx) },
		"remove":   func(em *orm.EntityManager) error { em.Remove(&model.Tag{}); return em.Flush(ctx) },
		"begin":    func(em *orm.EntityManager) error { return em.Begin(ctx) },
		"refresh":  func(em *orm.EntityManager) error { return em.Refresh(ctx, &model.Tag{}) },
		"assign":   func(em *orm.EntityManager) error { return orm.Assign(ctx, em, &model.Tag{}, M{"name": "x"}) },
		"native": func(em *orm.EntityManager) error {
			_, err := orm.NativeDelete[model.Tag](ctx, em, M{"id": 1})
			return err
		},
		"load":   func(em *orm.EntityManager) error { return orm.Load(ctx, em, &model.Tag{}, "books") },
		"health": func(em *orm.EntityManager) error { return em.DB().Ping(ctx) },
		"insert": func(em *orm.EntityManager) error { return orm.BulkInsert(ctx, em, []*model.Tag{{Name: "x"}}) },
		"transact": func(em *orm.EntityManager) error {
			return em.Transactional(ctx, func(context.Context, *orm.EntityManager) error { return nil })
		},
		"in stream": func(em *orm.EntityManager) error {
			for _, err := range orm.Stream[model.Tag](ctx, em, nil) {
				return err
			}
			return nil
		},
	} {
		if err := f(orm.From(ctx)); !errors.Is(err, orm.ErrNoManager) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
