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
		f, ok := entry.Expr.(qb.FieldExpr)
		if !ok {
			return nil, unsupportedClause(s.entity, "order", "expressions other than fields")
		}
		if entry.Collation != "" {
			return nil, unsupportedField(s.entity, f.Field, "collation", "an order with a collation of its own")
		}
		if err := s.orderBy(o, f.Field, entry); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (s *scope) orderBy(o *sorting, f conditions.Field, entry qb.Order) error {
	e, err := s.expression(f, entry.Desc)
	if err != nil {
		return err
	}
	path, ok := e.(string)
	if !ok {
		path = "$" + s.c.helper("v")
		s.out.set(path[1:], e)
	}
	if entry.Nulls == qb.NullsLast && !entry.Desc || entry.Nulls == qb.NullsFirst && entry.Desc {
		null := s.c.helper("n")
		s.out.set(null, op("$eq", bson.A{op("$ifNull", bson.A{path, nil}), nil}))
		o.by(null, entry.Nulls == qb.NullsFirst)
	}
	o.by(path[1:], entry.Desc)
	o.whole = o.whole || isUnique(s.entity, f) || s.row.holdsKey(o.keys)
	return nil
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
