package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// isArray accepts arrays, empty ones included, and nothing else.
var isArray = op("$type", "array")

// set compiles an operator on an array or a JSON property.
func (s *scope) set(path string, n *conditions.Set) (any, error) {
	slot, err := s.slot(n.Value, n.Field, n.Op)
	if err != nil {
		return nil, err
	}
	if n.Field.JSON != nil || n.Field.Property.Type == nil || n.Field.Property.Type.Kind != mapper.Array {
		return s.documentSet(path, n, slot)
	}
	switch n.Op {
	case conditions.OpContains:
		return computed(slot, path+" contains", func(arg any) (any, error) {
			list, err := encodeListOf(arg)
			return containsTest(path, list, n.Not), err
		}), nil
	case conditions.OpOverlap:
		return is(path, overlapTest(slot, n.Not)), nil
	case conditions.OpContained:
		outside := op("$elemMatch", op("$nin", computed(slot, "", func(arg any) (any, error) { return encodeListOf(arg) })))
		if n.Not {
			return is(path, outside), nil
		}
		return is(path, bson.D{isArray[0], {Key: "$not", Value: outside}}), nil
	case conditions.OpSize:
		sizeOp := n.SizeOp
		if n.Not {
			sizeOp = opposite(sizeOp)
		}
		return computed(slot, path+" "+sizeOp.String(), func(arg any) (any, error) {
			size, err := whole(arg)
			return and(is(path, isArray), sizeTest(path, sizeOp, size)), err
		}), nil
	}
	return nil, unsupportedField(s.entity, n.Field, n.Op.String(), "arrays")
}

func containsTest(path string, list bson.A, not bool) bson.D {
	switch {
	case len(list) == 0 && not:
		return never
	case len(list) == 0:
		return is(path, isArray)
	case not:
		return is(path, bson.D{{Key: "$not", Value: op("$all", list)}, {Key: "$ne", Value: nil}})
	}
	return is(path, op("$all", list))
}

// overlapTest asks whether an element is in the list; a null array is never.
func overlapTest(slot conditions.Slot, not bool) bson.D {
	if not {
		return membership(slot, true, false).(bson.D)
	}
	return membership(slot, false, false).(bson.D)
}

// opposite returns the negation of a comparison.
func opposite(o conditions.Op) conditions.Op {
	switch o {
	case conditions.OpEq:
		return conditions.OpNe
	case conditions.OpNe:
		return conditions.OpEq
	case conditions.OpGt:
		return conditions.OpLte
	case conditions.OpGte:
		return conditions.OpLt
	case conditions.OpLt:
		return conditions.OpGte
	}
	return conditions.OpGt
}
