package flush

import (
	"context"
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
		return w.unique(ctx)
	}
}

// unique reads what must be known of rows that go and were read in part: the unique values where
// other rows of their kind are written, which may take them, and the references to rows that go
// as well, which must go later.
func (w *Work) unique(ctx context.Context) error {
	for _, m := range w.removed {
		if m.Loaded == nil || m.Snap == nil {
			continue
		}
		leaves := w.named(m)
		for _, p := range w.uniqueOf(m) {
			if !slices.Contains(leaves, p) {
				leaves = append(leaves, p)
			}
		}
		for _, p := range w.Unit.Shape(m.Meta).ToOne[:w.Unit.Shape(m.Meta).Owning] {
			goes := func(x *unit.Managed) bool {
				return x != m && (p.Relation.IsAny() || x.Meta.Root() == p.Relation.Target.Root())
			}
			if !m.Loaded.Has(p.Index) && !slices.Contains(leaves, p) && slices.ContainsFunc(w.removed, goes) {
				leaves = append(leaves, p)
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

// named are the unread leaves by which rows that go as well refer to m.
func (w *Work) named(m *unit.Managed) (leaves []*mapper.Property) {
	for _, x := range w.removed {
		for _, p := range w.Unit.Shape(x.Meta).Named {
			by := p.Relation.By
			if x != m && p.Relation.Target.Root() == m.Meta.Root() && !m.Loaded.Has(by.Index) && m.Meta.IsSubtypeOf(by.Entity) && !slices.Contains(leaves, by) {
				leaves = append(leaves, by)
			}
		}
	}
	return leaves
}

// uniqueOf are the unread leaves of unique constraints that other rows may take the values of.
func (w *Work) uniqueOf(m *unit.Managed) (leaves []*mapper.Property) {
	if !w.beside(m) {
		return nil
	}
	for _, u := range w.Model.Of(m.Meta).Unique {
		for _, c := range u.Columns {
			if p := c.Property; p != nil && !m.Loaded.Has(p.Index) && m.Meta.IsSubtypeOf(p.Entity) {
				leaves = append(leaves, p)
			}
		}
	}
	return leaves
}

// beside reports that another row of the hierarchy may be written.
func (w *Work) beside(m *unit.Managed) bool {
	other := func(x *unit.Managed) bool { return !x.Goes && x.Meta.Root() == m.Meta.Root() }
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
	if read {
		return true, nil // what leads to them is carried over first
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
	for _, c := range w.Unit.Unplaced() {
		positions, err := w.Finder.Positions(ctx, c.Owner, c.Property)
		if err != nil {
			return false, err
		}
		w.Unit.Place(c.Owner, c.Property, positions)
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

// former reads a row that another displaces, or the reference of one that was read without it. It
// reports false where the row is gone.
func (w *Work) former(ctx context.Context, f unit.Former) (found bool, err error) {
	if f.Row.Entity == nil {
		return w.Loader.Entity(ctx, f.Row)
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
			return false, &unit.Problem{Class: unit.ErrDetached, Entity: m.Meta.Name, Key: m.Key, Path: still[0].Path,
				Detail: "it was changed and never read, and its row is gone"}
		}
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
