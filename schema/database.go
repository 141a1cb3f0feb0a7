package schema

import (
	"context"
	"fmt"
	"strings"

	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"github.com/weft-orm/weft/driver"
)

// CreateDatabase makes an empty database on the server of a target, which is connected
// to another one. It is an [ErrUnsupported] where a database is a file, or comes into
// being by being used.
func CreateDatabase(ctx context.Context, t Target, name string) (err error) {
	defer told(ctx, t, &err)
	if err := reachable(t, nil); err != nil {
		return err
	}
	return database(ctx, t, "create database ", name)
}

// DropDatabase removes a database of the server of a target with all it holds.
func DropDatabase(ctx context.Context, t Target, name string) (err error) {
	defer told(ctx, t, &err)
	if err := reachable(t, nil); err != nil {
		return err
	}
	return database(ctx, t, "drop database if exists ", name)
}

func database(ctx context.Context, t Target, statement, name string) error {
	l, err := connect(ctx, t, "")
	if err != nil {
		return err
	}
	defer l.close()
	if !l.schemas {
		return &UnsupportedError{Dialect: l.sql.Name(), Object: name, Feature: "a database made by a statement"}
	}
	if name == "" || strings.ContainsAny(name, "\"`\x00") {
		return &UnsupportedError{Dialect: l.sql.Name(), Object: fmt.Sprintf("%q", name), Feature: "a database of that name"}
	}
	return exec(ctx, l.conn, []Statement{{SQL: statement + l.sql.Quote(name)}}, 0)
}

// Clear removes all rows of the tables of the target's entities, whatever refers to
// what among them, and lets keys begin at 1 again. Other tables stay as they are; one
// that refers to a table of the entities is an error on PostgreSQL. It is meant for
// tests and for development.
func Clear(ctx context.Context, t Target, opts ...Option) (err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return err
	}
	if e, ok := driver.EngineAs[driver.SchemaEnsurer](t.Engine()); ok {
		wildcard := collect(opts).wildcard
		if err := e.DropSchema(ctx, t.Registry(), wildcard); err != nil {
			return err
		}
		return e.EnsureSchema(ctx, t.Registry(), wildcard)
	}
	return run(ctx, t, opts, func(l *live, o options) (*Plan, error) { return l.planClear(ctx, t, o) })
}

// planClear empties the tables that exist.
func (l *live) planClear(ctx context.Context, t Target, o options) (*Plan, error) {
	o.dropping = true
	desired, err := l.described(t.Registry(), o)
	if err != nil {
		return nil, err
	}
	current, err := l.inspect(ctx, desired, o)
	if err != nil {
		return nil, err
	}
	var tables, names []string
	for _, s := range current.Schemas {
		for _, table := range s.Tables {
			tables, names = append(tables, l.quoted(table)), append(names, table.Name)
		}
	}
	p := &Plan{Transactional: l.sql.Name() != "mysql" && l.sql.Name() != "mariadb"}
	add := func(sql string) { p.Statements = append(p.Statements, Statement{SQL: sql}) }
	switch {
	case len(tables) == 0:
	case l.sql.Name() == "postgres":
		add("TRUNCATE " + strings.Join(tables, ", ") + " RESTART IDENTITY")
	case l.sql.Name() == "sqlite":
		add("PRAGMA foreign_keys = off")
		for i, table := range tables {
			add("DELETE FROM " + table)
			if hasSequence(current.Schemas[0].Tables[i]) {
				add("DELETE FROM sqlite_sequence WHERE name = '" + strings.ReplaceAll(names[i], "'", "''") + "'")
			}
		}
		add("PRAGMA foreign_keys = on")
	default:
		add("SET foreign_key_checks = 0")
		for _, table := range tables {
			add("TRUNCATE TABLE " + table)
		}
		add("SET foreign_key_checks = 1")
	}
	return p, nil
}

// hasSequence reports a table whose keys SQLite counts in a table of its own.
func hasSequence(t *schema.Table) bool {
	for _, c := range t.Columns {
		if _, ok := attribute[*sqlite.AutoIncrement](c.Attrs); ok {
			return true
		}
	}
	_, ok := attribute[*sqlite.AutoIncrement](t.Attrs)
	return ok
}
