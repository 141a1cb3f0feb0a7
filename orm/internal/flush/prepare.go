package flush

import (
	"context"
	"errors"
	"fmt"
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
		if read || !w.Enforced && w.Unit.Release(w.isGone) {
			continue
		}
		return w.unique(ctx)
	}
}

// unique reads the unique values of rows that go and were read in part, where other rows
// of their kind are written, which may take them.
func (w *Work) unique(ctx context.Context) error {
	for _, m := range w.removed {
		if m.Loaded == nil || m.Snap == nil || !w.beside(m) {
			continue
		}
		var leaves []*mapper.Property
		for _, u := range w.Model.Of(m.Meta).Unique {
			for _, c := range u.Columns {
				if p := c.Property; p != nil && !m.Loaded.Has(p.Index) && m.Meta.IsSubtypeOf(p.Entity) {
					leaves = append(leaves, p)
				}
			}
		}
		if len(leaves) == 0 {
			continue
		}
		if err := w.Loader.Leaves(ctx, m, leaves); err != nil {
			return err
		}
	}
	return nil
}

// beside reports that another row of the hierarchy may be written.
func (w *Work) beside(m *unit.Managed) bool {
	other := func(x *unit.Managed) bool { return !w.isGone[x] && x.Meta.Root() == m.Meta.Root() }
	return slices.ContainsFunc(w.synced.New, other) || slices.ContainsFunc(w.synced.Suspects, other)
}

// read reads what must be known before changes can be told.
func (w *Work) read(ctx context.Context) (read bool, err error) {
	for _, m := range w.synced.Unread {
		found, err := w.Loader.Entity(ctx, m)
		if err != nil {
			return false, err
		}
		if !found {
			return false, &unit.Problem{Class: unit.ErrDetached, Entity: m.Meta.Name, Key: m.Key,
				Detail: "a relation leads to it, but its row does not exist or is hidden"}
		}
		read = true
	}
	for _, c := range w.Unit.Wiped() {
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
	for _, m := range w.synced.Suspects {
		found, err := w.missing(ctx, m)
		if err != nil {
			return false, err
		}
		read = read || found
	}
	return read, nil
}

// missing reads what is stored of references that were changed and never read.
func (w *Work) missing(ctx context.Context, m *unit.Managed) (read bool, err error) {
	if missing := w.Unit.Missing(m); len(missing) > 0 {
		if err := w.Loader.Leaves(ctx, m, missing); err != nil {
			return false, err
		}
		if still := w.Unit.Missing(m); len(still) > 0 {
			return false, &unit.Problem{Class: unit.ErrDetached, Entity: m.Meta.Name, Key: m.Key, Path: still[0].Path,
				Detail: "it was changed and never read, and its row is gone"}
		}
		read = true
	}
	for _, former := range w.Unit.Displaced(m) {
		if _, err := w.Loader.Entity(ctx, former.Row); err != nil {
			return false, err
		}
		w.Unit.Displace(m, former)
		read = true
	}
	return read, nil
}

// generate makes the values of new entities that are made before an insert.
func (w *Work) generate() error {
	var errs []error
	for _, m := range w.synced.New {
		for _, p := range m.Meta.Leaves {
			if p.OnCreate == nil || p.Kind.IsRelation() || p.Access.IsZero != nil && !p.Access.IsZero(m.Entity) {
				continue
			}
			if err := w.Unit.Store(m, p, p.OnCreate()); err != nil {
				errs = append(errs, &unit.Problem{Class: mapper.ErrValue, Entity: m.Meta.Name, Key: m.Key, Path: p.Path, Err: err})
			}
		}
	}
	return errors.Join(errs...)
}

// remove finds what is removed: by the user, as an orphan, or with something that
// spreads its removal. It goes by where relations lead in the end.
func (w *Work) remove(ctx context.Context) (read bool, err error) {
	w.removed, w.isGone = w.removed[:0], map[*unit.Managed]bool{}
	for _, m := range w.synced.Suspects {
		if m.State == unit.Removed {
			w.gone(m)
		}
	}
	if read, err = w.orphans(ctx); err != nil || read {
		return read, err
	}
	for i := 0; i < len(w.removed); i++ {
		m := w.removed[i]
		for _, p := range w.Unit.Shape(m.Meta).Spread {
			if err := w.spread(ctx, m, p); err != nil {
				return false, err
			}
		}
		if i == len(w.removed)-1 && !w.Enforced {
			w.along()
		}
	}
	return false, nil
}

// along removes the rows in memory that the mapping says go with a target that goes,
// where the database does not do so.
func (w *Work) along() {
	for i := range w.Unit.Len() {
		if m := w.Unit.At(i); m != nil && m.Stored() && !w.isGone[m] && w.Unit.Falls(m, w.isGone) {
			w.gone(m)
		}
	}
}

func (w *Work) gone(m *unit.Managed) {
	if m.State != unit.Dropped && !w.isGone[m] {
		w.isGone[m] = true
		w.removed = append(w.removed, m)
	}
}

// orphans finds rows that have lost an owner and have no other.
func (w *Work) orphans(ctx context.Context) (read bool, err error) {
	u := w.Unit
	for _, m := range w.synced.Suspects {
		shape := u.Shape(m.Meta)
		if m.Snap == nil {
			continue
		}
		for _, p := range shape.Parted {
			if before := u.Stored(m, p); m.State == unit.Clean && before != nil && m.Loaded.Has(p.Index) &&
				u.Reference(m, p) != before && !w.owned(m) {
				w.gone(m)
			}
		}
		for _, p := range shape.Leaving {
			before := u.EntryOf(u.Stored(m, p))
			if before == nil || !m.Loaded.Has(p.Index) || u.Reference(m, p) == &before.Entry {
				continue
			}
			if before.Entity == nil {
				found, err := w.Loader.Entity(ctx, before)
				if err != nil {
					return false, err
				}
				if !found {
					continue
				}
			}
			if !w.owned(before) {
				w.gone(before)
			}
		}
	}
	return false, nil
}

// owned reports a row that some relation with orphan removal leads to in the end.
func (w *Work) owned(m *unit.Managed) bool {
	u := w.Unit
	for _, p := range u.Shape(m.Meta).Parted {
		if u.Reference(m, p) != nil {
			return true
		}
	}
	for i := range u.Len() {
		owner := u.At(i)
		if owner == nil || owner.Entity == nil || !u.Counts(owner) {
			continue
		}
		for _, p := range u.Shape(owner.Meta).Leaving {
			if u.Reference(owner, p) == &m.Entry {
				return true
			}
		}
	}
	return false
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
				w.gone(row)
			}
		}
		for _, x := range u.List(m, p) {
			if found := u.Find(x); found != nil {
				w.gone(found)
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
	if target == nil {
		return nil
	}
	if target.Entity == nil {
		if found, err := w.Loader.Entity(ctx, target); err != nil || !found {
			return err
		}
	}
	w.gone(target)
	return nil
}

// refused is a mistake about a property of an entity.
func refused(class error, m *unit.Managed, p *mapper.Property, format string, args ...any) error {
	return &unit.Problem{Class: class, Entity: m.Meta.Name, Key: m.Key, Path: p.Path, Detail: fmt.Sprintf(format, args...)}
}
