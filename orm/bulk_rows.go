package orm

import (
	"encoding/binary"
	"slices"
	"time"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/flush"
	"github.com/weft-orm/weft/qb"
)

// groups turns entities into rows of the table of a part, those with the same
// columns together, in order of first appearance.
func (b *bulk) groups(list []unsafe.Pointer, part *mapper.Entity) ([]*bulkGroup, error) {
	var groups []*bulkGroup
	byShape := map[string]*bulkGroup{}
	opts := &changeset.Options{References: plainReferences{b.opts.op}, Now: time.Now(), Rows: len(list), Passing: true}
	var shape []byte
	var c changeset.Change
	for i, x := range list {
		if leaf, err := generate(b.meta, x); err != nil {
			return nil, &Error{Class: mapper.ErrValue, Op: b.opts.op, Entity: b.meta.Name, Path: leaf.Path, Err: err}
		}
		c = changeset.Change{Entity: b.meta, Kind: changeset.Insert, Ordinal: i, Current: x}
		if key, ok := b.meta.KeyOf(x); ok {
			c.Key = key
		}
		if _, err := c.Compute(opts); err != nil {
			if own, ok := err.(*Error); ok {
				return nil, own
			}
			return nil, flush.ValueProblem(b.opts.op, &c, err)
		}
		if len(b.parts()) > 1 {
			narrow(&c, part)
		}
		shape = b.shapeOf(shape[:0], &c, part)
		g := byShape[string(shape)]
		if g == nil {
			var err error
			if g, err = b.group(string(shape), &c, part); err != nil {
				return nil, err
			}
			byShape[g.shape] = g
			groups = append(groups, g)
		}
		g.add(x, &c, len(list)-i)
	}
	return groups, nil
}

// narrow leaves of a change what stands in the table of one part, and the key.
func narrow(c *changeset.Change, part *mapper.Entity) {
	elsewhere := func(column *mapper.Column) bool { return column.Table != part.Table }
	c.Keep(func(column *mapper.Column) bool { return !elsewhere(column) })
	c.Return(slices.DeleteFunc(slices.Clone(c.Returning()), elsewhere)) // it may be the metadata's own
	if c.Lock != nil && elsewhere(c.Lock.Column) {
		c.Lock = nil
	}
	if part.Base == nil {
		return
	}
	for i, column := range part.TableKey {
		c.Write(changeset.Cell{Column: column, After: c.KeyPart(i)})
	}
}

// shapeOf appends what the statement of a row depends on.
func (b *bulk) shapeOf(shape []byte, c *changeset.Change, part *mapper.Entity) []byte {
	shape = binary.AppendUvarint(shape, uint64(b.meta.Ordinal))
	shape = binary.AppendUvarint(shape, uint64(part.Ordinal))
	for _, column := range c.Columns() {
		shape = binary.AppendUvarint(shape, uint64(column.Index)+1)
	}
	if b.on == nil {
		return append(shape, 0, flagByte(b.opts.discard))
	}
	for _, names := range [][]string{b.opts.merge, b.opts.except, pathsOf(b.on)} {
		shape = append(shape, 0)
		for _, name := range names {
			shape = append(append(shape, name...), 1)
		}
	}
	return append(shape, 2, flagByte(b.opts.mergeNone))
}

func pathsOf(list []*mapper.Property) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.Path
	}
	return out
}

// group makes the group of the rows that look like c's.
func (b *bulk) group(shape string, c *changeset.Change, part *mapper.Entity) (*bulkGroup, error) {
	w := &qb.Write{Registry: b.em.db.registry, Kind: qb.Insert, Entity: part, Table: part.Table, Schema: b.em.scope.Schema}
	w.Set = append(w.Set, c.Columns()...)
	if b.on != nil {
		var err error
		if w.Conflict, err = b.opts.conflict(b.meta, b.on, w.Set); err != nil {
			return nil, err
		}
	} else if !b.opts.discard || len(b.parts()) > 1 { // the further tables need the key
		w.Returning = c.Returning()
	}
	g := &bulkGroup{shape: shape, write: w}
	if c.Lock != nil && b.on == nil {
		g.version, g.first = c.Lock.Column.Property, c.Lock.After
	}
	return g, nil
}

// add appends a row; most is how many may follow.
func (g *bulkGroup) add(x unsafe.Pointer, c *changeset.Change, most int) {
	if g.rows == nil {
		g.rows, g.entities = make([][]any, 0, most), make([]unsafe.Pointer, 0, most)
	}
	g.rows, g.entities = append(g.rows, c.After()), append(g.entities, x)
}

// generate makes the values of an entity that are made before an insert. On an
// error it returns the property.
func generate(e *mapper.Entity, x unsafe.Pointer) (*mapper.Property, error) {
	for _, leaf := range e.Leaves {
		if leaf.OnCreate == nil || leaf.Kind.IsRelation() || leaf.Access.IsZero != nil && !leaf.Access.IsZero(x) {
			continue
		}
		if err := leaf.Access.Store(x, leaf.OnCreate()); err != nil {
			return leaf, err
		}
	}
	return nil, nil
}

// plainReferences resolves references of entities that nobody manages.
type plainReferences struct{ op string }

// Reference returns the key of the target.
func (r plainReferences) Reference(c *changeset.Change, p *mapper.Property, _ bool) (changeset.Parts, error) {
	entry, target := p.Reference(c.Current)
	if entry == nil && target == nil {
		return changeset.Parts{}, nil
	}
	if p.Relation.By != nil {
		if target == nil {
			target = entry.Entity
		}
		if target == nil {
			return changeset.Parts{}, &Error{Class: ErrNotLoaded, Op: r.op, Entity: p.Entity.Name, Path: p.Path,
				Detail: "the column holds " + p.Relation.By.String() + "; give the entity, not its key"}
		}
		v, err := changeset.ReferredValue(p, target)
		return changeset.Parts{After: []any{v}, Changed: true}, err
	}
	key, ok := p.TargetKey(c.Current)
	if !ok {
		return changeset.Parts{}, &Error{Class: ErrNotPersisted, Op: r.op, Entity: p.Entity.Name, Path: p.Path,
			Detail: "it leads to a " + p.Relation.Target.Name + " without a key; insert that first"}
	}
	return changeset.Parts{After: mapper.Parts(nil, key), Changed: true}, nil
}

func flagByte(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// bulkGroup are entities whose rows have the same columns.
type bulkGroup struct {
	shape    string
	write    *qb.Write
	rows     [][]any
	entities []unsafe.Pointer
	// version is the property that got its first value, nil where there is none.
	version *mapper.Property
	first   any
}

// publish writes what the database and the version made into the entities.
func (g *bulkGroup) publish(op string, returned [][]any) error {
	for i, x := range g.entities {
		if g.version != nil {
			if err := g.version.Access.Store(x, g.first); err != nil {
				return err
			}
		}
		if i >= len(returned) {
			continue
		}
		for j, c := range g.write.Returning {
			if c.Property == nil || j >= len(returned[i]) {
				continue
			}
			if err := c.Property.Access.Store(x, returned[i][j]); err != nil {
				return &Error{Class: mapper.ErrValue, Op: op, Entity: g.write.Entity.Name, Path: c.Property.Path, Err: err}
			}
		}
	}
	return nil
}
