package differential_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/internal/testengine"
	"github.com/weft-orm/weft/tests/model"
)

// TestRandomGraphs finds random roots with random relations by every loading strategy: each gives the graph that the
// rows in memory make, values, order and absent targets included.
func TestRandomGraphs(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			b := newBench(t, e, 1)
			cases(t, e, shortRun/3)
			graphs := rapid.Custom(func(t *rapid.T) graph { return drawGraph(t, b.registry) })
			rapid.Check(t, func(t *rapid.T) {
				if err := b.checkGraph(context.Background(), graphs.Draw(t, "graph")); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// graph is a request together with what is to be loaded along.
type graph struct {
	request
	Hints []orm.Hint
	// First are the fields of a read that the same manager did before: what it has left out
	// of entities must not be missing from the graph.
	First []string
	// Along are the relations that the first read has populated.
	Along []string
}

func (g graph) String() string {
	return fmt.Sprintf("%s populate %+v after %v along %v", g.request, g.Hints, g.First, g.Along)
}

// finders read roots of any entity, by name.
var finders = map[string]func(ctx context.Context, em *orm.EntityManager, where any, opts ...orm.FindOption) ([]unsafe.Pointer, error){
	"Author": find[model.Author], "Profile": find[model.Profile], "Book": find[model.Book], "Tag": find[model.Tag],
	"Publisher": find[model.Publisher], "Employee": find[model.Employee], "Customer": find[model.Customer],
	"Product": find[model.Product], "Order": find[model.Order], "OrderLine": find[model.OrderLine],
	"Shipment": find[model.Shipment], "Animal": find[model.Animal], "Dog": find[model.Dog], "Cat": find[model.Cat],
}

func find[T any](ctx context.Context, em *orm.EntityManager, where any, opts ...orm.FindOption) ([]unsafe.Pointer, error) {
	list, err := orm.Find[T](ctx, em, where, opts...)
	out := make([]unsafe.Pointer, len(list))
	for i, x := range list {
		out[i] = unsafe.Pointer(x)
	}
	return out, err
}

func drawGraph(t *rapid.T, reg *mapper.Registry) graph {
	g := graph{request: draw(t, reg)}
	uses := map[*mapper.Property]map[string]bool{}
	for range rapid.IntRange(1, 3).Draw(t, "hints") {
		var h orm.Hint
		e := reg.Entity(g.Entity)
		for depth := rapid.IntRange(1, 3).Draw(t, "depth"); depth > 0 && len(e.Relations) > 0; depth-- {
			p := pickProperty(t, "relation", e.Relations)
			h.Path = strings.TrimPrefix(h.Path+"."+p.Path, ".")
			if e = p.Relation.Target; uses[p] == nil {
				uses[p] = map[string]bool{}
			}
			uses[p][h.Path] = true
			if depth == 1 && p.Kind.IsToMany() {
				drawOptions(t, e, &h)
			}
		}
		known := func(other orm.Hint) bool { return other.Path == h.Path }
		if h.Path != "" && !slices.ContainsFunc(g.Hints, known) {
			g.Hints = append(g.Hints, h)
		}
	}
	if oneIn(t, 2, "partly read before") {
		drawFirst(t, reg.Entity(g.Entity), &g)
	}
	// What is loaded of a collection that two paths lead to is for the first of them to say.
	for i := range g.Hints {
		if steps := walk(reg.Entity(g.Entity), g.Hints[i].Path); len(uses[steps[len(steps)-1]]) > 1 {
			g.Hints[i] = orm.Hint{Path: g.Hints[i].Path}
		}
	}
	return g
}

// drawFirst draws a read of some fields, of the root and of relations on the way.
func drawFirst(t *rapid.T, e *mapper.Entity, g *graph) {
	some := func(prefix string, e *mapper.Entity) {
		for _, p := range e.Leaves {
			if p.Entity == e && p.Relation == nil && p.Field != "" && !p.Lazy && oneIn(t, 3, "field") {
				g.First = append(g.First, prefix+p.Path)
			}
		}
	}
	some("", e)
	// A collection that is loaded whole answers for itself when a part of it is asked for.
	parts := slices.ContainsFunc(g.Hints, func(h orm.Hint) bool { return h.Where != nil || h.OrderBy != nil || h.Limit > 0 || h.Offset > 0 })
	for _, h := range g.Hints {
		if parts || !oneIn(t, 2, "along") {
			continue
		}
		steps := walk(e, h.Path)
		g.Along = append(g.Along, h.Path)
		some(h.Path+".", steps[len(steps)-1].Relation.Target)
	}
	if len(g.First) == 0 {
		g.First = []string{e.Key[0].Path}
	}
}

// walk returns the relations of a path.
func walk(e *mapper.Entity, path string) []*mapper.Property {
	var out []*mapper.Property
	for _, name := range strings.Split(path, ".") {
		p := e.Property(name)
		out, e = append(out, p), p.Relation.Target
	}
	return out
}

// drawOptions draws what is loaded of a collection.
func drawOptions(t *rapid.T, e *mapper.Entity, h *orm.Hint) {
	if oneIn(t, 3, "where") {
		h.Where = drawCondition(t, e, 1)
	}
	if oneIn(t, 3, "ordered") {
		h.OrderBy = []string{drawOrder(t, e).(string)}
	}
	if oneIn(t, 3, "limited") {
		h.Limit = rapid.IntRange(1, 2).Draw(t, "limit")
	}
	if oneIn(t, 4, "shifted") {
		h.Offset = rapid.IntRange(1, 2).Draw(t, "offset")
	}
}

// node is a relation to be loaded.
type node struct {
	relation *mapper.Property
	where    conditions.Node
	order    []qb.Order
	limit    int
	offset   int
	children []*node
}

// plan makes the tree of a graph's hints; the values of their conditions follow args.
func (g graph) plan(reg *mapper.Registry, args []any) (*node, []any, error) {
	root := &node{}
	for _, h := range g.Hints {
		at := root
		for _, p := range walk(reg.Entity(g.Entity), h.Path) {
			i := slices.IndexFunc(at.children, func(n *node) bool { return n.relation == p })
			if i < 0 {
				i = len(at.children)
				at.children = append(at.children, &node{relation: p})
			}
			at = at.children[i]
		}
		env := conditions.Env{Registry: reg, Entity: at.relation.Relation.Target}
		if h.Where != nil {
			tree, values, err := conditions.Compile(env, h.Where, conditions.Slot(len(args)))
			if err != nil {
				return nil, nil, err
			}
			at.where, args = tree.Root, append(args, values...)
		}
		for _, o := range h.OrderBy {
			orders, err := qb.ParseOrder(env, o)
			if err != nil {
				return nil, nil, err
			}
			at.order = append(at.order, orders...)
		}
		at.limit, at.offset = h.Limit, h.Offset // a path that goes on makes another node
	}
	return root, args, nil
}

// checkGraph compares what each strategy loads with the rows in memory.
func (b *bench) checkGraph(ctx context.Context, g graph) error {
	q, args, err := g.query(b.registry, false)
	if err != nil {
		return fmt.Errorf("%s\n%w", g, err)
	}
	root, args, err := g.plan(b.registry, args)
	if err != nil {
		return fmt.Errorf("%s\n%w", g, err)
	}
	v := b.view(q, args)
	all, err := v.find(q)
	if err != nil {
		return fmt.Errorf("%s\n%w", g, err)
	}
	paged := page(all, number(args, q.Offset), number(args, q.Limit))
	want := make([]string, len(paged))
	for i, r := range paged {
		if want[i], err = v.graph(r, root.children); err != nil {
			return err
		}
	}
	for _, strategy := range []string{"select-in", "balanced", "joined"} {
		got, err := b.load(ctx, g, strategy, root.children)
		if errors.Is(err, driver.ErrUnsupported) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s strategy %s\n%w", g, strategy, err)
		}
		if g.Limit < 0 && g.Offset < 0 { // the order may leave roots equal
			slices.Sort(got)
			slices.Sort(want)
		}
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				return fmt.Errorf("%s strategy %s: root %d of %d and %d\n got %s\nwant %s", g, strategy, i, len(got), len(want), at(got, i), at(want, i))
			}
		}
	}
	return nil
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}

