package load

import (
	"context"
	"errors"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb/find"
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
			if err := l.reassigned(ctx, ofType(roots, node.Relation.Entity), node, o); err != nil {
				return err
			}
			if err := l.hidden(ctx, ofType(roots, node.Relation.Entity), node, o); err != nil {
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

// reassigned loads the targets that the user has given to a relation since, here or through
// its other side, which a join by the columns of the rows cannot have brought.
func (l *Loader) reassigned(ctx context.Context, roots []*managed, node *populate.Node, o *Options) error {
	p := node.Relation
	if !p.Kind.IsToOne() || l.unit.IsReadOnly() {
		return nil
	}
	l.unit.Shown(roots, p)
	var targets []*managed
	for _, root := range roots {
		if l.unit.AsRead(root, p) || !l.unit.Assigned(root, p) && (root.Snap == nil || l.unit.Reference(root, p) == l.unit.Stored(root, p)) {
			continue
		}
		if target := l.unit.EntryOf(l.unit.Own(root, p)); target != nil && target.Key != nil {
			targets = append(targets, target)
		}
	}
	if len(targets) == 0 {
		return nil
	}
	if err := l.Targets(ctx, targets); err != nil {
		return err
	}
	targets = present(targets)
	if err := l.rest(ctx, targets, node, o); err != nil {
		return err
	}
	return l.below(ctx, targets, node.Children, nil, o)
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

// byKey reads the targets of a node by their keys.
func (l *Loader) byKey(ctx context.Context, list []*managed, node *populate.Node, o *Options) (*reader, error) {
	if len(list) == 0 {
		return nil, nil
	}
	st, rows, err := l.query(ctx, list, node, o)
	if err != nil {
		return nil, err
	}
	return l.readKeys(rows, st, list, o)
}

// readKeys reads the rows of entities that were asked for by their keys.
func (l *Loader) readKeys(rows driver.Rows, st *statement, list []*managed, o *Options) (*reader, error) {
	read, rd, err := l.read(rows, st, o)
	if err != nil {
		return nil, err
	}
	if err := l.unasked(list, read); err != nil {
		rd.release()
		return nil, err
	}
	return rd, nil
}

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
		for i, owner := range owners {
			if !l.unit.ItemsLoaded(owner, p) || o.Refresh {
				l.unit.SetItems(owner, p, read.of(i), restricted(node))
				l.unit.SetPlaces(owner, p, read.of(i), read.placesOf(i))
				told[i] = l.unit.HasOnly(owner, p, len(read.of(i)))
			}
		}
		items := l.items(roots, owners, told, p, read, restricted(node))
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
		list = make([]*managed, 0, len(read.flat))
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
			if m := l.unit.Find(item); m != nil && seen.First(m) {
				list = append(list, m)
			}
		}
	}
	return list
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
		targets := l.shown(roots, node, read)
		return targets, rd, l.lazy(g.ctx, targets, node.Relation.Relation.Target, l.leavesRead(node), o) // of those assigned before
	}
	return l.missing(g, roots, node, o)
}

