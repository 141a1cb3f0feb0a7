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
	memory := newRoom(in)
	likely := len(in.Changes) + len(b.patches)
	if memory.links != nil {
		likely += len(memory.links.ops) + 1
	}
	ops := make([]*Op, 0, likely)
	var of map[*changeset.Change][]*deferral
	if len(b.patches) > 0 {
		of = map[*changeset.Change][]*deferral{}
	}
	for _, d := range b.patches {
		of[d.change] = append(of[d.change], d)
	}
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
		ops = memory.linkOps(ops, l)
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
			form := &Form{Role: Release, Match: op.keyColumns()}
			r = &Op{Form: form, Change: op.Change, Part: op.Part, whole: op.whole, patches: &[]*deferral{}, Values: keyValues(op)}
			early[op] = r
			ops = append(ops, r)
		}
		*r.patches = append(*r.patches, d)
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
	if d.change.Kind != changeset.Delete && !planted.Is(planted.PlanAgain) && !slices.Contains(main.Set, r.column) {
		cell, ok := d.change.Standing(r.column)
		if !ok {
			cell.After = d.change.FoundPart(slices.Index(d.change.Entity.KeyColumns, r.column))
		}
		main.write(r.column, cell.After)
	}
	if i := slices.Index(main.Match, r.column); i >= 0 && r.free != nil {
		main.Values = slices.Clone(main.Values)
		main.Matched()[i] = value
	}
}

// give sets a column in an operation that no other shares its form with, unless it does so already.
func (o *Op) give(column *mapper.Column, value any) {
	if !slices.Contains(o.Set, column) {
		o.Values = slices.Insert(slices.Clone(o.Values), len(o.Set), value)
		o.Set = append(o.Set, column)
	}
}

// write adds a column to those that are set, in its place, in a form of the operation's own.
func (o *Op) write(column *mapper.Column, value any) {
	own := *o.Form
	at, _ := slices.BinarySearchFunc(own.Set, column.Index, func(c *mapper.Column, index int) int { return c.Index - index })
	own.Set = slices.Insert(slices.Clone(own.Set), at, column)
	o.Values = slices.Insert(slices.Clone(o.Values), at, value)
	o.Form = &own
}

// unlinkTarget appends the removal of a row's key from the arrays of all owners.
func unlinkTarget(ops []*Op, rules *constraint.Rules, c *changeset.Change) []*Op {
	for _, p := range rules.Linked {
		l := &changeset.LinkChange{Relation: p, Ordinal: c.Ordinal}
		form := &Form{Role: Unlink, links: targetLinks, Match: p.Relation.Pivot.Target}
		ops = append(ops, &Op{Form: form, Links: l, Values: c.KeyParts(nil)})
	}
	return ops
}

// followUp takes the columns of a reference out of op and writes them in an
// operation of their own.
func followUp(op *Op, d *deferral) *Op {
	form := &Form{Role: FollowUp, Match: op.keyColumns()}
	later := &Op{Form: form, Change: op.Change, Part: op.Part, whole: op.whole, patches: &[]*deferral{d}, Values: keyAfter(op)}
	op.Values = slices.Clone(op.Values)
	for _, column := range d.columns() {
		if i := slices.Index(op.Set, column); i >= 0 {
			later.give(column, op.Values[i])
			op.Values[i] = nil
		}
	}
	return later
}
