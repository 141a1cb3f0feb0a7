package unit

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// Deletes makes room for n entities whose rows were deleted, and are told one by one.
func (p *Publication) Deletes(n int) {
	p.list = slices.Grow(p.list, n)
	p.ends(n)
}

// ends is about what ends with the rows of n entities.
func (p *Publication) ends(n int) {
	if n > firstRoom && 2*n > p.u.Size() {
		p.u.byAddress = nil // few are left to be entered again, should somebody ask
	}
	p.u.ended.list = slices.Grow(p.u.ended.list, n)
}

// Deleted publishes the end of a row.
func (p *Publication) Deleted(m *Managed) {
	p.end(m)
	p.deleted(m)
	if m.Key != nil {
		p.u.ids.Delete(m.Meta, m.Key, &m.Entry)
	}
}

// DeletedAll is Deleted for many rows, between which nothing is looked up by keys: where few
// entities are left, their keys are entered again instead of taking out each that goes.
func (p *Publication) DeletedAll(list []*Managed) {
	p.ends(len(list))
	if p.list == nil {
		p.list = slices.Clip(list) // nobody writes it, and what follows makes a copy
	} else {
		p.list = append(p.list, list...)
	}
	gone := p.u.Mark()
	for _, m := range list {
		gone.First(m)
		p.deleted(m)
	}
	goes := func(e *slot.Entry) bool { return Of(e).mark == uint32(gone) }
	for len(list) > 0 {
		root, n := list[0].Meta.Root(), 1
		for n < len(list) && list[n].Meta.Root() == root {
			n++
		}
		if n <= firstRoom || !p.u.ids.DeleteMost(root, n, goes) {
			for _, m := range list[:n] {
				if m.Key != nil {
					p.u.ids.Delete(m.Meta, m.Key, &m.Entry)
				}
			}
		}
		list = list[n:]
	}
}

// deleted is Deleted but for the key, and the list of those that are gone.
func (p *Publication) deleted(m *Managed) {
	u := p.u
	u.flushed(m, Dropped, nil)
	if u.open != nil {
		u.open.deleted = true
	}
	u.ended.list = append(u.ended.list, endedRow{m.Entity, m.Meta})
	m.State = Dropped
	u.untrack(m)
}

// ended are entities whose rows were deleted: those of the list are made findable when
// somebody asks.
type ended struct {
	list  []endedRow
	found map[unsafe.Pointer]*mapper.Entity
}

// endedRow is such an entity with its type: one reached through a field of the base's type is
// inserted again as what it was.
type endedRow struct {
	entity unsafe.Pointer
	meta   *mapper.Entity
}

// of returns the type of an entity whose row was deleted, nil for others.
func (e *ended) of(x unsafe.Pointer) *mapper.Entity {
	if len(e.found) == 0 && len(e.list) > 0 {
		e.found = make(map[unsafe.Pointer]*mapper.Entity, len(e.list))
	}
	for _, row := range e.list {
		e.found[row.entity] = row.meta
	}
	clear(e.list)
	e.list = e.list[:0]
	return e.found[x]
}