// load finds the roots by a strategy and writes their graphs.
func (b *bench) load(ctx context.Context, g graph, strategy string, nodes []*node) ([]string, error) {
	opts := []orm.FindOption{orm.OrderBy(g.Order...), orm.PopulateHint(g.Hints...), orm.Strategy(strategy)}
	if g.Limit >= 0 {
		opts = append(opts, orm.Limit(g.Limit))
	}
	if g.Offset >= 0 {
		opts = append(opts, orm.Offset(g.Offset))
	}
	for _, f := range g.Filters {
		opts = append(opts, orm.Filter(filterName(f.Entity), map[string]any{"where": f.Where}))
	}
	if g.NullsLowest {
		opts = append(opts, orm.NullsLowest())
	}
	em := b.db.Fork()
	if g.First != nil {
		before := []orm.FindOption{orm.Fields(g.First...), orm.Populate(g.Along...), orm.Strategy(strategy)}
		for _, f := range g.Filters {
			before = append(before, orm.Filter(filterName(f.Entity), map[string]any{"where": f.Where}))
		}
		if _, err := finders[g.Entity](ctx, em, nil, before...); err != nil {
			return nil, err
		}
	}
	roots, err := finders[g.Entity](ctx, em, g.Where, opts...)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(roots))
	for i, at := range roots {
		out[i] = loaded(b.registry.Entity(g.Entity), at, nodes)
	}
	return out, nil
}

