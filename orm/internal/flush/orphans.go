package flush

import (
	"context"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// orphans finds rows that have lost an owner and have no other.
func (w *Work) orphans(ctx context.Context) (read bool, err error) {
	u := w.Unit
	w.led = nil
	for _, m := range w.synced.Suspects {
		shape := u.Shape(m.Meta)
		if m.Snap == nil {
			continue
		}
		for _, p := range shape.Parted {
			if before := u.Stored(m, p); m.State == unit.Clean && before != nil && m.Loaded.Has(p.Index) &&
				u.Reference(m, p) != before && !w.owned(m) && !planted.Is(planted.OrphanKept) {
				w.gone(m, false)
			}
		}
		for _, p := range shape.Leaving {
			before := u.EntryOf(u.Stored(m, p))
			if before == nil || !m.Loaded.Has(p.Index) || u.Reference(m, p) == &before.Entry {
				continue
			}
			if before.Entity == nil {
				found, err := w.Loader.Entity(ctx, before)
				w.led = nil // more may lead somewhere now
				if err != nil {
					return false, err
				}
				if !found {
					continue
				}
			}
			if !w.owned(before) && !planted.Is(planted.OrphanLeft) {
				w.gone(before, false)
			}
		}
	}
	return false, nil
}

// owned reports a row that some relation with orphan removal leads to in the end.
func (w *Work) owned(m *unit.Managed) bool {
	u := w.Unit
	if planted.Is(planted.OrphanOwned) {
		return false
	}
	for _, p := range u.Shape(m.Meta).Parted {
		if u.Reference(m, p) != nil {
			return true
		}
	}
	if w.led == nil {
		w.led = w.ledTo()
	}
	return w.led[&m.Entry]
}

// ledTo finds the rows that references with orphan removal lead to.
func (w *Work) ledTo() map[*slot.Entry]bool {
	u, led := w.Unit, map[*slot.Entry]bool{}
	for i := range u.Len() {
		owner := u.At(i)
		if owner == nil || owner.Entity == nil || !u.Counts(owner) {
			continue
		}
		for _, p := range u.Shape(owner.Meta).Leaving {
			if target := u.Reference(owner, p); target != nil {
				led[target] = true
			}
		}
	}
	return led
}
