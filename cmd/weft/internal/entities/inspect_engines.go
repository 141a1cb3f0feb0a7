package entities

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"strings"

	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	weftsql "github.com/weft-orm/weft/qb/sql"
)

func sqliteColumn(from *schema.Column, to *Column) {
	to.Type = from.Type.Raw
	for _, a := range from.Attrs {
		if _, ok := a.(*sqlite.AutoIncrement); ok {
			to.Auto = true
		}
	}
}

func sqliteIndex(from *schema.Index, to *Index) {
	for _, a := range from.Attrs {
		if p, ok := a.(*sqlite.IndexPredicate); ok {
			to.Where = trimParens(p.P)
		}
	}
	if strings.HasPrefix(from.Name, "sqlite_autoindex_") && from.Table != nil {
		// SQLite names it itself and lets nobody use such names: it is known by this one.
		to.Name = strings.Join(append([]string{from.Table.Name}, to.Columns...), "_")
	}
}

// sqliteViews reads views. Their expressions have no declared type: what the first
// row with a value holds tells it.
func sqliteViews(ctx context.Context, conn *stdsql.Conn, _ string) ([]*Table, error) {
	names, err := strings2(ctx, conn, `select name, '' from sqlite_master where type = 'view' order by name`)
	if err != nil {
		return nil, err
	}
	var views []*Table
	for _, n := range names {
		quoted := `"` + strings.ReplaceAll(n[0], `"`, `""`) + `"`
		columns, err := strings2(ctx, conn, `select name, type from pragma_table_info('`+strings.ReplaceAll(n[0], "'", "''")+`') order by cid`)
		if err != nil {
			return nil, err
		}
		v := &Table{Name: n[0], View: true}
		for _, c := range columns {
			column := &Column{Name: c[0], Type: c[1], Nullable: true}
			if column.Type == "" {
				name := `"` + strings.ReplaceAll(c[0], `"`, `""`) + `"`
				seen, err := strings2(ctx, conn, `select typeof(`+name+`), '' from `+quoted+` where `+name+` is not null limit 1`)
				if err != nil {
					return nil, err
				}
				column.Type = "text"
				if len(seen) > 0 {
					column.Type = seen[0][0]
				}
			}
			v.Columns = append(v.Columns, column)
		}
		views = append(views, v)
	}
	return views, nil
}

// sqliteLayouts finds out how columns of times are written, by the rows that are there:
// SQLite keeps what it is given. Where rows differ, the first one tells.
func sqliteLayouts(ctx context.Context, conn *stdsql.Conn, db *Database, _ []string) error {
	quote := func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
	for _, t := range db.Tables {
		for _, c := range t.Columns {
			declared := strings.ToLower(c.Type)
			if t.View || !strings.Contains(declared, "datetime") && !strings.Contains(declared, "timestamp") {
				continue
			}
			name := quote(c.Name)
			seen, err := strings2(ctx, conn, `select typeof(`+name+`), cast(`+name+` as text) from `+quote(t.Name)+` where `+name+` is not null limit 1`)
			if err != nil {
				return err
			}
			switch {
			case len(seen) == 0:
			case seen[0][0] == "integer":
				c.Layout = "int"
			case seen[0][0] == "text":
				c.Layout = weftsql.SQLiteLayoutOf(seen[0][1])
			}
		}
	}
	return nil
}

func mysqlColumn(from *schema.Column, to *Column) {
	for _, a := range from.Attrs {
		switch a := a.(type) {
		case *mysql.AutoIncrement:
			to.Auto = true
		case *mysql.OnUpdate:
			to.OnUpdate = a.A
		}
	}
	if _, ok := from.Type.Type.(*schema.BoolType); ok {
		to.Type = "tinyint(1)"
	}
	if to.Enum == nil && strings.HasPrefix(to.Type, "enum(") {
		to.Enum = &Enum{Values: mysqlValues(to.Type)}
	}
	// A sequence or trigger is none of a mapping's defaults.
	if strings.HasPrefix(strings.ToLower(to.Default), "nextval(") {
		to.Default = ""
	}
}

func mysqlIndex(from *schema.Index, to *Index) {
	for _, a := range from.Attrs {
		if t, ok := a.(*mysql.IndexType); ok {
			switch strings.ToUpper(t.T) {
			case mysql.IndexTypeFullText:
				to.Fulltext = true
			case mysql.IndexTypeSpatial:
				to.Beyond = "is spatial"
			}
		}
	}
	for _, p := range from.Parts {
		for _, a := range p.Attrs {
			if _, ok := a.(*mysql.SubPart); ok {
				to.Beyond = "covers the beginning of a column"
			}
		}
	}
}

// mysqlValues reads the values of enum('a','b').
func mysqlValues(text string) []string {
	var values []string
	text = text[strings.IndexByte(text, '(')+1:]
	for i := 0; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		var b strings.Builder
		for i++; i < len(text); i++ {
			if text[i] == '\'' {
				if i+1 < len(text) && text[i+1] == '\'' {
					i++
				} else {
					break
				}
			}
			b.WriteByte(text[i])
		}
		values = append(values, b.String())
	}
	return values
}

func mysqlViews(ctx context.Context, conn *stdsql.Conn, schemaName string) ([]*Table, error) {
	return readViews(ctx, conn, func(c *Column) {
		if strings.HasPrefix(c.Type, "enum(") {
			c.Enum = &Enum{Values: mysqlValues(c.Type)}
		}
	}, `select c.table_name, c.column_name, c.column_type, c.is_nullable = 'YES', c.column_comment
from information_schema.columns c join information_schema.views v on v.table_schema = c.table_schema and v.table_name = c.table_name
where c.table_schema = ? order by c.table_name, c.ordinal_position`, schemaName)
}

