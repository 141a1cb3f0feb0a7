package behaviour_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// TestLimitsThatCannotBeCounted: pages, limits, offsets and windows that are negative or
// overflow are errors before anything is sent; the largest that can be counted work.
func TestLimitsThatCannotBeCounted(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		find := func(opts ...orm.FindOption) func(context.Context, *orm.EntityManager) error {
			return func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.Find[model.Book](ctx, em, nil, opts...)
				return err
			}
		}
		window := func(w orm.Window) func(context.Context, *orm.EntityManager) error {
			return func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.FindByCursor[model.Book](ctx, em, nil, w)
				return err
			}
		}
		build := func(change func(*qb.Builder) *qb.Builder) func(context.Context, *orm.EntityManager) error {
			return func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.All[model.Book](ctx, em, change(orm.QB[model.Book](em, "b").Builder))
				return err
			}
		}
		hint := func(limit, offset int) func(context.Context, *orm.EntityManager) error {
			return find(orm.PopulateHint(orm.Hint{Path: "tags", Limit: limit, Offset: offset}))
		}
		for name, c := range map[string]struct {
			run  func(context.Context, *orm.EntityManager) error
			want error
		}{
			"page overflow":          {find(orm.Page(3, 1<<62)), orm.ErrInvalidOption},
			"page number overflow":   {find(orm.Page(math.MaxInt, 2)), orm.ErrInvalidOption},
			"page 0":                 {find(orm.Page(0, 10)), orm.ErrInvalidOption},
			"page of -1":             {find(orm.Page(1, -1)), orm.ErrInvalidOption},
			"page of least":          {find(orm.Page(3, math.MinInt)), orm.ErrInvalidOption},
			"limit -1":               {find(orm.Limit(-1)), orm.ErrInvalidOption},
			"offset -1":              {find(orm.Offset(-1)), orm.ErrInvalidOption},
			"limit behind offset":    {find(orm.Limit(2), orm.Offset(math.MaxInt)), orm.ErrInvalidOption},
			"window overflow":        {window(orm.Window{First: math.MaxInt}), orm.ErrInvalidOption},
			"window backwards":       {window(orm.Window{Last: math.MaxInt}), orm.ErrInvalidOption},
			"window -1":              {window(orm.Window{First: -1}), orm.ErrInvalidOption},
			"window 0":               {window(orm.Window{}), orm.ErrInvalidOption},
			"builder limit":          {build(func(q *qb.Builder) *qb.Builder { return q.Limit(-1) }), qb.ErrStep},
			"builder offset":         {build(func(q *qb.Builder) *qb.Builder { return q.Offset(-1) }), qb.ErrStep},
			"builder overflow":       {build(func(q *qb.Builder) *qb.Builder { return q.Limit(math.MaxInt).Offset(1) }), qb.ErrStep},
			"hint limit":             {hint(-1, 0), populate.ErrOption},
			"hint overflow":          {hint(math.MaxInt, 1), populate.ErrOption},
			"a nil option":           {find(orm.Limit(1), nil), orm.ErrInvalidOption},
			"the largest limit":      {find(orm.Limit(math.MaxInt), orm.OrderBy("id")), nil},
			"the largest offset":     {find(orm.Offset(math.MaxInt), orm.OrderBy("id")), nil},
			"largest together":       {find(orm.Limit(math.MaxInt-1), orm.Offset(1)), nil},
			"the largest page":       {find(orm.Page(2, 1<<62-1)), nil},
			"the largest window":     {window(orm.Window{First: math.MaxInt - 1}), nil},
			"the largest of a hint":  {hint(math.MaxInt, 0), nil},
			"a hint's last offset":   {hint(0, math.MaxInt), nil},
			"builder, largest limit": {build(func(q *qb.Builder) *qb.Builder { return q.Limit(math.MaxInt) }), nil},
		} {
			ctx, stats := orm.WithStats(t.Context())
			err := c.run(ctx, e.db.Fork())
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			if c.want != nil && stats.Statements() != 0 {
				t.Errorf("%s: %d statements were sent", name, stats.Statements())
			}
		}
	})
}

// TestNilOptions: a nil option or function is a mistake that is told.
func TestNilOptions(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		for name, err := range map[string]error{
			"transactional":  em.Transactional(ctx, nil),
			"its option":     em.Transactional(ctx, func(context.Context, *orm.EntityManager) error { return nil }, nil),
			"begin":          em.Begin(ctx, nil),
			"bulk insert":    orm.BulkInsert(ctx, em, []*model.Tag{{Name: "x"}}, nil),
			"bulk upsert":    orm.BulkUpsert(ctx, em, []*model.Tag{{Name: "x"}}, nil),
			"assign":         orm.Assign(ctx, em, &model.Tag{}, orm.M{"name": "x"}, nil),
			"count":          second(orm.Count[model.Tag](ctx, em, nil, nil)),
			"native update":  second(orm.NativeUpdate[model.Tag](ctx, em, orm.M{"id": 1}, orm.M{"name": "x"}, nil)),
			"native deletes": second(orm.NativeDelete[model.Tag](ctx, em, orm.M{"id": 1}, nil)),
		} {
			if !errors.Is(err, orm.ErrInvalidOption) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, err := range orm.Stream[model.Tag](ctx, em, nil, nil) {
			if !errors.Is(err, orm.ErrInvalidOption) {
				t.Errorf("stream: %v", err)
			}
		}
		_ = e.db.Fork(nil)
	})
}

func second[T any](_ T, err error) error { return err }
