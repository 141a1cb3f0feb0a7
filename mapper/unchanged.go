package mapper

import (
	"cmp"
	"slices"
	"unsafe"
)

// comparison is how two entities of one type are told apart quickly: stretches of
// memory that are compared as bytes, and fields that refer to something which may
// change behind them.
type comparison struct {
	spans []span
	deep  []func(a, b unsafe.Pointer) bool
}

// span is a stretch of an entity's memory.
type span struct{ offset, size uintptr }

func (c *comparison) clone() comparison {
	return comparison{slices.Clone(c.spans), slices.Clone(c.deep)}
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
	for _, equal := range same.deep {
		if !equal(a, b) {
			return false
		}
	}
	return true
}

// equalBytes compares memory word by word, which for the size of an entity is faster
// than a call.
func equalBytes(a, b unsafe.Pointer, size uintptr) bool {
	const word = unsafe.Sizeof(uint64(0))
	i := uintptr(0)
	for ; i+word <= size; i += word {
		if *(*uint64)(unsafe.Add(a, i)) != *(*uint64)(unsafe.Add(b, i)) {
			return false
		}
	}
	for ; i < size; i++ {
		if *(*byte)(unsafe.Add(a, i)) != *(*byte)(unsafe.Add(b, i)) {
			return false
		}
	}
	return true
}
