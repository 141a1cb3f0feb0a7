package behaviour_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
)

// floating is a type of its own, of numbers.
type floating float64

// TestRawNumbersAreFinite refuses NaN and infinities as arguments of raw SQL, in every form, before
// anything is sent.
func TestRawNumbersAreFinite(t *testing.T) {
	engines(t, []any{Sale{}}, func(t *testing.T, e engine) {
		if !e.caps.Checks {
			return // no SQL
		}
		nan, inf := math.NaN(), math.Inf(-1)
		for name, v := range map[string]any{
			"NaN": nan, "infinity": inf, "float32": float32(nan), "a pointer": &nan, "a type of its own": floating(inf), "a list": []float64{1, nan},
			"a list of any": []any{1, inf}, "sql.Null": sql.Null[float64]{V: nan, Valid: true}, "sql.NullFloat64": sql.NullFloat64{Float64: inf, Valid: true},
			"an array": [2]float64{1, nan}, "pointers": []*float64{&nan}, "a secret": orm.Secret(nan), "any": new(any(nan)),
		} {
			for how, call := range map[string]func(context.Context, *orm.EntityManager) error{
				"exec": func(ctx context.Context, em *orm.EntityManager) error {
					_, err := em.Exec(ctx, "update sales set amount = 1 where amount in (?)", v)
					return err
				},
				"rows": func(ctx context.Context, em *orm.EntityManager) error {
					_, err := orm.Rows[int](ctx, em, "select 1 from sales where amount in (:v)", map[string]any{"v": v})
					return err
				},
				"map": func(ctx context.Context, em *orm.EntityManager) error {
					_, err := orm.Map[Sale](ctx, em, "select * from sales where amount in (?)", v)
					return err
				},
				"condition": func(ctx context.Context, em *orm.EntityManager) error {
					_, err := orm.Find[Sale](ctx, em, conditions.Raw("amount in (?)", v))
					return err
				},
				"value": func(ctx context.Context, em *orm.EntityManager) error {
					_, err := orm.Find[Sale](ctx, em, orm.M{"amount": conditions.Raw("coalesce(?, 1)", v)})
					return err
				},
				"builder": func(ctx context.Context, em *orm.EntityManager) error {
					_, err := orm.Result[any](ctx, em, orm.QB[Sale](em, "s").Select(conditions.Raw("?", v)))
					return err
				},
				"set": func(ctx context.Context, em *orm.EntityManager) error {
					_, err := orm.NativeUpdate[Sale](ctx, em, orm.M{"id": 1}, orm.M{"branch": conditions.Raw("?", v)})
					return err
				},
			} {
				if name == "a secret" && how != "exec" && how != "rows" && how != "map" {
					continue // which is for these
				}
				ctx, stats := orm.WithStats(t.Context())
				err := unpanicked(t, how+" with "+name, func() error { return call(ctx, e.db.Fork()) })
				if !errors.Is(err, orm.ErrValue) || stats.Statements() != 0 {
					t.Errorf("%s with %s: %v after %d statements", how, name, err, stats.Statements())
				}
			}
		}
	})
}
