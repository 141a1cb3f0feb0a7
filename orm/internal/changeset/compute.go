package changeset

import (
	"bytes"
	"reflect"
	"slices"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// References knows what to-one fields refer to; the identity map implements it.
type References interface {
	// Reference compares the target of p in c.Current with the one in c.Snapshot.
	// Without a change it returns changed false, and the parts only when always is
	// set. The parts are those of the target's key, canonical or handles; nil is NULL.
	Reference(c *Change, p *mapper.Property, always bool) (Parts, error)
}

// Parts is the answer of References.
type Parts struct {
	Before, After []any
	Changed       bool
}

// Options are what a computation needs beside the entities.
type Options struct {
	References References
	// Unique returns the columns whose values matter to unique and foreign keys of
	// a row that is deleted or whose unique keys change.
	Unique func(*mapper.Entity) [][]*mapper.Column
	// Now is the time for version properties.
	Now time.Time
	// Rows is how many changes are still to be computed, for the memory they take; 0 is unknown.
	Rows int
	// Passing reports that each change is thrown away before the next is computed, but for
	// the lists it has.
	Passing bool

	memory memory
}

// Compute fills the second block of c and reports whether there is anything to write.
func (c *Change) Compute(o *Options) (bool, error) {
	c.Lock, c.mixed = nil, false
	o.lend(c)
	var err error
	switch c.Kind {
	case Insert:
		err = c.insert(o)
	case Update:
		err = c.update(o)
	case Delete:
		err = c.remove(o)
	}
	if err == nil {
		err = c.required()
	}
	if c.mixed {
		c.sort()
	}
	o.settle(c)
	o.Rows = max(o.Rows-1, 0)
	return err == nil && (c.Kind != Update || c.written != nil), err
}

// sort puts what is written into the order of the columns.
func (c *Change) sort() {
	w := c.written
	for i := range w.columns {
		for k := i; k > 0 && w.columns[k].Index < w.columns[k-1].Index; k-- {
			w.columns[k], w.columns[k-1] = w.columns[k-1], w.columns[k]
			w.after[k], w.after[k-1] = w.after[k-1], w.after[k]
			if w.was != nil {
				w.was[k], w.was[k-1] = w.was[k-1], w.was[k]
			}
		}
	}
}

func (c *Change) insert(o *Options) error {
	for _, p := range c.Entity.Leaves {
		switch {
		case !stored(p) || p.Version:
		case c.leftOut(p):
			c.returns(p.Columns)
		case p.Kind.IsRelation():
			parts, err := o.References.Reference(c, p, true)
			if err != nil {
				return err
			}
			if err := c.putParts(p, parts); err != nil {
				return err
			}
		default:
			after, err := value(p, p.Access.Value(c.Current))
			if err != nil {
				return err
			}
			if err := c.put(p, Cell{Column: p.Columns[0], After: after}); err != nil {
				return err
			}
		}
	}
	if d := c.Entity.Discriminator; d != nil && d.Property == nil {
		c.add(Cell{Column: d, After: c.Entity.DiscriminatorValue})
	}
	if v := c.Entity.Version; v != nil {
		c.lock(v, Cell{Column: v.Columns[0], After: firstVersion(v, o.Now)})
	}
	return nil
}

// returns adds columns that the database makes; those of one property are shared
// with the metadata.
func (c *Change) returns(columns []*mapper.Column) {
	w := c.own()
	if w.returning == nil {
		w.returning = slices.Clip(columns)
		return
	}
	w.returning = append(w.returning, columns...)
}

// required reports a NULL in a column that does not take it.
func (c *Change) required() error {
	after := c.After()
	for i, column := range c.Columns() {
		if p := column.Property; after[i] == nil && p != nil && (!column.Nullable && !inAbsent(p) || p.Demands(c.Current)) {
			return &PropertyError{p, ErrRequired}
		}
		if p := column.Property; p != nil && after[i] != nil {
			if member := p.Lacking(c.Current); member != nil {
				return &PropertyError{member, ErrRequired}
			}
		}
	}
	return nil
}

// inAbsent reports a property of an embedded value that may be absent as a whole.
func inAbsent(p *mapper.Property) bool {
	for q := p.Parent; q != nil; q = q.Parent {
		if q.Nullable {
			return true
		}
	}
	return false
}

// leftOut reports a column that the database fills in.
func (c *Change) leftOut(p *mapper.Property) bool {
	if p.Kind.IsRelation() {
		return false
	}
	switch p.Generated {
	case mapper.AutoIncrement:
		return c.Key == nil
	case mapper.ByDatabase:
		return true
	}
	return p.Columns[0].Generated != "" || p.Optional && p.Access.IsZero(c.Current)
}

func (c *Change) update(o *Options) error {
	if err := c.changes(o); err != nil || len(c.Columns()) == 0 {
		return err
	}
	if err := c.remade(); err != nil {
		return err
	}
	c.advance(o)
	if err := c.check(o); err != nil {
		return err
	}
	return c.carry(o, func(columns []*mapper.Column) bool { return c.Writes(columns) })
}

// changes collects what differs from the snapshot.
func (c *Change) changes(o *Options) error {
	for _, p := range c.Entity.Leaves {
		if !stored(p) || p.Version || !c.Loaded.Has(p.Index) || computed(p) || c.Soft && stays(p) {
			continue
		}
		if p.Kind.IsRelation() {
			parts, err := o.References.Reference(c, p, false)
			if err != nil {
				return err
			}
			if parts.Changed {
				if err := c.putParts(p, parts); err != nil {
					return err
				}
			}
			continue
		}
		if p.Access.Equal(c.Current, c.Snapshot) {
			continue
		}
		after, err := value(p, p.Access.Value(c.Current))
		if err != nil {
			return err
		}
		var before any = inSnapshot{}
		if p.Columns[0].Property != p { // which shares it with another
			before = p.Access.Value(c.Snapshot)
		}
		if err := c.put(p, Cell{p.Columns[0], before, after}); err != nil {
			return err
		}
	}
	return nil
}

// stays reports what a row that is marked as removed keeps: its key, and columns of references,
// which these write.
func stays(p *mapper.Property) bool {
	return p.Primary || !p.Kind.IsRelation() && slices.ContainsFunc(p.Entity.Leaves, func(q *mapper.Property) bool {
		return q.Kind.IsToOne() && slices.Contains(q.Columns, p.Columns[0])
	})
}

// remade adds values that are made with each update and were not read. What was there is not known.
func (c *Change) remade() error {
	if c.Loaded == nil {
		return nil
	}
	for _, p := range c.Entity.Leaves {
		if p.OnUpdate == nil || c.Loaded.Has(p.Index) || !stored(p) || p.Kind.IsRelation() || computed(p) || p.Absent(c.Current) {
			continue
		}
		after, err := value(p, p.Access.Value(c.Current))
		if err != nil {
			return err
		}
		if after == nil {
			continue // it is made once more is known to change
		}
		if err := c.put(p, Cell{Column: p.Columns[0], After: after}); err != nil {
			return err
		}
	}
	return nil
}

// check notes what the row must still hold, as far as it was read.
func (c *Change) check(o *Options) error {
	for _, p := range c.Entity.ConcurrencyChecks {
		if c.Snapshot == nil || !c.Loaded.Has(p.Index) {
			continue
		}
		for _, column := range p.Columns {
			cell, written := c.Cell(column)
			if !written {
				before, err := c.before(o, column)
				if err != nil {
					return err
				}
				cell = Cell{Column: column, Before: before, After: before}
			}
			if c.beside == nil {
				c.beside = &beside{}
			}
			c.beside.checks = append(c.beside.checks, cell)
		}
	}
	return nil
}

func (c *Change) remove(o *Options) error {
	if c.Soft {
		if err := c.mark(o); err != nil {
			return err
		}
	}
	if err := c.check(o); err != nil {
		return err
	}
	if c.Soft {
		return c.carry(o, func([]*mapper.Column) bool { return true })
	}
	if v := c.Entity.Version; v != nil && c.Loaded.Has(v.Index) {
		c.Lock = &Cell{Column: v.Columns[0], Before: v.Access.Value(c.Snapshot)}
	}
	return c.carry(o, func([]*mapper.Column) bool { return true })
}

// mark writes that the row is removed, which the entity says by now, and what else was
// changed of it.
func (c *Change) mark(o *Options) error {
	if c.Snapshot != nil {
		if err := c.changes(o); err != nil {
			return err
		}
	}
	p := c.Entity.SoftDelete
	if !slices.Contains(c.Columns(), p.Columns[0]) {
		after, err := value(p, p.Access.Value(c.Current))
		if err != nil {
			return err
		}
		cell := Cell{Column: p.Columns[0], After: after}
		if c.Snapshot != nil {
			cell.Before = p.Access.Value(c.Snapshot)
		}
		c.add(cell)
	}
	c.advance(o)
	return nil
}

// advance lets the version of a stored row, where it was read, be the next one.
func (c *Change) advance(o *Options) {
	if v := c.Entity.Version; v != nil && c.Snapshot != nil && c.Loaded.Has(v.Index) {
		before := v.Access.Value(c.Snapshot)
		c.lock(v, Cell{v.Columns[0], before, nextVersion(v, before, o.Now)})
	}
}

// carry collects the columns of those keys that are affected.
func (c *Change) carry(o *Options, affected func([]*mapper.Column) bool) error {
	for _, key := range o.Unique(c.Entity) {
		if !affected(key) {
			continue
		}
		for _, column := range key {
			if c.carries(o, column) || column.Property == nil || !c.Loaded.Has(column.Property.Index) {
				continue
			}
			before, err := c.before(o, column)
			if err != nil {
				return err
			}
			o.memory.carried = append(o.memory.carried, Cell{column, before, before})
		}
	}
	return nil
}

// carries reports a column that is written or carried already.
func (c *Change) carries(o *Options, column *mapper.Column) bool {
	if c.written != nil && slices.Contains(c.written.columns, column) {
		return true
	}
	return c.keyOfDeleted(column) >= 0 || slices.ContainsFunc(o.memory.carried, func(cell Cell) bool { return cell.Column == column })
}

// before returns the value of a column before the flush.
func (c *Change) before(o *Options, column *mapper.Column) (any, error) {
	p := column.Property
	if !p.Kind.IsRelation() {
		if p.Primary && c.Key != nil {
			if i := slices.Index(c.Entity.KeyColumns, column); i >= 0 {
				return c.KeyPart(i), nil // which has its box
			}
		}
		return p.Access.Value(c.Snapshot), nil
	}
	parts, err := o.References.Reference(c, p, true)
	if err != nil || parts.Before == nil {
		return nil, err
	}
	return parts.Before[column.Part], nil
}

func (c *Change) lock(v *mapper.Property, cell Cell) {
	c.add(cell)
	c.Lock = &cell
}

func (c *Change) putParts(p *mapper.Property, parts Parts) error {
	for i, column := range p.Columns {
		if parts.After == nil && len(p.Columns) > 1 && neededBeside(p, column) {
			continue // a reference is null when one of its columns is
		}
		cell := Cell{Column: column}
		if parts.Before != nil {
			cell.Before = parts.Before[i]
		}
		if parts.After != nil {
			cell.After = parts.After[i]
		}
		if err := c.put(p, cell); err != nil {
			return err
		}
	}
	return nil
}

// neededBeside reports a column that another property needs, so that a composite
// reference over it cannot empty it.
func neededBeside(p *mapper.Property, column *mapper.Column) bool {
	for _, q := range p.Entity.Leaves {
		if q != p && slices.Contains(q.Columns, column) && (q.Relation != nil || !q.Nullable) {
			return true
		}
	}
	return false
}

// add appends a cell of a column that has none yet.
func (c *Change) add(cell Cell) {
	c.mixed = c.mixed || !c.follows(cell.Column)
	c.Write(cell)
}

// follows reports a column behind that of the last cell.
func (c *Change) follows(column *mapper.Column) bool {
	columns := c.written.columns
	n := len(columns)
	return n == 0 || columns[n-1].Index < column.Index
}

// put adds a cell. Two properties may share a column (a key beside the
// reference it belongs to): the one that has a value wins on insert, two
// different values are an error.
func (c *Change) put(p *mapper.Property, cell Cell) error {
	i, w := -1, c.written
	if c.mixed || !c.follows(cell.Column) {
		i = slices.Index(w.columns, cell.Column)
	}
	if i < 0 {
		c.add(cell)
		return nil
	}
	switch written := w.after[i]; {
	case Same(written, cell.After):
	case unset(cell.After) && unset(written) && enforced(p, cell.Column): // a zero scalar beside a null reference
		w.after[i] = nil
	case c.Kind == Insert && unset(cell.After):
	case c.Kind == Insert && unset(written):
		w.after[i] = cell.After
	default:
		return &ConflictError{Property: p, Other: other(p, cell.Column), Column: cell.Column}
	}
	return nil
}

// enforced reports a column of a foreign key that the database checks: zero refers to
// nothing there.
func enforced(p *mapper.Property, column *mapper.Column) bool {
	for _, q := range p.Entity.Leaves {
		if q.Relation != nil && slices.Contains(q.Columns, column) && q.Relation.NoConstraint {
			return false
		}
	}
	return true
}

// other returns the property beside p that stores column.
func other(p *mapper.Property, column *mapper.Column) *mapper.Property {
	for _, q := range p.Entity.Leaves {
		if q != p && slices.Contains(q.Columns, column) {
			return q
		}
	}
	return p
}

// stored reports a property with columns of its own.
func stored(p *mapper.Property) bool {
	if len(p.Columns) == 0 || p.Virtual || p.Formula != "" {
		return false
	}
	return !p.Kind.IsRelation() || p.Kind.IsToOne() && p.Relation.Owning
}

// computed reports a column only the database writes.
func computed(p *mapper.Property) bool {
	return p.Generated == mapper.ByDatabase || p.Columns[0].Generated != ""
}

// value checks what is about to be written: text is valid, lengths and enums are kept.
func value(p *mapper.Property, v any) (any, error) {
	if v == nil || p.Type == nil {
		return v, nil
	}
	if err := p.Type.Check(v); err != nil {
		return nil, &PropertyError{p, err}
	}
	return v, nil
}

// unset reports a value that a field has when nobody assigned it.
func unset(v any) bool {
	return v == nil || reflect.ValueOf(v).IsZero()
}

// Same compares two canonical values or handles.
func Same(a, b any) bool {
	switch a := a.(type) {
	case []byte:
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b)
	case nil, bool, int64, uint64, float64, string, mapper.Decimal, mapper.UUID, mapper.ULID, mapper.ObjectID, Handle:
		return a == b
	}
	return reflect.DeepEqual(a, b)
}
