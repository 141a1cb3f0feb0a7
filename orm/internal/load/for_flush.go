package load

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb/find"
)

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

// Hides reports that a filter on an entity is on, so that reads for a flush may leave rows of it out.
func (l *Loader) Hides(e *mapper.Entity) (bool, error) {
	o := l.defaults.Options()
	if err := o.restrict(); err != nil {
		return false, err
	}
	return o.filter(e), nil
}

// Row is Entity for a row that a view leads to and that is to lead back, or loses its place to another. No
// filter hides it.
func (l *Loader) Row(ctx context.Context, m *managed) (bool, error) {
	o := l.defaults.Options()
	o.Filters, o.NoEager = nil, true
	err := l.target(ctx, m, o)
	return err == nil && m.Entity != nil, err
}

// Leaves reads properties of an entity that was read in part, for a flush. No filter hides its row,
// or what the side without columns of a one-to-one relation leads to: where it leads to nothing, that
// must be told from what is not shown.
func (l *Loader) Leaves(ctx context.Context, m *managed, leaves []*mapper.Property) error {
	o := l.defaults.Options()
	o.Filters, o.NoEager = nil, true
	return l.lazy(ctx, []*managed{m}, m.Meta, leaves, o)
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
		keys[i] = keyValue(p.Relation.Target.Join(m.Meta, m.Key))
	}
	return l.Find(ctx, &Request{Entity: p.Entity, Cond: conditions.M{p.Path: conditions.M{"$in": keys}}, Options: o})
}
