package differential_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// groupRequest is a read of groups: by what, which aggregates, and what is asked of them.
type groupRequest struct {
	request
	By, Read []string
	Having   any
	decide   verdict
}

// verdict decides a condition on groups by the aggregates, as they are written: 1 is
// true, -1 false, 0 unknown.
type verdict func(group map[string]any) int

// TestRandomGroups asks every engine that groups random requests for groups.
func TestRandomGroups(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			b := newBench(t, e, 6)
			cases(t, e, shortRun)
			drawn := rapid.Custom(func(t *rapid.T) groupRequest { return drawGroups(t, b.registry) })
			rapid.Check(t, func(t *rapid.T) {
				if err := b.checkGroups(context.Background(), drawn.Draw(t, "request")); err != nil {
					t.Fatal(err)
				}
			})
			if b.refused == b.asked {
				t.Skip("the engine has no groups")
			}
			b.telling(t)
		})
	}
}

// countable reports a property whose values every engine shows alike.
func countable(p *mapper.Property) bool {
	return isValue(p) && !p.Virtual && len(p.Columns) == 1 && (p.Type.Kind == mapper.Int || p.Type.Kind == mapper.String) && p.Type.Enum == nil
}

// drawPath draws a property of the root, or of what to-one relations lead to.
func drawPath(t *rapid.T, e *mapper.Entity) (string, *mapper.Property) {
	var path []string
	for range max(0, rapid.IntRange(-1, 2).Draw(t, "hops")) {
		relations := leaves(e, isToOne)
		if len(relations) == 0 {
			break
		}
		p := pickProperty(t, "hop", relations)
		path, e = append(path, p.Path), p.Relation.Target
	}
	for len(leaves(e, countable)) == 0 {
		return "", nil
	}
	p := pickProperty(t, "property", leaves(e, countable))
	return strings.Join(append(path, p.Path), "."), p
}

func drawGroups(t *rapid.T, reg *mapper.Registry) groupRequest {
	e := pickEntity(t, "entity", reg)
	r := groupRequest{request: request{Entity: e.Name, Where: drawRoot(t, e), Limit: -1, Offset: -1}}
	for range rapid.IntRange(1, 2).Draw(t, "keys") {
		if path, _ := drawPath(t, e); path != "" && !slices.Contains(r.By, path) {
			r.By = append(r.By, path)
		}
	}
	r.Read = []string{"count(*)"}
	for range rapid.IntRange(0, 3).Draw(t, "aggregates") {
		path, p := drawPath(t, e)
		if path == "" {
			continue
		}
		form := pick(t, "form", "count(%s)", "count(distinct %s)", "min(%s)", "max(%s)", "sum(%s)")
		if p.Type.Kind == mapper.String && form == "sum(%s)" {
			form = "count(%s)"
		}
		if text := fmt.Sprintf(form, path); !slices.Contains(r.Read, text) {
			r.Read = append(r.Read, text)
		}
	}
	if rapid.Bool().Draw(t, "having") {
		r.Having, r.decide = drawHaving(t, r.Read, 2)
	}
	if len(r.By) > 0 && oneIn(t, 3, "limited") {
		r.Limit = rapid.IntRange(0, 4).Draw(t, "limit")
		for _, path := range r.By {
			r.Order = append(r.Order, path+pick(t, "direction", "", " desc", " nulls first", " desc nulls last"))
		}
	}
	r.NullsLowest = oneIn(t, 4, "nulls lowest")
	if oneIn(t, 4, "filtered") {
		r.Filters = drawFilters(t, reg)
	}
	return r
}

// drawHaving draws a condition on aggregates that are numbers.
func drawHaving(t *rapid.T, read []string, depth int) (M, verdict) {
	if depth > 0 && oneIn(t, 3, "nested") {
		a, decideA := drawHaving(t, read, depth-1)
		b, decideB := drawHaving(t, read, depth-1)
		switch pick(t, "group", "$and", "$or", "$not") {
		case "$and":
			return M{"$and": L{a, b}}, func(g map[string]any) int { return min(decideA(g), decideB(g)) }
		case "$or":
			return M{"$or": L{a, b}}, func(g map[string]any) int { return max(decideA(g), decideB(g)) }
		}
		return M{"$not": a}, func(g map[string]any) int { return -decideA(g) }
	}
	numbers := slices.DeleteFunc(slices.Clone(read), func(text string) bool { return !strings.HasPrefix(text, "count") && !strings.HasPrefix(text, "sum") })
	about := pick(t, "about", numbers...)
	if oneIn(t, 6, "null") {
		return M{about: nil}, func(g map[string]any) int { return sign(g[about] == nil) }
	}
	symbol, than := pick(t, "symbol", "=", "!=", ">", ">=", "<", "<="), int64(rapid.IntRange(0, 5).Draw(t, "than"))
	return M{about + " " + symbol: than}, func(g map[string]any) int {
		n, ok := g[about].(int64)
		if !ok {
			return 0
		}
		return sign(map[string]bool{"=": n == than, "!=": n != than, ">": n > than, ">=": n >= than, "<": n < than, "<=": n <= than}[symbol])
	}
}

func sign(ok bool) int {
	if ok {
		return 1
	}
	return -1
}

func (r groupRequest) query(reg *mapper.Registry) (*qb.Select, []any, error) {
	var columns, by []any
	for _, path := range r.By {
		columns, by = append(columns, path), append(by, path)
	}
	for _, text := range r.Read {
		columns = append(columns, text)
	}
	b := qb.New(reg, r.Entity, "").Select(columns...).Where(r.Where).GroupBy(by...).OrderBy(r.Order...)
	if r.Having != nil {
		b = b.Having(r.Having)
	}
	if r.Limit >= 0 {
		b = b.Limit(r.Limit)
	}
	for _, f := range r.Filters {
		b = b.Filter(filterName(f.Entity), map[string]any{"where": f.Where})
	}
	if r.NullsLowest {
		b = b.NullsLowest()
	}
	q, args, err := b.Query()
	if err != nil {
		return nil, nil, err
	}
	return q.(*qb.Select), args, nil
}

