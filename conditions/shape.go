package conditions

import "encoding/binary"

// Tokens of a shape. A shape is a prefix code: every token says how it goes on,
// so that two different conditions never have the same bytes.
const (
	tokMap     = '{' // entries up to tokEnd
	tokEnd     = '}'
	tokList    = '[' // conditions up to tokListEnd
	tokListEnd = ']'
	tokKey     = 'k' // text; in a map, followed by the entry's value
	tokNull    = 'n'
	tokTrue    = 'T' // operand of $exists only: elsewhere bools are values
	tokFalse   = 'F'
	tokValue   = 'v' // class
	tokValues  = 'l' // flags, class of the elements: a list value in one slot
	tokRaw     = 'r' // text, count, one token for each argument
	tokCol     = 'c' // text
	tokQuery   = 'q' // number of values, shape of the query as text
	tokTexts   = 'x' // count, as many tokValue of classRegexp, then a tokValues for the rest
)

// class is the kind of a value as far as the parser may know it.
type class byte

const (
	classBool   class = 'b'
	classInt    class = 'i'
	classFloat  class = 'f'
	classString class = 's'
	classTime   class = 't'
	classByte   class = 'y' // elements of a []byte
	classList   class = 'a' // elements that are lists
	classMap    class = 'm' // elements that are maps
	classRegexp class = 'r'
	classOther  class = 'o'
	classMixed  class = 'x' // elements of several classes
	classNone   class = '-' // elements of an empty list of unknown type
)

// Flags of a list value.
const (
	listHasValue = 1 << iota // an element that is not nil
	listHasNil
)

// cursor reads tokens. The parser trusts the shape: it was written by Read.
// Truncated input, possible only through misuse, reads as tokEnd.
type cursor struct {
	shape string // texts taken from it are parts of it
	pos   int
	value Slot // slot of the next value
}

func (c *cursor) peek() byte {
	if c.pos >= len(c.shape) {
		return tokEnd
	}
	return c.shape[c.pos]
}

func (c *cursor) next() byte {
	b := c.peek()
	c.pos++
	return b
}

// slot takes the slot of the value at hand.
func (c *cursor) slot() Slot {
	s := c.value
	c.value++
	return s
}

func (c *cursor) uint() int {
	if c.pos >= len(c.shape) {
		return 0
	}
	n, size := binary.Uvarint([]byte(c.shape[c.pos:min(c.pos+binary.MaxVarintLen64, len(c.shape))]))
	if size <= 0 {
		c.pos = len(c.shape)
		return 0
	}
	c.pos += size
	return int(n)
}

func (c *cursor) text() string {
	n := c.uint()
	if n < 0 || n > len(c.shape)-c.pos {
		c.pos = len(c.shape)
		return ""
	}
	s := c.shape[c.pos : c.pos+n]
	c.pos += n
	return s
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
