package flush

import (
	"context"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// referred compares a reference to a unique property with what is stored. It changes with
// where it leads, and where the database does not follow with the value of the property.
func (w *Work) referred(c *changeset.Change, m *unit.Managed, p *mapper.Property, before, now *slot.Entry, always bool) (changeset.Parts, error) {
	parts := changeset.Parts{Changed: before != now}
	by := p.Relation.By
	if former := w.Unit.EntryOf(before); former != nil && former.Snap != nil && former.Loaded.Has(by.Index) && c.Kind != changeset.Insert {
		if v := by.Access.Value(former.Snap); v != nil {
			parts.Before = []any{v}
		}
	}
	if now == nil || c.Kind == changeset.Delete {
		return parts, nil
	}
	target := w.Unit.EntryOf(now)
	if !parts.Changed && !always && !w.renamed(target, p) {
		return parts, nil
	}
	if !parts.Changed && !always && p.Relation.OnUpdate == mapper.RuleSetNull && !p.Relation.NoConstraint {
		parts.Changed = true // to NULL, as the database has it where it follows
		return parts, nil
	}
	if _, err := w.parts(m, p, now); err != nil {
		return parts, err
	}
	if target.Entity == nil || !target.Loaded.Has(by.Index) {
		return parts, refused(unit.ErrNotLoaded, m, p, "it refers to %s, which is not known of its target; load that", by)
	}
	from := target.Entity
	if target.Goes {
		from = target.Snap // what was assigned to it is never written
	}
	v, err := changeset.ReferredValue(p, from)
	if err != nil {
		return parts, refused(mapper.ErrValue, m, p, "it refers to %s, which its target does not have: %v", by, err)
	}
	if parts.Changed {
		w.leads(m, p, now)
	}
	parts.After, parts.Changed = []any{v}, parts.Changed || w.renamed(target, p)
	return parts, nil
}

// renamed reports a target whose unique value changes, where the database does not change
// the references to it.
func (w *Work) renamed(target *unit.Managed, p *mapper.Property) bool {
	by := p.Relation.By
	if target == nil || target.State != unit.Clean || target.Snap == nil || target.Entity == nil || !target.Loaded.Has(by.Index) {
		return false
	}
	follows := w.Enforced && !p.Relation.NoConstraint && (p.Relation.OnUpdate == mapper.RuleCascade || p.Relation.OnUpdate == mapper.RuleSetNull)
	return !follows && !by.Access.Equal(target.Entity, target.Snap)
}

// targets reads what references to unique properties must know: the targets of those that
// are written, and on engines that do not follow the rows that refer to a value that changes.
func (w *Work) targets(ctx context.Context) error {
	for _, list := range [][]*unit.Managed{w.synced.New, w.synced.Suspects} {
		for _, m := range list {
			if m.Goes || m.Entity == nil {
				continue
			}
			for _, p := range w.Unit.Shape(m.Meta).Named {
				if err := w.target(ctx, m, p); err != nil {
					return err
				}
			}
		}
	}
	if w.Enforced {
		return nil
	}
	known := map[*unit.Managed]bool{}
	for _, m := range w.synced.Suspects {
		known[m] = true
	}
	for _, m := range w.synced.Suspects[:len(w.synced.Suspects):len(w.synced.Suspects)] {
		for _, p := range w.Model.Of(m.Meta).Named {
			if m.Goes || !w.renamed(m, p) {
				continue
			}
			rows, err := w.Finder.Referring(ctx, p, []*unit.Managed{m})
			if err != nil {
				return err
			}
			for _, row := range rows {
				if !known[row] {
					known[row] = true
					w.synced.Suspects = append(w.synced.Suspects, row)
				}
			}
		}
	}
	return nil
}

// target reads the unique value of the target of a reference that is written.
func (w *Work) target(ctx context.Context, m *unit.Managed, p *mapper.Property) error {
	e := w.Unit.Reference(m, p)
	target := w.Unit.EntryOf(e)
	if target == nil || target.IsNew() || m.Snap != nil && w.Unit.Stored(m, p) == e {
		return nil
	}
	if target.Entity == nil {
		if found, err := w.Loader.Entity(ctx, target); err != nil || !found {
			if err == nil {
				err = refused(unit.ErrDetached, m, p, "it leads to a row that does not exist or is hidden")
			}
			return err
		}
	}
	if !target.Loaded.Has(p.Relation.By.Index) {
		return w.Loader.Leaves(ctx, target, []*mapper.Property{p.Relation.By})
	}
	return nil
}
