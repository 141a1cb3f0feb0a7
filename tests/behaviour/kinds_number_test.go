package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// degrees is a float of a custom type.
type degrees struct{ deg float64 }

type degreesType struct{}

func (degreesType) Kind() mapper.ValueKind { return mapper.Float }

func (degreesType) ToDatabase(v any) (any, error) {
	d, is := v.(degrees)
	if !is {
		return nil, errors.New("must be degrees")
	}
	return d.deg, nil
}

func (degreesType) FromDatabase(v any) (any, error) { return degrees{v.(float64)}, nil }

// Reading has a number with a fraction in every place one can stand.
type Reading struct {
	ID     int64 `orm:",assigned"`
	F64    float64
	F32    float32
	Ptr    *float64
	Opt    rel.Opt[float32]
	List   []float64
	Angle  degrees
	Cost   float64 `orm:",type=decimal,precision=10,scale=3"`
	Doc    map[string]any
	Series []struct{ V float64 } `orm:",json"`
	Spot   struct{ X, Y float64 }
}

func reading() *Reading {
	return &Reading{ID: 1, List: []float64{}, Doc: map[string]any{}, Series: []struct{ V float64 }{}}
}

// TestNoNumber writes and asks for what is no number. It is refused before anything
// is sent, in the same way by every engine: SQLite makes NULL of NaN, MariaDB has
// neither, and no condition would ever find them.
func TestNoNumber(t *testing.T) {
	enginesWith(t, []orm.Option{orm.CustomType[degrees](degreesType{})}, []any{Reading{}}, func(t *testing.T, e engine) {
		for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			noNumber(t, e, f)
		}
	})
}

func noNumber(t *testing.T, e engine, f float64) {
	refused := func(what string, do func(ctx context.Context, em *orm.EntityManager) error) {
		t.Helper()
		ctx, stats := orm.WithStats(t.Context())
		err := do(ctx, e.db.Fork())
		if !errors.Is(err, mapper.ErrValue) || !strings.Contains(fmt.Sprint(err), "must be finite") || stats.Statements() != 0 {
			t.Errorf("%s of %v gives %v after %d statements", what, f, err, stats.Statements())
		}
	}
	f32 := float32(f)
	for i, change := range []func(r *Reading){
		func(r *Reading) { r.F64 = f }, func(r *Reading) { r.F32 = f32 }, func(r *Reading) { r.Ptr = &f }, func(r *Reading) { r.Opt = rel.Some(f32) },
		func(r *Reading) { r.List = []float64{1, f} }, func(r *Reading) { r.Angle = degrees{f} }, func(r *Reading) { r.Cost = f },
		func(r *Reading) { r.Doc = map[string]any{"a": []any{f}} }, func(r *Reading) { r.Series = []struct{ V float64 }{{f}} }, func(r *Reading) { r.Spot.Y = f },
	} {
		r := reading()
		change(r)
		refused(fmt.Sprint("persist ", i), func(ctx context.Context, em *orm.EntityManager) error { em.Persist(r); return em.Flush(ctx) })
		refused(fmt.Sprint("bulk insert ", i), func(ctx context.Context, em *orm.EntityManager) error { return orm.BulkInsert(ctx, em, []*Reading{r}) })
		refused(fmt.Sprint("bulk upsert ", i), func(ctx context.Context, em *orm.EntityManager) error { return orm.BulkUpsert(ctx, em, []*Reading{r}) })
	}
	for _, name := range []string{"f64", "f32", "ptr", "opt", "cost", "spot.y"} {
		for _, v := range []any{f, f32, &f, []float64{f}, []any{1, f}} {
			where := orm.M{name: v}
			refused(fmt.Sprint("find ", where), func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.Find[Reading](ctx, em, where)
				return err
			})
		}
		refused("update "+name, func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.NativeUpdate[Reading](ctx, em, nil, orm.M{name: f}, orm.AllowAll())
			return err
		})
		refused("insert "+name, func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.NativeInsert[Reading](ctx, em, orm.M{"id": 9, name: f})
			return err
		})
		refused("upsert "+name, func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.NativeUpsert[Reading](ctx, em, nil, orm.M{"id": 9, name: f})
			return err
		})
		refused("assign "+name, func(ctx context.Context, em *orm.EntityManager) error {
			return orm.Assign(ctx, em, reading(), orm.M{name: f})
		})
	}
	for _, where := range []orm.M{{"list:contains": []float64{f}}, {"list": []float64{f}}, {"angle": degrees{f}}, {"angle:in": []degrees{{1}, {f}}}, {"doc.a": f}, {"doc.a:gt": f}, {"doc:contains": orm.M{"a": f}}} {
		refused(fmt.Sprint("find ", where), func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.Find[Reading](ctx, em, where)
			return err
		})
	}
	refused("update of doc", func(ctx context.Context, em *orm.EntityManager) error {
		_, err := orm.NativeUpdate[Reading](ctx, em, nil, orm.M{"doc": map[string]any{"a": f}}, orm.AllowAll())
		return err
	})
	if e.caps.Savepoints { // the engines with raw SQL
		refused("raw condition", func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.Find[Reading](ctx, em, conditions.Raw("? = 1", f))
			return err
		})
	}
}
