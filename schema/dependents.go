package schema

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// SQLite changes many things of a table by copying it: a new table takes the rows, the old one
// goes, and the new one takes its name. Triggers of the table go with it, and views and triggers
// that name it are in the way, because the name means nothing for a moment.

var (
	copied  = regexp.MustCompile("^CREATE TABLE `new_([^`]+)`")
	dropped = regexp.MustCompile("^DROP (?:VIEW|TRIGGER) [\"`]([^\"`]+)[\"`]$")
)

// dependent is a view or trigger of a SQLite database, whoever made it.
type dependent struct {
	view           bool
	name, on, text string // on is the table or view of a trigger
}

// names reports that the dependent speaks of one of the names. It may do so by chance, in a
// text or as an alias: then it is made again for nothing.
func (d dependent) names(list []string) bool {
	return slices.ContainsFunc(list, func(name string) bool {
		return strings.EqualFold(d.on, name) || regexp.MustCompile(`(?i)\b`+regexp.QuoteMeta(name)+`\b`).MatchString(d.text)
	})
}

// withDependents takes views and triggers out of the way of tables that are copied, and
// brings them back; handled are seen to already, and so is what the plan itself drops.
func (l *live) withDependents(ctx context.Context, p *Plan, handled []Object) (*Plan, error) {
	var names []string
	var gone []string
	for _, s := range p.Statements {
		if m := copied.FindStringSubmatch(s.SQL); m != nil {
			names = append(names, m[1])
		}
		if m := dropped.FindStringSubmatch(s.SQL); m != nil {
			gone = append(gone, m[1])
		}
	}
	if len(names) == 0 || l.sql.Name() != "sqlite" {
		return p, nil
	}
	all, err := l.dependents(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(d dependent) bool {
		trigger := Object{Kind: Trigger, Name: d.name, Table: d.on}
		return strings.Contains(d.name, "`") || slices.Contains(gone, d.name) || !d.view && slices.ContainsFunc(handled, trigger.same)
	})
	before, after := &Plan{Transactional: true}, &Plan{Transactional: true}
	for _, d := range inTheWay(all, names) {
		kind := "trigger"
		if d.view {
			kind = "view"
		}
		drop := "DROP " + strings.ToUpper(kind) + " " + l.sql.Quote(d.name)
		before.Statements = slices.Insert(before.Statements, 0, Statement{SQL: drop, Reverse: []string{d.text}, Comment: fmt.Sprintf("drop %q %s", d.name, kind)})
		after.Statements = append(after.Statements, Statement{SQL: d.text, Reverse: []string{drop}, Comment: fmt.Sprintf("create %q %s again", d.name, kind)})
	}
	return before.then(p).then(after), nil
}

// inTheWay are the dependents that speak of the names, or of views that do: views first, each
// behind those it reads.
func inTheWay(all []dependent, names []string) []dependent {
	names = slices.Clone(names)
	taken := make([]bool, len(all))
	for again := true; again; {
		again = false
		for i, d := range all {
			if taken[i] || !d.names(names) {
				continue
			}
			if taken[i] = true; d.view {
				names, again = append(names, d.name), true
			}
		}
	}
	var views, triggers []dependent
	for i, d := range all {
		switch {
		case !taken[i]:
		case d.view:
			views = append(views, d)
		default:
			triggers = append(triggers, d)
		}
	}
	return append(views, triggers...)
}

// dependents are the views and triggers that are there, the oldest first, so that a view
// stands behind those it reads.
func (l *live) dependents(ctx context.Context) (list []dependent, err error) {
	if l.kept != nil {
		return l.kept.dependents(l.atlas), nil
	}
	rows, err := l.conn.QueryContext(ctx, "select type = 'view', name, tbl_name, sql from sqlite_master where type in ('view', 'trigger') order by rowid")
	if err != nil {
		return nil, l.objectError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var d dependent
		if err := rows.Scan(&d.view, &d.name, &d.on, &d.text); err != nil {
			return nil, l.objectError(err)
		}
		list = append(list, d)
	}
	return list, l.objectError(rows.Err())
}
