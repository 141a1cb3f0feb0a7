package flush

import (
	"context"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// seat is the place beside a target which has room for one row.
type seat struct {
	target *slot.Entry
	ref    *mapper.Property
}

// unseat reads the rows that have the places which others take beside targets that are not in memory,
// as the view of a target that is would tell, and displaces them: one query for each relation.
func (w *Work) unseat(ctx context.Context) (read bool, err error) {
	var order []*mapper.Property
	var targets map[*mapper.Property][]*unit.Managed
	for _, list := range [][]*unit.Managed{w.synced.New, w.synced.Suspects} {
		for _, m := range list {
			for _, ref := range w.Unit.Shape(m.Meta).Seats {
				target := w.taken(m, ref)
				if target == nil {
					continue
				}
				if targets == nil {
					targets = map[*mapper.Property][]*unit.Managed{}
				}
				if targets[ref] == nil {
					order = append(order, ref)
				}
				targets[ref] = append(targets[ref], target)
			}
		}
	}
	for _, ref := range order {
		rows, err := w.Finder.Referring(ctx, ref, targets[ref])
		if err != nil {
			return false, err
		}
		read = w.displace(ref, targets[ref], rows) || read
	}
	return read, nil
}

// displace lets the rows that have places beside targets, which others take, leave them.
func (w *Work) displace(ref *mapper.Property, targets, rows []*unit.Managed) (displaced bool) {
	by := map[*slot.Entry]*unit.Managed{}
	for _, target := range targets {
		by[&target.Entry] = target
	}
	for _, row := range rows {
		if target := by[w.Unit.Stored(row, ref)]; target != nil && w.Unit.Displace(target, unit.Former{Row: row, Ref: ref}) {
			displaced = true
		}
	}
	return displaced
}

// taken returns the target, not in memory, beside which m takes a place that nobody has looked at in
// this flush; nil where there is none.
func (w *Work) taken(m *unit.Managed, ref *mapper.Property) *unit.Managed {
	e := w.Unit.Reference(m, ref)
	target := w.Unit.EntryOf(e)
	if target == nil || target.Entity != nil || target.Key == nil || m.Snap != nil && w.Unit.Stored(m, ref) == e || planted.Is(planted.SyncSeated) {
		return nil
	}
	at := seat{e, ref}
	if w.sought[at] || !seats(ref, target.Meta) {
		return nil
	}
	if w.sought == nil {
		w.sought = map[seat]bool{}
	}
	w.sought[at] = true
	return target
}

// seats reports a target that has a view of the one row which refers to it.
func seats(ref *mapper.Property, target *mapper.Entity) bool {
	for view := range ref.Relation.Views() {
		if view.Kind.IsToOne() && (target.IsSubtypeOf(view.Entity) || view.Entity.IsSubtypeOf(target)) {
			return true
		}
	}
	return false
}
