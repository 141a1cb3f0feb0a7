package find

import (
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// Keyset is a total order in which a place can be told by the values of one row, for
// paging by cursor.
type Keyset struct {
	entity  *mapper.Entity
	order   []qb.Order
	entries []keysetEntry
}

// keysetEntry is an entry of the order.
type keysetEntry struct {
	field conditions.Field
	desc  bool
	// nullable says that the value can be NULL, nullsFirst where it stands then.
	nullable, nullsFirst bool
}

// Keyset reads the order of the roots, which must be total. nullsHigh says that the
// engine puts NULL above all values where the order does not say. Entries other than
// properties of the root and of to-one targets are a mistake.
func (r *Roots) Keyset(nullsHigh bool) (*Keyset, error) {
	k := &Keyset{entity: r.Select.Entity, order: r.Select.OrderBy}
	for _, o := range r.Select.OrderBy {
		f, ok := o.Expr.(qb.FieldExpr)
		if !ok || o.Collation != "" || !steady(f.Field) {
			hint := "a cursor needs an order by properties of the root and of to-one targets"
			return nil, &qb.Error{Class: qb.ErrOrder, Step: "cursor", Entity: k.entity.Name, Path: f.Field.String(), Hint: hint}
		}
		e := keysetEntry{field: f.Field.OnForeignKey(), desc: o.Desc, nullable: nullable(f.Field)}
		switch {
		case o.Nulls != qb.NullsDefault:
			e.nullsFirst = o.Nulls == qb.NullsFirst
		case r.Select.NullsLowest:
			e.nullsFirst = !o.Desc
		default:
			e.nullsFirst = o.Desc == nullsHigh
		}
		k.entries = append(k.entries, e)
	}
	return k, nil
}

// steady reports a single value that a row has at most once.
func steady(f conditions.Field) bool {
	if f.JSON != nil || f.Property == nil || len(f.Property.Columns) != 1 && f.Property.Formula == "" {
		return false
	}
	for _, hop := range f.Hops {
		if !hop.Kind.IsToOne() {
			return false
		}
	}
	return true
}

// nullable reports a value that may be NULL. What a formula makes nobody declares.
func nullable(f conditions.Field) bool {
	return f.Property.Nullable || len(f.Hops) > 0 || f.Property.Formula != ""
}

// Types are the types of the values that tell a place.
func (k *Keyset) Types() []*mapper.Type {
	types := make([]*mapper.Type, len(k.entries))
	for i, e := range k.entries {
		types[i] = qb.TypeOf(e.field)
	}
	return types
}

// Outputs are the values of a row that tell its place.
func (k *Keyset) Outputs() []qb.Output {
	out := make([]qb.Output, len(k.entries))
	for i, e := range k.entries {
		out[i] = qb.Output{Expr: qb.FieldExpr{Field: e.field}, Name: "k" + strconv.Itoa(i)}
	}
	return out
}

// Reversed is the order read from its end.
func (k *Keyset) Reversed() []qb.Order {
	out := make([]qb.Order, len(k.order))
	for i, o := range k.order {
		e := k.entries[i]
		o.Desc = !o.Desc
		if o.Nulls = qb.NullsDefault; e.nullable {
			o.Nulls = qb.NullsFirst
			if e.nullsFirst {
				o.Nulls = qb.NullsLast
			}
		}
		out[i] = o
	}
	return out
}

// Fingerprint tells orders apart: cursors of one are of no use in another.
func (k *Keyset) Fingerprint() string {
	h := fnv.New64a()
	fmt.Fprint(h, k.entity.Name)
	for _, e := range k.entries {
		fmt.Fprintf(h, ",%s %t %t", e.field, e.desc, e.nullable && e.nullsFirst)
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// Seek adds to the query that roots come after the place (before it, when back is
// set) that values tell, and returns the values that follow those of the query so
// far. There is one value for each entry, canonical or nil.
func (k *Keyset) Seek(sel *qb.Select, values []any, back bool) []any {
	s := &seeking{sel: sel}
	var either []conditions.Node
	for i, e := range k.entries {
		beyond := s.beyond(e, values[i], back)
		if beyond == nil {
			continue
		}
		var all []conditions.Node
		for j, same := range k.entries[:i] {
			all = append(all, s.equal(same, values[j]))
		}
		either = append(either, conjunction(append(all, beyond)))
	}
	var where conditions.Node = &conditions.OrNode{Nodes: either}
	if len(either) == 1 {
		where = either[0]
	}
	if sel.Where != nil {
		where = &conditions.AndNode{Nodes: []conditions.Node{sel.Where, where}}
	}
	sel.Where = where
	return s.args
}

// Values returns the values that [Keyset.Seek] would return for a place. They are those of
// another query that was bounded by a place with NULL in the same entries.
func (k *Keyset) Values(place []any, back bool) []any { return k.Seek(&qb.Select{}, place, back) }

func conjunction(nodes []conditions.Node) conditions.Node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	return &conditions.AndNode{Nodes: nodes}
}

// seeking collects the values of a seek.
type seeking struct {
	sel  *qb.Select
	args []any
}

func (s *seeking) slot(f conditions.Field, v any) conditions.Slot {
	slot := conditions.Slot(len(s.sel.Slots))
	s.sel.Slots = append(s.sel.Slots[:slot:slot], conditions.SlotInfo{Type: qb.TypeOf(f), Path: f.String()})
	s.args = append(s.args, v)
	return slot
}

// equal holds where the entry has the value.
func (s *seeking) equal(e keysetEntry, v any) conditions.Node {
	if v == nil {
		return &conditions.Null{Field: e.field, Outer: true}
	}
	return &conditions.Compare{Field: e.field, Op: conditions.OpEq, Value: s.slot(e.field, v)}
}

// beyond holds where the entry comes after the value; nil where nothing does.
func (s *seeking) beyond(e keysetEntry, v any, back bool) conditions.Node {
	nullsFirst := e.nullsFirst != back
	switch {
	case v == nil && nullsFirst:
		return &conditions.Null{Field: e.field, Not: true, Outer: true}
	case v == nil:
		return nil
	}
	op := conditions.OpGt
	if e.desc != back {
		op = conditions.OpLt
	}
	compare := &conditions.Compare{Field: e.field, Op: op, Value: s.slot(e.field, v)}
	if !e.nullable || nullsFirst {
		return compare
	}
	return &conditions.OrNode{Nodes: []conditions.Node{compare, &conditions.Null{Field: e.field, Outer: true}}}
}
