package mapper

import (
	"bytes"
	"reflect"
	"unsafe"
)

// bytesAccess is for byte slices and byte arrays, whatever they hold.
func bytesAccess(s accessSpec) (Access, bool) {
	t := s.ref
	switch {
	case t.Kind == reflect.Array && t.Elem.Kind == reflect.Uint8:
		switch {
		case t.Len == 16 && (s.typ.Kind == UUIDKind || s.typ.Kind == Bytes):
			return idAccess[UUID](s), true
		case t.Len == 16 && s.typ.Kind == ULIDKind:
			return idAccess[ULID](s), true
		case t.Len == 12 && s.typ.Kind == ObjectIDKind:
			return idAccess[ObjectID](s), true
		case s.typ.Kind == Bytes:
			return byteArrayAccess(s), true
		}
	case t.Kind == reflect.Slice && t.Elem.Kind == reflect.Uint8 && s.typ.Kind == Bytes:
		return byteSliceAccess(s), true
	}
	return Access{}, false
}

// idAccess is for UUID, ULID and ObjectID in arrays of their size.
func idAccess[T UUID | ULID | ObjectID](s accessSpec) Access {
	off, t := s.off, s.typ
	if t.Kind == Bytes {
		return byteArrayAccess(s)
	}
	a := Access{Equal: equalOf[T](off), IsZero: isZeroOf[T](off), zero: zeroOf[T](off)}
	a.Value = func(e unsafe.Pointer) any { return *at[T](e, off) }
	a.Store = func(e unsafe.Pointer, src any) error {
		if src == nil {
			return t.notNull()
		}
		v, err := t.Decode(src)
		if err == nil {
			*at[T](e, off) = v.(T)
		}
		return err
	}
	if t.Kind == UUIDKind {
		a.Direct = directOf[[16]byte](off)
	}
	return a
}

// byteArrayAccess is for [n]byte kept as binary of fixed length.
func byteArrayAccess(s accessSpec) Access {
	off, t, n := s.off, s.typ, s.ref.Len
	view := func(e unsafe.Pointer) []byte { return unsafe.Slice(at[byte](e, off), n) }
	return Access{
		Value: func(e unsafe.Pointer) any { return bytes.Clone(view(e)) },
		Store: func(e unsafe.Pointer, src any) error {
			if src == nil {
				return t.notNull()
			}
			v, err := decodeBytes(t, src)
			if err != nil {
				return err
			}
			if len(v) != n {
				return t.badValue(src, "has another length")
			}
			copy(view(e), v)
			return nil
		},
		Equal: func(x, y unsafe.Pointer) bool { return bytes.Equal(view(x), view(y)) },
	}
}

func byteSliceAccess(s accessSpec) Access {
	off, t, null := s.off, s.typ, s.null
	a := Access{
		Value: func(e unsafe.Pointer) any {
			v := *at[[]byte](e, off)
			switch {
			case v != nil:
				return v
			case null:
				return nil
			}
			return []byte{}
		},
		Store: func(e unsafe.Pointer, src any) error {
			if src == nil {
				if !null {
					return t.notNull()
				}
				*at[[]byte](e, off) = nil
				return nil
			}
			v, err := decodeBytes(t, src)
			if err == nil {
				*at[[]byte](e, off) = v
			}
			return err
		},
		Equal: func(x, y unsafe.Pointer) bool {
			v, w := *at[[]byte](x, off), *at[[]byte](y, off)
			return bytes.Equal(v, w) && (!null || (v == nil) == (w == nil))
		},
		Clone:  func(dst, src unsafe.Pointer) { *at[[]byte](dst, off) = bytes.Clone(*at[[]byte](src, off)) },
		IsZero: func(e unsafe.Pointer) bool { return *at[[]byte](e, off) == nil },
		zero:   zeroOf[[]byte](off),
	}
	if !null {
		a.Direct = directOf[[]byte](off)
	}
	return a
}
