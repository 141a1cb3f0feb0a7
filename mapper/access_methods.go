package mapper

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"math/big"
	"reflect"
	"unsafe"
)

// canonicalAccess is for types that are read and written through their canonical value.
func canonicalAccess(s accessSpec, get func(any) (any, error), set func(ptr, canonical any) error) Access {
	typ, off, t, null := s.ref.typ, s.off, s.typ, s.null
	field := func(e unsafe.Pointer) reflect.Value { return reflect.NewAt(typ, unsafe.Add(e, off)) }
	a := Access{
		Value: func(e unsafe.Pointer) any {
			v, err := get(field(e).Interface())
			if err == nil && v != nil {
				v, err = t.Decode(v)
			}
			if err != nil {
				return err
			}
			return v
		},
		Store: func(e unsafe.Pointer, src any) error {
			if src == nil && !null {
				return t.notNull()
			}
			v, err := t.Decode(src)
			if err != nil {
				return err
			}
			return set(field(e).Interface(), v)
		},
	}
	a.Equal = func(x, y unsafe.Pointer) bool { return sameValue(a.Value(x), a.Value(y)) }
	if refers(typ) {
		a.Clone = func(dst, src unsafe.Pointer) { field(dst).Elem().Set(deepCopy(field(src).Elem())) }
	}
	return a
}

// sameValue compares canonical values, those that are slices too.
func sameValue(x, y any) bool {
	if x == nil || y == nil {
		return x == y
	}
	return reflect.DeepEqual(x, y)
}

// texterAccess is for encoding.TextMarshaler, decimals among them.
func texterAccess(s accessSpec) Access {
	return canonicalAccess(s, func(ptr any) (any, error) {
		text, err := ptr.(encoding.TextMarshaler).MarshalText()
		return string(text), err
	}, func(ptr, v any) error {
		return ptr.(encoding.TextUnmarshaler).UnmarshalText([]byte(canonicalText(v)))
	})
}

// scanValuerAccess is for driver.Valuer with sql.Scanner.
func scanValuerAccess(s accessSpec) Access {
	return canonicalAccess(s, func(ptr any) (any, error) {
		return ptr.(driver.Valuer).Value()
	}, func(ptr, v any) error {
		return ptr.(sql.Scanner).Scan(driverForm(v))
	})
}

// driverForm is the canonical value in a form a Scanner knows.
func driverForm(v any) any {
	switch v := v.(type) {
	case Decimal:
		return string(v)
	case UUID:
		return v.String()
	case ULID:
		return v.String()
	case ObjectID:
		return v.String()
	}
	return v
}

// bigAccess is for big.Int.
func bigAccess(s accessSpec) Access {
	off, t := s.off, s.typ
	return Access{
		Value: func(e unsafe.Pointer) any { return Decimal(at[big.Int](e, off).String()) },
		Store: func(e unsafe.Pointer, src any) error {
			if src == nil {
				return t.notNull()
			}
			d, err := decodeDecimal(t, src)
			if err != nil {
				return err
			}
			n, ok := new(big.Int).SetString(string(d), 10)
			if !ok {
				return t.badValue(src, "is not an integer")
			}
			at[big.Int](e, off).Set(n)
			return nil
		},
		Equal:  func(x, y unsafe.Pointer) bool { return at[big.Int](x, off).Cmp(at[big.Int](y, off)) == 0 },
		Clone:  func(dst, src unsafe.Pointer) { *at[big.Int](dst, off) = *new(big.Int).Set(at[big.Int](src, off)) },
		IsZero: func(e unsafe.Pointer) bool { return at[big.Int](e, off).Sign() == 0 },
	}
}
