package unit

import (
	"fmt"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// claim is what changed views say of the owner of one row that holds a reference.
type claim struct {
	claimKey
	// owner is the target of the reference when set: nil for null. says is who says so.
	owner *slot.Entry
	set   bool
	says  place
	// by is others when a view but the reference itself says so.
	by voice
	// left are owners that gave the row up, nil for none.
	left *[]*slot.Entry
}

// claimKey is the row and the reference it holds.
type claimKey struct {
	row *Managed
	ref *mapper.Property
}

// claims are those of one run of Sync, in the order in which they were made. The memory
// serves the next run.
type claims struct {
	pieces [][]claim // each twice as long as the one before, so that no claim ever moves
	n      int
	// index finds a claim: open addressing, with positions counted from 1 and 0 for a free place.
	index []uint32
}

// firstClaims is how many claims there is room for at first.
const firstClaims = 4

// at returns the claim at a position.
func (c *claims) at(i int) *claim {
	piece := bits.Len(uint(i/firstClaims+1)) - 1
	return &c.pieces[piece][i-firstClaims*(1<<piece-1)]
}

// reset forgets all claims.
func (c *claims) reset() {
	if c.n == 0 {
		return
	}
	for _, piece := range c.pieces {
		clear(piece)
	}
	clear(c.index)
	c.n = 0
}

// find returns the claim on a row's reference, nil when there is none.
func (c *claims) find(key claimKey) *claim {
	if c.n == 0 {
		return nil
	}
	if at := c.index[c.place(key)]; at > 0 {
		return c.at(int(at - 1))
	}
	return nil
}

// place returns where the position of a claim stands in the index, or belongs.
func (c *claims) place(key claimKey) int {
	h := (uint64(uintptr(unsafe.Pointer(key.row))) ^ uint64(uintptr(unsafe.Pointer(key.ref)))>>3) * 0x9e3779b97f4a7c15
	i, _ := bits.Mul64(h, uint64(len(c.index)))
	for c.index[i] > 0 && c.at(int(c.index[i]-1)).claimKey != key {
		if i++; i == uint64(len(c.index)) {
			i = 0
		}
	}
	return int(i)
}

// add makes the claim on a row's reference, on which there is none.
func (c *claims) add(key claimKey) *claim {
	if 4*c.n >= 3*len(c.index) {
		c.index = make([]uint32, max(2*len(c.index), 2*firstClaims))
		for i := range c.n {
			c.index[c.place(c.at(i).claimKey)] = uint32(i + 1)
		}
	}
	if c.n == firstClaims*(1<<len(c.pieces)-1) {
		c.pieces = append(c.pieces, make([]claim, firstClaims<<len(c.pieces)))
	}
	place := c.place(key)
	c.n++
	c.index[place] = uint32(c.n)
	made := c.at(c.n - 1)
	made.claimKey = key
	return made
}

// claim returns the claim on a row's reference, making it.
func (s *syncing) claim(row *Managed, ref *mapper.Property) *claim {
	key := claimKey{row, ref}
	if c := s.claims.find(key); c != nil {
		return c
	}
	return s.claims.add(key)
}

// claimed reports a claim on a row's reference.
func (s *syncing) claimed(row *Managed, ref *mapper.Property) bool {
	return s.claims.find(claimKey{row, ref}) != nil
}

// leave notes an owner that gave the row up.
func (c *claim) leave(owner *slot.Entry) {
	if c.left == nil {
		c.left = &[]*slot.Entry{}
	}
	*c.left = append(*c.left, owner)
}

// assign notes that a view says where the reference leads.
func (c *claim) assign(s *syncing, owner *slot.Entry, by place) {
	if c.set && c.owner != owner && !planted.Is(planted.SyncConflict) {
		s.fail(by.problem(changeset.ErrConflict, fmt.Sprintf("%s makes %s of %s lead to %s, but %s says %s; change one of them",
			by.String(), c.ref.Path, c.row.Describe(), c.told(owner, by), c.says.String(), c.told(c.owner, c.says))))
		return
	}
	c.owner, c.set, c.says = owner, true, by
	if by != (place{c.row, c.ref}) {
		c.by = others
	} else if c.by == nobody {
		c.by = own
	}
}

// told tells what a view says: the target, or for a view of the other side whose it is.
func (c *claim) told(owner *slot.Entry, by place) string {
	if by.p == c.ref || owner == nil {
		return describe(owner)
	}
	return describe(owner) + " (" + by.p.Path + ")"
}

// settled returns where the reference leads in the end.
func (c *claim) settled(u *Unit) (owner *slot.Entry, changed bool) {
	if c.set {
		return c.owner, true
	}
	now := u.baseline(c.row, c.ref).target
	return nil, c.left != nil && (now != nil && slices.Contains(*c.left, now) || u.unheard(c.row, c.ref))
}
