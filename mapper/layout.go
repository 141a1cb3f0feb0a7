package mapper

import (
	"reflect"
	"unsafe"
)

// layout is how the memory of a struct is copied and made zero without reflection, which takes
// longer than the few words of an entity: addresses are written as what they are, so that the
// collector of garbage sees them, and what lies between as words.
type layout struct {
	addresses []uintptr
	words     []uintptr
	rest      []span // less than a word
}

// address is the size of one, and of a word.
const address = unsafe.Sizeof(uintptr(0))

// layoutOf finds the addresses in values of a type.
func layoutOf(t reflect.Type) layout {
	var l layout
	all := make([]uintptr, 0, t.Size()/address) // each is in one of both lists
	addressesIn(t, 0, func(at uintptr) { all = append(all, at) })
	l.addresses, l.words = all[:len(all):len(all)], all[len(all):]
	at, next := uintptr(0), 0
	for ; at+address <= t.Size(); at += address {
		if next < len(l.addresses) && l.addresses[next] == at {
			next++
			continue
		}
		l.words = append(l.words, at)
	}
	if at < t.Size() {
		l.rest = []span{{at, t.Size() - at}}
	}
	return l
}

// addressesIn calls yield for each word of a value that is an address, in their order.
func addressesIn(t reflect.Type, at uintptr, yield func(at uintptr)) {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func, reflect.String, reflect.Slice:
		yield(at)
	case reflect.Interface:
		yield(at)
		yield(at + address)
	case reflect.Array:
		for i := range t.Len() {
			addressesIn(t.Elem(), at+uintptr(i)*t.Elem().Size(), yield)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			addressesIn(f.Type, at+f.Offset, yield)
		}
	}
}

// copy copies a value from src to dst.
func (l *layout) copy(dst, src unsafe.Pointer) {
	for _, o := range l.words {
		*at[uintptr](dst, o) = *at[uintptr](src, o)
	}
	for _, o := range l.addresses {
		*at[unsafe.Pointer](dst, o) = *at[unsafe.Pointer](src, o)
	}
	for _, s := range l.rest {
		copy(unsafe.Slice(at[byte](dst, s.offset), s.size), unsafe.Slice(at[byte](src, s.offset), s.size))
	}
}

// zero makes a value zero.
func (l *layout) zero(p unsafe.Pointer) {
	for _, o := range l.words {
		*at[uintptr](p, o) = 0
	}
	for _, o := range l.addresses {
		*at[unsafe.Pointer](p, o) = nil
	}
	for _, s := range l.rest {
		clear(unsafe.Slice(at[byte](p, s.offset), s.size))
	}
}
