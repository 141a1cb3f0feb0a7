package mapper

import (
	"math"
	"reflect"
	"time"
	"unsafe"
)

// placeKind is the Go form of a field that values can be written into without a box.
type placeKind uint8

const (
	noPlace placeKind = iota // values pass through Access.Store
	placeInt
	placeInt8
	placeInt16
	placeInt32
	placeInt64
	placeUint
	placeUint8
	placeUint16
	placeUint32
	placeUint64
	placeFloat32
	placeFloat64
	placeBool
	placeString
	placeBytes
	placeTime
	placeUUID
)

// place says where a value stands in an entity. Writing there does what
// Access.Store does for values of the matching form, and nothing for others.
type place struct {
	kind placeKind
	// behind reports a pointer to the value at off; flagged that the byte at flag
	// says whether there is one.
	behind, flagged bool
	off, flag       uintptr
}

// placeOf finds the place of a field, following rawAccess.
func placeOf(s accessSpec) place {
	t := s.ref
	switch s.typ.Kind {
	case Custom, JSON, Array, DecimalKind:
		return place{}
	}
	if elem, ok := nullWrapper(t); ok {
		p := placeOf(s.with(elem, s.off+t.typ.Field(0).Offset))
		if p.behind || p.flagged || p.kind == noPlace {
			return place{}
		}
		p.flagged, p.flag = true, s.off+t.typ.Field(1).Offset
		return p
	}
	if t.Kind == reflect.Pointer {
		p := placeOf(s.with(t.Elem, 0))
		if p.behind || p.flagged || p.kind == noPlace {
			return place{}
		}
		p.behind, p.off = true, s.off
		return p
	}
	return place{kind: placeKindOf(s), off: s.off}
}

func placeKindOf(s accessSpec) placeKind {
	t, kind := s.ref, s.typ.Kind
	switch {
	case t.is("time", "Time"):
		if kind == Time || kind == Date {
			return placeTime
		}
		return noPlace
	case t.is("math/big", "Int"):
		return noPlace
	case t.Kind == reflect.Array && t.Elem.Kind == reflect.Uint8:
		if t.Len == 16 && kind == UUIDKind {
			return placeUUID
		}
		return noPlace
	case t.Kind == reflect.Slice && t.Elem.Kind == reflect.Uint8 && kind == Bytes:
		return placeBytes
	case t.Traits.Has(ScanValuer), t.Traits.Has(Texter):
		return noPlace
	}
	if at, ok := basicPlaces[t.Kind]; ok && (at.kind == kind || at.kind == Int && kind == Duration) {
		return at.place
	}
	return noPlace
}

// basicPlaces are the Go kinds and the value kinds they hold as they are.
var basicPlaces = map[reflect.Kind]struct {
	kind  ValueKind
	place placeKind
}{
	reflect.Int: {Int, placeInt}, reflect.Int8: {Int, placeInt8}, reflect.Int16: {Int, placeInt16}, reflect.Int32: {Int, placeInt32},
	reflect.Int64: {Int, placeInt64}, reflect.Uint: {Uint, placeUint}, reflect.Uint8: {Uint, placeUint8}, reflect.Uint16: {Uint, placeUint16},
	reflect.Uint32: {Uint, placeUint32}, reflect.Uint64: {Uint, placeUint64}, reflect.Float32: {Float, placeFloat32},
	reflect.Float64: {Float, placeFloat64}, reflect.Bool: {Bool, placeBool}, reflect.String: {String, placeString},
}

// intFits reports that an integer can be written there.
func (p *place) intFits(n int64) bool {
	switch p.kind {
	case placeInt64:
		return true
	case placeInt:
		return int64(int(n)) == n
	case placeInt8:
		return int64(int8(n)) == n
	case placeInt16:
		return int64(int16(n)) == n
	case placeInt32:
		return int64(int32(n)) == n
	case placeUint64:
		return n >= 0
	case placeUint:
		return n >= 0 && int64(int(n)) == n
	case placeUint8:
		return n >= 0 && n <= math.MaxUint8
	case placeUint16:
		return n >= 0 && n <= math.MaxUint16
	case placeUint32:
		return n >= 0 && n <= math.MaxUint32
	}
	return false
}

// setInt writes an integer that fits.
func (p *place) setInt(to unsafe.Pointer, n int64) {
	switch p.kind {
	case placeInt8, placeUint8:
		*(*int8)(to) = int8(n)
	case placeInt16, placeUint16:
		*(*int16)(to) = int16(n)
	case placeInt32, placeUint32:
		*(*int32)(to) = int32(n)
	case placeInt, placeUint:
		*(*int)(to) = int(n)
	default:
		*(*int64)(to) = n
	}
}

// memoryFor are the pieces of memory that values of a query lie in: texts one
// behind the other, and what pointers point at in arrays. A piece lives as long
// as one of the values in it, and pieces grow with the number of rows.
type memoryFor struct {
	text    []byte
	bytes   []byte // apart from texts: a flush looks at them, and at the texts behind them it does not
	ints    []int64
	floats  []float64
	strings []string
	times   []time.Time
}

// Pieces of text and of values begin small, for reads of one row, and end where
// an allocation more is nothing beside the rows.
const (
	firstText, lastText     = 64, 4096
	firstValues, lastValues = 1, 64
)

// keep copies b, which is not nil, into the memory of bytes.
func (m *memoryFor) keep(b []byte) []byte {
	if len(b) == 0 {
		return []byte{}
	}
	return keepIn(&m.bytes, b)
}

// keepString copies b into the memory of texts.
func (m *memoryFor) keepString(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	kept := keepIn(&m.text, b)
	return unsafe.String(unsafe.SliceData(kept), len(kept))
}

// keepIn copies b to the end of a piece, or of the next one where it has no room.
func keepIn(piece *[]byte, b []byte) []byte {
	at, n := len(*piece), cap(*piece)
	if len(b) > n-at {
		if len(b) > lastText/8 {
			return append(make([]byte, 0, len(b)), b...)
		}
		at, *piece = 0, make([]byte, 0, max(min(4*n, lastText), firstText, len(b)))
	}
	*piece = append(*piece, b...)
	return (*piece)[at:len(*piece):len(*piece)]
}

// take returns the next of a piece of values, which it makes when there is none.
func take[T any](piece *[]T) *T {
	if len(*piece) == cap(*piece) {
		*piece = make([]T, 0, min(max(firstValues, 4*cap(*piece)), lastValues))
	}
	n := len(*piece)
	*piece = (*piece)[:n+1]
	return &(*piece)[n]
}

// target returns the address to write a value to: the field, or fresh memory it
// is made to point at.
func (p *place) target(e unsafe.Pointer, m *memoryFor) unsafe.Pointer {
	if p.flagged {
		*at[bool](e, p.flag) = true
	}
	if !p.behind {
		return unsafe.Add(e, p.off)
	}
	var fresh unsafe.Pointer
	switch p.kind {
	case placeInt, placeInt64, placeUint, placeUint64:
		fresh = unsafe.Pointer(take(&m.ints))
	case placeFloat64:
		fresh = unsafe.Pointer(take(&m.floats))
	case placeString:
		fresh = unsafe.Pointer(take(&m.strings))
	case placeTime:
		fresh = unsafe.Pointer(take(&m.times))
	case placeBytes:
		fresh = unsafe.Pointer(new([]byte))
	case placeUUID:
		fresh = unsafe.Pointer(new([16]byte))
	default: // small numbers and booleans
		fresh = unsafe.Pointer(new(uint32))
	}
	*at[unsafe.Pointer](e, p.off) = fresh
	return fresh
}
