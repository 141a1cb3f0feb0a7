package mapper

import (
	"slices"
	"unsafe"
)

// comparison is how two entities of one type are told apart quickly: all of their memory,
// word by word under masks, and fields that refer to something which may change behind them. Of
// these, plain values behind pointers and bytes are looked at without a call.
type comparison struct {
	spans  []span    // what is compared as memory, in the order of the properties
	masks  []uint64  // the same, by words of the entity: the bits that count
	rest   []span    // the same, behind the last whole word
	behind []span    // pointers, by their offset and the size of what they point at
	bytes  []uintptr // offsets of []byte
	deep   []func(a, b unsafe.Pointer) bool
}

// span is a stretch of an entity's memory.
type span struct{ offset, size uintptr }

func (c *comparison) clone() comparison {
	return comparison{spans: slices.Clone(c.spans), behind: slices.Clone(c.behind), bytes: slices.Clone(c.bytes), deep: slices.Clone(c.deep)}
}

// add takes a property into the comparison.
func (c *comparison) add(p *propDraft) {
	prop := p.prop
	switch {
	case prop.Kind == Inline && p.variants != nil:
		c.deep = append(c.deep, prop.Access.Equal)
	case p.oneOf != nil: // the value is compared as a whole
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

// join makes the masks for entities of a size.
func (c *comparison) join(size uintptr) {
	c.masks, c.rest = make([]uint64, size/word), nil
	for _, s := range c.spans {
		for i := s.offset; i < s.offset+s.size; i++ {
			if i/word == uintptr(len(c.masks)) {
				c.rest = append(c.rest, span{i, s.offset + s.size - i})
				break
			}
			(*[word]byte)(unsafe.Pointer(&c.masks[i/word]))[i%word] = 0xff
		}
	}
	for len(c.masks) > 0 && c.masks[len(c.masks)-1] == 0 {
		c.masks = c.masks[:len(c.masks)-1]
	}
}

const word = unsafe.Sizeof(uint64(0))

// Unchanged reports that the entity at a has the values of that at b, its snapshot,
// as far as a look at their memory tells: true is certain, false may also mean equal
// values that are stored differently, a string in other memory for instance. To-many
// relations are not looked at.
func (e *Entity) Unchanged(a, b unsafe.Pointer) bool {
	same := &e.memory.same
	if !equalWords(a, b, same.masks) {
		return false
	}
	for _, s := range same.rest {
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

// equalWords compares what masks let through of memory. Four words at a time take one branch.
func equalWords(a, b unsafe.Pointer, masks []uint64) bool {
	i := 0
	for ; i+4 <= len(masks); i += 4 {
		x, y, m := at[[4]uint64](a, uintptr(i)*word), at[[4]uint64](b, uintptr(i)*word), (*[4]uint64)(masks[i:])
		if (x[0]^y[0])&m[0]|(x[1]^y[1])&m[1]|(x[2]^y[2])&m[2]|(x[3]^y[3])&m[3] != 0 {
			return false
		}
	}
	for ; i < len(masks); i++ {
		if (*at[uint64](a, uintptr(i)*word)^*at[uint64](b, uintptr(i)*word))&masks[i] != 0 {
			return false
		}
	}
	return true
}

// equalBytes compares memory, which for the size of a value is faster than a call.
func equalBytes(a, b unsafe.Pointer, size uintptr) bool {
	i := uintptr(0)
	for ; i+word <= size; i += word {
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
