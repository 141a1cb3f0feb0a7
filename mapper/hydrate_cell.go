package mapper

import (
	"bytes"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
)

// cell is the destination of one value.
type cell struct {
	row  *Row
	prop *Property
	null bool
	asks bool // it is the key that Row.known is asked about
	held any  // of a polymorphic row
}

// target is the address a value that fits is written to.
func (c *cell) target() unsafe.Pointer {
	c.null = false
	return c.prop.place.target(c.row.entity, &c.row.memory)
}

// holdsInt reports a field that is an int64.
func (c *cell) holdsInt() bool {
	p := &c.prop.place
	return p.kind == placeInt64 && !p.behind && !p.flagged && c.prop.Type.Kind == Int
}

// Scan implements sql.Scanner.
func (c *cell) Scan(src any) error {
	if c.row.passed {
		return nil
	}
	if c.null = src == nil; c.null {
		return c.scanNull()
	}
	if err := c.prop.Access.Store(c.row.entity, src); err != nil {
		return &PropertyError{c.prop.String(), err}
	}
	return nil
}

// scanNull writes NULL, except where the whole row may be absent: there the
// entity is fresh, and a property that cannot hold NULL is noted for Finish.
func (c *cell) scanNull() error {
	switch {
	case c.prop.Nullable:
		return c.prop.Access.Store(c.row.entity, nil)
	case c.row.null == nil:
		c.row.null = c.prop
	}
	return nil
}

// refCell is the destination of one column of a reference. It keeps the
// canonical value; the box of the row before is used again when the value is the same.
type refCell struct {
	row   *Row
	prop  *Property // nil for a value that need not be of a property
	typ   *Type
	value any
	// n is the value instead of value, where plain says so; value is then a box that may be used again.
	n     int64
	plain bool
	// last is the place of the target with the key led: rows that refer to one target mostly
	// follow each other.
	last *slot.Entry
	led  int64
}

// target returns the place that the integer just scanned leads to.
func (c *refCell) target(resolver Resolver) *slot.Entry {
	if c.last == nil || c.led != c.n {
		c.last, c.led = resolver.ResolveInt(c.prop.Relation.Target, c.n), c.n
	}
	return c.last
}

// Scan implements sql.Scanner.
func (c *refCell) Scan(src any) error {
	if c.row != nil && c.row.passed {
		return nil
	}
	if n, ok := src.(int64); ok {
		if before, ok := c.value.(int64); ok && before == n {
			c.n, c.plain = n, c.takesPlain()
			return nil
		}
	}
	v, err := c.typ.Decode(src)
	switch {
	case err != nil && c.prop == nil:
		return err
	case err != nil:
		return &PropertyError{c.prop.String(), err}
	}
	c.value, c.plain = v, false
	if n, ok := v.(int64); ok {
		c.n, c.plain = n, c.takesPlain()
	}
	return nil
}

// takesPlain reports a column whose integers are canonical as they are.
func (c *refCell) takesPlain() bool { return c.typ.Kind == Int && c.typ.Bits == 64 }

// boxed returns the canonical value, nil for NULL.
func (c *refCell) boxed() any {
	if c.plain {
		if before, ok := c.value.(int64); !ok || before != c.n {
			c.value = c.n
		}
	}
	return c.value
}

// heldCell is the destination of one value of a polymorphic row, whose entity is
// not known before the row was scanned.
type heldCell cell

// Scan implements sql.Scanner.
func (c *heldCell) Scan(src any) error {
	if b, ok := src.([]byte); ok {
		src = bytes.Clone(b)
	}
	c.held = src
	return nil
}

// fillParts writes the parts of polymorphic embedded values, whose types must be known first.
func (r *Row) fillParts() error {
	for _, i := range r.h.parts {
		if err := r.cells[i].Scan(r.cells[i].held); err != nil {
			return err
		}
	}
	return nil
}

// fill writes the values of a polymorphic row into the entity bound to it.
func (r *Row) fill() error {
	if _, err := r.Type(); err != nil {
		return err
	}
	for i := range r.cells {
		c := &r.cells[i]
		if c.prop == nil || c.prop.OneOf() != nil || !r.typ.IsSubtypeOf(c.prop.Entity) {
			continue
		}
		if err := c.Scan(c.held); err != nil {
			return err
		}
	}
	for _, i := range r.h.parts {
		if c := &r.cells[i]; r.typ.IsSubtypeOf(c.prop.Entity) {
			if err := c.Scan(c.held); err != nil {
				return err
			}
		}
	}
	return nil
}
