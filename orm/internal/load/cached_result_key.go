package load

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// Everything is the tag of answers that any write may change.
const Everything = "*"

// Identity is what a result cache has to know of a request: a text that is the same for
// the same question and only for that, and the tags of the entities that its answer depends
// on. ok is false when the question has no such text.
func (l *Loader) Identity(r *Request) (text string, tags []string, ok bool, err error) {
	st, args, err := l.prepare(r)
	if err != nil || len(l.rd.Queries) > 0 || st.nodes == nil && !r.count {
		return "", nil, false, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%s\x00%q\x00%s\x00%q\x00%s", r.Entity.Name, st.program, l.rd.Shape, r.Options.Schema, r.Options.Fields, r.Options.Strategy)
	for _, arg := range args {
		fmt.Fprintf(&b, "\x00%T %#v", arg, arg)
	}
	for _, cond := range append([]any{r.Options.PopulateWhere}, hintConditions(&b, r.Options.Populate)...) {
		if cond == nil || cond == populate.Infer {
			fmt.Fprintf(&b, "\x01%t", cond == nil)
			continue
		}
		var rd conditions.Reading
		if err := conditions.Read(&rd, cond); err != nil || len(rd.Queries) > 0 {
			return "", nil, false, err
		}
		fmt.Fprintf(&b, "\x01%q", rd.Shape)
		for _, v := range rd.Values {
			if !plain(v) {
				return "", nil, false, nil
			}
			fmt.Fprintf(&b, "\x00%T %#v", v, v)
		}
	}
	d := &depends{on: map[string]bool{}}
	d.request(r, st)
	return b.String(), d.tags(), true, nil
}

// plain reports a value whose text tells it from all others.
func plain(v any) bool {
	switch v := v.(type) {
	case nil, bool, string, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64,
		[]byte, []string, []int, []int64, time.Time, time.Duration, mapper.Decimal, mapper.UUID, mapper.ULID, mapper.ObjectID:
		return true
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { return !plain(x) })
	}
	return false
}

// hintConditions writes the rest of the hints, and returns their conditions.
func hintConditions(b *strings.Builder, hints []populate.Hint) []any {
	var list []any
	for _, h := range hints {
		fmt.Fprintf(b, "\x02%s\x00%q\x00%d\x00%d\x00%s\x00%q", h.Path, h.OrderBy, h.Limit, h.Offset, h.Strategy, h.Fields)
		list = append(list, h.Where)
	}
	return list
}

// depends collects the entities that an answer depends on.
type depends struct{ on map[string]bool }

func (d *depends) tags() []string {
	if d.on[Everything] {
		return []string{Everything}
	}
	list := make([]string, 0, len(d.on))
	for name := range d.on {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func (d *depends) request(r *Request, st *statement) {
	d.entity(r.Entity)
	if st.tree != nil {
		d.cond(st.tree.Root)
	}
	for _, filter := range st.filters {
		d.cond(filter.Root)
	}
	orders := slices.Clone(r.Options.OrderBy)
	for _, text := range r.Entity.OrderBy {
		orders = append(orders, text)
	}
	d.orders(orders)
	if st.nodes != nil {
		d.nodes(st.nodes.Nodes)
	}
}

// orders counts everything in when an order may go through a relation.
func (d *depends) orders(list []any) {
	for _, entry := range list {
		if text, ok := entry.(string); !ok || strings.ContainsAny(text, ".(") {
			d.on[Everything] = true
		}
	}
}

func (d *depends) nodes(list []*populate.Node) {
	for _, n := range list {
		d.entity(n.Relation.Relation.Target)
		if n.Where != nil {
			d.cond(n.Where.Root)
		}
		for _, text := range n.OrderBy {
			d.orders([]any{text})
		}
		for _, text := range n.Relation.Relation.OrderBy {
			d.orders([]any{text})
		}
		d.nodes(n.Children)
	}
}

// entity counts an entity type in. What SQL computes may read anything.
func (d *depends) entity(e *mapper.Entity) {
	d.on[e.Root().Name] = true
	if e.ReadOnly {
		d.on[Everything] = true
	}
	for _, p := range e.HierarchyLeaves() {
		if p.Formula != "" {
			d.on[Everything] = true
		}
	}
}

func (d *depends) cond(n conditions.Node) {
	switch n := n.(type) {
	case *conditions.RawNode, *conditions.Exists:
		d.on[Everything] = true
		return
	case *conditions.Compare:
		if _, raw := n.Value.(*conditions.RawValue); raw {
			d.on[Everything] = true
		}
	}
	for _, member := range conditions.Members(n) {
		d.cond(member)
	}
	conditions.Walk(n, func(f conditions.Field, where conditions.Node) {
		for _, hop := range f.Hops {
			d.entity(hop.Relation.Target)
		}
		if f.Property != nil && f.Property.Relation != nil {
			d.entity(f.Property.Relation.Target)
		}
		if where != nil {
			d.cond(where)
		}
	})
}
