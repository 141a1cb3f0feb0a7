package load

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb/find"
)

// toMany loads the items of a collection for all owners that do not know them.
func (l *Loader) toMany(g *loading, roots []*managed, node *populate.Node, o *Options) error {
	p := node.Relation
	part := restricted(node) || len(find.Joined(node.Children)) > 0
	roots = l.distinct(roots)
	owners := make([]*managed, 0, len(roots))
	for _, root := range roots {
		if root.Key != nil && (part || o.Refresh || !l.unit.ItemsLoaded(root, p)) {
			owners = append(owners, root)
		}
	}
	var read *family
	var rd *reader
	g.take = func(rows driver.Rows) (err error) {
		read, rd, err = l.grouped(rows, g.st, owners, p, o)
		return err
	}
	g.done = func() ([]*managed, *reader, error) {
		told := make([]bool, len(owners))
		if read != nil {
			l.unit.ExpectItems(len(owners), len(read.flat))
		}
		for i, owner := range owners {
			if !l.unit.ItemsLoaded(owner, p) || o.Refresh {
				l.unit.SetItems(owner, p, read.of(i), restricted(node))
				l.unit.SetPlaces(owner, p, read.of(i), read.placesOf(i))
				told[i] = l.unit.HasOnly(owner, p, len(read.of(i)))
			}
		}
		items, err := l.again(g.ctx, l.items(roots, owners, told, p, read, restricted(node)))
		if err != nil {
			rd.release()
			return nil, nil, err
		}
		if err := l.lazy(g.ctx, items, p.Relation.Target, l.leavesRead(node), o); err != nil { // of collections known before
			rd.release()
			return nil, nil, err
		}
		return items, rd, nil
	}
	return l.missing(g, owners, node, o)
}

// distinct returns the entities of a list, each once.
func (l *Loader) distinct(list []*managed) []*managed {
	met := l.unit.Mark()
	for i, m := range list {
		if met.First(m) {
			continue
		}
		once := slices.Clone(list[:i])
		for _, m := range list[i+1:] {
			if met.First(m) {
				once = append(once, m)
			}
		}
		return once
	}
	return list
}

// items returns the items of all roots, each once: those just read for the owners among
// them, and those that collections have besides, unless told says that an owner has none; part
// says that only what was read is asked for.
func (l *Loader) items(roots, owners []*managed, told []bool, p *mapper.Property, read *family, part bool) []*managed {
	var list []*managed
	if read != nil {
		list = make([]*managed, 0, min(len(read.flat), read.once))
	}
	seen := l.unit.Mark()
	next := 0 // of the owners, which stand in the order of the roots
	for _, root := range roots {
		var group []*managed
		all := false
		if next < len(owners) && owners[next] == root {
			group, all = read.of(next), told[next]
			next++
		}
		for _, m := range group {
			if seen.First(m) {
				list = append(list, m)
			}
		}
		if all || part && len(group) > 0 {
			continue
		}
		for _, item := range l.unit.List(root, p) {
			if m := l.unit.PlaceOf(item); m != nil && seen.First(m) {
				list = append(list, m)
			}
		}
	}
	return list
}

// again reads the rows of targets that were forgotten since views lead to them, and leaves out those that
// are gone.
func (l *Loader) again(ctx context.Context, items []*managed) ([]*managed, error) {
	gone := false
	for _, m := range items {
		if m.Entity != nil {
			continue
		}
		found, err := l.Entity(ctx, m)
		if err != nil {
			return nil, err
		}
		gone = gone || !found
	}
	if gone {
		return present(items), nil
	}
	return items, nil
}

// restricted reports a node that reads a part of a relation.
func restricted(node *populate.Node) bool {
	return node.Where != nil || node.Limit >= 0 || node.Offset >= 0
}
