package differential_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// joinRequest is a read with joins written by hand.
type joinRequest struct {
	request
	Joins []join
	// Roots asks for roots instead of columns, so that a page counts them; Reads for the joined rows, too.
	Roots, Reads bool
}

type join struct {
	Left  bool
	Path  string // from the root, or from the alias it begins with
	Alias string
	On    M
	to    *mapper.Entity
}

// TestRandomJoins asks every engine that joins random requests with joins: conditions on aliases mean what SQL means
// by them, counts count roots, and so do the pages of what returns roots.
func TestRandomJoins(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			b := newBench(t, e, 5)
			if _, err := b.engine.Compile(oneJoin(t, b.registry)); errors.Is(err, driver.ErrUnsupported) {
				t.Skip("the engine has no joins: ", err)
			}
			cases(t, e, shortRun)
			requests := rapid.Custom(func(t *rapid.T) joinRequest { return drawJoins(t, b.registry) })
			rapid.Check(t, func(t *rapid.T) {
				if err := b.checkJoins(context.Background(), requests.Draw(t, "request")); err != nil {
					t.Fatal(err)
				}
			})
			b.telling(t)
		})
	}
}

func oneJoin(t *testing.T, reg *mapper.Registry) *qb.Select {
	q, _, err := joinRequest{request: request{Entity: "Author", Limit: -1, Offset: -1}, Joins: []join{{Path: "books", Alias: "b"}}}.query(reg, false)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func drawJoins(t *rapid.T, reg *mapper.Registry) joinRequest {
	e := pickEntity(t, "entity", reg)
	for len(leaves(e, isRelation)) == 0 {
		e = reg.Entity("Author")
	}
	r := joinRequest{request: request{Entity: e.Name, Limit: -1, Offset: -1}}
	from, alias := e, ""
	for i := range rapid.IntRange(1, 2).Draw(t, "joins") {
		relations := from.Relations
		if len(relations) == 0 {
			break
		}
		p := pickProperty(t, "joined", relations)
		j := join{Left: !oneIn(t, 3, "inner"), Path: strings.TrimPrefix(alias+"."+p.Name, "."), Alias: fmt.Sprint("j", i), to: p.Relation.Target}
		if oneIn(t, 4, "on") {
			j.On = drawCondition(t, j.to, 0)
		}
		r.Joins = append(r.Joins, j)
		if rapid.Bool().Draw(t, "chained") {
			from, alias = j.to, j.Alias
		}
	}
	r.Where = drawOverJoins(t, r, e, 2)
	for range max(0, rapid.IntRange(-2, 2).Draw(t, "orders")) {
		j := pick(t, "ordered", r.Joins...)
		if rapid.Bool().Draw(t, "by the root") {
			r.Order = append(r.Order, drawOrder(t, e))
		} else if entry, ok := drawOrder(t, j.to).(string); ok {
			r.Order = append(r.Order, j.Alias+"."+entry)
		}
	}
	if rapid.Bool().Draw(t, "limited") {
		r.Limit = rapid.IntRange(0, 5).Draw(t, "limit")
	}
	if oneIn(t, 3, "shifted") {
		r.Offset = rapid.IntRange(0, 4).Draw(t, "offset")
	}
	r.Roots = rapid.Bool().Draw(t, "roots")
	r.Reads = oneIn(t, 3, "reads")
	r.NullsLowest = oneIn(t, 4, "nulls lowest")
	if oneIn(t, 4, "filtered") {
		r.Filters = drawFilters(t, reg)
	}
	return r
}

// drawOverJoins draws a condition about the root and the joined rows.
func drawOverJoins(t *rapid.T, r joinRequest, e *mapper.Entity, depth int) M {
	m := M{}
	for range rapid.IntRange(0, 2).Draw(t, "entries") {
		j := pick(t, "joined", r.Joins...)
		switch form := rapid.IntRange(0, 8).Draw(t, "about"); form {
		case 0, 1:
			k, v := drawEntry(t, e, 1)
			m[k] = v
		case 2:
			m[j.Alias] = drawCondition(t, j.to, 1)
		case 3:
			m[j.Alias] = pick[any](t, "presence", nil, M{"$ne": nil}, M{"$exists": false}, M{"$exists": true})
		case 4, 5, 6:
			if k, v := drawEntry(t, j.to, 1); k[0] != '$' && !hasColumn(v) {
				m[j.Alias+"."+k] = v
			}
		default:
			if depth > 0 {
				k, v := drawGroup(t, func() M { return drawOverJoins(t, r, e, depth-1) })
				m[k] = v
			}
		}
	}
	return m
}

func (r joinRequest) query(reg *mapper.Registry, count bool) (*qb.Select, []any, error) {
	e := reg.Entity(r.Entity)
	b := qb.New(reg, r.Entity, "r").OrderBy(r.Order...)
	for _, j := range r.Joins {
		var on []any
		if j.On != nil {
			on = append(on, j.On)
		}
		switch {
		case j.Left && r.Reads:
			b = b.LeftJoinAndSelect(j.Path, j.Alias, on...)
		case j.Left:
			b = b.LeftJoin(j.Path, j.Alias, on...)
		case r.Reads:
			b = b.JoinAndSelect(j.Path, j.Alias, on...)
		default:
			b = b.Join(j.Path, j.Alias, on...)
		}
	}
	b = b.Where(r.Where)
	if r.Limit >= 0 {
		b = b.Limit(r.Limit)
	}
	if r.Offset >= 0 {
		b = b.Offset(r.Offset)
	}
	for _, f := range r.Filters {
		b = b.Filter(filterName(f.Entity), map[string]any{"where": f.Where})
	}
	if r.NullsLowest {
		b = b.NullsLowest()
	}
	if count {
		b = b.Count()
	}
	made, args, err := b.Query()
	if err != nil {
		return nil, nil, err
	}
	q := made.(*qb.Select)
	q.Output, q.Roots = e.Key, r.Roots
	for _, j := range q.Joins {
		if len(j.Output) > 0 {
			j.Output = j.Relation.Relation.Target.Key
		}
	}
	return q, args, nil
}

// String writes a request as Go.
func (r joinRequest) String() string {
	s := r.request.String()
	for _, j := range r.Joins {
		s += fmt.Sprintf(" join %s %s left %t on %s", j.Path, j.Alias, j.Left, show(j.On))
	}
	return fmt.Sprintf("%s roots %t reads %t", s, r.Roots, r.Reads)
}

// hit is a row of the joined tables: a root with the rows found for it.
type hit struct {
	row
	joined map[string]conditions.Row
	keys   []any
}

func (b *bench) checkJoins(ctx context.Context, r joinRequest) error {
	b.asked++
	q, args, err := r.query(b.registry, false)
	if err != nil {
		return fmt.Errorf("%s\n%w", r, err)
	}
	v := b.view(q, args)
	hits, err := v.join(q)
	if err != nil {
		return fmt.Errorf("%s\nevaluator: %w", r, err)
	}
	roots := distinct(hits)
	if len(roots) > 0 && len(roots) < len(b.all(q.Entity)) {
		b.found++
	}
	got, program, err := b.run(ctx, q, args)
	if errors.Is(err, driver.ErrUnsupported) {
		b.refused++
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s\n%s\n%s\n%w", r, conditions.Print(q.Where), program, err)
	}
	want := v.pageOfHits(q, args, hits)
	if q.Limit == conditions.NoSlot && q.Offset == conditions.NoSlot {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s\n%s\n%s\n got %s\nwant %s", r, conditions.Print(q.Where), program, strings.Join(got, " "), strings.Join(want, " "))
	}
	if q, args, err = r.query(b.registry, true); err != nil {
		return err
	}
	if got, program, err = b.run(ctx, q, args); err != nil {
		return fmt.Errorf("count: %s\n%s\n%w", r, program, err)
	}
	if want := fmt.Sprint(len(roots)); len(got) != 1 || got[0] != want {
		return fmt.Errorf("count: %s\n%s\n%s\n got %v\nwant %s", r, conditions.Print(q.Where), program, got, want)
	}
	return nil
}

// join returns the joined rows for which the condition is true.
func (v *view) join(q *qb.Select) ([]hit, error) {
	candidates, err := v.visible(q.Entity, v.all(q.Entity)...)
	if err != nil {
		return nil, err
	}
	var found []hit
	for _, root := range candidates {
		hits := []hit{{row: root.(row), joined: map[string]conditions.Row{q.Alias: root}}}
		for _, j := range q.Joins {
			if hits, err = v.joinOne(j, hits); err != nil {
				return nil, err
			}
		}
		for _, h := range hits {
			v.evaluator.Aliases = h.joined
			ok, err := v.evaluator.Matches(q.Where, h.row)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			for _, o := range q.OrderBy {
				k, err := v.hitKey(h, o)
				if err != nil {
					return nil, err
				}
				h.keys = append(h.keys, k)
			}
			found = append(found, h)
		}
	}
	return found, nil
}

func (v *view) joinOne(j *qb.Join, hits []hit) ([]hit, error) {
	var out []hit
	for _, h := range hits {
		var from conditions.Row = h.row
		if j.From != "" {
			from = h.joined[j.From]
		}
		var targets []conditions.Row
		var err error
		if from != nil {
			if targets, err = related(from, j.Relation); err != nil {
				return nil, err
			}
		}
		before := len(out)
		for _, to := range targets {
			v.evaluator.Aliases = map[string]conditions.Row{j.Alias: to}
			ok, err := v.evaluator.Matches(j.On, to)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, h.with(j.Alias, to))
			}
		}
		if len(out) == before && j.Left {
			out = append(out, h.with(j.Alias, nil))
		}
	}
	return out, nil
}

