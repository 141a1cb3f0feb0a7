package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// sorting is a compiled order: fields of the document and their directions.
type sorting struct {
	keys bson.D
	// whole reports that the keys identify a document, so that the order is total.
	whole bool
}

// by adds a field unless an earlier entry already decides about it.
func (o *sorting) by(path string, desc bool) {
	if index(o.keys, path) >= 0 {
		return
	}
	direction := 1
	if desc {
		direction = -1
	}
	o.keys = append(o.keys, bson.E{Key: path, Value: direction})
}

// order compiles order entries, making helper fields where an entry is not a
// field of the document. MongoDB puts null lowest, as weft wants by default here.
func (s *scope) order(entries []qb.Order) (*sorting, error) {
	o := &sorting{}
	for _, entry := range entries {
		f, plain := entry.Expr.(qb.FieldExpr)
		if entry.Collation != "" {
			return nil, unsupportedField(s.entity, f.Field, "collation", "an order with a collation of its own")
		}
		var v any
		var err error
		if plain {
			v, err = s.expression(f.Field, entry.Desc)
		} else {
			v, _, err = s.valueOf(entry.Expr, "order")
		}
		if err != nil {
			return nil, err
		}
		s.sortBy(o, s.field(entry.Expr, v), entry)
		o.whole = o.whole || plain && isUnique(s.entity, f.Field) || s.row.holdsKey(o.keys)
	}
	return o, nil
}

// field returns the field that holds a value, which it makes where there is none.
func (s *scope) field(e qb.Expr, v any) string {
	if path, ok := v.(string); ok {
		return path[1:]
	}
	helper := s.c.helper("v")
	s.out.set(helper, v)
	if c, ok := e.(*qb.CaseExpr); ok {
		s.c.keep(c, helper)
	}
	return helper
}

// sortBy adds a field to an order, with null in its place.
func (s *scope) sortBy(o *sorting, path string, entry qb.Order) {
	if entry.Nulls == qb.NullsLast && !entry.Desc || entry.Nulls == qb.NullsFirst && entry.Desc {
		null := s.c.helper("n")
		s.out.set(null, op("$eq", bson.A{op("$ifNull", bson.A{"$" + path, nil}), nil}))
		o.by(null, entry.Nulls == qb.NullsFirst)
	}
	o.by(path, entry.Desc)
}

// holdsKey reports that all parts of a composite key are among the sort keys.
func (r row) holdsKey(keys bson.D) bool {
	for _, c := range r.entity.KeyColumns {
		if index(keys, r.prefix+columnPath(c)) < 0 {
			return false
		}
	}
	return true
}

// total appends the key, so that pages do not overlap.
func (o *sorting) total(prefix string) {
	if !o.whole {
		o.by(prefix+keyField, false)
		o.whole = true
	}
}

// isUnique reports a field no two rows of e share.
func isUnique(e *mapper.Entity, f conditions.Field) bool {
	p := f.Property
	if len(f.Hops) > 0 || f.Alias != "" || f.JSON != nil || p == nil {
		return len(f.Hops) == 0 && p == nil
	}
	return p.Unique && !p.Nullable && e.IsSubtypeOf(p.Entity) || p.Primary && len(e.KeyColumns) == 1
}
