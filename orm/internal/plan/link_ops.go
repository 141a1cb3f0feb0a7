package plan

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// linkRoom is memory for operations on links.
type linkRoom struct {
	ops    []Op
	values []any
	apart  bool // see Input
	// ends are the columns of links of relation.
	ends     []*mapper.Column
	relation *mapper.Property
}

// newLinkRoom makes room for an operation on each link but those that go together; nil where
// there are no links.
func newLinkRoom(in *Input) *linkRoom {
	if len(in.Links) == 0 {
		return nil
	}
	links, values := 0, 0
	for _, l := range in.Links {
		n := len(l.Removed) + len(l.Moved)
		if in.Apart {
			n += len(l.Added)
		}
		links += n
		values += n * l.Width()
	}
	return &linkRoom{ops: make([]Op, links), values: make([]any, values), apart: in.Apart}
}

// linkOps appends the operations of one link change.
func (r *room) linkOps(ops []*Op, l *changeset.LinkChange) []*Op {
	relation := l.Relation
	pivot := relation.Relation.Pivot
	ends := r.links.endsOf(relation)
	if l.Clear {
		ops = append(ops, &Op{Form: r.linkForm(relation, Unlink, 0, nil, pivot.Owner), Links: l, Values: l.Owner})
	}
	if len(l.Removed) > 0 {
		form := r.linkForm(relation, Unlink, 0, nil, ends)
		for i := range l.Removed {
			ops = append(ops, r.link(form, l, &l.Removed[i]))
		}
	}
	if len(l.Added) > 0 {
		set, how := ends, linkForm(0)
		if pivot.Order != nil {
			set = append(set, pivot.Order)
		}
		if l.Unsure {
			how = unsureLink
		}
		form := r.linkForm(relation, Link, how, set, nil)
		if r.links.apart {
			for i := range l.Added {
				ops = append(ops, r.link(form, l, &l.Added[i]))
			}
		} else {
			// New links need their ends and nothing needs them, so that those of all lists can go together.
			if form.added == nil {
				form.added = &added{}
				ops = append(ops, &Op{Form: form, Links: l})
			}
			form.added.lists, form.added.rows = append(form.added.lists, l), form.added.rows+len(l.Added)
		}
	}
	if len(l.Moved) > 0 {
		form := r.linkForm(relation, Move, 0, []*mapper.Column{pivot.Order}, ends)
		for i := range l.Moved {
			ops = append(ops, r.link(form, l, &l.Moved[i]))
		}
	}
	return ops
}

// endsOf returns the columns of both ends of links. Lists of one relation mostly follow each other.
func (r *linkRoom) endsOf(relation *mapper.Property) []*mapper.Column {
	if r.relation != relation {
		pivot := relation.Relation.Pivot
		r.relation, r.ends = relation, slices.Clip(slices.Concat(pivot.Owner, pivot.Target))
	}
	return r.ends
}

// linkForm returns the form that operations on links of a relation share, in whichever change.
func (r *room) linkForm(relation *mapper.Property, role Role, how linkForm, set, match []*mapper.Column) *Form {
	for _, f := range r.forms {
		if f.relation == relation && f.Role == role && f.links == how && len(f.Set) == len(set) && len(f.Match) == len(match) {
			return f
		}
	}
	f := &Form{Role: role, relation: relation, links: how, Set: set, Match: match}
	r.forms = append(r.forms, f)
	return f
}

// link makes the operation on one link.
func (r *room) link(form *Form, l *changeset.LinkChange, link *changeset.Link) *Op {
	memory, n := r.links, len(form.Set)+len(form.Match)
	op := &memory.ops[0]
	memory.ops = memory.ops[1:]
	op.Form, op.Links = form, l
	op.Values = op.Link(memory.values[:0:n], l, link)
	memory.values = memory.values[n:]
	return op
}
