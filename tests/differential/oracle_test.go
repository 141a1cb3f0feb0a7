package differential_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// view is a world as one request sees it.
type view struct {
	*world
	evaluator *conditions.Evaluator
	filters   []qb.Filter
	// nullsHigh says that NULL sorts above every value where the order does not say.
	nullsHigh bool
}

// row is a thing seen as an entity, which decides what filters hide of it.
type row struct {
	v  *view
	as *mapper.Entity
	*thing
}

// visible returns things as rows of an entity, without those that filters hide.
func (v *view) visible(as *mapper.Entity, things ...*thing) ([]conditions.Row, error) {
	var out []conditions.Row
	for _, x := range things {
		if x == nil {
			continue
		}
		r, hidden := row{v, as, x}, false
		for _, f := range v.filters {
			if !as.IsSubtypeOf(f.Entity) || hidden {
				continue
			}
			ok, err := v.evaluator.Matches(f.Where, r)
			if err != nil {
				return nil, err
			}
			hidden = !ok
		}
		if !hidden {
			out = append(out, r)
		}
	}
	return out, nil
}

func (r row) Value(p *mapper.Property) (any, error) { return r.vals[p.Path], nil }

func (r row) Key(p *mapper.Property) (any, error) {
	switch {
	case p == nil:
		return r.key(), nil
	case p.Relation.Owning:
		return r.vals[p.Path], nil
	}
	target, err := r.One(p)
	if target == nil || err != nil {
		return nil, err
	}
	return target.Key(nil)
}

func (r row) One(p *mapper.Property) (conditions.Row, error) {
	rows, err := r.v.visible(p.Relation.Target, r.one[p.Path])
	if len(rows) == 0 || err != nil {
		return nil, err
	}
	return rows[0], nil
}

func (r row) Many(p *mapper.Property) ([]conditions.Row, error) {
	return r.v.visible(p.Relation.Target, r.many[p.Path]...)
}

// find returns the visible roots for which the condition is true, sorted, all of them.
func (v *view) find(q *qb.Select) ([]row, error) {
	candidates, err := v.visible(q.Entity, v.all(q.Entity)...)
	if err != nil {
		return nil, err
	}
	var found []row
	for _, r := range candidates {
		ok, err := v.evaluator.Matches(q.Where, r)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, r.(row))
		}
	}
	return found, v.sort(q, found)
}

// sort orders rows by the order of a query, then by key.
func (v *view) sort(q *qb.Select, rows []row) error {
	keys := map[*thing][]any{}
	for _, r := range rows {
		for _, o := range q.OrderBy {
			k, err := sortKey(r, o)
			if err != nil {
				return err
			}
			keys[r.thing] = append(keys[r.thing], k)
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if c := v.compare(q, keys[a.thing], keys[b.thing]); c != 0 {
			return c
		}
		return order(a.key(), b.key())
	})
	return nil
}

// compare orders two roots by their sort keys.
func (v *view) compare(q *qb.Select, a, b []any) int {
	for i, o := range q.OrderBy {
		x, y := a[i], b[i]
		switch {
		case x == nil && y == nil:
		case x == nil || y == nil:
			first := o.Nulls == qb.NullsFirst || o.Nulls == qb.NullsDefault && o.Desc == v.nullsHigh
			if (x == nil) == first {
				return -1
			}
			return 1
		default:
			c := order(x, y)
			if o.Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
	}
	return 0
}

// order compares canonical values of one kind, keys part by part.
func order(a, b any) int {
	x, y := mapper.Parts(nil, a), mapper.Parts(nil, b)
	for i := range x {
		c, ok := conditions.Order(x[i], y[i])
		if !ok {
			panic(fmt.Sprintf("no order between %T and %T", x[i], y[i]))
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// sortKey is the value a root is sorted by: behind to-many relations the smallest, or when descending the largest.
func sortKey(root row, o qb.Order) (any, error) {
	whole := o.Expr.(qb.FieldExpr).Field
	f := whole.OnForeignKey()
	rows := []conditions.Row{root}
	for _, hop := range f.Hops {
		var next []conditions.Row
		for _, r := range rows {
			if hop.Kind.IsToMany() {
				many, err := r.Many(hop)
				if err != nil {
					return nil, err
				}
				next = append(next, many...)
			} else if target, err := r.One(hop); err != nil {
				return nil, err
			} else if target != nil {
				next = append(next, target)
			}
		}
		rows = next
	}
	var best any
	for _, r := range rows {
		v, err := sortValue(r, f)
		if err != nil {
			return nil, err
		}
		if key, composite := v.(mapper.Tuple); composite && f.Property != whole.Property {
			v = mapper.Parts(nil, key)[f.Part]
		}
		if v != nil && (best == nil || (order(v, best) < 0) != o.Desc && order(v, best) != 0) {
			best = v
		}
	}
	return best, nil
}

func sortValue(r conditions.Row, f conditions.Field) (any, error) {
	switch {
	case f.Property == nil:
		return r.Key(nil)
	case f.Property.Relation != nil:
		return r.Key(f.Property)
	}
	v, err := r.Value(f.Property)
	if f.JSON == nil || v == nil || err != nil {
		return v, err
	}
	return inside(v.(json.RawMessage), f)
}

// inside reads a value of a document; one of another kind is NULL.
func inside(text json.RawMessage, f conditions.Field) (any, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	for _, key := range f.JSON {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			i, err := strconv.Atoi(strings.Trim(key, "[]"))
			if err != nil || !strings.HasPrefix(key, "[") || i >= len(at) {
				return nil, nil
			}
			v = at[i]
		default:
			return nil, nil
		}
	}
	switch v := v.(type) {
	case float64:
		if f.As == mapper.Float || f.As == mapper.Int {
			return v, nil
		}
	case string:
		if f.As == mapper.String {
			return v, nil
		}
	case bool:
		if f.As == mapper.Bool {
			return v, nil
		}
	}
	return nil, nil
}
