package orm

import (
	"context"

	"github.com/weft-orm/weft/mapper"
)

// Matching reads those items of a collection that match cond, managed, and leaves the
// collection as it is. Of the options order, limit, offset, fields, strategy and what
// concerns all reads count.
func Matching[T any](ctx context.Context, em *EntityManager, owner any, property string, cond any, opts ...FindOption) ([]*T, error) {
	em = em.there()
	m, p, err := em.collection("matching", owner, property)
	if err != nil {
		return nil, err
	}
	if e, err := entityOf[T](em.db.registry); err != nil || e != p.Relation.Target {
		return nil, join(err, &Error{Class: ErrUnknownEntity, Op: "matching", Entity: m.Meta.Name, Path: p.Path, Detail: "its items are " + p.Relation.Target.Name})
	}
	list, err := em.itemsOf(ctx, []*managed{m}, p, cond, opts)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return pointersOf[T](list[m.Key]), nil
}

// LoadCount returns how many items a collection has in the database, for each of the
// owners, without loading them; one query serves all. cond counts those that match it, nil all.
// Items of a one-to-many relation are counted by the database; of others, and on engines
// that do not group, the keys are read.
func LoadCount[T any](ctx context.Context, em *EntityManager, owners []*T, property string, cond any) (map[*T]int64, error) {
	em = em.there()
	counts := make(map[*T]int64, len(owners))
	list := make([]*managed, 0, len(owners))
	var p *mapper.Property
	for _, owner := range owners {
		m, of, err := em.collection("load count", owner, property)
		if err != nil {
			return counts, err
		}
		list, p = append(list, m), of
	}
	if len(list) == 0 {
		return counts, nil
	}
	counted, ok, err := em.countItems(ctx, list, p, cond)
	if err != nil {
		return counts, err
	}
	if !ok {
		keys, err := em.keysOf(ctx, list, p, cond)
		if err != nil {
			return counts, err
		}
		counted = make(map[any]int64, len(keys))
		for owner, items := range keys {
			counted[owner] = int64(len(items))
		}
	}
	for i, owner := range owners {
		counts[owner] = counted[list[i].Key]
	}
	return counts, nil
}

// ItemKeys returns the keys that the items of a collection have in the database, in the
// order of the collection, without loading the items.
func ItemKeys(ctx context.Context, em *EntityManager, owner any, property string) ([]any, error) {
	em = em.there()
	m, p, err := em.collection("item keys", owner, property)
	if err != nil {
		return nil, err
	}
	list, err := em.keysOf(ctx, []*managed{m}, p, nil)
	if err != nil {
		return nil, err
	}
	return list[m.Key], nil
}

// keysOf reads the keys of items, and nothing else of them, past the unit of work.
func (em *EntityManager) keysOf(ctx context.Context, owners []*managed, p *mapper.Property, cond any) (map[any][]any, error) {
	var fields []FindOption
	for _, key := range p.Relation.Target.Key {
		fields = append(fields, Fields(key.Path))
	}
	items, err := em.itemsOf(ctx, owners, p, cond, append(fields, ReadOnly()))
	out := make(map[any][]any, len(items))
	for owner, list := range items {
		for _, m := range list {
			out[owner] = append(out[owner], m.Key)
		}
	}
	return out, err
}

// collection finds a to-many relation of a stored entity.
func (em *EntityManager) collection(op string, owner any, property string) (*managed, *mapper.Property, error) {
	m, p, err := em.relation(op, owner, property)
	switch {
	case err != nil:
		return nil, nil, err
	case !p.Kind.IsToMany():
		return nil, nil, &Error{Class: ErrUnknownPath, Op: op, Entity: m.Meta.Name, Path: p.Path, Detail: "it is not a to-many relation"}
	case m.Key == nil:
		return nil, nil, &Error{Class: ErrDetached, Op: op, Entity: m.Meta.Name, Path: p.Path, Detail: "the owner is new and has no row yet"}
	}
	return m, p, nil
}

// itemsOf reads items of collections by owner.
func (em *EntityManager) itemsOf(ctx context.Context, owners []*managed, p *mapper.Property, cond any, opts []FindOption) (map[any][]*managed, error) {
	if err := em.guard.enter("items"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	if err := em.flushPending(ctx, "items"); err != nil {
		return nil, err
	}
	o := em.filtering.options(opts)
	if o.err != nil {
		return nil, o.err
	}
	hint := Hint{Path: p.Path, Where: cond, Fields: o.Fields, Strategy: o.Strategy}
	for _, entry := range o.OrderBy {
		text, ok := entry.(string)
		if !ok {
			return nil, &Error{Class: ErrInvalidOption, Op: "items", Entity: owners[0].Meta.Name, Path: p.Path, Detail: "the order of items is text: \"-name\""}
		}
		hint.OrderBy = append(hint.OrderBy, text)
	}
	if o.Limit > 0 {
		hint.Limit = o.Limit
	}
	if o.Offset > 0 {
		hint.Offset = o.Offset
	}
	if o.Limit == 0 {
		return nil, nil
	}
	o.Populate, o.OrderBy, o.Fields, o.Limit, o.Offset = []Hint{hint}, nil, nil, -1, -1
	l := em.reader(o)
	items, err := l.ItemsOf(ctx, owners, &o.Options)
	if err != nil {
		return nil, err
	}
	return items, em.loadHooks(ctx, l)
}

// LoadHint loads relations of an entity with options of their own: a condition, order,
// limits, fields. A collection loaded through a condition or a limit is partial.
func LoadHint(ctx context.Context, em *EntityManager, owner any, hints ...Hint) error {
	em = em.there()
	m, err := em.managedOf("load", owner)
	if err != nil {
		return err
	}
	return em.populate(ctx, m.Meta, []*managed{m}, em.filtering.options([]FindOption{PopulateHint(hints...)}))
}
