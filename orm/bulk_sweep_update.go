package orm

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/qb"
)

// renamedBy are the references to unique properties that an update sets.
func renamedBy(w *qb.Write, rules *constraint.Rules) (list []*mapper.Property) {
	for _, b := range rules.Below {
		for _, p := range b.Named {
			sets := func(a qb.Assign) bool { return a.Column == p.Relation.Keys[0] }
			if !p.Relation.NoConstraint && !slices.Contains(list, p) && slices.ContainsFunc(w.Assign, sets) {
				list = append(list, p)
			}
		}
	}
	return list
}

// update updates rows and what refers to values that change, as onUpdate says, and returns
// how many rows the condition finds.
func (s *sweep) update(ctx context.Context) (int64, error) {
	w := s.write
	set := make([]*mapper.Column, len(w.Assign))
	values := make([]any, len(w.Assign))
	for i, a := range w.Assign {
		slot, ok := a.Value.(conditions.Slot)
		if !ok {
			return 0, &Error{Class: ErrUnsupported, Op: "exec", Entity: w.Entity.Name, Detail: "others refer to " + a.Column.Name + ": set values, nothing that the database computes"}
		}
		set[i], values[i] = a.Column, s.args[slot]
	}
	for _, p := range renamedBy(w, s.em.db.model.Of(w.Entity)) {
		now := values[slices.Index(set, p.Relation.Keys[0])]
		rows, err := s.matching(ctx, p.Relation.By)
		if err != nil {
			return 0, err
		}
		rows.drop(func(_, value any) bool { return changeset.Same(value, now) })
		if err := s.renamed(ctx, rows.keys, p, now); err != nil {
			return 0, err
		}
	}
	if err := s.held(func(p *mapper.Property) string { return "no onUpdate of it follows a change of " + p.Relation.By.Path }); err != nil {
		return 0, err
	}
	rows, err := s.matching(ctx, nil)
	if err != nil {
		return 0, err
	}
	s.own = len(s.ops)
	own := &qb.Write{Kind: qb.Update, Entity: w.Entity, Table: w.Table, Set: set, Match: w.Entity.KeyColumns}
	if err := s.add(own, values, sweptOp{plan.Update, w.Entity.Name, "", rows.keys}); err != nil {
		return 0, err
	}
	return s.send(ctx)
}

// renamed plans what becomes of rows that refer to a value which changes.
func (s *sweep) renamed(ctx context.Context, keys []any, p *mapper.Property, now any) (err error) {
	failed := s.referring(ctx, keys, p, func(rows *sweptRows) {
		switch {
		case err != nil:
		case p.Relation.OnUpdate == mapper.RuleCascade:
			err = s.move(rows, []any{now})
		case p.Relation.OnUpdate == mapper.RuleSetNull:
			err = s.move(rows, []any{nil})
		default:
			s.holders = append(s.holders, rows)
		}
	})
	return join(failed, err)
}