func related(from conditions.Row, p *mapper.Property) ([]conditions.Row, error) {
	if p.Kind.IsToMany() {
		return from.Many(p)
	}
	to, err := from.One(p)
	if to == nil || err != nil {
		return nil, err
	}
	return []conditions.Row{to}, nil
}

func (h hit) with(alias string, to conditions.Row) hit {
	joined := map[string]conditions.Row{alias: to}
	for k, v := range h.joined {
		joined[k] = v
	}
	h.joined = joined
	return h
}

// hitKey is what a joined row is sorted by.
func (v *view) hitKey(h hit, o qb.Order) (any, error) {
	f := o.Expr.(qb.FieldExpr).Field
	if f.Alias == "" {
		return sortKey(h.row, o)
	}
	start, _ := h.joined[f.Alias].(row)
	if start.thing == nil {
		return nil, nil
	}
	return sortKey(start, o)
}

// pageOfHits gives the keys that a query must answer with, in order where there is a page.
func (v *view) pageOfHits(q *qb.Select, args []any, hits []hit) []string {
	byKey := func(x, y hit) int {
		return cmp.Or(v.compare(q, x.keys, y.keys), order(x.key(), y.key()))
	}
	slices.SortStableFunc(hits, byKey)
	offset, limit := number(args, q.Offset), number(args, q.Limit)
	if offset >= 0 || limit >= 0 {
		if q.PagesRoots() {
			hits = pageOfRoots(hits, offset, limit)
		} else {
			hits = cut(hits, offset, limit)
		}
	}
	var want []string
	for _, h := range hits {
		want = append(want, shown(h.key()))
	}
	return want
}

// pageOfRoots keeps the rows of the roots on a page: a root stands where its first row does.
func pageOfRoots(hits []hit, offset, limit int) []hit {
	roots := cut(distinct(hits), offset, limit)
	return slices.DeleteFunc(hits, func(h hit) bool {
		return !slices.ContainsFunc(roots, func(r hit) bool { return r.thing == h.thing })
	})
}

func cut(hits []hit, offset, limit int) []hit {
	hits = hits[min(max(offset, 0), len(hits)):]
	if limit >= 0 {
		hits = hits[:min(limit, len(hits))]
	}
	return hits
}

// distinct returns one hit of each root.
func distinct(hits []hit) []hit {
	var roots []hit
	for _, h := range hits {
		if !slices.ContainsFunc(roots, func(r hit) bool { return r.thing == h.thing }) {
			roots = append(roots, h)
		}
	}
	return roots
}
