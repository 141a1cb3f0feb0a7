package orm

import (
	"context"
	"errors"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/flush"
)

// bulkChunk is the number of entities turned into rows at a time.
const bulkChunk = 20000

// BulkInsert inserts entities without the unit of work, in as few statements as
// the engine needs and in one transaction, the open one if there is one. It is for
// many rows at once.
//
// Keys and values made by the program (onCreate) are written into the entities
// before, keys and defaults made by the database and the version after the insert.
// The entities do not become managed, no hook and no subscriber runs, and nothing
// is cascaded: a to-one target must have a key, items of a many-to-many relation
// are an error, other collections are left alone. What the database made is not
// taken out of the entities when an outer transaction is rolled back.
//
// Constraints are reported as *ConstraintError, without the key of the row where a
// statement holds many.
func BulkInsert[T any](ctx context.Context, em *EntityManager, entities []*T, opts ...BulkOption) error {
	em = em.there()
	o := bulkOptions{op: "bulk insert"}
	if err := apply(o.op, &o, opts); err != nil {
		return err
	}
	if len(o.on)+len(o.merge)+len(o.except) > 0 || o.mergeNone {
		return &Error{Class: ErrInvalidOption, Op: o.op, Detail: "conflicts are for BulkUpsert"}
	}
	return runBulk(ctx, em, entityOf[T], pointers(entities), &o)
}

// pointers returns the addresses of entities.
func pointers[T any](entities []*T) []unsafe.Pointer {
	list := make([]unsafe.Pointer, len(entities))
	for i, x := range entities {
		list[i] = unsafe.Pointer(x)
	}
	return list
}

// bulk is one BulkInsert or BulkUpsert.
type bulk struct {
	em   *EntityManager
	meta *mapper.Entity
	opts *bulkOptions
	// on are the properties of a conflict, nil for an insert.
	on []*mapper.Property
	// rules are the guards that hold for the entity.
	rules []*guardRule
}

func runBulk(ctx context.Context, em *EntityManager, of lookup, list []unsafe.Pointer, o *bulkOptions) error {
	if err := em.guard.enter(o.op); err != nil {
		return err
	}
	defer em.guard.leave()
	e, err := of(em.db.registry)
	if err != nil || len(list) == 0 {
		return err
	}
	b := &bulk{em: em, meta: e, opts: o}
	if err := b.check(list); err != nil {
		return err
	}
	if o.op == bulkUpsert {
		if b.on, err = o.unique(e, b.keyed(list)); err != nil {
			return err
		}
	}
	upserts := o.op == bulkUpsert && em.db.hooked(e)
	if upserts {
		if err := em.beforeUpsert(ctx, e, list); err != nil {
			return err
		}
	}
	if err := b.guardInserts(list); err != nil {
		return err
	}
	if err := em.flushPending(ctx, o.op); err != nil {
		return err
	}
	em.wrote(e, false)
	if o.op == bulkUpsert {
		em.renamed(e, e.Columns)
		em.wrotePast(e, false, valuesOf(e))
	} else {
		em.wrotePast(e, false, nil)
	}
	all := list
	err = em.atomically(ctx, func(session driver.Session) error {
		if err := b.guardExisting(ctx, list); err != nil {
			return err
		}
		for len(list) > 0 {
			n := min(len(list), bulkChunk)
			if err := b.chunk(ctx, session, list[:n]); err != nil {
				return err
			}
			list = list[n:]
		}
		return nil
	})
	if err != nil || !upserts {
		return err
	}
	return em.afterUpsert(ctx, e, all)
}

// valuesOf are the columns that an upsert may change: those that are not of the key.
func valuesOf(e *mapper.Entity) []*mapper.Column {
	return slices.DeleteFunc(slices.Clone(e.Columns), func(c *mapper.Column) bool { return c.Property != nil && c.Property.Primary })
}

// check refuses what cannot be written here, before anything is sent.
func (b *bulk) check(list []unsafe.Pointer) error {
	if err := told(b.opts.op, flush.NotReadOnly(b.meta, nil)); err != nil {
		return err
	}
	if err := told(b.opts.op, flush.Writable(&changeset.Change{Kind: changeset.Insert, Entity: b.meta})); err != nil {
		return err
	}
	if b.opts.op == bulkUpsert && len(b.parts()) > 1 {
		return &Error{Class: driver.ErrUnsupported, Op: b.opts.op, Entity: b.meta.Name,
			Detail: "its rows lie in several tables, where a row of another type may be in the way; persist the entities"}
	}
	fail := func(p *mapper.Property, detail string) error {
		err := &Error{Class: ErrInvalidOption, Op: b.opts.op, Entity: b.meta.Name, Detail: detail}
		if p != nil {
			err.Path = p.Path
		}
		return err
	}
	for _, x := range list {
		if x == nil {
			return fail(nil, "one of the entities is nil")
		}
		if b.em.unit.Find(x) != nil {
			return fail(nil, "one of the entities is managed; Flush writes those")
		}
		for _, p := range b.em.unit.Shape(b.meta).Many {
			if p.Kind == mapper.ManyToMany && p.Relation.Owning && hasItems(p, x) {
				return fail(p, "the relation has items, whose links are not written; persist the entity")
			}
		}
	}
	return nil
}

