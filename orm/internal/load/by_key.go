package load

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
)

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

// Target reads the row behind an unloaded reference; one that is not there is
// fault.ErrNotFound.
func (l *Loader) Target(ctx context.Context, m *managed) error {
	if err := l.target(ctx, m, l.defaults.Options()); err != nil || m.Entity != nil {
		return err
	}
	return l.Missed(m)
}

// target is Target that leaves m without an entity where there is no row.
func (l *Loader) target(ctx context.Context, m *managed, o *Options) error {
	if m.Entity != nil {
		return nil
	}
	node := &populate.Node{Relation: selfRelation(m.Meta), Limit: -1, Offset: -1}
	_, err := l.byKey(ctx, []*managed{m}, node, o)
	return err
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
	node := &populate.Node{Relation: selfRelation(m.Meta), Fields: l.leavesShown(m), Limit: -1, Offset: -1}
	rd, err := l.byKey(ctx, []*managed{m}, node, o)
	if err != nil {
		return false, err
	}
	defer rd.release()
	return rd.root.found != nil, nil
}

// leavesShown returns what an ordinary read brings, with the lazy leaves that an entity shows something
// of: they were read, or assigned. It is nil where there are none of these.
func (l *Loader) leavesShown(m *managed) []*mapper.Property {
	var list []*mapper.Property
	some := false
	for _, p := range m.Meta.HierarchyLeaves() {
		lazy := p.Lazy && !p.Virtual && !p.Kind.IsToMany() && m.Meta.IsSubtypeOf(p.Entity) && l.unit.Shows(m, p)
		if some = some || lazy; lazy || !p.Lazy && !p.Virtual && !p.Kind.IsToMany() {
			list = append(list, p)
		}
	}
	if !some {
		return nil
	}
	return list
}

// ByKey reads the rows of entities of one type that have keys, or some of their leaves, nil for all
// that are not lazy.
func (l *Loader) ByKey(ctx context.Context, list []*unit.Managed, leaves []*mapper.Property, o *Options) error {
	node := &populate.Node{Relation: selfRelation(list[0].Meta), Fields: leaves, Limit: -1, Offset: -1}
	rd, err := l.byKey(ctx, list, node, o)
	rd.release()
	return err
}

// selfRelation leads from an entity to itself: reading entities by their keys is
// populating it.
func selfRelation(e *mapper.Entity) *mapper.Property {
	return &mapper.Property{Entity: e, Index: -1, Relation: &mapper.Relation{Target: e, Owning: true}}
}
