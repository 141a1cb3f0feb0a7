package unit

import (
	"slices"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// cleared is what Clear lets go of inside of the open transaction: with the entities the unit
// loses what was stored of them before its flushes. What it reads of such rows from then on is
// theirs as the flushes left them, and counts as not read once the transaction is taken back.
type cleared struct {
	// rows are the roots of entities whose rows flushes wrote, links the owning sides of the links
	// they wrote; lostRows and lostLinks those of before entities were let go.
	rows, lostRows   []*mapper.Entity
	links, lostLinks []*mapper.Property
	// kept are the entities that were never let go, nil while none were.
	kept map[*Managed]bool
	// back says that Clear was called in what was just taken back.
	back bool
}

// letGoStep is a call of Clear after flushes.
type letGoStep struct{ u *Unit }

// Undo leaves it to the end.
func (s letGoStep) Undo() { s.u.open.cleared.back = true }

// wroteRow notes a row that a flush wrote.
func (c *cleared) wroteRow(e *mapper.Entity) {
	root := e.Root()
	if n := len(c.rows); n > 0 && c.rows[n-1] == root || slices.Contains(c.rows, root) {
		return
	}
	c.rows = append(c.rows, root)
}

// wroteLinks notes links that a flush wrote.
func (c *cleared) wroteLinks(p *mapper.Property) {
	if p = owningSide(p); !slices.Contains(c.links, p) {
		c.links = append(c.links, p)
	}
}

// owningSide returns the side of a many-to-many relation that writes its links.
func owningSide(p *mapper.Property) *mapper.Property {
	if p.Relation.Owning || p.Relation.Inverse == nil {
		return p
	}
	return p.Relation.Inverse
}

// letGo notes that all entities but these leave the unit.
func (u *Unit) letGo(keep []*Managed) {
	if u.open == nil || len(u.open.cleared.rows)+len(u.open.cleared.links) == 0 {
		return
	}
	c := &u.open.cleared
	first := c.kept == nil
	kept := make(map[*Managed]bool, len(keep))
	for _, m := range keep {
		if first || c.kept[m] {
			kept[m] = true
		}
	}
	c.lostRows, c.lostLinks, c.kept = slices.Clone(c.rows), slices.Clone(c.links), kept
	u.open.keep(letGoStep{u})
}

// lost reports rows of an entity that were written by what nobody knows any more.
func (c *cleared) lost(e *mapper.Entity) bool { return slices.Contains(c.lostRows, e.Root()) }

// unknowCleared takes what was read since Clear for not read, where it may show what is taken back.
func (u *Unit) unknowCleared() {
	if u.open == nil || !u.open.cleared.back {
		return
	}
	c := &u.open.cleared
	c.back = false
	u.open.keep(letGoStep{u}) // the rest of the transaction may be taken back, too
	for _, m := range u.tracked {
		if m == nil || m.Snap == nil || m.Entity == nil || c.kept[m] {
			continue
		}
		u.unknowRow(m, nil, c.lost(m.Meta), c.lost)
		for _, p := range u.Shape(m.Meta).Many {
			if c.lost(p.Relation.Target) || p.Kind == mapper.ManyToMany && slices.Contains(c.lostLinks, owningSide(p)) {
				u.unknowItems(m, p)
			}
		}
	}
}

// unknowItems makes a list one that was not read: what it shows may not be stored, so that adding that
// must not be taken for nothing. What was said of it stays: of a collection that was set as a whole
// since, that it has these items and no others. A slice that the user has changed since, and a list
// that was put into another order, show what they showed, and count as read in part.
func (u *Unit) unknowItems(m *Managed, p *mapper.Property) {
	st := u.Items(m, p)
	if st == nil || st == slot.Empty || !st.Loaded || st.Wiped {
		return
	}
	slice := p.Relation.Style == mapper.SliceField
	if st.Stated && !slice {
		u.open.restated = append(u.open.restated, place{m, p})
		return
	}
	if slice && !sameItems(*p.Slice(m.Entity), st) || p.Relation.Ordered && st.Dirty {
		st.Partial = true
		return
	}
	if slice {
		*p.Slice(m.Entity) = nil
	}
	if !st.Noted {
		u.keepItems(m, p, nil)
		return
	}
	next := slot.NewItems(st.Self, nil, false)
	for _, x := range st.Added.Read() {
		next.Join(x)
	}
	for _, x := range st.Removed.Read() {
		next.Leave(x)
	}
	next.Noted, next.Sets = true, st.Sets
	u.keepItems(m, p, next)
}

// restate sets collections anew, once all is taken back, that were set as a whole since they were read.
func (u *Unit) restate() {
	if u.open == nil {
		return
	}
	list := u.open.restated
	u.open.restated = nil
	for _, t := range list {
		if t.m.Entity == nil || !u.tracks(t.m) {
			continue // it never came to be
		}
		if st := u.Items(t.m, t.p); st != nil && !st.Wiped {
			t.p.Collection(t.m.Entity).Restate()
		}
	}
}
