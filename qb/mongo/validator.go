package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

// Validator returns the condition that documents of a collection must hold: the
// enums, lengths and checks that the mapping of all entities kept in it declares. It is
// nil when there is nothing to hold. Checks that cannot be read are not in it.
func Validator(entities []*mapper.Entity) (bson.D, error) {
	var order []string
	rules := map[string]*rule{}
	for _, e := range entities {
		for _, c := range e.Columns {
			if c.Type == nil {
				continue
			}
			path := columnPath(c)
			if rules[path] == nil {
				rules[path] = &rule{path: path, column: c}
				order = append(order, path)
				continue
			}
			rules[path].merge(c)
		}
	}
	var all bson.A
	for _, path := range order {
		conditions, err := rules[path].conditions()
		if err != nil {
			return nil, err
		}
		all = append(all, conditions...)
	}
	checks, err := checkConditions(entities)
	if err != nil {
		return nil, err
	}
	if all = append(all, checks...); len(all) == 0 {
		return nil, nil
	}
	return is("$and", all), nil
}

// A rule is what the values at a path must hold. Types of a hierarchy, and
// entities of one collection, may share a path: then the widest holds.
type rule struct {
	path   string
	column *mapper.Column
	more   []*mapper.Column
}

func (r *rule) merge(c *mapper.Column) { r.more = append(r.more, c) }

func (r *rule) conditions() (bson.A, error) {
	t := r.column.Type
	enum, length := enumOf(t), t.Length
	for _, c := range r.more {
		if c == r.column {
			continue
		}
		if other := enumOf(c.Type); len(other) == 0 {
			enum = nil
		} else if enum != nil {
			enum = append(enum[:len(enum):len(enum)], other...)
		}
		if length = max(length, c.Type.Length); c.Type.Length == 0 || c.Type.StoredKind() != t.StoredKind() {
			length = 0
		}
	}
	var out bson.A
	if len(enum) > 0 {
		values, err := encodeList(enum)
		if err != nil {
			return nil, err
		}
		if t.Kind == mapper.Array {
			out = append(out, is(r.path, op("$not", op("$elemMatch", op("$nin", values)))))
		} else {
			out = append(out, is(r.path, op("$in", append(values, nil))))
		}
	}
	if length > 0 && t.StoredKind() == mapper.String {
		size := is("$strLenCP", is("$ifNull", bson.A{"$" + r.path, ""}))
		out = append(out, is("$expr", is("$lte", bson.A{size, length})))
	}
	return out, nil
}

// enumOf are the values allowed, those of the elements for a list.
func enumOf(t *mapper.Type) []any {
	if t.Kind == mapper.Array && t.Elem != nil {
		return t.Elem.Enum
	}
	return t.Enum
}