// shown returns what was read of a side without columns, and what the user has assigned there.
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
		if m := l.unit.EntryOf(l.unit.Reference(root, node.Relation)); m != nil && m.Entity != nil && seen.First(m) {
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

// via reads the targets of a relation by the keys of its owners.
func (l *Loader) via(ctx context.Context, owners []*managed, node *populate.Node, o *Options) (*family, *reader, error) {
	if len(owners) == 0 {
		return nil, nil, nil
	}
	st, rows, err := l.query(ctx, owners, node, o)
	if err != nil {
		return nil, nil, err
	}
	return l.grouped(rows, st, owners, node.Relation, o)
}

// query runs the query of a node for the keys of a list.
func (l *Loader) query(ctx context.Context, list []*managed, node *populate.Node, o *Options) (*statement, driver.Rows, error) {
	st, args, err := l.byKeysOf(list, node, o)
	if err != nil {
		return nil, nil, err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	return st, rows, err
}

// byKeysOf returns the query of a node for the keys of a list, and its arguments.
func (l *Loader) byKeysOf(list []*managed, node *populate.Node, o *Options) (*statement, []any, error) {
	st, err := l.relatedStatement(node, o)
	if err != nil {
		return nil, nil, err
	}
	keys := make([]any, len(list))
	for i, m := range list {
		keys[i] = keyValue(m.Key)
	}
	args, err := o.bindFilters(find.Args(node, o.outer, keys), st)
	return st, args, err
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

// Target reads the row behind an unloaded reference; one that is not there is
// fault.ErrNotFound.
func (l *Loader) Target(ctx context.Context, m *managed) error {
	if m.Entity != nil {
		return nil
	}
	node := &populate.Node{Relation: selfRelation(m.Meta), Limit: -1, Offset: -1}
	if _, err := l.byKey(ctx, []*managed{m}, node, l.defaults.Options()); err != nil {
		return err
	}
	if m.Entity != nil {
		return nil
	}
	return l.Missed(m)
}

// Unread reads the reference that a stand-in is in the place of, and its target.
func (l *Loader) Unread(ctx context.Context, s *managed) error {
	owner, p := l.unit.Asked(s)
	_, rd, err := l.node(ctx, []*managed{owner}, one(p), l.defaults.Options())
	rd.release()
	if err != nil {
		return err
	}
	if target := l.unit.EntryOf(l.unit.Reference(owner, p)); target != nil {
		if err := l.Target(ctx, target); err != nil {
			return err
		}
	}
	l.unit.Answer(s)
	return nil
}

// Refresh reads the row of an entity again and takes its values; found is false when
// it is gone.
func (l *Loader) Refresh(ctx context.Context, m *unit.Managed) (found bool, err error) {
	o := l.defaults.Options()
	o.Refresh = true
	node := &populate.Node{Relation: selfRelation(m.Meta), Limit: -1, Offset: -1}
	rd, err := l.byKey(ctx, []*managed{m}, node, o)
	if err != nil {
		return false, err
	}
	defer rd.release()
	return rd.root.found != nil, nil
}

// ByKey reads the rows of entities of one type that have keys.
func (l *Loader) ByKey(ctx context.Context, list []*unit.Managed, o *Options) error {
	node := &populate.Node{Relation: selfRelation(list[0].Meta), Limit: -1, Offset: -1}
	rd, err := l.byKey(ctx, list, node, o)
	rd.release()
	return err
}

// first returns the first of a list, nil when it is empty.
func first(list []*managed) *managed {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// restricted reports a node that reads a part of a relation.
func restricted(node *populate.Node) bool {
	return node.Where != nil || node.Limit >= 0 || node.Offset >= 0
}

// Entity reads the row of a referenced entity, for a flush.
func (l *Loader) Entity(ctx context.Context, m *managed) (bool, error) {
	err := l.Target(ctx, m)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Relation reads the items or the target of one relation.
func (l *Loader) Relation(ctx context.Context, m *managed, p *mapper.Property) error {
	_, _, err := l.node(ctx, []*managed{m}, one(p), l.defaults.Options())
	return err
}

// Items reads the items a collection has in the database, for a flush.
func (l *Loader) Items(ctx context.Context, m *managed, p *mapper.Property) ([]*managed, error) {
	read, rd, err := l.via(ctx, []*managed{m}, one(p), l.defaults.Options())
	rd.release()
	return read.of(0), err
}

// Leaves reads properties of an entity that was read in part, for a flush.
func (l *Loader) Leaves(ctx context.Context, m *managed, leaves []*mapper.Property) error {
	return l.lazy(ctx, []*managed{m}, m.Meta, leaves, l.defaults.Options())
}

// Positions reads the stored places of the items of an ordered relation, for a flush.
// Nothing of them becomes managed, and no filter hides any.
func (l *Loader) Positions(ctx context.Context, m *managed, p *mapper.Property) (list []unit.Position, err error) {
	o := l.defaults.Options()
	o.Filters, o.NoEager = nil, true
	scratch := New(l.db, l.unit.Scratch(), l.session, l.defaults)
	node := one(p)
	node.Fields = p.Relation.Target.Key
	st, err := scratch.positionsStatement(node, o)
	if err != nil {
		return nil, err
	}
	rows, err := l.session.Query(ctx, st.program, find.Args(node, nil, []any{keyValue(m.Key)}))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	rd := newReader(scratch, st, o)
	defer rd.release()
	owner := mapper.NewKeyRow(p.Entity)
	var cell any
	rd.behind = []any{&cell}
	for rows.Next() {
		item, err := rd.row(rows, owner.Targets())
		if err != nil {
			return nil, err
		}
		at, err := p.Relation.Pivot.Order.Type.Decode(cell)
		if err != nil {
			return nil, err
		}
		if n, ok := at.(int64); ok {
			list = append(list, unit.Position{Key: item.Key, At: int(n)})
		}
	}
	return list, rows.Close()
}

// Referring reads the rows whose reference leads to one of the targets in the database,
// for a flush. No filter hides any.
func (l *Loader) Referring(ctx context.Context, p *mapper.Property, targets []*managed) ([]*managed, error) {
	o := l.defaults.Options()
	o.Filters, o.NoEager = nil, true
	keys := make([]any, len(targets))
	for i, m := range targets {
		keys[i] = keyValue(m.Key)
	}
	return l.Find(ctx, &Request{Entity: p.Entity, Cond: conditions.M{p.Path: conditions.M{"$in": keys}}, Options: o})
}

// one is a populate node for a single relation.
func one(p *mapper.Property) *populate.Node {
	return &populate.Node{Relation: p, Path: p.Path, Strategy: populate.SelectIn, Limit: -1, Offset: -1}
}
