package orm

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/exec"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/qb"
)

// input is what the planner needs to know.
func (w *work) input(db *DB) plan.Input {
	return plan.Input{
		Registry: db.registry, Model: db.model, Changes: w.Changes, Links: w.Links, Carried: w.Carried,
		Whole: db.caps.WholeEntities, Defers: db.caps.DeferrableUnique, OwnReferences: db.caps.OwnReferences, KeyArrays: db.caps.KeyArrays, Revises: db.caps.Revisions, Apart: w.stays,
	}
}

// taken returns what finds out which values of a column are taken, in the session of
// the flush. Filters hide no row from it.
func (w *work) taken(session driver.Session) func(context.Context, *exec.Question) ([]any, error) {
	return func(ctx context.Context, q *exec.Question) ([]any, error) {
		args := []any{q.Values}
		p := q.Column.Property
		where := &conditions.AndNode{Nodes: []conditions.Node{
			&conditions.InNode{Field: conditions.Field{Property: p, Part: q.Column.Part}, Values: conditions.Slot(0)},
		}}
		slots := []conditions.SlotInfo{{Type: q.Column.Type, List: true}}
		for _, b := range q.Beside {
			field := conditions.Field{Property: b.Column.Property, Part: b.Column.Part}
			where.Nodes = append(where.Nodes, &conditions.Compare{Field: field, Op: conditions.OpEq, Value: conditions.Slot(len(args))})
			args, slots = append(args, b.Value), append(slots, conditions.SlotInfo{Type: b.Column.Type})
		}
		program, err := w.db.engine.Compile(&qb.Select{
			Registry: w.db.registry, Entity: p.Entity, Output: []*mapper.Property{p}, Where: where,
			Limit: conditions.NoSlot, Offset: conditions.NoSlot, Schema: w.schema, Slots: slots,
		})
		if err != nil {
			return nil, err
		}
		rows, err := session.Query(ctx, program, args)
		if err != nil {
			return nil, err
		}
		var found []any
		cells := make([]cellValue, len(p.Columns))
		dest := make([]any, len(cells))
		for i := range cells {
			cells[i].kind, dest[i] = p.Columns[i].Type, &cells[i]
		}
		for rows.Next() {
			if err := rows.Scan(dest); err != nil {
				_ = rows.Close() // the first error counts
				return nil, err
			}
			found = append(found, cells[q.Column.Part].value)
		}
		return found, rows.Close()
	}
}

// cellValue scans a value of a type in canonical form.
type cellValue struct {
	kind  *mapper.Type
	value any
}

// Scan implements sql.Scanner.
func (c *cellValue) Scan(src any) (err error) {
	kind := *c.kind
	if kind.Kind == mapper.Custom && kind.Custom != nil { // its database form is meant
		kind.Kind = kind.Custom.Kind()
	}
	c.value, err = kind.Decode(src)
	return err
}

// deferring returns what puts off the checks of unique constraints.
func (w *work) deferring(session driver.Session) func(context.Context, []*constraint.Unique, bool) error {
	return func(ctx context.Context, list []*constraint.Unique, on bool) error {
		engine, ok := driver.SessionAs[driver.Deferrer](session)
		if !ok {
			return fmt.Errorf("orm: %w: the session cannot defer constraints", driver.ErrUnsupported)
		}
		names := make([]driver.Constraint, len(list))
		for i, u := range list {
			names[i] = driver.Constraint{Schema: u.Columns[0].Table.Schema, Name: u.Constraint}
			if names[i].Schema == "*" {
				names[i].Schema = w.schema
			}
		}
		return engine.Defer(ctx, names, on)
	}
}
