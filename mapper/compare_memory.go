package mapper

import (
	"slices"
	"unsafe"
)

// comparison is how two entities of one type are told apart quickly: all of their memory,
// word by word, and fields that refer to something which may change behind them. Of these, plain
// values behind pointers and bytes are looked at without a call.
type comparison struct {
	spans  []span       // what is compared as memory, in the order of the properties
	words  [4][]uintptr // the same, by offsets of one word, of two, three and four in a row
	masked []masked     // the words of which some bits count
	rest   []span       // what lies behind the last whole word
	behind []span       // pointers, by their offset and the size of what they point at
	word   []uintptr    // offsets of those that point at one word
	pair   []uintptr    // of those that point at two, a string for instance
	others []span       // those that point at anything else
	bytes  []uintptr    // offsets of []byte
	deep   []func(a, b unsafe.Pointer) bool
}

// masked is a word of an entity and the bits of it that count.
type masked struct {
	offset uintptr
	mask   uint64
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

// join sorts what is compared for entities of a size.
func (c *comparison) join(size uintptr) {
	masks := make([]uint64, size/word)
	c.rest = nil
	for _, s := range c.spans {
		for i := s.offset; i < s.offset+s.size; i++ {
			if i/word == uintptr(len(masks)) {
				c.rest = append(c.rest, span{i, s.offset + s.size - i})
				break
			}
			(*[word]byte)(unsafe.Pointer(&masks[i/word]))[i%word] = 0xff
		}
	}
	c.masked = nil
	for i, m := range masks {
		if m != 0 && m != ^uint64(0) {
			c.masked = append(c.masked, masked{uintptr(i) * word, m})
		}
	}
	c.words = wholeWords(masks)
	c.word, c.pair, c.others = nil, nil, nil
	for _, s := range c.behind {
		switch s.size {
		case word:
			c.word = append(c.word, s.offset)
		case 2 * word:
			c.pair = append(c.pair, s.offset)
		default:
			c.others = append(c.others, s)
		}
	}
}

// wholeWords returns where the words that count as a whole begin, by how many are in a row.
func wholeWords(masks []uint64) (words [4][]uintptr) {
	each := func(yield func(i, n int)) {
		for i := 0; i < len(masks); i++ {
			n := 0
			for n < len(words) && i+n < len(masks) && masks[i+n] == ^uint64(0) {
				n++
			}
			if n > 0 {
				yield(i, n)
				i += n - 1
			}
		}
	}
	// They are counted first, so that one array holds them: opening makes this for each entity.
	var counts [len(words)]int
	sum := 0
	each(func(_, n int) { counts[n-1]++; sum++ })
	all := make([]uintptr, sum)
	for k, n := range counts {
		words[k], all = all[:0:n], all[n:]
	}
	each(func(i, n int) { words[n-1] = append(words[n-1], uintptr(i)*word) })
	return words
}

const word = unsafe.Sizeof(uint64(0))

// Unchanged reports that the entity at a has the values of that at b, its snapshot,
// as far as a look at their memory tells: true is certain, false may also mean equal
// values that are stored differently, a string in other memory for instance. To-many
// relations are not looked at.
func (e *Entity) Unchanged(a, b unsafe.Pointer) bool {
	same := &e.memory.same
	// Differences are gathered: a branch for each word would take longer than all words.
	differ := uint64(0)
	for _, o := range same.words[3] {
		x, y := at[[4]uint64](a, o), at[[4]uint64](b, o)
		differ |= (x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3])
	}
	for _, o := range same.words[2] {
		x, y := at[[3]uint64](a, o), at[[3]uint64](b, o)
		differ |= (x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2])
	}
	for _, o := range same.words[1] {
		x, y := at[[2]uint64](a, o), at[[2]uint64](b, o)
		differ |= (x[0] ^ y[0]) | (x[1] ^ y[1])
	}
	for _, o := range same.words[0] {
		differ |= *at[uint64](a, o) ^ *at[uint64](b, o)
	}
	for _, m := range same.masked {
		differ |= (*at[uint64](a, m.offset) ^ *at[uint64](b, m.offset)) & m.mask
	}
	if differ != 0 {
		return false
	}
	for _, o := range same.word {
		p, q := *at[*uint64](a, o), *at[*uint64](b, o)
		if p != q && (p == nil || q == nil || *p != *q) {
			return false
		}
	}
	for _, o := range same.pair {
		p, q := *at[*[2]uint64](a, o), *at[*[2]uint64](b, o)
		if p != q && (p == nil || q == nil || (p[0]^q[0])|(p[1]^q[1]) != 0) {
			return false
		}
	}
	for _, o := range same.bytes {
		x, y := *at[[]byte](a, o), *at[[]byte](b, o)
		if len(x) != len(y) || (x == nil) != (y == nil) || !equalSlices(x, y) {
			return false
		}
	}
	if len(same.rest)+len(same.others)+len(same.deep) == 0 {
		return true
	}
	return same.unchanged(a, b)
}

// unchanged compares what few entities have.
func (same *comparison) unchanged(a, b unsafe.Pointer) bool {
	for _, s := range same.rest {
		if !equalBytes(unsafe.Add(a, s.offset), unsafe.Add(b, s.offset), s.size) {
			return false
		}
	}
	for _, s := range same.others {
		p, q := *at[unsafe.Pointer](a, s.offset), *at[unsafe.Pointer](b, s.offset)
		if p != q && (p == nil || q == nil || !equalBytes(p, q, s.size)) {
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

// equalSlices compares bytes of one length, a few of them without a call.
func equalSlices(x, y []byte) bool {
	n := uintptr(len(x))
	if n < word || n > 2*word {
		return string(x) == string(y)
	}
	p, q := unsafe.Pointer(unsafe.SliceData(x)), unsafe.Pointer(unsafe.SliceData(y))
	return (*at[uint64](p, 0)^*at[uint64](q, 0))|(*at[uint64](p, n-word)^*at[uint64](q, n-word)) == 0
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
