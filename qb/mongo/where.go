package mongo

import (
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// node compiles a condition to a filter that accepts the documents for which
// it is true, appending the lookups it needs.
func (s *scope) node(n conditions.Node) (any, error) {
	if null, ok := n.(*conditions.Null); ok && null.Outer {
		return s.outerNull(null)
	}
	if h, ok := firstHop(n); ok {
		return s.through(h, step(n))
	}
	switch n := n.(type) {
	case *conditions.AndNode:
		return s.list(gather(conjuncts(nil, n), conjunction), and)
	case *conditions.OrNode:
		return s.list(gather(n.Nodes, disjunction), or)
	case *conditions.Truth:
		if n.Value {
			return always, nil
		}
		return never, nil
	case *conditions.SomeNode:
		return s.some(n)
	case *conditions.ReachNode:
		return s.reach(n)
	case *conditions.EveryNode:
		return s.every(n)
	case *conditions.SizeNode:
		return s.size(n)
	case *conditions.Exists:
		return s.exists(n)
	case *conditions.RawNode:
		return nil, unsupportedField(s.entity, n.At, "raw", "conditions written in SQL")
	}
	return s.leaf(n)
}

// outerNull tests a value as an order sees it: that of an absent target is null.
func (s *scope) outerNull(n *conditions.Null) (any, error) {
	path, err := s.materialized(n.Field)
	if err != nil {
		return nil, err
	}
	if n.Not {
		return is(path, op("$ne", nil)), nil
	}
	return is(path, nil), nil
}

func (s *scope) list(nodes []conditions.Node, join func(...any) any) (any, error) {
	filters := make([]any, len(nodes))
	for i, n := range nodes {
		part := *s
		// One branch of many cannot hold a $text search; the members of a
		// root conjunction were split before they came here.
		part.text = false
		f, err := part.node(n)
		if err != nil {
			return nil, err
		}
		filters[i] = f
	}
	return join(filters...), nil
}

// leaf compiles a leaf about a field of the row itself.
func (s *scope) leaf(n conditions.Node) (any, error) {
	f, _ := leafField(n)
	r, err := s.at(f)
	if err != nil {
		return nil, err
	}
	if c, ok := n.(*conditions.Compare); ok {
		if other, ok := c.Value.(conditions.Field); ok {
			return s.compareFields(c, other)
		}
	}
	if p := f.Property; p != nil && p.Relation != nil && (len(p.Columns) == 0 || p.Elsewhere()) {
		return s.inverseLeaf(r, n)
	}
	switch n.(type) {
	case *conditions.Null, *conditions.KeyIn:
		if paths := r.wholePaths(f); paths != nil {
			return s.wholeLeaf(paths, n), nil
		}
	}
	path, err := r.path(f)
	if err != nil {
		return nil, err
	}
	if _, inside := n.(*conditions.ElementNode); inside || f.JSON != nil {
		return s.jsonLeaf(path, n)
	}
	return s.ownLeaf(path, n)
}

// ownLeaf compiles a leaf about the field at path.
func (s *scope) ownLeaf(path string, n conditions.Node) (any, error) {
	switch n := n.(type) {
	case *conditions.Compare:
		if q := selected(n.Value); q != nil {
			return s.compareQuery(path, n, q)
		}
		slot, err := s.slot(n.Value, n.Field, n.Op)
		if err != nil {
			return nil, err
		}
		return is(path, comparison(n.Op, slot)), nil
	case *conditions.Null:
		return null(path, n), nil
	case *conditions.InNode:
		if q := selected(n.Values); q != nil {
			return s.inQuery(path, n, q)
		}
		slot, err := s.slot(n.Values, n.Field, conditions.OpEq)
		if err != nil {
			return nil, err
		}
		return is(path, membership(slot, n.Not, n.OrNull)), nil
	case *conditions.Match:
		return s.match(path, n)
	case *conditions.Set:
		return s.set(path, n)
	case *conditions.KeyIn:
		return s.keyIn([]string{path}, n), nil
	}
	return nil, fmt.Errorf("%w: condition of type %T", ErrUnsupported, n)
}

// null tests a field for null; one that may be an array of anything is a document
// whose nulls within do not count.
func null(path string, n *conditions.Null) any {
	p := n.Field.Property
	isDocument := p != nil && p.Type != nil && p.Type.StoredKind() == mapper.JSON
	switch {
	case isDocument && n.Not:
		return newJSONPath(path, nil).present()
	case isDocument:
		return newJSONPath(path, nil).absent()
	case n.Not:
		return is(path, op("$ne", nil))
	}
	return is(path, nil)
}

// comparison makes the operator on a field; a negative one leaves null out.
func comparison(operator conditions.Op, slot conditions.Slot) any {
	switch operator {
	case conditions.OpEq:
		return value(slot)
	case conditions.OpNe:
		return op("$nin", computed(slot, "not", func(arg any) (any, error) { return encodeList([]any{arg, nil}) }))
	}
	return op(operator.String(), value(slot))
}

// membership makes $in or $nin of a list.
func membership(slot conditions.Slot, not, orNull bool) any {
	plain := computed(slot, "", func(arg any) (any, error) { return encodeListOf(arg) })
	withNull := computed(slot, "null or", func(arg any) (any, error) {
		list, err := encodeListOf(arg)
		return append(list, nil), err
	})
	switch {
	case not && orNull:
		return op("$nin", plain)
	case not:
		return op("$nin", withNull)
	case orNull:
		return op("$in", withNull)
	}
	return op("$in", plain)
}

// wholeLeaf compiles a leaf about a whole composite reference, which one field holds or
// several do in parts: null in one is null altogether.
func (s *scope) wholeLeaf(paths []string, n conditions.Node) any {
	if n, ok := n.(*conditions.KeyIn); ok {
		return s.keyIn(paths, n)
	}
	not := n.(*conditions.Null).Not
	tests := make([]any, len(paths))
	for i, path := range paths {
		if tests[i] = is(path, nil); not {
			tests[i] = is(path, op("$ne", nil))
		}
	}
	if not {
		return and(tests...)
	}
	return or(tests...)
}

// keyIn compares whole composite keys.
func (s *scope) keyIn(paths []string, n *conditions.KeyIn) any {
	columns := s.entity.KeyColumns
	if n.Field.Property != nil {
		columns = n.Field.Property.Relation.Target.KeyColumns
	}
	if !n.Not {
		return keysFilter(paths, columns, n.Values)
	}
	if len(paths) == 1 {
		keys := computed(n.Values, "keys", func(arg any) (any, error) { return encodeKeys(columns, arg) })
		return and(is(paths[0], op("$nin", keys)), is(paths[0], op("$ne", nil)))
	}
	present := []any{nor(keysFilter(paths, columns, n.Values))}
	for _, path := range paths {
		present = append(present, is(path, op("$ne", nil)))
	}
	return and(present...)
}

// slot returns the slot of an operand that must be a value.
func (s *scope) slot(o conditions.Operand, f conditions.Field, operator conditions.Op) (conditions.Slot, error) {
	switch o := o.(type) {
	case conditions.Slot:
		return o, nil
	case *conditions.RawValue:
		return 0, unsupportedField(s.entity, f, operator.String(), "values written in SQL")
	}
	return 0, unsupportedField(s.entity, f, operator.String(), "sub-queries; ask through a relation, or run two queries")
}

// path returns where a field stands in the document.
func (r row) path(f conditions.Field) (string, error) {
	p := f.Property
	switch {
	case p == nil:
		return r.prefix + keyField, nil
	case p.Formula != "":
		return "", unsupportedField(r.entity, f, "", "a property computed by SQL")
	case len(p.Columns) == 0 || p.Elsewhere():
		return "", unsupportedField(r.entity, f, "", "a property without a column of its own")
	case f.Part >= len(p.Columns):
		return "", unsupportedField(r.entity, f, "", "no such part of the key")
	}
	return r.prefix + columnPath(p.Columns[f.Part]), nil
}

// wholePaths are the paths of a whole reference to a composite key, nil for other fields.
func (r row) wholePaths(f conditions.Field) []string {
	p := f.Property
	if p == nil || p.Relation == nil || len(p.Columns) < 2 {
		return nil
	}
	paths := referencePaths(p)
	for i := range paths {
		paths[i] = r.prefix + paths[i]
	}
	return paths
}
