package flush

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
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
	w.removed, w.hard = w.removed[:0], nil
	clear(w.isGone)
	for _, m := range w.synced.Suspects {
		if m.State == unit.Removed {
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
	return false, w.markRemoved()
}

// along removes the rows in memory that the mapping says go with a row that is deleted,
// where the database does not do so.
func (w *Work) along() {
	deleted := w.deleted()
	for i := range w.Unit.Len() {
		if m := w.Unit.At(i); m != nil && m.Stored() && !w.isGone[m] && w.Unit.Falls(m, deleted) {
			w.gone(m, true)
		}
	}
}

// followers reads the rows that the mapping says are deleted, or lose a reference, with a
// row that is deleted, where the database does neither: what was not read goes along, too.
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
		for _, p := range w.Model.Of(m.Meta).Followers {
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
	}
	return read, nil
}

// deleted are the entities whose rows are deleted, not marked.
func (w *Work) deleted() map[*unit.Managed]bool {
	if !slices.ContainsFunc(w.removed, w.soft) {
		return w.isGone
	}
	deleted := map[*unit.Managed]bool{}
	for _, m := range w.removed {
		deleted[m] = !w.soft(m)
	}
	return deleted
}

// spreadAgain returns the position of a row that must spread as a deleted one and did
// not, else the number of rows.
func (w *Work) spreadAgain(deleted map[*unit.Managed]bool) int {
	for i, m := range w.removed {
		if m.Meta.SoftDelete != nil && !w.soft(m) && !deleted[m] {
			return i
		}
	}
	return len(w.removed)
}

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
	if !w.isGone[m] {
		if w.isGone == nil {
			w.isGone = make(map[*unit.Managed]bool, len(w.synced.Suspects))
		}
		w.isGone[m] = true
		w.removed = append(w.removed, m)
	}
}

// soft reports a removed entity whose row is marked instead of deleted.
func (w *Work) soft(m *unit.Managed) bool { return m.Meta.SoftDelete != nil && !w.hard[m] }

// markRemoved lets entities that are removed softly say so.
func (w *Work) markRemoved() error {
	for _, m := range w.removed {
		if m.IsNew() || !w.soft(m) {
			continue
		}
		p := m.Meta.SoftDelete
		if m.Loaded.Has(p.Index) && !changeset.Same(p.Access.Value(m.Entity), m.Meta.LivingMark()) {
			continue // it is removed already, or the user says when it was
		}
		if err := w.Unit.Store(m, p, m.Meta.RemovedMark(w.Now)); err != nil {
			return err
		}
	}
	return nil
}

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
			if found := u.Find(x); found != nil && !planted.Is(planted.RemoveItems) {
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
	if target.Entity == nil {
		if found, err := w.Loader.Entity(ctx, target); err != nil || !found {
			return err
		}
	}
	w.gone(target, !w.soft(m))
	return nil
}

// refused is a mistake about a property of an entity.
func refused(class error, m *unit.Managed, p *mapper.Property, format string, args ...any) error {
	return &unit.Problem{Class: class, Entity: m.Meta.Name, Key: m.Key, Path: p.Path, Detail: fmt.Sprintf(format, args...)}
}
