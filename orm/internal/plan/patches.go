package plan

import (
	"slices"

	"github.com/weft-orm/weft/internal/planted"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
)

// deferral is one patch of a change: a reference written later, a reference
// cleared before its row is deleted, or a unique value given up before.
type deferral struct {
	change    *changeset.Change
	reference *constraint.Reference // a follow-up, or a release when the change is a delete
	unique    *constraint.Unique    // a release
}

// early reports a patch that runs before the operation of the change itself.
func (d *deferral) early() bool { return d.unique != nil || d.change.Kind == changeset.Delete }

// columns returns the columns the patch is about.
func (d *deferral) columns() []*mapper.Column {
	if d.unique != nil {
		return d.unique.Columns
	}
	return d.reference.Property.Columns
}

// decompose makes the operations of all changes, patches included.
func decompose(b *build) []*Op {
	in := b.in
	ops := make([]*Op, 0, len(in.Changes)+len(b.patches))
	var of map[*changeset.Change][]*deferral
	if len(b.patches) > 0 {
		of = map[*changeset.Change][]*deferral{}
	}
	for _, d := range b.patches {
		of[d.change] = append(of[d.change], d)
	}
	memory := newRoom(in.Changes)
	var main []*Op
	for _, c := range in.Changes {
		main = memory.rowOps(main[:0], in, c)
		if patches := of[c]; patches != nil {
			ops = b.patched(ops, main, patches)
		}
		ops = append(ops, main...)
		if in.KeyArrays && c.Kind == changeset.Delete && !c.Soft {
			ops = unlinkTarget(ops, in.Model.Of(c.Entity), c)
		}
	}
	for _, l := range in.Links {
		ops = linkOps(ops, l)
	}
	return ops
}

// patched appends the operations that the patches of a change add. What a row gives up
// before goes in one operation.
func (b *build) patched(ops, main []*Op, patches []*deferral) []*Op {
	early := map[*Op]*Op{}
	for _, d := range patches {
		op := holder(main, d)
		if !d.early() {
			if later := followUp(op, d); !planted.Is(planted.PlanRing) {
				ops = append(ops, later)
			}
			continue
		}
		r := early[op]
		if r == nil {
			r = &Op{Role: Release, Change: op.Change, Part: op.Part, whole: op.whole, Match: matchKey(op)}
			early[op] = r
			ops = append(ops, r)
		}
		r.patches = append(r.patches, d)
		b.release(r, op, d)
	}
	return ops
}

// release lets op hold something else in the columns of a patch, and the operation of
// the change itself write all of them again.
func (b *build) release(op, main *Op, d *deferral) {
	if d.unique == nil {
		for _, column := range d.reference.Property.Columns {
			op.give(column, nil)
		}
		return
	}
	r := b.releases.chosen[*d]
	var value any
	if r.free != nil {
		value = r.free
	}
	op.give(r.column, value)
	if d.change.Kind != changeset.Delete && !planted.Is(planted.PlanAgain) && !slices.ContainsFunc(main.Set, func(x Binding) bool { return x.Column == r.column }) {
		cell, ok := d.change.Cell(r.column)
		if !ok {
			cell.After = d.change.KeyPart(slices.Index(d.change.Entity.KeyColumns, r.column))
		}
		main.Set = append(main.Set, Binding{r.column, cell.After})
		slices.SortFunc(main.Set, func(a, b Binding) int { return a.Column.Index - b.Column.Index })
	}
	for i := range main.Match {
		if m := &main.Match[i]; m.Column == r.column && r.free != nil {
			m.Value = value
		}
	}
}

// give sets a column, unless the operation does so already.
func (o *Op) give(column *mapper.Column, value any) {
	if !slices.ContainsFunc(o.Set, func(x Binding) bool { return x.Column == column }) {
		o.Set = append(o.Set, Binding{column, value})
	}
}

// unlinkTarget appends the removal of a row's key from the arrays of all owners.
func unlinkTarget(ops []*Op, rules *constraint.Rules, c *changeset.Change) []*Op {
	for _, p := range rules.Linked {
		l := &changeset.LinkChange{Relation: p, Ordinal: c.Ordinal}
		op := &Op{Role: Unlink, Links: l, links: targetLinks, Match: zip(nil, p.Relation.Pivot.Target, c.KeyParts(nil))}
		ops = append(ops, op)
	}
	return ops
}

// followUp takes the columns of a reference out of op and writes them in an
// operation of their own.
func followUp(op *Op, d *deferral) *Op {
	later := &Op{Role: FollowUp, Change: op.Change, Part: op.Part, whole: op.whole, patches: []*deferral{d}, Match: matchAfter(op)}
	for _, column := range d.columns() {
		for i := range op.Set {
			if op.Set[i].Column == column {
				later.Set = append(later.Set, op.Set[i])
				op.Set[i].Value = nil
			}
		}
	}
	return later
}

// linkOps appends the operations of one link change.
func linkOps(ops []*Op, l *changeset.LinkChange) []*Op {
	pivot := l.Relation.Relation.Pivot
	owner := zip(nil, pivot.Owner, l.Owner)
	n, width := len(l.Removed)+len(l.Added)+len(l.Moved), len(owner)+len(pivot.Target)
	if pivot.Order != nil {
		width++
	}
	memory, room := make([]Op, n), make([]Binding, n*width)
	both := func(link changeset.Link) []Binding {
		list := append(room[:0:width], owner...)
		room = room[width:]
		return zip(list, pivot.Target, link.Target)
	}
	add := func(op Op) *Op {
		o := &memory[0]
		*o, memory = op, memory[1:]
		return o
	}
	if l.Clear {
		ops = append(ops, &Op{Role: Unlink, Links: l, Match: owner})
	}
	for _, link := range l.Removed {
		ops = append(ops, add(Op{Role: Unlink, Links: l, Match: both(link)}))
	}
	for _, link := range l.Added {
		set := both(link)
		if pivot.Order != nil {
			set = append(set, Binding{pivot.Order, int64(link.Position)})
		}
		op := add(Op{Role: Link, Links: l, Set: set})
		if l.Unsure {
			op.links = unsureLink
		}
		ops = append(ops, op)
	}
	for _, link := range l.Moved {
		set := []Binding{{pivot.Order, int64(link.Position)}}
		ops = append(ops, add(Op{Role: Move, Links: l, Set: set, Match: both(link)}))
	}
	return ops
}

func zip(dst []Binding, columns []*mapper.Column, values []any) []Binding {
	for i, c := range columns {
		dst = append(dst, Binding{c, values[i]})
	}
	return dst
}