// loaded writes an entity in memory with its loaded relations.
func loaded(e *mapper.Entity, at unsafe.Pointer, nodes []*node) string {
	var b strings.Builder
	b.WriteString(e.Name + "{")
	for _, p := range e.Leaves {
		if p.Relation == nil && p.Field != "" {
			fmt.Fprintf(&b, " %s:%s", p.Path, written(p, p.Access.Value(at)))
		}
	}
	for _, n := range nodes {
		fmt.Fprintf(&b, " %s:", n.relation.Path)
		target := n.relation.Relation.Target
		switch p := n.relation; {
		case p.Relation.Style == mapper.SliceField:
			b.WriteString(loadedItems(target, *p.Slice(at), n))
		case p.Kind.IsToMany():
			c := p.Collection(at)
			if c.Items == nil || !c.Items.Loaded && !c.Items.Partial {
				b.WriteString("not loaded")
				continue
			}
			b.WriteString(loadedItems(target, c.Items.Read(), n))
		default:
			entry, pointer := p.Reference(at)
			if entry != nil {
				pointer = entry.Entity
			}
			if pointer == nil && entry != nil {
				b.WriteString("hidden")
			} else if pointer == nil {
				b.WriteString("nil")
			} else {
				b.WriteString(loaded(target, pointer, n.children))
			}
		}
	}
	return b.String() + "}"
}

func loadedItems(target *mapper.Entity, items []unsafe.Pointer, n *node) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = loaded(target, item, n.children)
	}
	return fmt.Sprint(texts)
}

// graph writes a row as loaded does.
func (v *view) graph(r row, nodes []*node) (string, error) {
	var b strings.Builder
	b.WriteString(r.as.Name + "{")
	for _, p := range r.as.Leaves {
		if p.Relation == nil && p.Field != "" {
			fmt.Fprintf(&b, " %s:%s", p.Path, written(p, r.vals[p.Path]))
		}
	}
	for _, n := range nodes {
		fmt.Fprintf(&b, " %s:", n.relation.Path)
		p := n.relation
		if p.Kind.IsToMany() {
			text, err := v.items(r, n)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
			continue
		}
		target, err := r.One(p)
		if err != nil {
			return "", err
		}
		switch {
		case target != nil:
			text, err := v.graph(target.(row), n.children)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
		case p.Relation.Style == mapper.RefField && r.leads(p): // to a row that a filter hides
			b.WriteString("hidden")
		default:
			b.WriteString("nil")
		}
	}
	return b.String() + "}", nil
}

// leads reports that a row has a target, by its own columns or by those of the other side.
func (r row) leads(p *mapper.Property) bool {
	if p.Relation.Owning {
		return r.vals[p.Path] != nil
	}
	return r.one[p.Path] != nil
}

// items writes the visible rows of a collection that its hint asks for.
func (v *view) items(r row, n *node) (string, error) {
	items, err := r.Many(n.relation)
	if err != nil {
		return "", err
	}
	var keep []row
	for _, item := range items {
		ok, err := v.evaluator.Matches(n.where, item)
		if err != nil {
			return "", err
		}
		if ok {
			keep = append(keep, item.(row))
		}
	}
	if err := v.sort(&qb.Select{OrderBy: n.order}, keep); err != nil {
		return "", err
	}
	limit := -1
	if n.limit > 0 {
		limit = n.limit
	}
	texts := []string{}
	for _, item := range page(keep, n.offset, limit) {
		text, err := v.graph(item, n.children)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
	}
	return fmt.Sprint(texts), nil
}

// written is a canonical value as text that does not depend on the engine.
func written(p *mapper.Property, v any) string {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case json.RawMessage:
		var doc any
		d := json.NewDecoder(bytes.NewReader(v))
		if err := d.Decode(&doc); err != nil {
			return err.Error()
		}
		if fields, ok := doc.(map[string]any); ok && len(p.Type.Shape) > 0 {
			maps.DeleteFunc(fields, func(_ string, v any) bool { return v == nil }) // a struct writes all of its fields
		}
		return fmt.Sprint(doc)
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}
