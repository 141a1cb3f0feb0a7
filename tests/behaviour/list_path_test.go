package behaviour_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

// Holder has arrays of embedded values behind relations.
type Holder struct {
	ID     int64 `orm:",assigned"`
	Marked *Marked
}

// TestPathsIntoLists: a path that leads into the elements of a list has no single value, and is told before anything is sent.
func TestPathsIntoLists(t *testing.T) {
	engines(t, []any{Marked{}, Holder{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		ctx, stats := orm.WithStats(t.Context())
		from := func(entity string) *qb.Builder { return qb.New(e.db.Registry(), entity, "r") }
		for name, do := range map[string]struct {
			entity, path, remedy string
			q                    func(*qb.Builder, string) *qb.Builder
		}{
			"order":            {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(p) }},
			"order as":         {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(p + " number") }},
			"order in a map":   {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(orm.M{"as": orm.M{"a2": "desc"}}) }},
			"order to-one":     {"Holder", "marked.as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(p) }},
			"order nested":     {"Marked", "home.sub.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(p) }},
			"order element":    {"Marked", "as[0].tags.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(p) }},
			"order in scalars": {"Marked", "home.tags.x", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(p) }},
			"order a list":     {"Marked", "home.tags", "[0]", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(p + " string") }},
			"order open list":  {"Marked", "list.n", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.OrderBy(p + " number") }},
			"select":           {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.Select("id", p) }},
			"group":            {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.Select(qb.Count()).GroupBy(p) }},
			"count":            {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.Select(qb.Count(p)) }},
			"count distinct":   {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.Select(qb.CountDistinct(p)) }},
			"sum":              {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.Select(qb.Sum(p).As("n")) }},
			"max as text":      {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder { return b.Select("max(" + p + ")") }},
			"having": {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder {
				return b.Select(qb.Count()).GroupBy("id").Having(orm.M{"min(" + p + ") >": 1})
			}},
			"order groups": {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder {
				return b.Select("id", qb.Count()).GroupBy("id").OrderBy("-max(" + p + ")")
			}},
			"partition": {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder {
				return b.Select(qb.RowNumber(qb.Window{PartitionBy: []string{p}, OrderBy: []any{"id"}}).As("n"))
			}},
			"window order": {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder {
				return b.Select(qb.RowNumber(qb.Window{OrderBy: []any{p}}).As("n"))
			}},
			"lag": {"Marked", "as.a2", "$elemMatch", func(b *qb.Builder, p string) *qb.Builder {
				return b.Select(qb.Lag(p, 1, qb.Window{OrderBy: []any{"id"}}).As("n"))
			}},
		} {
			_, err := orm.Result[map[string]any](ctx, em, do.q(from(do.entity), do.path))
			told, ok := errors.AsType[*qb.Error](err)
			if !ok || !strings.Contains(err.Error(), do.path) || !strings.Contains(err.Error(), do.remedy) || !errors.Is(err, qb.ErrPath) && !errors.Is(err, qb.ErrOrder) {
				t.Errorf("%s: %v (%v)", name, err, told)
			}
		}
		if _, err := orm.Find[Marked](ctx, em, nil, orm.OrderBy("as.a2")); !errors.Is(err, qb.ErrOrder) || !strings.Contains(err.Error(), "as.a2") {
			t.Errorf("find: %v", err)
		}
		if stats.Statements() != 0 {
			t.Errorf("%d statements were sent", stats.Statements())
		}
	})
}

// TestElementOrder: one element has a single value, of its own kind.
func TestElementOrder(t *testing.T) {
	engines(t, []any{Marked{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		for _, m := range marked() {
			em.Persist(m)
		}
		ok(t, em.Flush(t.Context()))
		for order, want := range map[string]string{
			"as[0].a2 nulls last": "1 2 3", "-as[0].a2 nulls last": "2 1 3", "as.[1].a2 nulls last": "2 1 3", "-home.sub[0].a2 number nulls last": "1",
			"home.tags[1] nulls last": "1", "-list[0] string nulls last": "3", "list[1] number nulls last": "1",
		} {
			found, err := orm.Find[Marked](t.Context(), em, nil, orm.OrderBy(order, "id"))
			ok(t, err)
			got := ""
			for _, m := range found {
				got += " " + string(rune('0'+m.ID))
			}
			if !strings.HasPrefix(got[1:], want) {
				t.Errorf("%s: %s", order, got)
			}
		}
	})
}
