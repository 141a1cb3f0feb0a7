package orm

import (
	"context"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

const bulkUpsert = "bulk upsert"

// BulkUpsert inserts entities; where a row with the same unique values is there, it
// takes the entity's values over (see [ConflictOn], [MergeOnly], [MergeExcept] and
// [KeepExisting]). It bypasses the unit of work as [BulkInsert] does. Two entities
// of one call must not mean the same row.
//
// Afterwards the entities have the keys and versions of their rows, by a further
// read where they were not known, unless [DiscardGenerated] is given. They are not
// managed: read them to go on with them.
func BulkUpsert[T any](ctx context.Context, em *EntityManager, entities []*T, opts ...BulkOption) error {
	em = em.there()
	o := bulkOptions{op: bulkUpsert}
	if err := apply(o.op, &o, opts); err != nil {
		return err
	}
	if o.mergeNone && len(o.merge)+len(o.except) > 0 {
		return &Error{Class: ErrInvalidOption, Op: o.op, Detail: "KeepExisting merges nothing"}
	}
	return runBulk(ctx, em, entityOf[T], pointers(entities), &o)
}

// readBackChunk is the number of rows found by one query.
const readBackChunk = 1000

// readBack gives the entities the keys and versions of their rows.
func (b *bulk) readBack(ctx context.Context, session driver.Session, list []unsafe.Pointer) error {
	var output []*mapper.Property
	if !slices.Equal(b.on, b.meta.Key) {
		output = append(output, b.meta.Key...)
	}
	if b.meta.Version != nil {
		output = append(output, b.meta.Version)
	}
	if b.opts.discard || len(output) == 0 {
		return nil
	}
	for len(list) > 0 {
		n := min(len(list), readBackChunk)
		if err := b.readKeys(ctx, session, list[:n], output); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// readKeys reads output of the rows of some entities, found by their unique values.
func (b *bulk) readKeys(ctx context.Context, session driver.Session, list []unsafe.Pointer, output []*mapper.Property) error {
	byValue := make(map[any]unsafe.Pointer, len(list))
	var alternatives []any
	var values []any
	for _, x := range list {
		at := M{}
		var key []any
		for _, p := range b.on {
			v := uniqueValue(p, x)
			at[p.Path], key = v, append(key, v)
		}
		byValue[mapper.NewTuple(key)] = x
		alternatives, values = append(alternatives, at), append(values, key[0])
	}
	cond := M{"$or": alternatives}
	if len(b.on) == 1 {
		cond = M{b.on[0].Path: M{"$in": values}}
	}
	tree, args, err := conditions.Compile(conditions.Env{Registry: b.em.db.registry, Entity: b.meta}, cond, 0)
	if err != nil {
		return err
	}
	read := append(append([]*mapper.Property(nil), output...), b.on...)
	sel := &qb.Select{Registry: b.em.db.registry, Entity: b.meta, Output: read, Where: tree.Root, Slots: tree.Slots,
		Limit: conditions.NoSlot, Offset: conditions.NoSlot, Schema: b.em.scope.Schema}
	program, err := b.em.db.engine.Compile(sel)
	if err != nil {
		return err
	}
	rows, err := session.Query(ctx, program, args)
	if err != nil {
		return err
	}
	return b.take(rows, read, output, byValue)
}

// uniqueValue is the canonical value of a property of a unique constraint.
func uniqueValue(p *mapper.Property, x unsafe.Pointer) any {
	if p.Relation != nil {
		key, _ := p.TargetKey(x)
		return key
	}
	return p.Access.Value(x)
}

// take writes what was read into the entities it belongs to.
func (b *bulk) take(rows driver.Rows, read, output []*mapper.Property, byValue map[any]unsafe.Pointer) error {
	defer rows.Close() // also after a panic in user code
	h := mapper.NewHydrator(b.meta, read, mapper.HydrateOptions{Native: b.em.db.caps.NativeScan})
	row := h.Row()
	u := unit.ReadOnly(b.em.db.units, &homeOf(nil, true).Manager)
	sink := load.Resolver{Unit: u}
	for rows.Next() {
		scratch := b.meta.New()
		row.Bind(scratch)
		err := rows.Scan(row.Targets())
		if err == nil {
			err = row.Finish(sink)
		}
		if err != nil {
			return load.Misfit(rows, 0, 0, []*mapper.Hydrator{h}, err)
		}
		var key []any
		for _, p := range b.on {
			key = append(key, uniqueValue(p, scratch))
		}
		x := byValue[mapper.NewTuple(key)]
		if x == nil {
			continue // the database finds the values equal, Go does not
		}
		for _, p := range output {
			if p.Relation != nil {
				continue
			}
			if err := p.CopyLeaf(x, scratch); err != nil {
				return err
			}
		}
	}
	return rows.Close()
}
