package load

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb/find"
)

// unread finds out where a to-one relation leads in entities that were read without it.
func (l *Loader) unread(ctx context.Context, roots []*managed, node *populate.Node, o *Options) error {
	p := node.Relation.Edge()
	lacks := func(m *managed) bool { return m.Key != nil && !m.Loaded.Has(p.Index) }
	if !slices.ContainsFunc(roots, lacks) {
		return nil
	}
	list := slices.DeleteFunc(slices.Clone(roots), func(m *managed) bool { return !lacks(m) })
	return l.lazy(ctx, list, p.Entity, []*mapper.Property{p}, o)
}

// toOne loads the targets of a to-one relation whose keys are known.
func (l *Loader) toOne(g *loading, roots []*managed, node *populate.Node, o *Options) error {
	p := node.Relation.Edge()
	if err := l.lazy(g.ctx, lacking(roots, p), p.Entity, []*mapper.Property{p}, o); err != nil {
		return err
	}
	roots = l.along(roots, node.Relation)
	if err := l.hidden(g.ctx, roots, node, o); err != nil {
		return err
	}
	joins := len(find.Joined(node.Children)) > 0
	read := telling(l.leavesRead(node))
	var targets, missing []*managed
	seen := l.unit.Mark()
	for _, root := range roots {
		target := l.unit.EntryOf(l.unit.Own(root, p))
		if target == nil || !seen.First(target) {
			continue
		}
		targets = append(targets, target)
		if target.Key != nil && (target.Entity == nil || o.Refresh || target.Lacks(read) || joins) {
			missing = append(missing, target)
		}
	}
	var rd *reader
	g.take = func(rows driver.Rows) (err error) {
		rd, err = l.readKeys(rows, g.st, missing, o)
		return err
	}
	g.done = func() ([]*managed, *reader, error) {
		for _, target := range missing {
			l.unit.Hide(&target.Entry)
		}
		if p.Relation.Style == mapper.PointerField {
			for _, root := range roots {
				l.unit.Point(root, p)
			}
		}
		return present(targets), rd, nil
	}
	return l.missing(g, missing, node, o)
}

// lacking returns the stored entities whose relation was not read.
func lacking(list []*managed, p *mapper.Property) (out []*managed) {
	for _, m := range list {
		if m.Key != nil && m.Entity != nil && !m.Loaded.Has(p.Index) {
			out = append(out, m)
		}
	}
	return out
}

// leavesRead lists what a node reads of its targets.
func (l *Loader) leavesRead(node *populate.Node) []*mapper.Property {
	if node.Fields != nil {
		return node.Fields
	}
	return l.db.Shape(node.Relation.Relation.Target).read
}

// inverse loads the inverse side of a one-to-one relation kept as a plain pointer.
func (l *Loader) inverse(g *loading, roots []*managed, node *populate.Node, o *Options) error {
	roots = l.distinct(roots)
	var read *family
	var rd *reader
	g.take = func(rows driver.Rows) (err error) {
		read, rd, err = l.grouped(rows, g.st, roots, node.Relation, o)
		return err
	}
	g.done = func() ([]*managed, *reader, error) {
		if read == nil {
			return nil, nil, nil
		}
		if err := l.hidden(g.ctx, l.inversely(roots, node, read, o), node, o); err != nil {
			return nil, rd, err
		}
		targets, err := l.again(g.ctx, l.shown(roots, node, read))
		if err != nil {
			return nil, rd, err
		}
		return targets, rd, l.lazy(g.ctx, targets, node.Relation.Relation.Target, l.leavesRead(node), o) // of those assigned before
	}
	return l.missing(g, roots, node, o)
}

// shown returns what was read of a side without columns, and what the user has assigned there, be it
// forgotten since.
func (l *Loader) shown(roots []*managed, node *populate.Node, read *family) []*managed {
	list := read.flat
	if restricted(node) {
		return list
	}
	seen := l.unit.Mark()
	for _, m := range list {
		seen.First(m)
	}
	for _, root := range roots {
		if m := l.unit.EntryOf(l.unit.Reference(root, node.Relation)); m != nil && (m.Entity != nil || m.Key != nil) && seen.First(m) {
			list = append(slices.Clip(list), m)
		}
	}
	return list
}

// inversely gives owners the targets that were read, and returns those of which a filter may
// hide the target.
func (l *Loader) inversely(roots []*managed, node *populate.Node, read *family, o *Options) []*managed {
	var unseen []*managed
	for i, root := range roots {
		group := read.of(i)
		switch {
		case len(group) == 0 && node.Where != nil: // there may be one that the condition hides
		case len(group) == 0 && o.filter(node.Relation.Relation.Target):
			l.unit.Unknow(root, node.Relation)
			unseen = append(unseen, root)
		default:
			l.unit.SetTarget(root, node.Relation, first(group))
		}
	}
	return unseen
}
