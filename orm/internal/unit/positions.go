package unit

import (
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Unplaced returns the ordered collections that were changed and read without the stored
// places of their items, which need not follow each other.
func (u *Unit) Unplaced() (list []Collection) {
	for _, t := range u.touched {
		if !t.p.Relation.Ordered || !t.p.Relation.Owning || t.m.State != Clean || t.m.Snap == nil {
			continue
		}
		if s := u.Items(t.m, t.p); s != nil && s.Dirty && s.Loaded && !s.Partial && !s.Wiped && !s.Placed && len(s.Known) > 0 {
			list = append(list, Collection{t.m, t.p, false})
		}
	}
	return list
}

// SetPlaces tells the stored places of all items of an ordered collection that was just
// read; nil places are not known.
func (u *Unit) SetPlaces(m *Managed, p *mapper.Property, rows []*Managed, places []int32) {
	s := u.Items(m, p)
	if places == nil || s == nil || !s.Loaded || s.Partial {
		return
	}
	seats := make([]seat, len(rows))
	for i, row := range rows {
		seats[i] = seat{row.Entity, int(places[i])}
	}
	s.Known, s.Placed = seated(s.Known, seats), true
}

// seat is the stored place of an item.
type seat struct {
	x  unsafe.Pointer
	at int
}

// seated returns what is known of a list with every item at its stored place, and nil in
// places that have none.
func seated(list []unsafe.Pointer, seats []seat) []unsafe.Pointer {
	last := -1
	for _, s := range seats {
		last = max(last, s.at)
	}
	var known []unsafe.Pointer
	if last < 4*len(seats)+64 {
		known = make([]unsafe.Pointer, last+1)
	}
	for _, s := range seats {
		if s.at < 0 || s.at >= len(known) || known[s.at] != nil {
			return append([]unsafe.Pointer{nil}, list...) // nothing stands where it should: all get a new place
		}
		known[s.at] = s.x
	}
	return known
}

// Position is the stored place of an item, by its key.
type Position struct {
	Key any
	At  int
}

// Place tells where the items of an ordered collection stand in the database.
func (u *Unit) Place(m *Managed, p *mapper.Property, positions []Position) {
	s := u.Items(m, p)
	seats := make([]seat, len(positions))
	for i, at := range positions {
		seats[i].at = at.At
		if item := u.Lookup(p.Relation.Target, at.Key); item != nil {
			seats[i].x = item.Entity
		}
	}
	s.Known, s.Placed = seated(s.Known, seats), true
}
