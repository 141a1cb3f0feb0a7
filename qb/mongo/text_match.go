package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
)

// match compiles a text match of the field at path.
func (s *scope) match(path string, n *conditions.Match) (any, error) {
	slot, err := s.slot(n.Value, n.Field, n.Op)
	if err != nil {
		return nil, err
	}
	switch n.Op {
	case conditions.OpFulltext:
		return s.fulltext(n, slot)
	case conditions.OpGeoWithin, conditions.OpGeoIntersects, conditions.OpNear:
		return s.geo(path, n, slot)
	}
	re := regexHole(n.Op, slot)
	if n.Not {
		return is(path, bson.D{{Key: "$not", Value: re}, {Key: "$ne", Value: nil}}), nil
	}
	return is(path, re), nil
}

// regexHole is a hole for the regular expression of a pattern.
func regexHole(operator conditions.Op, slot conditions.Slot) *hole {
	return computed(slot, operator.String()[1:], func(arg any) (any, error) {
		text, ok := arg.(string)
		if !ok {
			return nil, &ValueError{Class: ErrValue, Kind: typeName(arg), Want: "pattern"}
		}
		return regex(operator, text)
	})
}

// fulltext is a $text search, which MongoDB takes once, in the first stage, unnegated.
func (s *scope) fulltext(n *conditions.Match, slot conditions.Slot) (any, error) {
	if !s.text || n.Not || len(n.Field.Hops) > 0 || n.Field.Alias != "" {
		return nil, unsupportedField(s.entity, n.Field, "$fulltext", "outside of the root or a root $and")
	}
	return is("$text", op("$search", value(slot))), nil
}