// hasItems reports items of a to-many relation.
func hasItems(p *mapper.Property, entity unsafe.Pointer) bool {
	if p.Relation.Style == mapper.CollectionField {
		c := p.Collection(entity)
		return c.Items != nil && c.Items.Len() > 0
	}
	return len(*p.Slice(entity)) > 0
}

// keyed reports that every entity has a key.
func (b *bulk) keyed(list []unsafe.Pointer) bool {
	for _, x := range list {
		if _, ok := b.meta.KeyOf(x); !ok {
			return false
		}
	}
	return true
}

// parts are the entities whose tables the rows stand in, one after the other: the
// keys that the first makes are those of the others.
func (b *bulk) parts() []*mapper.Entity {
	if b.em.db.caps.WholeEntities {
		return []*mapper.Entity{b.meta}
	}
	return b.meta.StoredIn()
}

// chunk writes some of the entities.
func (b *bulk) chunk(ctx context.Context, session driver.Session, list []unsafe.Pointer) error {
	parts := b.parts()
	var unkeyed []unsafe.Pointer
	if len(parts) > 1 {
		unkeyed = slices.DeleteFunc(slices.Clone(list), func(x unsafe.Pointer) bool { return b.keyed([]unsafe.Pointer{x}) })
	}
	for _, part := range parts {
		if err := b.insert(ctx, session, list, part); err != nil {
			return errors.Join(err, b.unkey(unkeyed))
		}
	}
	if b.on == nil {
		return nil
	}
	return b.readBack(ctx, session, list)
}

// unkey takes the keys that the first table made out of entities again whose
// further rows were refused.
func (b *bulk) unkey(list []unsafe.Pointer) error {
	for _, key := range b.meta.Key {
		if key.Generated != mapper.AutoIncrement {
			continue
		}
		var zero any = int64(0)
		if key.Type.Kind == mapper.Uint {
			zero = uint64(0)
		}
		for _, x := range list {
			if err := key.Access.Store(x, zero); err != nil {
				return err
			}
		}
	}
	return nil
}

// insert writes the rows of some of the entities in the table of one part.
func (b *bulk) insert(ctx context.Context, session driver.Session, list []unsafe.Pointer, part *mapper.Entity) error {
	groups, err := b.groups(list, part)
	if err != nil {
		return err
	}
	ops := make([]*driver.Op, len(groups))
	for i, g := range groups {
		p, err := b.compile(g)
		if err != nil {
			return err
		}
		ops[i] = &driver.Op{P: p, Rows: g.rows, Load: b.loads(g), Uncounted: true}
	}
	if err := session.Exec(ctx, ops); err != nil {
		return b.explain(err, groups)
	}
	for i, g := range groups {
		if err := g.publish(b.opts.op, ops[i].Returned); err != nil {
			return err
		}
	}
	return nil
}

// loads reports rows that the engine may load in its own way, which no table with policies allows.
func (b *bulk) loads(g *bulkGroup) bool {
	return len(g.write.Returning) == 0 && b.on == nil && len(b.em.scope.Variables) == 0 && len(b.meta.Root().Policies) == 0
}

// compile compiles the write of a group, once for each shape.
func (b *bulk) compile(g *bulkGroup) (driver.Program, error) {
	db := b.em.db
	key := b.em.scope.Key(append([]byte{'B'}, g.shape...))
	if p, ok := db.sessions.Programs.Get(key).(driver.Program); ok {
		return p, nil
	}
	p, err := db.engine.Compile(g.write)
	if err == nil {
		db.sessions.Programs.Put(key, p)
	}
	return p, err
}

// explain tells a violated constraint in terms of the model.
func (b *bulk) explain(err error, groups []*bulkGroup) error {
	e, ok := errors.AsType[*driver.Error](err)
	if !ok || !violates(e) {
		return err
	}
	c := &ConstraintError{Entity: b.meta.Name, Err: err, Properties: properties(b.meta, groups[max(e.Op, 0)].write.Table, e)}
	if e.Op >= 0 && e.Op < len(groups) && e.Row >= 0 && e.Row < len(groups[e.Op].entities) {
		if key, ok := b.meta.KeyOf(groups[e.Op].entities[e.Row]); ok {
			c.Key = key
		}
	}
	return c
}
