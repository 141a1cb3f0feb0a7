package load

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/rel"
)

// isInverseOne reports the side without columns of a one-to-one relation. The first item of
// a collection has none either, and is what its order says, not a row that looks back.
func isInverseOne(p *mapper.Property) bool {
	return p.Kind.IsToOne() && !p.Relation.Owning && p.Relation.Through == nil
}

// hiddenBelow is hidden for the relations that a query made by hand joins and reads.
func (l *Loader) hiddenBelow(ctx context.Context, roots []*managed, nodes []*populate.Node, rd *reader, o *Options) error {
	for _, node := range nodes {
		if err := l.hidden(ctx, ofType(roots, node.Relation.Entity), node, o); err != nil {
			return err
		}
		if err := l.hiddenBelow(ctx, rd.found(node.Path), node.Children, rd, o); err != nil {
			return err
		}
	}
	return nil
}

// hidden finds out whether sides without columns of one-to-one relations that still count
// as not read lead to rows which a filter hides, or to none. The rows do not become managed.
func (l *Loader) hidden(ctx context.Context, owners []*managed, node *populate.Node, o *Options) error {
	p := node.Relation
	if !isInverseOne(p) || p.Relation.Inverse == nil || node.Where != nil {
		return nil
	}
	owners = slices.DeleteFunc(slices.Clone(lacking(l.distinct(owners), p)), func(m *managed) bool { return l.unit.Assigned(m, p) })
	if len(owners) == 0 {
		return nil
	}
	ref := p.Relation.Inverse
	all := *o
	all.Filters, all.NoEager, all.Populate, all.PopulateWhere, all.Limit, all.Offset = nil, true, nil, nil, -1, -1
	all.Refresh, all.Lock, all.related, all.outer, all.Indexes = false, qb.Lock{}, nil, nil, nil
	all.Fields, all.OrderBy = []string{ref.Path}, nil
	for _, key := range p.Relation.Target.Key {
		all.Fields, all.OrderBy = append(all.Fields, key.Path), append(all.OrderBy, key.Path)
	}
	keys := make([]any, len(owners))
	for i, m := range owners {
		keys[i] = keyValue(ref.Relation.Target.Join(m.Meta, m.Key))
	}
	scratch := New(l.db, l.unit.Scratch(), l.session, l.defaults)
	rows, err := scratch.Find(ctx, &Request{Entity: ref.Entity, Cond: conditions.M{ref.Path: conditions.M{"$in": keys}}, Options: &all})
	if err != nil {
		return err
	}
	targets := map[any]*managed{}
	for _, m := range owners {
		targets[m.Key] = nil
	}
	for _, row := range rows {
		to := scratch.unit.Reference(row, ref)
		if to == nil {
			continue
		}
		known, asked := targets[to.Key]
		if !asked {
			return Misspelled("populate", ref.Relation.Target, ref, to.Key)
		}
		if known == nil {
			targets[to.Key] = l.unit.Entry(row.Meta, row.Key)
		}
	}
	for _, m := range owners {
		target := targets[m.Key]
		l.unit.SetTarget(m, p, target)
		if target != nil {
			l.unit.Hide(&target.Entry)
		}
	}
	return nil
}

// Missed notes that the row behind a reference was looked for and not found, and tells why.
func (l *Loader) Missed(m *managed) error {
	l.unit.Hide(&m.Entry)
	err := &fault.Error{Class: fault.ErrNotFound, Op: "load", Entity: m.Meta.Name, Key: m.Key, Detail: "the row that a reference leads to does not exist"}
	if l.defaults.Hides(m.Meta) {
		err.Class, err.Err = rel.ErrHidden, fault.ErrNotFound
		err.Detail = "a filter hides the row that a reference leads to, or it is gone; orm.Load takes WithoutFilter"
	}
	return err
}
