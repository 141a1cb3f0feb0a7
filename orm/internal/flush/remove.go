package flush

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// remove finds what is removed: by the user, as an orphan, or with something that
// spreads its removal. It goes by where relations lead in the end.
func (w *Work) remove(ctx context.Context) (read bool, err error) {
	w.Unit.Leaving(&w.removed)
	w.removed, w.hard = w.removed[:0], nil
	for i, m := range w.synced.Suspects {
		if m.State == unit.Removed {
			if len(w.removed) == 0 {
				w.removed = slices.Grow(w.removed, removals(w.synced.Suspects[i:]))
			}
			w.gone(m, m.Hard)
		}
	}
	if read, err = w.orphans(ctx); err != nil || read {
		return read, err
	}
	first := len(w.removed)
	if first == 0 {
		return false, nil
	}
	var spread map[*unit.Managed]bool // of types with softDelete
	for next := 0; ; {
		for ; next < len(w.removed); next++ {
			m := w.removed[next]
			if planted.Is(planted.RemoveOneStep) && next >= first {
				return false, w.markRemoved()
			}
			for _, p := range w.Unit.Shape(m.Meta).Spread {
				if err := w.spread(ctx, m, p); err != nil {
					return false, err
				}
			}
			if m.Meta.SoftDelete != nil {
				if spread == nil {
					spread = map[*unit.Managed]bool{}
				}
				spread[m] = !w.soft(m)
			}
		}
		if !w.Enforced {
			if read, err := w.followers(ctx); err != nil || read {
				return read, err
			}
			w.along()
		}
		// What was to be marked may be reached from a row that is deleted, and then spreads as one.
		if next == len(w.removed) {
			if next = w.spreadAgain(spread); next == len(w.removed) {
				break
			}
		}
	}
	if err := w.held(); err != nil {
		return false, err
	}
	return false, w.markRemoved()
}

// removals is how many of a list are removed.
func removals(list []*unit.Managed) (n int) {
	for _, m := range list {
		if m.State == unit.Removed {
			n++
		}
	}
	return n
}

// along removes the rows in memory that the mapping says go with a row that is deleted,
// where the database does not do so.
func (w *Work) along() {
	deleted := w.deleted()
	for i := range w.Unit.Len() {
		if m := w.Unit.At(i); m != nil && m.Stored() && !m.Goes && w.Unit.Falls(m, deleted) {
			w.gone(m, true)
		}
	}
}

// followers reads the rows that the mapping says are deleted, lose a reference, or keep it with
// a row that is deleted, where the database does nothing: what was not read goes along, too.
func (w *Work) followers(ctx context.Context) (read bool, err error) {
	targets := map[*mapper.Property][]*unit.Managed{}
	var order []*mapper.Property
	for _, m := range w.removed {
		if m.IsNew() || w.soft(m) || w.followed[m] {
			continue
		}
		if w.followed == nil {
			w.followed = map[*unit.Managed]bool{}
		}
		w.followed[m] = true
		rules := w.Model.Of(m.Meta)
		for _, p := range slices.Concat(rules.Followers, rules.Holders) {
			if targets[p] == nil {
				order = append(order, p)
			}
			targets[p] = append(targets[p], m)
		}
	}
	for _, p := range order {
		rows, err := w.Finder.Referring(ctx, p, targets[p])
		if err != nil {
			return false, err
		}
		read = read || len(rows) > 0
		if slices.Contains(w.Model.Of(targets[p][0].Meta).Holders, p) {
			for _, row := range rows {
				w.holders = append(w.holders, holder{row, p})
			}
		}
	}
	return read, nil
}

// Unmark takes the marks of the flush from what it removes. It ends a flush, however that went.
func (w *Work) Unmark() { w.Unit.Leaving(nil) }

// gone notes an entity to be removed; hard says that its row is deleted in any case.
func (w *Work) gone(m *unit.Managed, hard bool) {
	if m.State == unit.Dropped {
		return
	}
	if hard && m.Meta.SoftDelete != nil {
		if w.hard == nil {
			w.hard = map[*unit.Managed]bool{}
		}
		w.hard[m] = true
	}
	if !m.Goes {
		m.Goes = true
		w.removed = append(w.removed, m)
	}
}

// spread removes what a removed entity leads to.
func (w *Work) spread(ctx context.Context, m *unit.Managed, p *mapper.Property) error {
	u := w.Unit
	if p.Kind.IsToMany() {
		if !u.ItemsLoaded(m, p) {
			if err := w.Loader.Relation(ctx, m, p); err != nil {
				return err
			}
			for _, row := range u.RowsTo(m, p) { // which came to it before it was read
				w.gone(row, !w.soft(m))
			}
		}
		for _, x := range u.List(m, p) {
			found := u.PlaceOf(x)
			if found == nil || planted.Is(planted.RemoveItems) {
				continue
			}
			if there, err := w.there(ctx, found); err != nil {
				return err
			} else if there {
				w.gone(found, !w.soft(m))
			}
		}
		return nil
	}
	if m.Snap != nil && !m.Loaded.Has(p.Index) {
		if err := w.Loader.Leaves(ctx, m, []*mapper.Property{p}); err != nil {
			return err
		}
	}
	target := u.EntryOf(u.Reference(m, p))
	if planted.Is(planted.RemoveBefore) {
		target = u.EntryOf(u.Stored(m, p))
	}
	if target == nil {
		return nil
	}
	if there, err := w.there(ctx, target); err != nil || !there {
		return err
	}
	w.gone(target, !w.soft(m))
	return nil
}

// there reads an entity that is not in memory; it reports false where there is no row.
func (w *Work) there(ctx context.Context, m *unit.Managed) (bool, error) {
	if m.Entity != nil {
		return true, nil
	}
	return w.Loader.Entity(ctx, m)
}
