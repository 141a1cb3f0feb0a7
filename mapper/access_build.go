package mapper

import (
	"reflect"
	"unsafe"
)

// accessSpec says for which field accessors are made.
type accessSpec struct {
	ref  *TypeRef
	typ  *Type
	off  uintptr
	null bool // nil slices, maps and the like stand for NULL
}

// with is the spec of a value inside the field.
func (s accessSpec) with(ref *TypeRef, off uintptr) accessSpec {
	return accessSpec{ref: ref, typ: s.typ, off: off}
}

// access makes the accessors of a scalar or document field.
func access(s accessSpec) Access {
	a := rawAccess(s)
	a.Offset = s.off
	if a.zero == nil {
		a.zero = zeroer(s)
	}
	if a.IsZero == nil {
		a.IsZero = zeroTest(s)
	}
	return a
}

func rawAccess(s accessSpec) Access {
	t := s.ref
	if s.typ.Kind == Custom && s.typ.GoName == t.Text {
		return customAccess(s) // else it is that of what the field points at or wraps
	}
	if elem, ok := nullWrapper(t); ok && s.typ.Kind != JSON {
		return wrapperAccess(s, elem)
	}
	if t.Kind == reflect.Pointer && s.typ.Kind != JSON {
		return pointerAccess(s)
	}
	switch {
	case s.typ.Kind == JSON && t.is("encoding/json", "RawMessage"):
		return rawJSONAccess(s)
	case s.typ.Kind == JSON:
		return jsonAccess(s)
	case t.is("time", "Time"):
		return timeAccess(s)
	case t.is("math/big", "Int"):
		return bigAccess(s)
	case s.typ.Kind == Array:
		return arrayAccess(s)
	}
	if a, ok := bytesAccess(s); ok {
		return a
	}
	if t.Traits.Has(ScanValuer) {
		return scanValuerAccess(s)
	}
	if t.Traits.Has(Texter) {
		return texterAccess(s)
	}
	return basicAccess(s)
}

// basicAccess follows the kind of the underlying type.
func basicAccess(s accessSpec) Access {
	if s.typ.Kind == DecimalKind {
		return decimalAccess(s)
	}
	switch s.ref.Kind {
	case reflect.Bool:
		return boolAccess(s)
	case reflect.Int:
		return intAccess[int](s)
	case reflect.Int8:
		return intAccess[int8](s)
	case reflect.Int16:
		return intAccess[int16](s)
	case reflect.Int32:
		return intAccess[int32](s)
	case reflect.Int64:
		return intAccess[int64](s)
	case reflect.Uint, reflect.Uintptr:
		return uintAccess[uint](s)
	case reflect.Uint8:
		return uintAccess[uint8](s)
	case reflect.Uint16:
		return uintAccess[uint16](s)
	case reflect.Uint32:
		return uintAccess[uint32](s)
	case reflect.Uint64:
		return uintAccess[uint64](s)
	case reflect.Float32:
		return floatAccess[float32](s)
	case reflect.Float64:
		return floatAccess[float64](s)
	case reflect.String:
		return stringAccess(s)
	}
	return jsonAccess(s)
}

// zeroer writes the Go zero value of a field.
func zeroer(s accessSpec) func(unsafe.Pointer) {
	typ, off := s.ref.typ, s.off
	return func(e unsafe.Pointer) { reflect.NewAt(typ, unsafe.Add(e, off)).Elem().SetZero() }
}

// zeroTest reports the Go zero value of a field.
func zeroTest(s accessSpec) func(unsafe.Pointer) bool {
	typ, off := s.ref.typ, s.off
	return func(e unsafe.Pointer) bool { return reflect.NewAt(typ, unsafe.Add(e, off)).Elem().IsZero() }
}

// notNull is the error of a NULL for a field that cannot hold it.
func (t *Type) notNull() error {
	return &ValueError{Type: t.GoName, GoType: "NULL", Reason: "the property is not nullable"}
}
