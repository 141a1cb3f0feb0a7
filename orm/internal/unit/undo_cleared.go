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
	// wrote is what flushes wrote, lost what they had written when entities were let go.
	wrote, lost writes
	// kept are the entities that were kept then, with what was lost when they came.
	kept map[*Managed]writes
	// back says that Clear was called in what was just taken back.
	back bool
}

// writes are the roots of entities whose rows were written, and the owning sides of links that were.
type writes struct {
	rows  []*mapper.Entity
	links []*mapper.Property
}

// has reports rows of an entity, hasLinks links of a relation.
func (w writes) has(e *mapper.Entity) bool { return slices.Contains(w.rows, e.Root()) }
func (w writes) hasLinks(p *mapper.Property) bool {
	return p.Kind == mapper.ManyToMany && slices.Contains(w.links, owningSide(p))
}

// letGoStep is a call of Clear after flushes.
type letGoStep struct{ u *Unit }

// Undo leaves it to the end.
func (s letGoStep) Undo() { s.u.open.cleared.back = true }

// wroteRow notes a row that a flush wrote.
func (c *cleared) wroteRow(e *mapper.Entity) {
	root := e.Root()
	if rows := c.wrote.rows; len(rows) > 0 && rows[len(rows)-1] == root || slices.Contains(rows, root) {
		return
	}
	c.wrote.rows = append(c.wrote.rows, root)
}

// wroteLinks notes links that a flush wrote.
func (c *cleared) wroteLinks(p *mapper.Property) {
	if p = owningSide(p); !slices.Contains(c.wrote.links, p) {
		c.wrote.links = append(c.wrote.links, p)
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
	if u.open == nil || len(u.open.cleared.wrote.rows)+len(u.open.cleared.wrote.links) == 0 {
		return
	}
	c := &u.open.cleared
	kept := make(map[*Managed]writes, len(keep))
	for _, m := range keep {
		kept[m] = c.lostTo(m)
	}
	c.lost, c.kept = writes{slices.Clone(c.wrote.rows), slices.Clone(c.wrote.links)}, kept
	u.open.keep(letGoStep{u})
}

// lostTo is what had been written by what nobody knows any more when m came.
func (c *cleared) lostTo(m *Managed) writes {
	if lost, kept := c.kept[m]; kept {
		return lost
	}
	return c.lost
}

// unknowCleared takes what was read since Clear for not read, where it may show what is taken back.
func (u *Unit) unknowCleared() {
	if u.open == nil || !u.open.cleared.back {
		return
	}
	c := &u.open.cleared
	c.back = false
	u.open.keep(letGoStep{u}) // the rest of the transaction may be taken back, too
	for _, m := range u.tracked {
		if m == nil || m.Snap == nil || m.Entity == nil {
			continue
		}
		lost := c.lostTo(m)
		if len(lost.rows)+len(lost.links) == 0 {
			continue
		}
		u.unknowRow(m, nil, lost.has(m.Meta), lost.has)
		for _, p := range u.Shape(m.Meta).Many {
			if lost.has(p.Relation.Target) || lost.hasLinks(p) {
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
