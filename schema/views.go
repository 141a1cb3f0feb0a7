package schema

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// A view is one that the mapping makes.
type view struct {
	schema, name, query string
	materialized        bool
}

// viewsOf lists the views of a registry in its order, so that one can read another
// that stands before it.
func (a *atlas) viewsOf(reg *mapper.Registry, o options) ([]*view, error) {
	var list []*view
	for _, e := range reg.Entities() {
		if e.ViewSQL == "" || e.Table == nil {
			continue
		}
		v := &view{schema: e.Table.Schema, name: e.Table.Name, query: strings.TrimRight(strings.TrimSpace(e.ViewSQL), "; \n"), materialized: e.Materialized}
		if v.schema == "*" {
			v.schema = o.wildcard
		}
		if o.split {
			if v.schema != o.part {
				continue
			}
			v.schema = ""
		}
		if v.materialized && !a.materialized {
			return nil, &UnsupportedError{Dialect: a.sql.Name(), Object: v.name, Feature: "a materialized view"}
		}
		list = append(list, v)
	}
	return list, nil
}

func (a *atlas) viewName(v *view) string {
	if v.schema == "" {
		return a.sql.Quote(v.name)
	}
	return a.sql.Quote(v.schema) + "." + a.sql.Quote(v.name)
}

func kindOf(v *view) string {
	if v.materialized {
		return "MATERIALIZED VIEW "
	}
	return "VIEW "
}

func (a *atlas) createView(v *view) Statement {
	drop := "DROP " + kindOf(v) + a.viewName(v)
	return Statement{SQL: "CREATE " + kindOf(v) + a.viewName(v) + " AS " + v.query, Reverse: []string{drop}, Comment: fmt.Sprintf("create %q view", v.name)}
}

func (a *atlas) dropView(v *view) Statement {
	s := Statement{SQL: "DROP " + kindOf(v) + a.viewName(v), Comment: fmt.Sprintf("drop %q view", v.name)}
	if v.query != "" {
		s.Reverse = []string{a.createView(v).SQL}
	}
	return s
}

// createViews is the plan that makes views where there are none.
func (a *atlas) createViews(list []*view) *Plan {
	p := &Plan{Transactional: a.transactional()}
	for _, v := range list {
		p.Statements = append(p.Statements, a.createView(v))
	}
	return p
}

func (a *atlas) transactional() bool { return a.databaseName == "" }

// around puts what views need around the changes of tables: views that differ, or that
// the server does not let tables change under, are dropped before and made after.
func (l *live) around(ctx context.Context, list []*view, o options, tables *Plan) (*Plan, error) {
	before, after := &Plan{Transactional: l.transactional()}, &Plan{Transactional: l.transactional()}
	for _, name := range o.goneViews {
		gone := &view{name: name}
		gone.schema, gone.name = cutSchema(name)
		if slices.ContainsFunc(list, func(v *view) bool { return v.name == gone.name && v.schema == gone.schema }) {
			continue
		}
		if old, err := l.readView(ctx, gone); err != nil {
			return nil, err
		} else if old != nil {
			before.Statements = append(before.Statements, l.dropView(old))
		}
	}
	for _, v := range list {
		old, err := l.readView(ctx, v)
		if err != nil {
			return nil, err
		}
		switch {
		case old == nil:
		case o.addOnly, (tables.IsEmpty() || !l.viewsHold) && l.sameView(ctx, v, old):
			continue
		default:
			before.Statements = slices.Insert(before.Statements, 0, l.dropView(old)) // views of views go first
		}
		after.Statements = append(after.Statements, l.createView(v))
	}
	return before.then(tables).then(after), nil
}

// readView reads a view as it is in the database, nil when it is not there.
func (l *live) readView(ctx context.Context, v *view) (*view, error) {
	if l.kept != nil {
		return l.kept.view(v), nil
	}
	old := *v
	err := l.conn.QueryRowContext(ctx, l.viewQuery, v.schema, v.name).Scan(&old.query, &old.materialized)
	if errors.Is(err, stdsql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("schema: %s: view %s: %w", l.sql.Name(), v.name, err)
	}
	old.query = l.cleanView(old.query)
	return &old, nil
}

// cleanView takes off what a server puts around the query it was given: the statement,
// and the name of the connection's own database.
func (l *live) cleanView(query string) string {
	if l.database != "" {
		query = strings.ReplaceAll(query, l.sql.Quote(l.database)+".", "")
	}
	if l.sql.Name() == "sqlite" {
		_, query, _ = strings.Cut(query, " AS ")
	}
	return strings.TrimRight(strings.TrimSpace(query), "; \n")
}

// sameView lets the server write both queries down, and compares what it writes.
func (l *live) sameView(ctx context.Context, v, old *view) bool {
	if v.query == old.query || v.materialized != old.materialized {
		return v.materialized == old.materialized
	}
	if l.conn == nil || l.sql.Name() == "sqlite" {
		return false // the text is kept as it was given
	}
	trial := &view{schema: v.schema, name: trialTable + "_view", query: v.query, materialized: v.materialized}
	if _, err := l.conn.ExecContext(ctx, l.createView(trial).SQL); err != nil {
		return false
	}
	defer l.conn.ExecContext(context.WithoutCancel(ctx), l.dropView(trial).SQL)
	written, err := l.readView(ctx, trial)
	return err == nil && written != nil && written.query == old.query
}

// RefreshViews reads the rows of the materialized views of the mapping anew, in the order of
// the registry. Without any it does nothing.
func RefreshViews(ctx context.Context, t Target, opts ...Option) (err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return err
	}
	return run(ctx, t, opts, func(l *live, o options) (*Plan, error) {
		list, err := l.viewsOf(t.Registry(), o)
		if err != nil {
			return nil, err
		}
		p := &Plan{Transactional: true}
		for _, v := range list {
			if v.materialized {
				p.Statements = append(p.Statements, Statement{SQL: "REFRESH MATERIALIZED VIEW " + l.viewName(v)})
			}
		}
		return p, nil
	})
}

// viewState is the views that a script is about, as they are.
func (r *rehearsal) viewState(ctx context.Context) ([]*view, error) {
	list, err := r.viewsOf(r.target.Registry(), r.options)
	if err != nil {
		return nil, err
	}
	for _, name := range r.options.goneViews {
		v := &view{}
		v.schema, v.name = cutSchema(name)
		if !slices.ContainsFunc(list, func(x *view) bool { return x.name == v.name && x.schema == v.schema }) {
			list = append(list, v)
		}
	}
	var there []*view
	for _, v := range list {
		old, err := r.readView(ctx, v)
		if err != nil {
			return nil, err
		}
		if old != nil {
			there = append(there, old)
		}
	}
	return there, nil
}

// viewsBack puts the views of the state before around the way back of the tables.
func (r *rehearsal) viewsBack(down *Plan, before, after []*view) *Plan {
	same := len(before) == len(after) && (down.IsEmpty() || !r.viewsHold)
	for i := range before {
		same = same && i < len(after) && *before[i] == *after[i]
	}
	if same {
		return down
	}
	first, last := &Plan{Transactional: r.transactional()}, &Plan{Transactional: r.transactional()}
	for _, v := range slices.Backward(after) {
		first.Statements = append(first.Statements, r.dropView(v))
	}
	for _, v := range before {
		last.Statements = append(last.Statements, r.createView(v))
	}
	return first.then(down).then(last)
}

func viewNames(list []*view) []string {
	var names []string
	for _, v := range list {
		if v.schema != "" {
			names = append(names, v.schema+"."+v.name)
			continue
		}
		names = append(names, v.name)
	}
	return names
}
