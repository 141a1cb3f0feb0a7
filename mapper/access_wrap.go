package mapper

import (
	"reflect"
	"unsafe"
)

// pointerAccess is for *T, where nil is NULL.
func pointerAccess(s accessSpec) Access {
	off, elem := s.off, s.ref.Elem.typ
	inner := access(s.with(s.ref.Elem, 0))
	target := func(e unsafe.Pointer) unsafe.Pointer { return *at[unsafe.Pointer](e, off) }
	return Access{
		Value: func(e unsafe.Pointer) any {
			if p := target(e); p != nil {
				return inner.Value(p)
			}
			return nil
		},
		Store: func(e unsafe.Pointer, src any) error {
			if src == nil {
				*at[unsafe.Pointer](e, off) = nil
				return nil
			}
			p := reflect.New(elem).UnsafePointer()
			if err := inner.Store(p, src); err != nil {
				return err
			}
			*at[unsafe.Pointer](e, off) = p
			return nil
		},
		Equal: func(x, y unsafe.Pointer) bool {
			p, q := target(x), target(y)
			if p == nil || q == nil {
				return p == q
			}
			return inner.Equal(p, q)
		},
		Clone: func(dst, src unsafe.Pointer) {
			p := target(src)
			if p == nil {
				return
			}
			c := reflect.New(elem)
			c.Elem().Set(reflect.NewAt(elem, p).Elem())
			if inner.Clone != nil {
				inner.Clone(c.UnsafePointer(), p)
			}
			*at[unsafe.Pointer](dst, off) = c.UnsafePointer()
		},
		IsZero: func(e unsafe.Pointer) bool { return target(e) == nil },
		zero:   zeroOf[unsafe.Pointer](off),
	}
}

// wrapperAccess is for sql.Null[T] and kin and rel.Opt[T], structs of a value
// and a flag that says whether there is one. An Opt has another for NULL that was
// asked for.
func wrapperAccess(s accessSpec, elem *TypeRef) Access {
	value, valid := s.off+s.ref.typ.Field(0).Offset, s.off+s.ref.typ.Field(1).Offset
	inner := access(s.with(elem, value))
	null, threeStates := uintptr(0), s.ref.is(relPackage, "Opt")
	if threeStates {
		null = s.off + s.ref.typ.Field(2).Offset
	}
	return Access{
		Value: func(e unsafe.Pointer) any {
			if *at[bool](e, valid) {
				return inner.Value(e)
			}
			return nil
		},
		Store: func(e unsafe.Pointer, src any) error {
			*at[bool](e, valid) = src != nil
			if threeStates {
				*at[bool](e, null) = false
			}
			if src == nil {
				inner.zero(e)
				return nil
			}
			return inner.Store(e, src)
		},
		Equal: func(x, y unsafe.Pointer) bool {
			v, w := *at[bool](x, valid), *at[bool](y, valid)
			return v == w && (!v || inner.Equal(x, y))
		},
		Clone:  inner.Clone,
		IsZero: func(e unsafe.Pointer) bool { return !*at[bool](e, valid) && !(threeStates && *at[bool](e, null)) },
	}
}
