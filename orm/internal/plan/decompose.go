package plan

import (
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
		return []*mapper.Column{d.unique.Patch}
	}
	return d.reference.Property.Columns
}

// decompose makes the operations of all changes, patches included.
func decompose(in *Input, patches []*deferral) []*Op {
	ops := make([]*Op, 0, len(in.Changes)+len(patches))
	of := map[*changeset.Change][]*deferral{}
	for _, d := range patches {
		of[d.change] = append(of[d.change], d)
	}
	memory := newRoom(in.Changes)
	var main []*Op
	for _, c := range in.Changes {
		main = memory.rowOps(main[:0], in, c)
		for _, d := range of[c] {
			op := holder(main, d)
			if d.early() {
				ops = append(ops, releaseOp(op, d))
				continue
			}
			ops = append(ops, followUp(op, d))
		}
		ops = append(ops, main...)
	}
	for _, l := range in.Links {
		ops = linkOps(ops, l)
	}
	return ops
}

// followUp takes the columns of a reference out of op and writes them in an
// operation of their own.
func followUp(op *Op, d *deferral) *Op {
	later := &Op{Role: FollowUp, Change: op.Change, Part: op.Part, whole: op.whole, patch: d, Match: matchAfter(op)}
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

// releaseOp writes NULL or a placeholder before the row changes or goes.
func releaseOp(main *Op, d *deferral) *Op {
	op := &Op{Role: Release, Change: d.change, Part: main.Part, whole: main.whole, patch: d, Match: matchKey(main)}
	for _, column := range d.columns() {
		value, _ := constraint.Placeholder(column, d.change.Ordinal)
		op.Set = append(op.Set, Binding{column, value})
	}
	return op
}

// linkOps appends the operations of one link change.
func linkOps(ops []*Op, l *changeset.LinkChange) []*Op {
	pivot := l.Relation.Relation.Pivot
	owner := zip(nil, pivot.Owner, l.Owner)
	both := func(link changeset.Link) []Binding {
		return zip(owner[:len(owner):len(owner)], pivot.Target, link.Target)
	}
	if l.Clear {
		ops = append(ops, &Op{Role: Unlink, Links: l, Match: owner})
	}
	for _, link := range l.Removed {
		ops = append(ops, &Op{Role: Unlink, Links: l, Match: both(link)})
	}
	for _, link := range l.Added {
		set := both(link)
		if pivot.Order != nil {
			set = append(set, Binding{pivot.Order, int64(link.Position)})
		}
		ops = append(ops, &Op{Role: Link, Links: l, Set: set})
	}
	for _, link := range l.Moved {
		set := []Binding{{pivot.Order, int64(link.Position)}}
		ops = append(ops, &Op{Role: Move, Links: l, Set: set, Match: both(link)})
	}
	return ops
}

func zip(dst []Binding, columns []*mapper.Column, values []any) []Binding {
	for i, c := range columns {
		dst = append(dst, Binding{c, values[i]})
	}
	return dst
}
