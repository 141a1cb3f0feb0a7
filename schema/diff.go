package schema

import (
	"context"
	"fmt"

	"ariga.io/atlas/sql/schema"
)

// Diff plans the statements that bring the tables of the target's entities from
// what they are in the database to what the mapping says; the plan is empty
// when they agree. Tables without an entity are not looked at. With [AddOnly]
// nothing that exists is changed or removed.
//
// Check constraints, generated columns and index predicates are compared as
// text, after the differences of notation that a database introduces; a change
// of parentheses alone is not noticed.
func Diff(ctx context.Context, t Target, opts ...Option) (*Plan, error) {
	var list []*Plan
	for _, part := range parts(t, collect(opts)) {
		l, err := connect(ctx, t, part.part)
		if err != nil {
			return nil, err
		}
		p, err := l.diff(ctx, t, part)
		l.conn.Close()
		if err != nil {
			return nil, err
		}
		list = append(list, p.in(part.part))
	}
	return join(list), nil
}

func (l *live) diff(ctx context.Context, t Target, o options) (*Plan, error) {
	desired, err := l.desired(t.Registry(), o)
	if err != nil {
		return nil, err
	}
	current, err := l.inspect(ctx, desired)
	if err != nil {
		return nil, err
	}
	reconcile(current, desired)
	if o.addOnly {
		keepExisting(current, desired)
	}
	changes, err := l.changes(current, desired)
	if err != nil {
		return nil, err
	}
	return l.plan(ctx, l.Driver, changes)
}

// changes compares schema by schema.
func (l *live) changes(current, desired *schema.Realm) ([]schema.Change, error) {
	var changes []schema.Change
	for _, want := range desired.Schemas {
		have, ok := current.Schema(want.Name)
		if !ok {
			changes = append(changes, createChanges(schema.NewRealm(want))...)
			continue
		}
		// Settings of the schema and objects without an entity are not weft's.
		diff, err := l.SchemaDiff(have, want, schema.DiffSkipChanges(
			&schema.ModifySchema{}, &schema.DropTable{}, &schema.DropObject{}, &schema.DropView{},
		))
		if err != nil {
			return nil, fmt.Errorf("schema: %s: %w", l.sql.Name(), err)
		}
		changes = append(changes, modifiedDeferrables(have, want, modifiedChecks(have, want, diff))...)
	}
	return changes, nil
}

// modifiedChecks adds the checks whose name stayed and whose condition changed,
// which Atlas does not compare.
func modifiedChecks(have, want *schema.Schema, changes []schema.Change) []schema.Change {
	for _, to := range want.Tables {
		from, ok := have.Table(to.Name)
		if !ok {
			continue
		}
		var modified []schema.Change
		for _, check := range to.Checks() {
			if old := checkOf(from, check.Name); old != nil && old.Expr != check.Expr {
				// One after the other: Atlas has no modification that all servers understand.
				modified = append(modified, &schema.DropCheck{C: old}, &schema.AddCheck{C: check})
			}
		}
		if len(modified) > 0 {
			changes = modify(changes, to, modified)
		}
	}
	return changes
}

// modify adds changes of a table to those planned for it.
func modify(changes []schema.Change, t *schema.Table, more []schema.Change) []schema.Change {
	for _, c := range changes {
		if m, ok := c.(*schema.ModifyTable); ok && m.T == t {
			m.Changes = append(m.Changes, more...)
			return changes
		}
	}
	return append(changes, &schema.ModifyTable{T: t, Changes: more})
}

func checkOf(t *schema.Table, name string) *schema.Check {
	for _, c := range t.Checks() {
		if c.Name == name {
			return c
		}
	}
	return nil
}