func (r groupRequest) String() string {
	return fmt.Sprintf("%s by %q read %q having %s", r.request, r.By, r.Read, show(r.Having))
}

// group is the rows of one key.
type group struct {
	keys []any
	rows []row
}

func (b *bench) checkGroups(ctx context.Context, r groupRequest) error {
	b.asked++
	q, args, err := r.query(b.registry)
	if err != nil {
		return fmt.Errorf("%s\n%w", r, err)
	}
	want, err := b.view(q, args).groups(r, q)
	if err != nil {
		return fmt.Errorf("%s\nevaluator: %w", r, err)
	}
	got, program, err := b.runGroups(ctx, q, args, r)
	if errors.Is(err, driver.ErrUnsupported) {
		b.refused++
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s\n%v\n%w", r, program, err)
	}
	if len(want) > 0 {
		b.found++
	}
	if r.Limit < 0 {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s\n%v\n got %s\nwant %s", r, program, strings.Join(got, " "), strings.Join(want, " "))
	}
	return nil
}

// groups are the rows of the answer, as text.
func (v *view) groups(r groupRequest, q *qb.Select) ([]string, error) {
	plain := *q
	plain.OrderBy = nil
	found, err := v.find(&plain)
	if err != nil {
		return nil, err
	}
	var list []*group
	for _, x := range found {
		keys := make([]any, len(q.GroupBy))
		for i, e := range q.GroupBy {
			if keys[i], err = sortKey(x, qb.Order{Expr: e}); err != nil {
				return nil, err
			}
		}
		at := slices.IndexFunc(list, func(g *group) bool { return slices.Equal(g.keys, keys) })
		if at < 0 {
			at, list = len(list), append(list, &group{keys: keys})
		}
		list[at].rows = append(list[at].rows, x)
	}
	if len(r.By) == 0 && len(list) == 0 {
		list = []*group{{}} // no rows are one group where nothing is grouped by
	}
	if len(q.OrderBy) > 0 {
		slices.SortStableFunc(list, func(a, b *group) int { return v.compare(q, a.keys, b.keys) })
	}
	var out []string
	for _, g := range list {
		values, err := g.aggregates(r, q)
		if err != nil {
			return nil, err
		}
		if r.decide != nil && r.decide(values) != 1 {
			continue
		}
		texts := make([]string, 0, len(g.keys)+len(r.Read))
		for _, i := range readOrder(q) {
			texts = append(texts, fmt.Sprint(g.keys[i]))
		}
		for _, text := range r.Read {
			texts = append(texts, fmt.Sprint(values[text]))
		}
		out = append(out, strings.Join(texts, "/"))
	}
	if r.Limit >= 0 {
		out = out[:min(r.Limit, len(out))]
	}
	return out, nil
}

// readOrder are the numbers of the keys in the order of the columns: own properties first.
func readOrder(q *qb.Select) []int {
	own := func(i int) bool {
		f := q.GroupBy[i].(qb.FieldExpr).Field
		return len(f.Hops) == 0 && slices.Contains(q.Output, f.Property)
	}
	var list, rest []int
	for i := range q.GroupBy {
		if own(i) {
			list = append(list, i)
		} else {
			rest = append(rest, i)
		}
	}
	return append(list, rest...)
}

// aggregates computes what is read of a group.
func (g *group) aggregates(r groupRequest, q *qb.Select) (map[string]any, error) {
	values := map[string]any{}
	for i, text := range r.Read {
		a := q.Exprs[len(q.Exprs)-len(r.Read)+i].Expr.(qb.Aggregate)
		if text == "count(*)" {
			values[text] = int64(len(g.rows))
			continue
		}
		var list []any
		for _, x := range g.rows {
			v, err := sortKey(x, qb.Order{Expr: qb.FieldExpr{Field: a.Field}})
			if err != nil {
				return nil, err
			}
			if v != nil && (!a.Distinct || !slices.Contains(list, v)) {
				list = append(list, v)
			}
		}
		values[text] = aggregated(text[:strings.IndexByte(text, '(')], list)
	}
	return values, nil
}

func aggregated(name string, list []any) any {
	switch {
	case name == "count":
		return int64(len(list))
	case len(list) == 0:
		return nil
	case name == "sum":
		var sum int64
		for _, v := range list {
			sum += v.(int64)
		}
		return sum
	case name == "min":
		return slices.MinFunc(list, order)
	}
	return slices.MaxFunc(list, order)
}

// runGroups reads what an engine answers, as text.
func (b *bench) runGroups(ctx context.Context, q *qb.Select, args []any, r groupRequest) (list []string, program fmt.Stringer, err error) {
	p, err := b.engine.Compile(q)
	if err != nil {
		return nil, nil, err
	}
	rows, err := b.session.Query(ctx, p, args)
	if err != nil {
		return nil, p, err
	}
	defer rows.Close()
	for rows.Next() {
		cells, dest := make([]cell, len(r.By)+len(r.Read)), []any{}
		for i := range cells {
			cells[i].kind = mapper.Int // as it is
			dest = append(dest, &cells[i])
		}
		if err := rows.Scan(dest); err != nil {
			return nil, p, err
		}
		texts := make([]string, len(cells))
		for i := range cells {
			texts[i] = cells[i].text
		}
		list = append(list, strings.Join(texts, "/"))
	}
	return list, p, rows.Close()
}
