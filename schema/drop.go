package schema

import (
	"context"
	"slices"

	"ariga.io/atlas/sql/schema"
)

// planDrop plans the removal of the tables that exist.
func (l *live) planDrop(ctx context.Context, t Target, o options) (*Plan, error) {
	o.dropping = true
	desired, err := l.described(t.Registry(), o)
	if err != nil {
		return nil, err
	}
	current, err := l.inspect(ctx, desired, o)
	if err != nil {
		return nil, err
	}
	var changes []schema.Change
	for _, s := range current.Schemas {
		for _, table := range s.Tables {
			changes = append(changes, &schema.DropTable{T: table})
		}
	}
	for _, s := range current.Schemas {
		want, _ := desired.Schema(s.Name)
		for _, o := range s.Objects {
			if e, ok := o.(*schema.EnumType); ok && hasEnum(want, e.T) {
				changes = append(changes, &schema.DropObject{O: e})
			}
		}
	}
	tables, err := l.plan(ctx, l.Driver, changes)
	if err != nil {
		return nil, err
	}
	views, err := l.viewsOf(t.Registry(), o)
	if err != nil {
		return nil, err
	}
	first := &Plan{Transactional: l.transactional()}
	for _, v := range slices.Backward(views) {
		if old, err := l.readView(ctx, v); err != nil {
			return nil, err
		} else if old != nil {
			first.Statements = append(first.Statements, l.dropView(old))
		}
	}
	have, err := l.madeObjects(ctx)
	if err != nil {
		return nil, err
	}
	return l.objectsTo(ctx, first.then(tables), nil, ofMapping(t.Registry(), options{wildcard: o.wildcard}, tables, have, true), false)
}

func hasEnum(s *schema.Schema, name string) bool {
	for _, o := range s.Objects {
		if e, ok := o.(*schema.EnumType); ok && e.T == name {
			return true
		}
	}
	return false
}
