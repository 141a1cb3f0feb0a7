package load

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// Populate loads what the options ask for, for entities that are there already.
func (l *Loader) Populate(ctx context.Context, e *mapper.Entity, roots []*managed, o *Options) error {
	own := *o
	own.Strategy, own.few = "select-in", false // nothing is read that could be joined to
	plan, err := own.find(l.db, e, nil, false).Roots()
	if err != nil {
		return err
	}
	if err := l.lazy(ctx, roots, e, plan.Nodes.Lazy, &own); err != nil {
		return err
	}
	own.outer = plan.Nodes.Values[:plan.Nodes.Outer]
	return l.below(ctx, roots, plan.Nodes.Nodes, nil, &own)
}

// lazy reads lazy leaves of entities that are there and lack them.
func (l *Loader) lazy(ctx context.Context, list []*managed, e *mapper.Entity, leaves []*mapper.Property, o *Options) error {
	if len(leaves) == 0 {
		return nil
	}
	var missing []*managed
	decisive := telling(leaves)
	for _, m := range list {
		if m.Key != nil && m.Lacks(decisive) {
			missing = append(missing, m)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	read := map[*mapper.Property]bool{}
	for _, p := range e.HierarchyLeaves() {
		read[p] = p.Primary || e.TellsType(p) || slices.Contains(leaves, p)
	}
	e.ReadAlong(read)
	fields := slices.Clone(leaves)
	for _, p := range e.HierarchyLeaves() {
		if read[p] && !slices.Contains(fields, p) {
			fields = append(fields, p)
		}
	}
	node := &populate.Node{Relation: selfRelation(e), Fields: fields, Limit: -1, Offset: -1}
	_, err := l.byKey(ctx, missing, node, o)
	return err
}

// below loads the relations of nodes for all roots, level by level. What a
// statement joined is taken from its reader.
func (l *Loader) below(ctx context.Context, roots []*managed, nodes []*populate.Node, rd *reader, o *Options) error {
	if len(roots) == 0 {
		return nil
	}
	together, err := l.siblings(ctx, roots, nodes, rd, o)
	if err != nil {
		return err
	}
	for i, node := range nodes {
		if node.Strategy == populate.Joined && rd != nil {
			if len(node.Children) > 0 {
				if err := l.below(ctx, rd.found(node.Path), node.Children, rd, o); err != nil {
					return err
				}
			}
			if err := l.besides(ctx, roots, node, rd, o); err != nil {
				return err
			}
			continue
		}
		var targets []*managed
		var inner *reader
		if together != nil {
			targets, inner = together[i].targets, together[i].inner
		} else {
			targets, inner, err = l.node(ctx, ofType(roots, node.Relation.Entity), node, o)
		}
		if err != nil {
			return err
		}
		if err := l.rest(ctx, targets, node, o); err != nil {
			return err
		}
		if err := l.below(ctx, targets, node.Children, inner, o); err != nil {
			return err
		}
		inner.release()
	}
	return nil
}

// besides loads what a join cannot have brought to a relation of the roots. Roots that were all made of
// the rows just read have nothing that anybody has given them since.
func (l *Loader) besides(ctx context.Context, roots []*managed, node *populate.Node, rd *reader, o *Options) error {
	made := node.Relation.Relation.Style != mapper.PointerField && rd.madeAll(node.Path, roots)
	if made && !isInverseOne(node.Relation) {
		return nil
	}
	roots = ofType(roots, node.Relation.Entity)
	if !made {
		if err := l.reassigned(ctx, roots, node, o); err != nil {
			return err
		}
	}
	return l.hidden(ctx, roots, node, o)
}

// reassigned loads the targets that the user has given to a relation since, here or through
// its other side, which a join by the columns of the rows cannot have brought.
func (l *Loader) reassigned(ctx context.Context, roots []*managed, node *populate.Node, o *Options) error {
	if l.unit.IsReadOnly() {
		return nil
	}
	var targets []*managed
	switch {
	case node.Relation.Kind.IsToOne():
		targets = l.assigned(roots, node.Relation)
		if err := l.Targets(ctx, targets); err != nil {
			return err
		}
		targets = present(targets)
	case !restricted(node):
		var err error
		if targets, err = l.again(ctx, l.added(roots, node.Relation)); err != nil {
			return err
		}
	}
	if len(targets) == 0 {
		return nil
	}
	if err := l.rest(ctx, targets, node, o); err != nil {
		return err
	}
	return l.below(ctx, targets, node.Children, nil, o)
}

// assigned returns the targets of references that do not lead where the database says.
func (l *Loader) assigned(roots []*managed, p *mapper.Property) (targets []*managed) {
	l.unit.Shown(roots, p)
	for _, root := range roots {
		if l.unit.AsRead(root, p) || !l.unit.Assigned(root, p) && (root.Snap == nil || l.unit.Reference(root, p) == l.unit.Stored(root, p)) {
			continue
		}
		if target := l.unit.EntryOf(l.unit.Own(root, p)); target != nil && target.Key != nil {
			targets = append(targets, target)
		}
	}
	return targets
}

// added returns the stored items that collections have and the database does not know in them.
func (l *Loader) added(roots []*managed, p *mapper.Property) (targets []*managed) {
	seen := l.unit.Mark()
	for _, root := range roots {
		for _, item := range l.unit.Added(root, p) {
			if m := l.unit.PlaceOf(item); m != nil && m.Key != nil && seen.First(m) {
				targets = append(targets, m)
			}
		}
	}
	return targets
}

// rest reads what other reads have left of the targets of a node that were known.
func (l *Loader) rest(ctx context.Context, targets []*managed, node *populate.Node, o *Options) error {
	wanted := slices.Concat(l.leavesRead(node), node.Lazy)
	return l.lazy(ctx, targets, node.Relation.Relation.Target, wanted, o)
}

// ofType returns the entities that are of a type: those that have a relation which
// only a subtype may have.
func ofType(list []*managed, e *mapper.Entity) []*managed {
	other := func(m *managed) bool { return !m.Meta.IsSubtypeOf(e) }
	if !slices.ContainsFunc(list, other) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), other)
}

// present returns the entities that were found.
func present(list []*managed) []*managed {
	found := list[:0]
	for _, m := range list {
		if m.Entity != nil {
			found = append(found, m)
		}
	}
	return found
}

// first returns the first of a list, nil when it is empty.
func first(list []*managed) *managed {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// one is a populate node for a single relation.
func one(p *mapper.Property) *populate.Node {
	return &populate.Node{Relation: p, Path: p.Path, Strategy: populate.SelectIn, Limit: -1, Offset: -1}
}
