package schema

import (
	"context"
	"fmt"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql"
)

// Plan is an ordered list of DDL statements. It is made by [Diff] and belongs to
// the caller; [Apply] runs it.
type Plan struct {
	// Statements are in the order they must run in.
	Statements []Statement
	// Transactional reports that all of them can be rolled back together.
	Transactional bool
}

// Statement is one DDL statement.
type Statement struct {
	// SQL is the text, without a closing semicolon.
	SQL string
	// Reverse are the statements that undo it; empty when it cannot be undone.
	Reverse []string
	// Comment says what it does: `create "books" table`.
	Comment string
	// Schema names the attached database the statement runs in, on SQLite; "" is the
	// connection's own. Names in SQL are without it.
	Schema string
}

// IsEmpty reports that there is nothing to do.
func (p *Plan) IsEmpty() bool { return len(p.Statements) == 0 }

// Reversible reports that every statement can be undone.
func (p *Plan) Reversible() bool {
	for _, s := range p.Statements {
		if len(s.Reverse) == 0 {
			return false
		}
	}
	return true
}

// String returns the statements as a script, each with a semicolon and a line of its own.
func (p *Plan) String() string {
	var b strings.Builder
	for _, s := range p.Statements {
		b.WriteString(s.SQL)
		b.WriteString(";\n")
	}
	return b.String()
}

// SQL returns the script that creates everything a registry needs in an empty
// database of the dialect. It is what [Create] sends; the same registry gives
// the same text.
func SQL(reg *mapper.Registry, d *sql.Dialect, opts ...Option) (string, error) {
	realm, err := Desired(reg, d, opts...)
	if err != nil {
		return "", err
	}
	a := atlasFor(d.Name())
	planner, err := a.planner()
	if err != nil {
		return "", fmt.Errorf("schema: %s: %w", a.sql.Name(), err)
	}
	plan, err := a.plan(context.Background(), planner, createChanges(realm))
	if err != nil {
		return "", err
	}
	return plan.String(), nil
}

// createChanges lists the changes that make a realm out of nothing.
func createChanges(realm *schema.Realm) []schema.Change {
	var changes []schema.Change
	for _, s := range realm.Schemas {
		if s.Name != "" {
			changes = append(changes, &schema.AddSchema{S: s, Extra: []schema.Clause{&schema.IfNotExists{}}})
		}
		for _, o := range s.Objects {
			changes = append(changes, &schema.AddObject{O: o})
		}
	}
	for _, s := range realm.Schemas {
		for _, t := range s.Tables {
			changes = append(changes, &schema.AddTable{T: t})
		}
	}
	return changes
}

// plan orders changes and writes their statements.
func (a *atlas) plan(ctx context.Context, planner migrate.PlanApplier, changes []schema.Change) (*Plan, error) {
	if len(changes) == 0 {
		return &Plan{Transactional: true}, nil
	}
	ap, err := planner.PlanChanges(ctx, "weft", changes, func(o *migrate.PlanOptions) { o.Indent = "  " })
	if err != nil {
		return nil, fmt.Errorf("schema: %s: %w", a.sql.Name(), err)
	}
	p := &Plan{Transactional: ap.Transactional, Statements: make([]Statement, len(ap.Changes))}
	for i, c := range ap.Changes {
		reverse, err := c.ReverseStmts()
		if err != nil {
			return nil, fmt.Errorf("schema: %s: %w", a.sql.Name(), err)
		}
		p.Statements[i] = Statement{SQL: c.Cmd, Reverse: reverse, Comment: c.Comment}
	}
	constrain(p, changes)
	return p, nil
}
