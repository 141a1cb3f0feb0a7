package mapper

import (
	"cmp"
	"slices"
	"unsafe"
)

// comparison is how two entities of one type are told apart quickly: stretches of
// memory that are compared as bytes, and fields that refer to something which may
// change behind them. Of these, plain values behind pointers and bytes are looked at
// without a call.
type comparison struct {
	spans  []span
	behind []span    // pointers, by their offset and the size of what they point at
	bytes  []uintptr // offsets of []byte
	deep   []func(a, b unsafe.Pointer) bool
}

// span is a stretch of an entity's memory.
type span struct{ offset, size uintptr }

func (c *comparison) clone() comparison {
	return comparison{slices.Clone(c.spans), slices.Clone(c.behind), slices.Clone(c.bytes), slices.Clone(c.deep)}
}

// add takes a property into the comparison.
func (c *comparison) add(p *propDraft) {
	prop := p.prop
	switch {
	case prop.Kind.IsToMany() || prop.Kind == Inline || prop.Virtual || prop.Formula != "":
	case prop.Relation != nil && p.via == nil:
		c.spans = append(c.spans, span{p.offset, unsafe.Sizeof(p)})
	case prop.Relation != nil:
		c.deep = append(c.deep, func(a, b unsafe.Pointer) bool {
			x, s := prop.Reference(a)
			y, t := prop.Reference(b)
			return x == y && s == t
		})
	case prop.Access.Equal == nil:
	case p.via == nil && !prop.Shadow && prop.Access.Clone == nil && p.typ != nil && p.typ.typ != nil && p.typ.typ.Comparable():
		c.spans = append(c.spans, span{p.offset, p.typ.typ.Size()})
	case p.via == nil && !prop.Shadow && prop.place.kind == placeBytes && !prop.place.flagged && !prop.place.behind:
		c.bytes = append(c.bytes, p.offset)
	case p.via == nil && !prop.Shadow && prop.place.kind != noPlace && prop.place.behind && p.typ.Elem.typ != nil && p.typ.Elem.typ.Comparable():
		c.behind = append(c.behind, span{p.offset, p.typ.Elem.typ.Size()})
	default:
		c.deep = append(c.deep, prop.Access.Equal)
	}
}

// padding is the most a compiler leaves between two fields. Comparing it as well
// costs less than comparing two stretches.
const padding = 8

// join sorts the spans and merges neighbours.
func (c *comparison) join() {
	slices.SortFunc(c.spans, func(a, b span) int { return cmp.Compare(a.offset, b.offset) })
	joined := c.spans[:0]
	for _, s := range c.spans {
		if n := len(joined); n > 0 && s.offset < joined[n-1].offset+joined[n-1].size+padding {
			joined[n-1].size = max(joined[n-1].size, s.offset+s.size-joined[n-1].offset)
			continue
		}
		joined = append(joined, s)
	}
	c.spans = slices.Clip(joined)
}

// Unchanged reports that the entity at a has the values of that at b, its snapshot,
// as far as a look at their memory tells: true is certain, false may also mean equal
// values that are stored differently, a string in other memory for instance. To-many
// relations are not looked at.
func (e *Entity) Unchanged(a, b unsafe.Pointer) bool {
	same := &e.memory.same
	for _, s := range same.spans {
		if !equalBytes(unsafe.Add(a, s.offset), unsafe.Add(b, s.offset), s.size) {
			return false
		}
	}
	for _, s := range same.behind {
		p, q := *at[unsafe.Pointer](a, s.offset), *at[unsafe.Pointer](b, s.offset)
		if p != q && (p == nil || q == nil || !equalBytes(p, q, s.size)) {
			return false
		}
	}
	for _, offset := range same.bytes {
		x, y := *at[[]byte](a, offset), *at[[]byte](b, offset)
		if (x == nil) != (y == nil) || string(x) != string(y) {
			return false
		}
	}
	for _, equal := range same.deep {
		if !equal(a, b) {
			return false
		}
	}
	return true
}

// equalBytes compares memory word by word, which for the size of an entity is faster
// than a call. Four words at a time take one branch.
func equalBytes(a, b unsafe.Pointer, size uintptr) bool {
	i := uintptr(0)
	for ; i+32 <= size; i += 32 {
		x, y := (*[4]uint64)(unsafe.Add(a, i)), (*[4]uint64)(unsafe.Add(b, i))
		if (x[0]^y[0])|(x[1]^y[1])|(x[2]^y[2])|(x[3]^y[3]) != 0 {
			return false
		}
	}
	for ; i+8 <= size; i += 8 {
		if *at[uint64](a, i) != *at[uint64](b, i) {
			return false
		}
	}
	for ; i < size; i++ {
		if *at[byte](a, i) != *at[byte](b, i) {
			return false
		}
	}
	return true
}
