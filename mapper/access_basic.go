package mapper

import (
	"math"
	"time"
	"unsafe"
)

// equalOf compares a field of a comparable type.
func equalOf[T comparable](off uintptr) func(x, y unsafe.Pointer) bool {
	return func(x, y unsafe.Pointer) bool { return *at[T](x, off) == *at[T](y, off) }
}

// isZeroOf tests a field of a comparable type.
func isZeroOf[T comparable](off uintptr) func(unsafe.Pointer) bool {
	return func(e unsafe.Pointer) bool { var zero T; return *at[T](e, off) == zero }
}

// zeroOf clears a field.
func zeroOf[T any](off uintptr) func(unsafe.Pointer) {
	return func(e unsafe.Pointer) { var zero T; *at[T](e, off) = zero }
}

// directOf gives the address of a field as a pointer to its basic type.
func directOf[T any](off uintptr) func(unsafe.Pointer) any {
	return func(e unsafe.Pointer) any { return at[T](e, off) }
}

// plain is what accessors of comparable basic types share.
func plain[T comparable](off uintptr) Access {
	return Access{Equal: equalOf[T](off), IsZero: isZeroOf[T](off), zero: zeroOf[T](off), Direct: directOf[T](off)}
}

func boolAccess(s accessSpec) Access {
	off, t := s.off, s.typ
	a := plain[bool](off)
	a.Value = func(e unsafe.Pointer) any { return *at[bool](e, off) }
	a.Store = func(e unsafe.Pointer, src any) error {
		if src == nil {
			return t.notNull()
		}
		v, err := decodeBool(t, src)
		if err == nil {
			*at[bool](e, off) = v
		}
		return err
	}
	return a
}

func intAccess[T int | int8 | int16 | int32 | int64](s accessSpec) Access {
	off, t := s.off, s.typ
	a := plain[T](off)
	a.Value = func(e unsafe.Pointer) any { return int64(*at[T](e, off)) }
	a.Store = func(e unsafe.Pointer, src any) error {
		n, ok := src.(int64)
		if !ok {
			if src == nil {
				return t.notNull()
			}
			var err error
			if n, err = decodeInt(t, src); err != nil {
				return err
			}
		}
		if int64(T(n)) != n {
			return t.badValue(src, "is out of range")
		}
		*at[T](e, off) = T(n)
		return nil
	}
	if t.Kind == Bool || t.Kind == Float {
		a.Value = convertValue(t, a.Value)
	}
	return a
}

func uintAccess[T uint | uint8 | uint16 | uint32 | uint64](s accessSpec) Access {
	off, t := s.off, s.typ
	a := plain[T](off)
	a.Value = func(e unsafe.Pointer) any { return uint64(*at[T](e, off)) }
	a.Store = func(e unsafe.Pointer, src any) error {
		if src == nil {
			return t.notNull()
		}
		n, err := decodeUint(t, src)
		switch {
		case err != nil:
			return err
		case uint64(T(n)) != n:
			return t.badValue(src, "is out of range")
		}
		*at[T](e, off) = T(n)
		return nil
	}
	if t.Kind != Uint {
		a.Value = convertValue(t, a.Value)
	}
	return a
}

func floatAccess[T float32 | float64](s accessSpec) Access {
	off, t := s.off, s.typ
	a := plain[T](off)
	a.Equal = func(x, y unsafe.Pointer) bool {
		return math.Float64bits(float64(*at[T](x, off))) == math.Float64bits(float64(*at[T](y, off)))
	}
	a.Value = func(e unsafe.Pointer) any { return float64(*at[T](e, off)) }
	a.Store = func(e unsafe.Pointer, src any) error {
		f, ok := src.(float64)
		if !ok {
			if src == nil {
				return t.notNull()
			}
			var err error
			if f, err = decodeFloat(t, src); err != nil {
				return err
			}
		}
		*at[T](e, off) = T(f)
		return nil
	}
	if t.Kind != Float {
		a.Value = convertValue(t, a.Value)
	}
	return a
}

// stringAccess is for strings, also those that hold a value of another kind
// (a UUID or object id in text form).
func stringAccess(s accessSpec) Access {
	off, t := s.off, s.typ
	a := plain[string](off)
	a.Value = func(e unsafe.Pointer) any { return *at[string](e, off) }
	a.Store = func(e unsafe.Pointer, src any) error {
		v, ok := src.(string)
		if !ok {
			if src == nil {
				return t.notNull()
			}
			var err error
			if v, err = decodeString(t, src); err != nil {
				return err
			}
		}
		*at[string](e, off) = v
		return nil
	}
	if t.Kind != String {
		a.Direct = nil
		a.Value = convertValue(t, a.Value)
		a.Store = func(e unsafe.Pointer, src any) error {
			if src == nil {
				return t.notNull()
			}
			v, err := t.Decode(src)
			if err == nil {
				*at[string](e, off) = canonicalText(v)
			}
			return err
		}
	}
	return a
}

// canonicalText writes a canonical value as text.
func canonicalText(v any) string {
	if s, ok := v.(interface{ String() string }); ok {
		return s.String()
	}
	s, err := decodeString(&Type{}, v)
	if err != nil {
		s, _ = asText(v)
	}
	return s
}

// convertValue brings the Go form of a field to the canonical form of another kind.
func convertValue(t *Type, value func(unsafe.Pointer) any) func(unsafe.Pointer) any {
	return func(e unsafe.Pointer) any {
		v, err := t.Decode(value(e))
		if err != nil {
			return err
		}
		return v
	}
}

// decimalAccess is for numbers and strings that hold a decimal.
func decimalAccess(s accessSpec) Access {
	t := s.typ
	exact := *t
	exact.Kind, exact.Bits = basicKind(s.ref.Kind)
	inner := s
	inner.typ = &exact
	a := basicAccess(inner)
	raw, store := a.Value, a.Store
	a.Direct = nil
	a.Value = convertValue(t, raw)
	a.Store = func(e unsafe.Pointer, src any) error {
		if src == nil {
			return t.notNull()
		}
		d, err := decodeDecimal(t, src)
		if err != nil {
			return err
		}
		return store(e, string(d))
	}
	a.Equal = func(x, y unsafe.Pointer) bool {
		v, w := raw(x), raw(y)
		return v == w || a.Value(x) == a.Value(y)
	}
	return a
}

func timeAccess(s accessSpec) Access {
	off, t := s.off, s.typ
	return Access{
		Value: func(e unsafe.Pointer) any { return t.normalTime(*at[time.Time](e, off)) },
		Store: func(e unsafe.Pointer, src any) error {
			if src == nil {
				return t.notNull()
			}
			v, err := decodeTime(t, src)
			if err == nil {
				*at[time.Time](e, off) = v
			}
			return err
		},
		Equal: func(x, y unsafe.Pointer) bool {
			v, w := at[time.Time](x, off), at[time.Time](y, off)
			return *v == *w || t.normalTime(*v).Equal(t.normalTime(*w))
		},
		IsZero: func(e unsafe.Pointer) bool { return at[time.Time](e, off).IsZero() },
		zero:   zeroOf[time.Time](off),
	}
}
