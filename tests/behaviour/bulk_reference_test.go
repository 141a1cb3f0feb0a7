package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

type bulkPair struct {
	A, B int64  `orm:",pk,assigned"`
	Name string `orm:",length=20"`
}

type bulkHolder struct {
	ID   int64  `orm:",assigned"`
	Note string `orm:",length=20"`
	Pair orm.Ref[bulkPair]
	Near *bulkPair
	Meta map[string]any `orm:",json,nullable"`
}

// TestBulkReferences: a bulk update leaves the same as the unit of work: composite references, null and back,
// documents that are NULL, in one update.
func TestBulkReferences(t *testing.T) {
	engines(t, []any{bulkPair{}, bulkHolder{}}, func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork()
		one, two := &bulkPair{A: 1, B: 2, Name: "one"}, &bulkPair{A: 3, B: 4, Name: "two"}
		em.Persist(one, two)
		for id := int64(1); id <= 4; id++ {
			h := &bulkHolder{ID: id}
			if id != 4 {
				h.Pair, h.Near, h.Meta = orm.To(one), two, map[string]any{"k": 1}
			}
			em.Persist(h)
		}
		ok(t, em.Flush(ctx))
		// 1 by the unit of work, 2 natively, 3 by a query
		h, err := orm.FindOneOrFail[bulkHolder](ctx, em, 1)
		ok(t, err)
		h.Pair, h.Near, h.Meta, h.Note = orm.Ref[bulkPair]{}, nil, nil, "x"
		ok(t, em.Flush(ctx))
		null := orm.M{"pair": nil, "near": nil, "meta": nil, "note": "x"}
		_, err = orm.NativeUpdate[bulkHolder](ctx, em, orm.M{"id": 2}, null)
		ok(t, err)
		_, err = orm.QB[bulkHolder](em, "h").Update(null).Where(orm.M{"id": 3}).Exec(ctx)
		ok(t, err)
		count := func(cond orm.M, want int64) {
			t.Helper()
			if n, err := orm.Count[bulkHolder](ctx, e.db.Fork(), cond); err != nil || n != want {
				t.Errorf("%v: %d rows, %v; want %d", cond, n, err, want)
			}
		}
		count(orm.M{"pair": nil}, 4)
		count(orm.M{"near": nil}, 4)
		count(orm.M{"meta": nil}, 4)
		count(orm.M{"pair.name:ne": "z"}, 0)
		count(orm.M{"pair:ne": nil}, 0)
		count(orm.M{"pair.a": nil}, 4)
		list, err := orm.Find[bulkHolder](ctx, e.db.Fork(), nil, orm.OrderBy("id"), orm.Populate("*"))
		ok(t, err)
		for _, h := range list {
			if !h.Pair.IsNil() || h.Near != nil || h.Meta != nil || h.ID < 4 && h.Note != "x" {
				t.Errorf("%d is %+v", h.ID, h)
			}
		}
		back := orm.M{"pair": []any{3, 4}, "near": orm.M{"a": 1, "b": 2}, "meta": orm.M{"k": 2}}
		_, err = orm.NativeUpdate[bulkHolder](ctx, em, orm.M{"id": []int{1, 2, 4}}, back)
		ok(t, err)
		_, err = orm.QB[bulkHolder](em, "h").Update(back).Where(orm.M{"id": 3}).Exec(ctx)
		ok(t, err)
		count(orm.M{"pair": []any{3, 4}}, 4)
		count(orm.M{"pair.name": "two", "near.name": "one", "meta.k": 2}, 4)
		list, err = orm.Find[bulkHolder](ctx, e.db.Fork(), nil, orm.OrderBy("id"), orm.Populate("*"))
		ok(t, err)
		for _, h := range list {
			if p := h.Pair.Get(); p == nil || p.Name != "two" || h.Near == nil || h.Near.Name != "one" {
				t.Errorf("%d is back at %+v", h.ID, h)
			}
		}
	})
	engines(t, model.Shop(), func(t *testing.T, e engine) {
		if _, err := orm.NativeUpdate[model.Shipment](t.Context(), e.db.Fork(), orm.M{"id": 1}, orm.M{"first": nil, "note": nil}); err != nil {
			t.Error(err)
		}
	})
}
