package flush

import (
	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Reference compares a to-one field with what is stored.
func (w *Work) Reference(c *changeset.Change, p *mapper.Property, always bool) (changeset.Parts, error) {
	m := w.At(c)
	before := w.Unit.Stored(m, p)
	now := before
	if c.Kind != changeset.Delete || c.Soft {
		now = w.Unit.Reference(m, p)
	}
	if c.Soft && now != before && !w.remains(now) && w.keeps(m, p, before, now) {
		now = before
	}
	if p.Relation.By != nil {
		return w.referred(c, m, p, before, now, always)
	}
	parts := changeset.Parts{Changed: before != now}
	if !parts.Changed && !always {
		return parts, nil
	}
	if parts.Changed {
		w.leads(m, p, now)
	}
	if before != nil && c.Kind != changeset.Insert {
		parts.Before = typed(p, before, mapper.Parts(nil, before.Key))
	}
	var err error
	if now != nil {
		parts.After, err = w.parts(m, p, now)
		parts.After = typed(p, now, parts.After)
	}
	return parts, err
}

// remains reports a target that has a row after the flush.
func (w *Work) remains(e *slot.Entry) bool {
	target := w.Unit.EntryOf(e)
	switch {
	case target == nil || target.State == unit.Dropped || target.Goes && !w.soft(target):
		return false
	case target.IsNew():
		return w.insert(target) != nil
	}
	return true
}

// keeps reports that a row that is marked keeps what it belonged to, for who restores it, though the
// flush would have it lead nowhere: an orphan does. What the user has emptied is empty.
func (w *Work) keeps(m *unit.Managed, p *mapper.Property, before, now *slot.Entry) bool {
	orphan := p.Relation.Inverse != nil && p.Relation.Inverse.Relation.OrphanRemoval
	switch {
	case w.displaced(m, p, before):
		return false
	case !p.Nullable:
		return true
	}
	return w.remains(before) && (orphan || now != nil)
}

// displaced reports that another row has the place at the target of a one-to-one reference
// that m had, which may be empty.
func (w *Work) displaced(m *unit.Managed, p *mapper.Property, before *slot.Entry) bool {
	view, target := p.Relation.Inverse, w.Unit.EntryOf(before)
	if p.Kind != mapper.OneToOne || !p.Nullable || view == nil || target == nil {
		return false
	}
	if target.Entity == nil { // it has no view that tells
		return w.sought[seat{before, p}]
	}
	if !target.Meta.IsSubtypeOf(view.Entity) {
		return false
	}
	now := w.Unit.Reference(target, view)
	return now != nil && now != &m.Entry
}

// typed puts the type of a target before its key where p may lead to several.
func typed(p *mapper.Property, e *slot.Entry, parts []any) []any {
	if !p.Relation.IsAny() || parts == nil {
		return parts
	}
	return append([]any{p.Relation.Target.TargetFor(unit.Of(e).Meta).Value}, parts...)
}

// parts returns the key of a target as it will be, with handles for what is not known yet.
func (w *Work) parts(m *unit.Managed, p *mapper.Property, e *slot.Entry) ([]any, error) {
	target := w.Unit.EntryOf(e)
	switch {
	case target == nil:
		return nil, refused(unit.ErrDetached, m, p, "it refers to an entity of another manager")
	case target.IsNew():
		if c := w.insert(target); c != nil {
			return c.Parts(), nil
		}
		if target.Goes {
			break
		}
		return nil, refused(unit.ErrNotPersisted, m, p, "it leads to a new %s; persist that, or let the relation cascade", target.Meta.Name)
	case target.State == unit.Dropped:
	case w.keys[target] != nil && !planted.Is(planted.PlanKeys):
		return mapper.Parts(nil, w.keys[target]), nil
	case target.Key != nil:
		return mapper.Parts(nil, target.Key), nil
	}
	return nil, refused(unit.ErrNotPersisted, m, p, "it refers to a removed entity")
}
