package mapper

import (
	"reflect"
	"testing"
	"time"
	"unsafe"
)

// TestLayout copies values of all kinds of fields word by word, and makes them zero.
func TestLayout(t *testing.T) {
	type part struct {
		at   *int32
		flag bool
	}
	type all struct {
		_      struct{}
		small  [3]byte
		text   string
		any    any
		err    error
		parts  [2]part
		empty  [0]*int
		bytes  []byte
		values map[string]int
		call   func()
		line   chan int
		raw    unsafe.Pointer
		when   time.Time
		number complex128
		last   uint16
	}
	n := int32(7)
	v := all{small: [3]byte{1, 2, 3}, text: "text", any: 5, err: &PropertyError{}, parts: [2]part{{&n, true}, {nil, true}}, bytes: []byte{1},
		values: map[string]int{"a": 1}, line: make(chan int), empty: [0]*int{}, call: nil, raw: unsafe.Pointer(&n), when: time.Now(), number: 1i, last: 9}
	checkLayout(t, v)
	checkLayout(t, [5]byte{1, 2, 3, 4, 5})
	checkLayout(t, struct {
		a uint32
		b [7]uint8
	}{1, [7]uint8{1, 2, 3, 4, 5, 6, 7}})
	checkLayout(t, struct{}{})
}

func checkLayout[T any](t *testing.T, v T) {
	t.Helper()
	l := layoutOf(reflect.TypeFor[T]())
	guarded := [3]T{}
	l.copy(unsafe.Pointer(&guarded[1]), unsafe.Pointer(&v))
	var zero T
	if want := [3]T{1: v}; !reflect.DeepEqual(guarded, want) {
		t.Errorf("copied %+v, want %+v", guarded, want)
	}
	guarded = [3]T{v, v, v}
	l.zero(unsafe.Pointer(&guarded[1]))
	if want := [3]T{v, zero, v}; !reflect.DeepEqual(guarded, want) {
		t.Errorf("zero is %+v, want %+v", guarded, want)
	}
}
