package flush

import (
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// deleted are the entities whose rows are deleted, not marked.
func (w *Work) deleted() map[*unit.Managed]bool {
	if len(w.removed) == 0 {
		return nil
	}
	deleted := make(map[*unit.Managed]bool, len(w.removed))
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