// mysqlMore completes what depends on the tables as a whole.
func mysqlMore(_ context.Context, _ *stdsql.Conn, db *Database, _ []string) error {
	for _, t := range db.Tables {
		for _, c := range t.Columns {
			if t.View {
				c.Collation = "" // a view has that of its tables
			}
		}
	}
	return nil
}

func postgresColumn(from *schema.Column, to *Column) {
	switch t := from.Type.Type.(type) {
	case *postgres.SerialType:
		to.Auto = true
	case *schema.EnumType:
		to.Enum = &Enum{Name: t.T, Values: t.Values}
		if t.Schema != nil {
			to.Enum.Schema = t.Schema.Name
		}
	}
	for _, a := range from.Attrs {
		if _, ok := a.(*postgres.Identity); ok {
			to.Auto = true
		}
	}
	if strings.HasPrefix(to.Default, "nextval(") {
		to.Auto, to.Default = true, ""
	}
	to.Collation = "" // weft compares by code point whatever the column says
}

func postgresIndex(from *schema.Index, to *Index) {
	for _, a := range from.Attrs {
		switch a := a.(type) {
		case *postgres.IndexPredicate:
			to.Where = trimParens(a.P)
		case *postgres.IndexType:
			if !strings.EqualFold(a.T, postgres.IndexTypeBTree) {
				to.Beyond = "is a " + strings.ToLower(a.T) + " index"
			}
		case *postgres.IndexInclude:
			for _, c := range a.Columns {
				to.Include = append(to.Include, c.Name)
			}
		case *postgres.Constraint:
			if a.IsExclude() {
				to.Beyond = "is an exclusion constraint"
			}
		}
	}
	for _, p := range from.Parts {
		for _, a := range p.Attrs {
			if o, ok := a.(*postgres.IndexOpClass); ok && !o.Default {
				to.Beyond = "has an operator class of its own"
			}
		}
	}
}

func postgresViews(ctx context.Context, conn *stdsql.Conn, schemaName string) ([]*Table, error) {
	return readViews(ctx, conn, nil, `select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull, coalesce(col_description(c.oid, a.attnum), '')
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where n.nspname = $1 and c.relkind in ('v', 'm') and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attnum`, schemaName)
}

// postgresMore leaves out partitions, and says what stands below domains and which
// values the enums of views have.
func postgresMore(ctx context.Context, conn *stdsql.Conn, db *Database, _ []string) error {
	parts, err := strings2(ctx, conn, `select n.nspname || '.' || c.relname, p.relname from pg_inherits i
join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class p on p.oid = i.inhparent where c.relkind in ('r', 'p') order by 1`)
	if err != nil {
		return err
	}
	own, err := strings2(ctx, conn, `select current_schema(), ''`)
	if err != nil {
		return err
	}
	db.leaveParts(parts, own[0][0])
	domains, err := strings2(ctx, conn, `select format_type(t.oid, null), format_type(t.typbasetype, t.typtypmod) from pg_type t where t.typtype = 'd'`)
	if err != nil {
		return err
	}
	labels, err := strings2(ctx, conn, `select format_type(t.oid, null), e.enumlabel from pg_type t join pg_enum e on e.enumtypid = t.oid order by t.oid, e.enumsortorder`)
	if err != nil {
		return err
	}
	for _, t := range db.Tables {
		for _, c := range t.Columns {
			resolveType(c, domains, labels)
		}
	}
	return nil
}

func (db *Database) leaveParts(parts [][2]string, own string) {
	parents := map[string]string{}
	for _, p := range parts {
		parents[p[0]] = p[1]
	}
	var kept []*Table
	for _, t := range db.Tables {
		name := qualified(t.Schema, t.Name)
		if t.Schema == "" {
			name = own + "." + t.Name
		}
		if parent, ok := parents[name]; ok && !t.View {
			db.Notes = append(db.Notes, t.String()+" is a part of "+parent+", whose rows include its own")
			continue
		}
		kept = append(kept, t)
	}
	db.Tables = kept
}

func resolveType(c *Column, domains, labels [][2]string) {
	name := strings.Trim(c.Type, `"`)
	for _, d := range domains {
		if strings.Trim(d[0], `"`) == name {
			c.Base = d[1]
			name = strings.Trim(d[1], `"`)
		}
	}
	if c.Enum != nil {
		return
	}
	var values []string
	for _, l := range labels {
		if strings.Trim(l[0], `"`) == name {
			values = append(values, l[1])
		}
	}
	if values != nil {
		c.Enum = &Enum{Name: name, Values: values}
	}
}

// strings2 reads rows of two texts.
func strings2(ctx context.Context, conn *stdsql.Conn, query string, args ...any) ([][2]string, error) {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list [][2]string
	for rows.Next() {
		var row [2]string
		if err := rows.Scan(&row[0], &row[1]); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// readViews reads rows of view, column, type, nullable, comment.
func readViews(ctx context.Context, conn *stdsql.Conn, complete func(*Column), query string, args ...any) ([]*Table, error) {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("views: %w", err)
	}
	defer rows.Close()
	var views []*Table
	for rows.Next() {
		var view string
		c := &Column{}
		if err := rows.Scan(&view, &c.Name, &c.Type, &c.Nullable, &c.Comment); err != nil {
			return nil, fmt.Errorf("views: %w", err)
		}
		if complete != nil {
			complete(c)
		}
		if len(views) == 0 || views[len(views)-1].Name != view {
			views = append(views, &Table{Name: view, View: true})
		}
		v := views[len(views)-1]
		v.Columns = append(v.Columns, c)
	}
	return views, rows.Err()
}
