package differential_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// request is one read, as a program would ask for it.
type request struct {
	Entity  string
	Where   any
	Order   []any
	Limit   int // -1 is none
	Offset  int // -1 is none
	Filters []filter
	Semi    qb.SemiJoin
	// NullsLowest asks for one place of NULL on all engines.
	NullsLowest bool
}

// filter switches on the filter of an entity, with the condition as its parameter.
type filter struct {
	Entity string
	Where  any
}

// entities are all of the model, each with a filter whose condition is its parameter.
func entities() []any {
	return []any{
		with[model.Author](), with[model.Profile](), with[model.Book](), with[model.Tag](), with[model.Publisher](), with[model.Employee](),
		with[model.Customer](), with[model.Product](), with[model.Order](), with[model.OrderLine](), with[model.Shipment](),
		with[model.Animal](), with[model.Dog](), with[model.Cat](),
	}
}

func with[T any]() any {
	return mapper.Define(func(e *mapper.Builder[T]) {
		var zero T
		e.Filter(mapper.Filter{Name: filterName(strings.TrimPrefix(fmt.Sprintf("%T", zero), "model.")), Params: []string{"where"}, Where: func(p mapper.Params) any { return p.Get("where") }})
	})
}

func filterName(entity string) string { return "visible" + entity }

// requests generates requests about the entities of a registry.
func requests(reg *mapper.Registry) *rapid.Generator[request] {
	return rapid.Custom(func(t *rapid.T) request { return draw(t, reg) })
}

func draw(t *rapid.T, reg *mapper.Registry) request {
	e := pickEntity(t, "entity", reg)
	r := request{Entity: e.Name, Limit: -1, Offset: -1}
	r.Where = drawRoot(t, e)
	for range max(0, rapid.IntRange(-3, 3).Draw(t, "orders")) {
		r.Order = append(r.Order, drawOrder(t, e))
	}
	if oneIn(t, 3, "limited") {
		r.Limit = rapid.IntRange(0, 5).Draw(t, "limit")
	}
	if oneIn(t, 4, "shifted") {
		r.Offset = rapid.IntRange(0, 4).Draw(t, "offset")
	}
	r.Semi = pick(t, "semi-joins", qb.SemiJoinAuto, qb.SemiJoinAuto, qb.SemiJoinExists, qb.SemiJoinKeyIn)
	r.NullsLowest = oneIn(t, 4, "nulls lowest")
	if oneIn(t, 3, "filtered") {
		r.Filters = drawFilters(t, reg)
	}
	return r
}

// drawFilters draws filters over own properties, or one through a relation. Filters that lead back to what they hide are
// refused by every engine.
func drawFilters(t *rapid.T, reg *mapper.Registry) []filter {
	if oneIn(t, 4, "through a relation") {
		book := reg.Entity("Book")
		where := M{"author": drawCondition(t, reg.Entity("Author"), 0)}
		if hops(reg, book, where) <= 1 && usable(reg, book, where) {
			return []filter{{book.Name, where}}
		}
	}
	var list []filter
	for range rapid.IntRange(1, 2).Draw(t, "filters") {
		e := pickEntity(t, "filtered entity", reg)
		if where := drawCondition(t, e, 0); hops(reg, e, where) == 0 && usable(reg, e, where) {
			list = append(list, filter{e.Name, where})
		}
	}
	return list
}

// usable reports a condition that a filter may have: one on NULL where there is none is taken for a missing parameter.
func usable(reg *mapper.Registry, e *mapper.Entity, where any) bool {
	tree, _, err := conditions.Compile(conditions.Env{Registry: reg, Entity: e}, where, 0)
	return err != nil || qb.CheckFilter(e, "", tree.Root) == nil
}

