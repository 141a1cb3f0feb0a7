package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/weft-orm/weft/driver"
)

// Create creates all tables, indexes and constraints of the target's entities.
// A table that exists is an error; see [Ensure].
func Create(ctx context.Context, t Target, opts ...Option) (err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return err
	}
	if e, ok := driver.EngineAs[driver.SchemaEnsurer](t.Engine()); ok {
		return ensured(ctx, t, e, opts)
	}
	return run(ctx, t, opts, func(l *live, o options) (*Plan, error) {
		realm, err := l.described(t.Registry(), o)
		if err != nil {
			return nil, err
		}
		views, err := l.viewsOf(t.Registry(), o)
		if err != nil {
			return nil, err
		}
		p, err := l.plan(ctx, l.Driver, createChanges(realm))
		if err != nil {
			return nil, err
		}
		return l.withObjects(ctx, t.Registry(), o, p.then(l.createViews(views)))
	})
}

// ensured asks an engine that makes its tables itself.
func ensured(ctx context.Context, t Target, engine driver.SchemaEnsurer, opts []Option) error {
	o := collect(opts)
	for _, e := range t.Registry().Entities() {
		if len(e.Policies) > 0 && !o.withoutPolicies {
			return &UnsupportedError{Dialect: t.Engine().Caps().Name, Object: e.Table.Name, Feature: "a policy of row level security (WithoutPolicies leaves it out)"}
		}
	}
	return engine.EnsureSchema(ctx, t.Registry(), o.wildcard)
}

// Ensure adds what is missing for the target's entities: tables, columns,
// indexes, checks and foreign keys. It changes and removes nothing that exists.
// Several programs may call it at once.
func Ensure(ctx context.Context, t Target, opts ...Option) (err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return err
	}
	if e, ok := driver.EngineAs[driver.SchemaEnsurer](t.Engine()); ok {
		return ensured(ctx, t, e, opts)
	}
	opts = append(opts[:len(opts):len(opts)], AddOnly())
	err = update(ctx, t, opts)
	if errors.As(err, new(*StatementError)) {
		// Where there are no locks another program may have been faster.
		if missing, diffErr := Diff(ctx, t, opts...); diffErr == nil && missing.IsEmpty() {
			return nil
		}
	}
	return err
}

// Update brings the tables of the target's entities to what the mapping says.
// Columns, indexes and constraints that the mapping does not have are DROPPED,
// with the data in them; tables without an entity are left alone. Look at the
// plan of [Diff] first.
func Update(ctx context.Context, t Target, opts ...Option) (err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return err
	}
	if e, ok := driver.EngineAs[driver.SchemaEnsurer](t.Engine()); ok {
		return ensured(ctx, t, e, opts)
	}
	return update(ctx, t, opts)
}

func update(ctx context.Context, t Target, opts []Option) error {
	return run(ctx, t, opts, func(l *live, o options) (*Plan, error) { return l.diff(ctx, t, o) })
}

// Drop removes the tables of the target's entities that exist, with all their
// rows, and the named enum types. Schemas stay.
func Drop(ctx context.Context, t Target, opts ...Option) (err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return err
	}
	if e, ok := driver.EngineAs[driver.SchemaEnsurer](t.Engine()); ok {
		return e.DropSchema(ctx, t.Registry(), collect(opts).wildcard)
	}
	return run(ctx, t, opts, func(l *live, o options) (*Plan, error) { return l.planDrop(ctx, t, o) })
}

// Apply runs a plan made by [Diff]: in one transaction where the engine can,
// else statement by statement up to the first error. Errors are
// *[StatementError].
func Apply(ctx context.Context, t Target, p *Plan) (err error) {
	defer told(ctx, t, &err)
	if err := reachable(t, nil); err != nil {
		return err
	}
	if p == nil {
		return fmt.Errorf("schema: %w: the plan", ErrArgument)
	}
	for _, part := range p.parts() {
		if err := on(ctx, t, part.name, func(*live) (*Plan, error) { return part.plan, nil }); err != nil {
			return err
		}
	}
	return nil
}

// run makes a plan for each part of the target and applies it on the same connection.
func run(ctx context.Context, t Target, opts []Option, plan func(*live, options) (*Plan, error)) error {
	for _, part := range parts(t, collect(opts)) {
		if err := on(ctx, t, part.part, func(l *live) (*Plan, error) { return plan(l, part) }); err != nil {
			return err
		}
	}
	return nil
}

// on makes a plan and applies it on a connection to one part.
func on(ctx context.Context, t Target, part string, plan func(*live) (*Plan, error)) error {
	l, err := connect(ctx, t, part)
	if err != nil {
		return err
	}
	defer l.close()
	unlock, err := l.lock(ctx)
	if err != nil {
		return err
	}
	p, err := plan(l)
	if err == nil {
		err = l.apply(ctx, p)
	}
	return errors.Join(err, unlock(ctx))
}

func (l *live) apply(ctx context.Context, p *Plan) error {
	if p.IsEmpty() {
		return nil
	}
	before, body, after := split(p.Statements)
	if err := exec(ctx, l.conn, before, 0); err != nil {
		return err
	}
	// Settings must be restored whatever happens to the statements between them.
	restore := func() error { return exec(context.WithoutCancel(ctx), l.conn, after, len(before)+len(body)) }
	if !p.Transactional {
		return errors.Join(exec(ctx, l.conn, body, len(before)), restore())
	}
	return errors.Join(l.transaction(ctx, body, len(before)), restore())
}

// split separates the settings around a plan from its statements: SQLite ignores
// PRAGMA foreign_keys inside a transaction.
func split(list []Statement) (before, body, after []Statement) {
	body = list
	for len(body) > 0 && isSetting(body[0]) {
		before, body = append(before, body[0]), body[1:]
	}
	for len(body) > 0 && isSetting(body[len(body)-1]) {
		after, body = append(after, body[len(body)-1]), body[:len(body)-1]
	}
	return before, body, after
}

func isSetting(s Statement) bool {
	return strings.HasPrefix(s.SQL, "PRAGMA ") || strings.HasPrefix(s.SQL, "SET foreign_key_checks")
}

func (l *live) transaction(ctx context.Context, body []Statement, done int) error {
	tx, err := l.conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("schema: %s: begin: %w", l.sql.Name(), err)
	}
	err = exec(ctx, tx, body, done)
	if err == nil && done > 0 {
		err = dangling(ctx, tx)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("schema: %s: commit: %w", l.sql.Name(), err)
	}
	return nil
}

// An execer is a connection or a transaction on it.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// exec runs statements in order; done is the number of those that ran before.
func exec(ctx context.Context, x execer, list []Statement, done int) error {
	for i, s := range list {
		if _, err := x.ExecContext(ctx, s.SQL); err != nil {
			return &StatementError{SQL: s.SQL, Applied: done + i, Hazards: hazardsUpTo(list, i), Err: err}
		}
	}
	return nil
}

// hazardsUpTo are those of a statement, and of the statements about its table before it.
func hazardsUpTo(list []Statement, i int) []Hazard {
	var found []Hazard
	for _, s := range list[:i] {
		if s.Table == list[i].Table && s.Table != "" {
			found = append(found, s.Hazards...)
		}
	}
	return append(found, list[i].Hazards...)
}
