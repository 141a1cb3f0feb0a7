package flush

import (
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// placed adds to a change what joins an ordered list, and what is at another place in it.
func (w *Work) placed(l *changeset.LinkChange, m *unit.Managed, p *mapper.Property, s *slot.Items, added []unsafe.Pointer) (err error) {
	known, list := s.Known, s.View()
	arrays := w.KeyArrays && m.Snap != nil && !l.Clear
	var gone []unsafe.Pointer
	if arrays {
		known, _ = w.parted(known)
		list, gone = w.parted(list)
	}
	if m.Snap != nil && !l.Clear {
		for _, i := range changeset.DiffItems(known, list).Moved {
			if w.goes(list[i]) {
				continue
			}
			if l.Moved, err = w.addLink(l.Moved, m, p, list[i], i); err != nil {
				return err
			}
		}
	}
	for _, x := range added {
		if w.goes(x) {
			continue // and the link with it
		}
		if l.Added, err = w.addLink(l.Added, m, p, x, slices.Index(list, x)); err != nil {
			return err
		}
	}
	if arrays && !l.Empty() {
		return w.inArray(l, m, p, s, gone)
	}
	return nil
}

// parted parts a list into the items that stay and those that go, or never come to be. What is not known
// stays.
func (w *Work) parted(list []unsafe.Pointer) (stay, gone []unsafe.Pointer) {
	leaves := func(x unsafe.Pointer) bool {
		if x == nil {
			return false
		}
		target := w.Unit.PlaceOf(x)
		return target == nil || target.State == unit.Dropped || w.goes(x)
	}
	if !slices.ContainsFunc(list, leaves) {
		return list, nil
	}
	for _, x := range list {
		if leaves(x) {
			gone = append(gone, x)
		} else {
			stay = append(stay, x)
		}
	}
	return stay, gone
}

// inArray makes a change one of an array, in which a place is counted by what stands before it: what goes
// leaves before anything is put to its place, and what joins is put there together with what moves.
func (w *Work) inArray(l *changeset.LinkChange, m *unit.Managed, p *mapper.Property, s *slot.Items, gone []unsafe.Pointer) (err error) {
	for _, x := range gone {
		if s.Added.Has(x) {
			continue // which was never there
		}
		if l.Removed, err = w.addLink(l.Removed, m, p, x, 0); err != nil {
			return err
		}
	}
	if len(l.Moved) > 0 && !l.Unsure {
		l.Moved, l.Added = append(l.Moved, l.Added...), nil
	}
	return nil
}
