package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// The owning side of a many-to-many relation holds the keys of its targets, so
// that questions about keys alone need no lookup. They may only be answered from
// the array when every key in it stands for a visible target.

// keyArrayOf returns the path of the key array when n may be answered from it.
func (s *scope) keyArrayOf(r row, p *mapper.Property) (path string, ok bool, err error) {
	if p.Kind != mapper.ManyToMany || !p.Relation.Owning || s.c.hides(p) {
		return "", false, nil
	}
	path, err = arrayField(p)
	return r.prefix + path, err == nil, err
}

// element is what a test of its key asks of an element of the key array.
func element(p *mapper.Property, test bson.D) bson.D {
	if isDBRef(p) {
		return is(idField, test)
	}
	return test
}

func (s *scope) keyArraySome(r row, n *conditions.SomeNode) (any, bool, error) {
	path, ok, err := s.keyArrayOf(r, n.Relation.Property)
	if !ok || err != nil {
		return nil, false, err
	}
	if n.Where == nil {
		return is(path+".0", op("$exists", !n.Not)), true, nil
	}
	test, ok := elementTest(n.Relation.Property.Relation.Target, n.Where)
	if !ok {
		return nil, false, nil
	}
	match := op("$elemMatch", element(n.Relation.Property, test))
	if n.Not {
		match = op("$not", match)
	}
	return is(path, match), true, nil
}

func (s *scope) keyArrayEvery(r row, n *conditions.EveryNode) (any, bool, error) {
	path, ok, err := s.keyArrayOf(r, n.Relation.Property)
	if !ok || err != nil || n.Where == nil {
		return nil, false, err
	}
	test, ok := elementTest(n.Relation.Property.Relation.Target, n.Where)
	if !ok {
		return nil, false, nil
	}
	match := op("$elemMatch", element(n.Relation.Property, op("$not", test)))
	if !n.Not {
		match = op("$not", match)
	}
	return is(path, match), true, nil
}

// elementTest returns the operators that a condition on the key alone asks of an
// element of the key array.
func elementTest(target *mapper.Entity, n conditions.Node) (bson.D, bool) {
	switch n := n.(type) {
	case *conditions.AndNode:
		merged := bson.D{}
		for _, member := range n.Nodes {
			test, ok := elementTest(target, member)
			if !ok {
				return nil, false
			}
			for _, e := range test {
				if index(merged, e.Key) >= 0 {
					return nil, false
				}
			}
			merged = append(merged, test...)
		}
		return merged, len(merged) > 0
	case *conditions.Compare:
		slot, ok := n.Value.(conditions.Slot)
		if !ok || !isKey(target, n.Field) {
			return nil, false
		}
		if n.Op == conditions.OpEq {
			return op("$eq", value(slot)), true
		}
		return comparison(n.Op, slot).(bson.D), true
	case *conditions.InNode:
		slot, ok := n.Values.(conditions.Slot)
		if !ok || !isKey(target, n.Field) {
			return nil, false
		}
		return membership(slot, n.Not, n.OrNull).(bson.D), true
	case *conditions.KeyIn:
		if n.Field.Property != nil || len(n.Field.Hops) > 0 || n.Field.Alias != "" {
			return nil, false
		}
		name := "$in"
		if n.Not {
			name = "$nin"
		}
		columns := target.KeyColumns
		return op(name, computed(n.Values, "keys", func(arg any) (any, error) { return encodeKeys(columns, arg) })), true
	}
	return nil, false
}

// isKey reports that f is the single-column key of the row.
func isKey(e *mapper.Entity, f conditions.Field) bool {
	return f.Alias == "" && len(f.Hops) == 0 && f.JSON == nil &&
		len(e.KeyColumns) == 1 && f.Property != nil && f.Property.Primary
}
