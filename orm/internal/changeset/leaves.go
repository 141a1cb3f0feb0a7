package changeset

import "math/bits"

// Leaves is a set of leaves of an entity, by Property.Index. The nil set holds
// every leaf, which is the usual case and costs nothing.
type Leaves []uint64

// NoLeaves returns the empty set for n leaves.
func NoLeaves(n int) Leaves { return make(Leaves, (n+63)/64) }

// Has reports whether leaf i is in the set.
func (l Leaves) Has(i int) bool { return l == nil || l[i/64]&(1<<(i%64)) != 0 }

// Add puts leaf i into a set that is not nil.
func (l Leaves) Add(i int) {
	if l != nil {
		l[i/64] |= 1 << (i % 64)
	}
}

// Delete takes leaf i out of a set that is not nil.
func (l Leaves) Delete(i int) { l[i/64] &^= 1 << (i % 64) }

// Clone returns a copy.
func (l Leaves) Clone() Leaves {
	if l == nil {
		return nil
	}
	return append(NoLeaves(0), l...)
}

// Len returns the number of leaves in a set that is not nil.
func (l Leaves) Len() int {
	n := 0
	for _, w := range l {
		n += bits.OnesCount64(w)
	}
	return n
}
