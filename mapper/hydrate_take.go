package mapper

import (
	"database/sql"
	"time"
)

// Taker is a destination of Rows.Scan that takes values without a box. Which
// method a value is given to is the driver's choice: what does not fit goes
// through Scan, which says what is wrong with it. The destinations of a [Row] are
// Takers; NULL is given to Scan.
type Taker interface {
	sql.Scanner
	NumberTaker
	TextTaker
}

// NumberTaker takes values of fixed size.
type NumberTaker interface {
	TakeInt(n int64) error
	TakeFloat(f float64) error
	TakeBool(b bool) error
	TakeTime(t time.Time) error
}

// TextTaker takes values of any length.
type TextTaker interface {
	// TakeText takes text; b is copied.
	TakeText(b []byte) error
	// TakeString takes text that is nobody else's.
	TakeString(s string) error
	// TakeBytes takes what may be binary or text, as the Go driver does not tell; b is copied.
	TakeBytes(b []byte) error
	// TakeUUID takes the 16 bytes of a UUID, which are copied.
	TakeUUID(b []byte) error
}

// TakeInt implements NumberTaker.
func (c *cell) TakeInt(n int64) error {
	p := &c.prop.place
	switch {
	case c.row.passed:
	case p.intFits(n) && (p.kind < placeUint || c.prop.Type.uintFits(n)):
		p.setInt(c.target(), n)
		c.row.passed = c.asks && c.row.known(n)
	case p.kind == placeBool:
		*(*bool)(c.target()) = n != 0
	default:
		return c.Scan(n)
	}
	return nil
}

// uintFits reports what decodeUint accepts.
func (t *Type) uintFits(n int64) bool {
	return t.Bits <= 0 || t.Bits >= 64 || uint64(n) < 1<<t.Bits
}

// TakeFloat implements NumberTaker.
func (c *cell) TakeFloat(f float64) error {
	switch kind := c.prop.place.kind; {
	case c.row.passed:
	case kind == placeFloat64:
		*(*float64)(c.target()) = f
	case kind == placeFloat32:
		*(*float32)(c.target()) = float32(f)
	default:
		return c.Scan(f)
	}
	return nil
}

// TakeBool implements NumberTaker.
func (c *cell) TakeBool(b bool) error {
	switch {
	case c.row.passed:
	case c.prop.place.kind == placeBool:
		*(*bool)(c.target()) = b
	default:
		return c.Scan(b)
	}
	return nil
}

// TakeTime implements NumberTaker.
func (c *cell) TakeTime(t time.Time) error {
	switch {
	case c.row.passed:
	case c.prop.place.kind == placeTime:
		*(*time.Time)(c.target()) = c.prop.Type.normalTime(t)
	default:
		return c.Scan(t)
	}
	return nil
}

// TakeText implements TextTaker.
func (c *cell) TakeText(b []byte) error {
	switch {
	case c.row.passed:
	case c.prop.place.kind == placeString:
		*(*string)(c.target()) = c.row.memory.keepString(b)
	default:
		return c.Scan(string(b))
	}
	return nil
}

// TakeString implements TextTaker.
func (c *cell) TakeString(s string) error {
	switch kind := c.prop.place.kind; {
	case c.row.passed:
		return nil
	case kind == placeString:
		*(*string)(c.target()) = s
		return nil
	case kind == placeTime:
		if c.prop.Type.Layout == "" {
			if t, ok := plainTime(s); ok {
				*(*time.Time)(c.target()) = c.prop.Type.normalTime(t)
				return nil
			}
		}
	}
	return c.Scan(s)
}

// TakeBytes implements TextTaker.
func (c *cell) TakeBytes(b []byte) error {
	switch kind := c.prop.place.kind; {
	case c.row.passed:
	case kind == placeString:
		*(*string)(c.target()) = c.row.memory.keepString(b)
	case kind == placeBytes:
		*(*[]byte)(c.target()) = c.row.memory.keep(b)
	default:
		return c.Scan(b)
	}
	return nil
}

// TakeUUID implements TextTaker.
func (c *cell) TakeUUID(b []byte) error {
	switch {
	case c.row.passed:
	case c.prop.place.kind == placeUUID:
		*(*[16]byte)(c.target()) = [16]byte(b)
	default:
		return c.Scan(UUID(b))
	}
	return nil
}

// TakeInt implements NumberTaker. The box is made when somebody asks for it.
func (c *refCell) TakeInt(n int64) error {
	if c.takesPlain() {
		c.n, c.plain = n, true
		return nil
	}
	return c.Scan(n)
}

// TakeFloat implements NumberTaker.
func (c *refCell) TakeFloat(f float64) error { return c.Scan(f) }

// TakeBool implements NumberTaker.
func (c *refCell) TakeBool(b bool) error { return c.Scan(b) }

// TakeTime implements NumberTaker.
func (c *refCell) TakeTime(t time.Time) error { return c.Scan(t) }

// TakeText implements TextTaker, as TakeInt.
func (c *refCell) TakeText(b []byte) error {
	if before, ok := c.value.(string); ok && before == string(b) && !c.plain {
		return nil
	}
	return c.Scan(string(b))
}

// TakeString implements TextTaker.
func (c *refCell) TakeString(s string) error { return c.Scan(s) }

// TakeBytes implements TextTaker.
func (c *refCell) TakeBytes(b []byte) error {
	if before, ok := c.value.(string); ok && before == string(b) && !c.plain {
		return nil
	}
	return c.Scan(b)
}

// TakeUUID implements TextTaker.
func (c *refCell) TakeUUID(b []byte) error {
	if before, ok := c.value.(UUID); ok && before == UUID(b) {
		return nil
	}
	return c.Scan(UUID(b))
}
