package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
)

// compareFields compares two fields of the row, or of rows reached from it.
func (s *scope) compareFields(n *conditions.Compare, other conditions.Field) (any, error) {
	left, err := s.materialized(n.Field)
	if err != nil {
		return nil, err
	}
	right, err := s.materialized(other)
	if err != nil {
		return nil, err
	}
	test := is("$expr", op(n.Op.String(), bson.A{"$" + left, "$" + right}))
	return and(is(left, op("$ne", nil)), is(right, op("$ne", nil)), test), nil
}

// materialized returns the path of a field's value, making a helper field for
// what is not a field of the document already.
func (s *scope) materialized(f conditions.Field) (string, error) {
	e, err := s.expression(f, false)
	if err != nil {
		return "", err
	}
	if path, ok := e.(string); ok {
		return path[1:], nil
	}
	helper := s.c.helper("v")
	s.out.set(helper, e)
	return helper, nil
}

// expression returns an aggregation expression for a field: "$path", or an
// operator document. A to-many relation on the way gives its smallest value, or
// its largest.
func (s *scope) expression(f conditions.Field, largest bool) (any, error) {
	f = f.OnForeignKey()
	r, err := s.at(f)
	if err != nil {
		return nil, err
	}
	if len(f.Hops) > 0 {
		return s.remote(r, f, largest)
	}
	if p := f.Property; p != nil && p.Relation != nil && (len(p.Columns) == 0 || p.Elsewhere()) {
		if p.Kind.IsToMany() {
			return nil, unsupportedField(s.entity, f, "", "the value of a to-many relation")
		}
		f.Hops = []*mapper.Property{p}
		f.Property = p.Relation.Target.Key[0]
		return s.remote(r, f, largest)
	}
	path, err := r.path(f)
	if err != nil {
		return nil, err
	}
	if f.JSON == nil {
		return "$" + path, nil
	}
	return jsonExpression(path, f), nil
}

// remote fetches the value of a field behind a relation into a helper field.
func (s *scope) remote(r row, f conditions.Field, largest bool) (any, error) {
	relation := f.Hops[0]
	l, err := linkOf(relation)
	if err != nil {
		return nil, err
	}
	sub, err := s.c.newRelated(relation)
	if err != nil {
		return nil, err
	}
	if err := sub.where(); err != nil {
		return nil, err
	}
	v, err := sub.expression(stepField(f), largest)
	if err != nil {
		return nil, err
	}
	if relation.Kind.IsToOne() && l.foreign != keyField {
		sub.out.add("$limit", 1)
	}
	sub.out.add("$project", bson.D{{Key: keyField, Value: 0}, {Key: "v", Value: v}})
	helper := s.c.helper("v")
	s.out.lookupFrom(r, l, helper, sub.out)
	pick := "$first"
	if relation.Kind.IsToMany() {
		pick = "$min"
		if largest {
			pick = "$max"
		}
	}
	s.out.set(helper, op(pick, "$"+helper+".v"))
	return "$" + helper, nil
}

// jsonExpression reads a place inside a document; a value of another kind than
// the one asked for is null.
func jsonExpression(path string, f conditions.Field) any {
	at := any("$" + path)
	for i, key := range f.JSON {
		if _, ok := docpath.Element(key); ok {
			at = insideExpression(at, f.JSON[i:])
			break
		}
		at = at.(string) + "." + key
	}
	switch jsonType(f.As) {
	case "number":
		return op("$cond", bson.A{op("$isNumber", at), at, nil})
	case "":
		return at
	}
	return op("$cond", bson.A{op("$eq", bson.A{op("$type", at), jsonType(f.As)}), at, nil})
}
