package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// via compiles the query of select-in loading.
func (c *compiler) via(q *qb.Select) (*Command, error) {
	if len(q.Joins) > 0 || q.Count || isGrouped(q) || q.Distinct {
		return nil, unsupported(q.Via.Relation, "select-in", "together with joins, groups or counts")
	}
	if p := q.Via.Relation; p.Kind == mapper.ManyToMany && p.Relation.Owning || owning(p).Relation.By != nil && owning(p).Relation.Of == nil {
		return c.viaArray(q)
	}
	return c.viaTarget(q)
}

// viaTarget reads the targets, which hold the owner's key: a foreign key, or an
// array of owners' keys that is unwound to one row for each owner.
func (c *compiler) viaTarget(q *qb.Select) (*Command, error) {
	l, err := keysOf(q.Via.Relation)
	if err != nil {
		return nil, err
	}
	ownerKey := q.Via.Relation.Entity.KeyColumns
	s := c.newScope(q.Entity)
	s.by = q.Via.Relation
	if err := s.filter(and(keysFilter(l.foreigns(), ownerKey, q.Via.Owners), c.discriminator(q.Entity)), append(c.visible(q.Entity, q.Via.Relation), q.Where)...); err != nil {
		return nil, err
	}
	holder := l.foreign
	switch {
	case q.Via.Relation.Kind == mapper.ManyToMany:
		holder = c.helper("o")
		s.out.set(holder, "$"+l.foreign)
		s.out.unwind(holder, false)
		s.out.match(keysFilter([]string{holder}, ownerKey, q.Via.Owners))
	case len(l.rest) > 0:
		holder = c.helper("o")
		key := make(bson.D, len(ownerKey))
		for i, path := range l.foreigns() {
			key[i] = bson.E{Key: ownerKey[i].Name, Value: "$" + path}
		}
		s.out.set(holder, key)
	}
	r := &reader{scope: s}
	if err := r.perOwner(q, holder, ""); err != nil {
		return nil, err
	}
	owner := &reader{scope: s}
	owner.ownerKey(holder, ownerKey)
	if err := r.output(q); err != nil {
		return nil, err
	}
	r.lead(owner)
	return r.command(q.Entity), nil
}

// viaArray reads the owners, unwinds their key arrays and looks the targets up.
func (c *compiler) viaArray(q *qb.Select) (*Command, error) {
	relation := q.Via.Relation
	l, err := linkOf(relation)
	if err != nil {
		return nil, err
	}
	ownerKey := relation.Entity.KeyColumns
	s := c.newScope(relation.Entity)
	owners := computed(q.Via.Owners, "keys", func(arg any) (any, error) { return encodeKeys(ownerKey, arg) })
	s.out.match(is(keyField, op("$in", owners)))
	key, position, target := c.helper("k"), c.helper("i"), c.helper("t")
	s.out.add("$project", bson.D{{Key: key, Value: "$" + l.local}})
	s.out.add("$unwind", bson.D{{Key: "path", Value: "$" + key}, {Key: "includeArrayIndex", Value: position}})

	inner := &reader{scope: c.newScope(q.Entity)}
	inner.by = relation
	if err := inner.where(q.Where); err != nil {
		return nil, err
	}
	if inner.sort, err = inner.order(q.OrderBy); err != nil {
		return nil, err
	}
	order := inner.sort
	inner.sort = &sorting{}
	if err := inner.output(q); err != nil {
		return nil, err
	}
	inner.keep.keep(keyField)
	for _, e := range order.keys {
		inner.keep.keep(cellAt(e.Key, nil).Path[0])
	}
	inner.out.add("$project", inner.keep.document())
	l.local = key
	s.out.lookup(l, "", target, inner.out)
	s.out.unwind(target, false)

	r := &reader{scope: s, sort: &sorting{whole: order.whole}}
	for _, e := range order.keys {
		r.sort.by(target+"."+e.Key, e.Value == -1)
	}
	if len(r.sort.keys) == 0 && relation.Relation.Ordered {
		r.sort.by(position, false)
		r.sort.whole = true
	}
	if err := r.perOwner(q, keyField, target+"."); err != nil {
		return nil, err
	}
	r.ownerKey(keyField, ownerKey)
	r.keep.keep(target)
	for _, cell := range inner.cells {
		r.cells = append(r.cells, Cell{Path: append([]string{target}, cell.Path...), Type: cell.Type})
	}
	if q.Via.Positions {
		r.column(position, countType)
	}
	return r.command(relation.Entity), nil
}

// perOwner compiles order and limits of the items of each owner. Items without
// an order of their own come by key.
func (r *reader) perOwner(q *qb.Select, holder, prefix string) error {
	if r.sort == nil {
		var err error
		if r.sort, err = r.order(q.OrderBy); err != nil {
			return err
		}
	}
	limited := q.Via.Limit != conditions.NoSlot || q.Via.Offset != conditions.NoSlot
	if limited || len(r.sort.keys) == 0 && !q.Via.Unordered {
		r.sort.total(prefix)
	}
	if !limited {
		return nil
	}
	number := r.c.helper("n")
	r.out.add("$setWindowFields", bson.D{
		{Key: "partitionBy", Value: "$" + holder},
		{Key: "sortBy", Value: r.sort.keys},
		{Key: "output", Value: is(number, op("$documentNumber", bson.D{}))},
	})
	r.out.match(r.window(number, q.Via))
	return nil
}

// window keeps the items of each owner's page.
func (r *reader) window(number string, via *qb.Via) any {
	limit, offset := via.Limit, via.Offset
	if limit != conditions.NoSlot {
		r.positive = append(r.positive, limit)
	}
	switch {
	case offset == conditions.NoSlot:
		return is(number, op("$lte", value(limit)))
	case limit == conditions.NoSlot:
		return is(number, op("$gt", value(offset)))
	}
	last := op("$add", bson.A{value(offset), value(limit)})
	return and(is(number, op("$gt", value(offset))), is("$expr", op("$lte", bson.A{"$" + number, last})))
}

// ownerKey adds the cells of the owner's key, held at a path.
func (r *reader) ownerKey(holder string, columns []*mapper.Column) {
	if len(columns) == 1 {
		r.column(holder, columns[0].Type)
		return
	}
	for _, c := range columns {
		r.column(holder+"."+c.Name, c.Type)
	}
}

// lead puts the cells of another reader of the same documents first.
func (r *reader) lead(first *reader) {
	r.cells = append(first.cells, r.cells...)
	for _, e := range first.keep.fields {
		r.keep.keep(e.Key)
	}
}
