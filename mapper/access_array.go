package mapper

import (
	"reflect"
	"unsafe"
)

// basicKind is the value kind and width of a basic Go kind.
func basicKind(k reflect.Kind) (kind ValueKind, bits int) {
	switch k {
	case reflect.Int8, reflect.Int16, reflect.Int32:
		return Int, 8 << (k - reflect.Int8)
	case reflect.Int, reflect.Int64:
		return Int, 64
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return Uint, 8 << (k - reflect.Uint8)
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return Uint, 64
	case reflect.Float32:
		return Float, 32
	case reflect.Float64:
		return Float, 64
	}
	return String, 0
}

// arrayAccess is for slices and arrays of scalars.
func arrayAccess(s accessSpec) Access {
	x := arrayField{typ: s.ref.typ, off: s.off, t: s.typ, null: s.null, size: s.ref.Elem.typ.Size()}
	x.elem = access(accessSpec{ref: s.ref.Elem, typ: s.typ.Elem})
	a := Access{Value: x.value, Store: x.store, Equal: x.equal}
	if x.typ.Kind() == reflect.Slice {
		a.Clone = x.clone
		a.IsZero = func(e unsafe.Pointer) bool { return x.field(e).IsNil() }
	}
	return a
}

// arrayField reads and writes one array field.
type arrayField struct {
	typ  reflect.Type
	off  uintptr
	t    *Type
	null bool
	size uintptr
	elem Access
}

func (x arrayField) field(e unsafe.Pointer) reflect.Value {
	return reflect.NewAt(x.typ, unsafe.Add(e, x.off)).Elem()
}

// first returns the address of the first element and their number.
func (x arrayField) first(e unsafe.Pointer) (unsafe.Pointer, int) {
	v := x.field(e)
	if x.typ.Kind() == reflect.Array {
		return unsafe.Add(e, x.off), v.Len()
	}
	return v.UnsafePointer(), v.Len()
}

func (x arrayField) value(e unsafe.Pointer) any {
	if x.null && x.typ.Kind() == reflect.Slice && x.field(e).IsNil() {
		return nil
	}
	p, n := x.first(e)
	out := make([]any, n)
	for i := range out {
		v := x.elem.Value(unsafe.Add(p, uintptr(i)*x.size))
		if err, failed := v.(error); failed {
			return err
		}
		out[i] = v
	}
	return out
}

func (x arrayField) store(e unsafe.Pointer, src any) error {
	if src == nil {
		if !x.null {
			return x.t.notNull()
		}
		x.field(e).SetZero()
		return nil
	}
	items, err := decodeArray(x.t, src)
	if err != nil {
		return err
	}
	p := unsafe.Add(e, x.off)
	if x.typ.Kind() == reflect.Array {
		if len(items) != x.typ.Len() {
			return x.t.badValue(src, "has another length")
		}
	} else {
		s := reflect.MakeSlice(x.typ, len(items), len(items))
		x.field(e).Set(s)
		p = s.UnsafePointer()
	}
	for i, item := range items {
		if err := x.elem.Store(unsafe.Add(p, uintptr(i)*x.size), item); err != nil {
			return err
		}
	}
	return nil
}

func (x arrayField) equal(a, b unsafe.Pointer) bool {
	p, n := x.first(a)
	q, m := x.first(b)
	if n != m || x.null && (p == nil) != (q == nil) {
		return false
	}
	for i := range n {
		step := uintptr(i) * x.size
		if !x.elem.Equal(unsafe.Add(p, step), unsafe.Add(q, step)) {
			return false
		}
	}
	return true
}

func (x arrayField) clone(dst, src unsafe.Pointer) {
	v := x.field(src)
	if v.IsNil() {
		return
	}
	c := reflect.MakeSlice(x.typ, v.Len(), v.Len())
	reflect.Copy(c, v)
	if x.elem.Clone != nil {
		p, q := c.UnsafePointer(), v.UnsafePointer()
		for i := range v.Len() {
			step := uintptr(i) * x.size
			x.elem.Clone(unsafe.Add(p, step), unsafe.Add(q, step))
		}
	}
	x.field(dst).Set(c)
}
