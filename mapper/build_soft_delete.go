package mapper

import (
	"cmp"
	"slices"
	"time"
)

// SoftDeleteFilter is the name of the filter that hides removed rows of entities with
// the option softDelete. It is on unless switched off.
const SoftDeleteFilter = "softDelete"

// softDelete settles the property that tells removed rows.
func (b *builder) softDelete(d *draft, p *propDraft) {
	e, prop := d.entity, p.prop
	switch {
	case e.SoftDelete != nil:
		b.report(p.pos(), "tells removed rows a second time, beside "+e.SoftDelete.Field)
		return
	case d.base != nil:
		b.report(p.pos(), "tells removed rows of a subtype; declare it in "+e.Root().Name+", so that all rows of the hierarchy have it")
		return
	case prop.Type == nil || prop.Virtual || prop.Formula != "" || prop.Primary || prop.Version:
		b.report(p.pos(), "softDelete needs a column of its own, a *time.Time or a bool")
		return
	case !(prop.Type.Kind == Time && prop.Nullable || prop.Type.Kind == Bool && !prop.Nullable):
		b.report(p.pos(), "softDelete needs a *time.Time or a bool, not "+p.typ.Text)
		return
	case slices.ContainsFunc(e.Filters, func(f *Filter) bool { return f.Name == SoftDeleteFilter }):
		b.report(p.pos(), "there is a filter "+SoftDeleteFilter+" already, which softDelete brings along")
		return
	}
	e.SoftDelete = prop
	living := any(nil)
	if prop.Type.Kind == Bool {
		living = false
	}
	filter := &Filter{Name: SoftDeleteFilter, Default: true, Where: func(Params) any { return map[string]any{prop.Path: living} }}
	e.Filters = slices.SortedStableFunc(slices.Values(append(slices.Clip(e.Filters), filter)), func(a, b *Filter) int { return cmp.Compare(a.Name, b.Name) })
}

// RemovedMark returns the canonical value that marks a row as removed at a time, and
// LivingMark that of a row that is not. The entity has SoftDelete.
func (e *Entity) RemovedMark(now time.Time) any {
	if e.SoftDelete.Type.Kind == Bool {
		return true
	}
	v, _ := e.SoftDelete.Type.Convert(now) // a time fits a time
	return v
}

// LivingMark returns the canonical value of a row that is not removed.
func (e *Entity) LivingMark() any {
	if e.SoftDelete.Type.Kind == Bool {
		return false
	}
	return nil
}
