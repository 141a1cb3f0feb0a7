package mapper

import (
	"bytes"
	"time"
	"unsafe"
)

// Renew makes dst, a copy of the entity at src as it was, one of it as it is. What fields refer to
// is copied where it has changed, and stays where it has not: few fields of an entity do.
func (s *Slab) Renew(dst, src unsafe.Pointer) {
	clones := s.entity.memory.clones
	var kept [8]own // fields behind these are copied anyway
	for i := range min(len(clones), len(kept)) {
		kept[i] = clones[i].place.own(dst, src)
	}
	s.entity.set(dst, src)
	for i := range clones {
		if i >= len(kept) || !kept[i].restore(dst, clones[i].place.off) {
			clones[i].run(dst, src, &s.memory)
		}
	}
}

// own is what a field of a copy refers to: a value behind a pointer, or bytes.
type own struct {
	pointer unsafe.Pointer
	bytes   []byte
}

// own returns what the field of a copy refers to where it is what that of the original refers to.
func (p *place) own(dst, src unsafe.Pointer) (o own) {
	switch {
	case p.flagged:
	case p.behind:
		if a, b := *at[unsafe.Pointer](dst, p.off), *at[unsafe.Pointer](src, p.off); a != nil && b != nil && a != b && p.kind.equal(a, b) {
			o.pointer = a
		}
	case p.kind == placeBytes:
		if a, b := *at[[]byte](dst, p.off), *at[[]byte](src, p.off); len(a) > 0 && unsafe.SliceData(a) != unsafe.SliceData(b) && bytes.Equal(a, b) {
			o.bytes = a
		}
	}
	return o
}

// restore gives the field back to the copy; ok is false when there is nothing to give.
func (o *own) restore(dst unsafe.Pointer, off uintptr) (ok bool) {
	switch {
	case o.pointer != nil:
		*at[unsafe.Pointer](dst, off) = o.pointer
	case o.bytes != nil:
		*at[[]byte](dst, off) = o.bytes
	default:
		return false
	}
	return true
}

// equal reports that values of the kind are the same, without doubt.
func (k placeKind) equal(a, b unsafe.Pointer) bool {
	switch k {
	case placeInt, placeUint:
		return *(*uint)(a) == *(*uint)(b)
	case placeInt64, placeUint64, placeFloat64:
		return *(*uint64)(a) == *(*uint64)(b)
	case placeString:
		return *(*string)(a) == *(*string)(b)
	case placeTime:
		return *(*time.Time)(a) == *(*time.Time)(b)
	}
	return false
}
