package schema

import (
	"context"
	"fmt"
	"regexp"
	"slices"
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

	// dropped and added are the tables and columns that go and come.
	dropped, added []string
}

// Statement is one DDL statement.
type Statement struct {
	// SQL is the text, without a closing semicolon.
	SQL string
	// Reverse are the statements that undo it; empty when it cannot be undone, as when it destroys data.
	Reverse []string
	// Hazards are what it can destroy or fail at.
	Hazards []Hazard
	// Comment says what it does: `create "books" table`.
	Comment string
	// Table is the table it makes, changes or drops, "" for other statements.
	Table string
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

// Hazards lists what the statements can destroy or fail at, in order.
func (p *Plan) Hazards() []Hazard {
	var list []Hazard
	for _, s := range p.Statements {
		list = append(list, s.Hazards...)
	}
	return list
}

// Destroys names the tables and columns whose data the plan destroys, in order.
func (p *Plan) Destroys() []string {
	var list []string
	for _, h := range p.Hazards() {
		if h.Destroys {
			list = append(list, h.Object)
		}
	}
	return list
}

// destroys reports that the statement loses data.
func (s *Statement) destroys() bool {
	return slices.ContainsFunc(s.Hazards, func(h Hazard) bool { return h.Destroys })
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
	if err := usableMapping(reg, d, opts); err != nil {
		return "", err
	}
	realm, err := Desired(reg, d, opts...)
	if err != nil {
		return "", err
	}
	a := atlasFor(d.Name())
	planner, err := a.planner()
	if err != nil {
		return "", fmt.Errorf("schema: %s: %w", a.sql.Name(), err)
	}
	views, err := a.viewsOf(reg, collect(opts))
	if err != nil {
		return "", err
	}
	plan, err := a.plan(context.Background(), planner, createChanges(realm))
	if err != nil {
		return "", err
	}
	policies, err := a.policiesOf(reg, collect(opts))
	if err != nil {
		return "", err
	}
	objects, err := a.createObjects(slices.Concat(collect(opts).objects, policies))
	if err != nil {
		return "", err
	}
	return plan.then(a.createViews(views)).then(objects).String(), nil
}

var renamesInto = regexp.MustCompile(`^(ALTER TABLE .* RENAME TO )"[^"]+"\.("[^"]+")$`)

// unqualified takes the schema from the new name of a table: in PostgreSQL a table stays in the
// one it is in. Atlas names both.
func unqualified(text string) string { return renamesInto.ReplaceAllString(text, "$1$2") }

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
	changes = a.ownKeysLast(changes)
	rest, before, after := a.withoutIdentities(changes)
	ap := &migrate.Plan{Transactional: true}
	if len(rest) > 0 {
		var err error
		if ap, err = planner.PlanChanges(ctx, "weft", a.converting(rest), func(o *migrate.PlanOptions) { o.Indent = "  " }); err != nil {
			return nil, fmt.Errorf("schema: %s: %w", a.sql.Name(), err)
		}
	}
	p := &Plan{Transactional: ap.Transactional, Statements: make([]Statement, len(ap.Changes))}
	h := a.hazards(changes)
	for i, c := range ap.Changes {
		reverse, err := c.ReverseStmts()
		if err != nil {
			return nil, fmt.Errorf("schema: %s: %w", a.sql.Name(), err)
		}
		if _, ok := c.Source.(*schema.RenameTable); ok {
			c.Cmd = unqualified(c.Cmd)
			for i := range reverse {
				reverse[i] = unqualified(reverse[i])
			}
		}
		s := Statement{SQL: c.Cmd, Reverse: reverse, Comment: c.Comment, Table: tableOf(c.Source, c.Cmd), Hazards: h.news(c.Source)}
		if s.destroys() {
			s.Reverse = nil
		}
		p.Statements[i] = s
	}
	p.Statements = slices.Concat(before, p.Statements, after)
	p.copiesAre()
	p.hazardsFirst()
	p.untold(changes, h)
	p.dropped, p.added = comings(changes)
	constrain(p, changes)
	return p, nil
}

// aboutTable finds the table in the head of a statement.
var aboutTable = regexp.MustCompile("(?i)^(?:create table|alter table|drop table|insert into|create (?:unique |fulltext )?index \\S+ on) (?:[\"`][^\"`]+[\"`]\\.)?[\"`]([^\"`]+)[\"`]")

// tableOf is the table that a statement is about: what Atlas made it of says so, or the text.
func tableOf(source schema.Change, text string) string {
	var index *schema.Index
	switch c := source.(type) {
	case *schema.AddTable:
		return c.T.Name
	case *schema.DropTable:
		return c.T.Name
	case *schema.ModifyTable:
		return c.T.Name
	case *schema.DropIndex:
		index = c.I
	case *schema.RenameIndex:
		index = c.From
	}
	if index != nil && index.Table != nil {
		return index.Table.Name
	}
	if m := aboutTable.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// takesPlace is how SQLite puts a copy in the place of a table.
var takesPlace = regexp.MustCompile("^ALTER TABLE `(new_[^`]+)` RENAME TO `([^`]+)`$")

// copiesAre says of the statements about a copy that they are about the table it takes the place of.
func (p *Plan) copiesAre() {
	for _, s := range p.Statements {
		m := takesPlace.FindStringSubmatch(s.SQL)
		if m == nil || m[1] != "new_"+m[2] {
			continue
		}
		for i := range p.Statements {
			if p.Statements[i].Table == m[1] {
				p.Statements[i].Table = m[2]
			}
		}
	}
}

// comings lists the tables and columns that go and come.
func comings(changes []schema.Change) (dropped, added []string) {
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.DropTable:
			dropped = append(dropped, c.T.Name)
		case *schema.AddTable:
			added = append(added, c.T.Name)
		case *schema.ModifyTable:
			for _, m := range c.Changes {
				switch m := m.(type) {
				case *schema.DropColumn:
					dropped = append(dropped, c.T.Name+"."+m.C.Name)
				case *schema.AddColumn:
					added = append(added, c.T.Name+"."+m.C.Name)
				}
			}
		}
	}
	return dropped, added
}

// hazardsFirst puts hazards to the first statement about their table: of a copy, the one that
// takes its place comes last, and rows are in the way of those before.
func (p *Plan) hazardsFirst() {
	for i := range p.Statements {
		s := &p.Statements[i]
		first := slices.IndexFunc(p.Statements, func(x Statement) bool { return x.Table == s.Table })
		if s.Table == "" || len(s.Hazards) == 0 || first == i {
			continue
		}
		to := &p.Statements[first]
		if s.destroys() {
			to.Reverse = nil
		}
		to.Hazards, s.Hazards = append(to.Hazards, s.Hazards...), nil
	}
}

// untold adds the hazards of changes that no statement was attributed to, to the first one.
func (p *Plan) untold(changes []schema.Change, h *hazards) {
	for _, c := range changes {
		if list := h.news(c); len(list) > 0 {
			p.Statements[0].Hazards = append(p.Statements[0].Hazards, list...)
			p.Statements[0].Reverse = nil
		}
	}
}