// hops counts the relations that a condition without to-many relations walks at most.
func hops(reg *mapper.Registry, e *mapper.Entity, where any) int {
	tree, _, err := conditions.Compile(conditions.Env{Registry: reg, Entity: e}, where, 0)
	if err != nil {
		return 0 // the request will tell
	}
	most := 0
	conditions.Walk(tree.Root, func(f conditions.Field, _ conditions.Node) {
		n := len(f.Hops)
		if f.Property != nil && f.Property.Relation != nil && !f.Property.Relation.Owning {
			n++ // the key of an inverse side is that of a row
		}
		most = max(most, n)
	})
	return most
}

// drawOrder draws an order entry: a property of the root, or of what relations lead to.
func drawOrder(t *rapid.T, e *mapper.Entity) any {
	var path []string
	for range rapid.IntRange(0, 2).Draw(t, "hops") {
		relations := leaves(e, isRelation)
		if len(relations) == 0 {
			break
		}
		p := pickProperty(t, "hop", relations)
		path, e = append(path, p.Path), p.Relation.Target
	}
	p := pickProperty(t, "sorted by", leaves(e, sortable))
	place, kind := p.Path, ""
	if p.Type != nil && p.Type.Kind == mapper.JSON {
		if len(p.Type.Shape) > 0 {
			place += "." + pick(t, "place", "theme", "pageSize", "news")
		} else {
			place += "." + pick(t, "place", "a", "b", "a.b", "a.[0]")
			kind = " " + pick(t, "kind", "number", "string", "bool")
		}
	}
	entry := strings.Join(append(path, place), ".") + kind
	entry += pick(t, "direction", "", " asc", " desc")
	return entry + pick(t, "nulls", "", "", " nulls first", " nulls last")
}

func sortable(p *mapper.Property) bool {
	if p.Relation != nil {
		return p.Kind.IsToOne() && p.Relation.Owning && len(p.Columns) == 1
	}
	return p.Type.Kind != mapper.Array && p.Type.Kind != mapper.Bytes
}

// query makes the logical query of a request, by the public builder.
func (r request) query(reg *mapper.Registry, count bool) (*qb.Select, []any, error) {
	b := qb.New(reg, r.Entity, "")
	var key []any
	for _, p := range reg.Entity(r.Entity).Key {
		key = append(key, p.Path)
	}
	b = b.Select(key...).Where(r.Where).OrderBy(r.Order...)
	if r.Limit >= 0 {
		b = b.Limit(r.Limit)
	}
	if r.Offset >= 0 {
		b = b.Offset(r.Offset)
	}
	for _, f := range r.Filters {
		b = b.Filter(filterName(f.Entity), map[string]any{"where": f.Where})
	}
	switch r.Semi {
	case qb.SemiJoinExists:
		b = b.Exists()
	case qb.SemiJoinKeyIn:
		b = b.KeyIn()
	}
	if r.NullsLowest {
		b = b.NullsLowest()
	}
	if count {
		b = b.Count()
	}
	q, args, err := b.Query()
	if err != nil {
		return nil, nil, err
	}
	return q.(*qb.Select), args, nil
}

// String writes a request as Go.
func (r request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "find %s %s", r.Entity, show(r.Where))
	for _, o := range r.Order {
		fmt.Fprintf(&b, " order by %q", o)
	}
	if r.Limit >= 0 {
		fmt.Fprintf(&b, " limit %d", r.Limit)
	}
	if r.Offset >= 0 {
		fmt.Fprintf(&b, " offset %d", r.Offset)
	}
	for _, f := range r.Filters {
		fmt.Fprintf(&b, " filter %s %s", f.Entity, show(f.Where))
	}
	switch r.Semi {
	case qb.SemiJoinExists:
		b.WriteString(" exists")
	case qb.SemiJoinKeyIn:
		b.WriteString(" key in")
	}
	if r.NullsLowest {
		b.WriteString(" nulls lowest")
	}
	return b.String()
}

func show(v any) string {
	text := fmt.Sprintf("%#v", v)
	return strings.NewReplacer("map[string]interface {}", "M", "[]interface {}", "L", "interface {}", "any").Replace(text)
}
