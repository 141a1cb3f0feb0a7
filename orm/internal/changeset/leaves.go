package changeset

import "math/bits"

// Leaves is a set of leaves of an entity, by Property.Index. The nil set holds
// every leaf, which is the usual case and costs nothing.
type Leaves struct {
	first uint64
	rest  []uint64 // of the leaves from 64 on
}

// NoLeaves returns the empty set for n leaves.
func NoLeaves(n int) *Leaves {
	l := &Leaves{}
	if n > 64 {
		l.rest = make([]uint64, (n-1)/64)
	}
	return l
}

// word returns the word that holds leaf i.
func (l *Leaves) word(i int) *uint64 {
	if i < 64 {
		return &l.first
	}
	return &l.rest[i/64-1]
}

// Has reports whether leaf i is in the set.
func (l *Leaves) Has(i int) bool { return l == nil || *l.word(i)&(1<<(i%64)) != 0 }

// Add puts leaf i into a set that is not nil.
func (l *Leaves) Add(i int) {
	if l != nil {
		*l.word(i) |= 1 << (i % 64)
	}
}

// Delete takes leaf i out of a set that is not nil.
func (l *Leaves) Delete(i int) { *l.word(i) &^= 1 << (i % 64) }

// Clone returns a copy.
func (l *Leaves) Clone() *Leaves {
	if l == nil {
		return nil
	}
	c := &Leaves{first: l.first}
	c.rest = append(c.rest, l.rest...)
	return c
}

// Len returns the number of leaves in a set that is not nil.
func (l *Leaves) Len() int {
	n := bits.OnesCount64(l.first)
	for _, w := range l.rest {
		n += bits.OnesCount64(w)
	}
	return n
}
