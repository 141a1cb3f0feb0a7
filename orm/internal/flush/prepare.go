package flush

import (
	"context"
	"errors"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Prepare brings the unit into a state the pure stages can work on. It may read.
// What it writes to entities is recorded in the unit's journal.
func (w *Work) Prepare(ctx context.Context) error {
	for {
		synced, err := w.Unit.Sync()
		if err != nil {
			return err
		}
		w.synced = synced
		read, err := w.read(ctx)
		if err != nil {
			return err
		}
		if read {
			continue
		}
		if err := w.generate(); err != nil {
			return err
		}
		if read, err = w.remove(ctx); err != nil {
			return err
		}
		if read || !w.Enforced && w.Unit.Release(w.deleted()) {
			continue
		}
		if err := w.targets(ctx); err != nil {
			return err
		}
		return w.goingInPart(ctx)
	}
}

// read reads what must be known before changes can be told.
func (w *Work) read(ctx context.Context) (read bool, err error) {
	for _, m := range w.synced.Unread {
		found, err := w.Finder.Row(ctx, m)
		if err != nil {
			return false, err
		}
		if !found {
			return false, &unit.Problem{Class: unit.ErrDetached, Entity: m.Meta.Name, Key: m.Key,
				Detail: "a relation leads to it, but its row does not exist"}
		}
		read = true
	}
	if read {
		return true, nil // what leads to them is carried over first
	}
	unknown, err := w.Unit.Wiped(w.Finder.Hides)
	if err != nil {
		return false, err
	}
	for _, c := range unknown {
		if !c.Wiped {
			if err := w.Loader.Relation(ctx, c.Owner, c.Property); err != nil {
				return false, err
			}
			read = true
			continue
		}
		items, err := w.Loader.Items(ctx, c.Owner, c.Property)
		if err != nil {
			return false, err
		}
		w.Unit.ResolveWipe(c.Owner, c.Property, items)
		read = true
	}
	for _, c := range w.Unit.Unplaced() {
		positions, err := w.Finder.Positions(ctx, c.Owner, c.Property)
		if err != nil {
			return false, err
		}
		w.Unit.Place(c.Owner, c.Property, positions)
	}
	var gone []error
	for _, m := range w.synced.Suspects {
		found, err := w.missing(ctx, m)
		switch {
		case errors.Is(err, unit.ErrDetached) && slices.Contains(w.Gone, m):
			gone = append(gone, err) // there may be more, which are told together
		case err != nil:
			return false, err
		}
		read = read || found
	}
	if len(gone) > 0 {
		return false, errors.Join(gone...)
	}
	if read {
		return true, nil
	}
	return w.unseat(ctx)
}

// former reads a row that another displaces, or the reference of one that was read without it. It
// reports false where the row is gone.
func (w *Work) former(ctx context.Context, f unit.Former) (found bool, err error) {
	if f.Row.Entity == nil {
		return w.Finder.Row(ctx, f.Row)
	}
	if !f.Row.Loaded.Has(f.Ref.Index) {
		err = w.Loader.Leaves(ctx, f.Row, []*mapper.Property{f.Ref})
	}
	return f.Row.Loaded.Has(f.Ref.Index), err
}

// missing reads what is stored of references that were changed and never read.
func (w *Work) missing(ctx context.Context, m *unit.Managed) (read bool, err error) {
	if missing := w.Unit.Missing(m); len(missing) > 0 {
		if err := w.Loader.Leaves(ctx, m, missing); err != nil {
			return false, err
		}
		if still := w.Unit.Missing(m); len(still) > 0 {
			return false, w.lacks(m, still[0])
		}
		m.Trust()
		read = true
	}
	for _, former := range w.Unit.Displaced(m) {
		found, err := w.former(ctx, former)
		if err != nil {
			return false, err
		}
		if found {
			w.Unit.Displace(m, former)
			read = true
		}
	}
	return read, nil
}

// lacks tells of an entity that was changed and whose row is not there. One that was read inside of what was
// taken back has none for good, for no filter hides it from a flush: it leaves the unit, so that this is told once.
func (w *Work) lacks(m *unit.Managed, p *mapper.Property) error {
	problem := &unit.Problem{Class: unit.ErrDetached, Entity: m.Meta.Name, Key: m.Key, Path: p.Path,
		Detail: "it was changed and never read, and its row is gone"}
	if m.Doubted() {
		problem.Detail = "it was read in a transaction that was rolled back, and there is no such row without that; it is forgotten, Persist it to insert it"
		w.Gone = append(w.Gone, m)
	}
	return problem
}
