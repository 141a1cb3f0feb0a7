package schema

import (
	"context"
	"crypto/sha256"
	stdsql "database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// objectTable keeps what objects were made of: the digest of their statements and of
// what the server made of them.
const objectTable = "weft_objects"

// objectWords are what differs between the dialects. %[1]s is the name, %[2]s the table, of a
// policy %[3]s its schema.
type objectWords struct {
	// kept asks whether the table of objects is there.
	kept string
	// definition asks for what the server says of an object.
	definition map[ObjectKind]string
	// onTable: a trigger is dropped with the name of its table.
	onTable bool
}

var mysqlObjects = &objectWords{
	kept: "select count(*) from information_schema.tables where table_schema = database() and table_name = '" + objectTable + "'",
	definition: map[ObjectKind]string{
		Trigger:   "select md5(concat(action_timing, event_manipulation, action_statement)) as d from information_schema.triggers where trigger_schema = database() and trigger_name = '%[1]s' and event_object_table = '%[2]s'",
		Function:  "select md5(coalesce(routine_definition, '')) as d from information_schema.routines where routine_schema = database() and routine_name = '%[1]s' and routine_type = 'FUNCTION'",
		Procedure: "select md5(coalesce(routine_definition, '')) as d from information_schema.routines where routine_schema = database() and routine_name = '%[1]s' and routine_type = 'PROCEDURE'",
	},
}

var objectsOf = map[string]*objectWords{
	"sqlite": {
		kept:       "select count(*) from sqlite_master where type = 'table' and name = '" + objectTable + "'",
		definition: map[ObjectKind]string{Trigger: "select sql as d from sqlite_master where type = 'trigger' and name = '%[1]s' and tbl_name = '%[2]s'"},
	},
	"postgres": {
		kept: "select count(*) from pg_class where relname = '" + objectTable + "' and relnamespace = current_schema()::regnamespace",
		definition: map[ObjectKind]string{
			Trigger:   "select md5(pg_get_triggerdef(t.oid)) as d from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = current_schema()::regnamespace and t.tgname = '%[1]s' and c.relname = '%[2]s'",
			Function:  "select md5(pg_get_functiondef(p.oid)) as d from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.proname = '%[1]s' and p.prokind = 'f'",
			Procedure: "select md5(pg_get_functiondef(p.oid)) as d from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.proname = '%[1]s' and p.prokind = 'p'",
			Exclusion: "select pg_get_constraintdef(k.oid) as d from pg_constraint k join pg_class c on c.oid = k.conrelid where c.relnamespace = current_schema()::regnamespace and k.contype = 'x' and k.conname = '%[1]s' and c.relname = '%[2]s'",
			policy: "select md5(concat_ws('/', p.polcmd, p.polpermissive, (select string_agg(r.rolname, ',' order by r.rolname) from pg_roles r where r.oid = any (p.polroles))," +
				" coalesce(pg_get_expr(p.polqual, p.polrelid), ''), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''))) as d" +
				" from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = %[3]s and p.polname = '%[1]s' and c.relname = '%[2]s'",
			rowSecurity: "select 'on' as d from pg_class c where c.relnamespace = %[3]s and c.relname = '%[2]s' and c.relrowsecurity and c.relforcerowsecurity",
		},
		onTable: true,
	},
	"mysql": mysqlObjects, "mariadb": mysqlObjects,
}

// A made object is one that is recorded.
type made struct {
	Object
	digest, server string
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// madeObjects reads the records.
func (l *live) madeObjects(ctx context.Context) ([]made, error) {
	if l.kept != nil {
		return l.kept.made(), nil
	}
	words := objectsOf[l.sql.Name()]
	var n int
	if err := l.conn.QueryRowContext(ctx, words.kept).Scan(&n); err != nil || n == 0 {
		return nil, l.objectError(err)
	}
	rows, err := l.conn.QueryContext(ctx, "select kind, name, on_table, digest, server, statement from "+objectTable+" order by at")
	if err != nil {
		return nil, l.objectError(err)
	}
	defer rows.Close()
	var list []made
	for rows.Next() {
		var m made
		var text string
		if err := rows.Scan(&m.Kind, &m.Name, &m.Table, &m.digest, &m.server, &text); err != nil {
			return nil, l.objectError(err)
		}
		sql, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, l.objectError(err)
		}
		m.SQL = string(sql)
		list = append(list, m)
	}
	return list, l.objectError(rows.Err())
}

func (l *live) objectError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("schema: %s: triggers and routines: %w", l.sql.Name(), err)
}

// definition is what the server says of an object, "" when it is not there.
func (l *live) definition(ctx context.Context, o Object) (string, error) {
	if l.kept != nil {
		return l.kept.definition(o), nil
	}
	var text string
	err := l.conn.QueryRowContext(ctx, definitionOf(l.atlas, o)).Scan(&text)
	if errors.Is(err, stdsql.ErrNoRows) {
		return "", nil
	}
	return text, l.objectError(err)
}

func definitionOf(a *atlas, o Object) string {
	query := objectsOf[a.sql.Name()].definition[o.Kind]
	switch {
	case o.Kind.isPolicy():
		on := o.policyTable()
		return fmt.Sprintf(query, o.Name, on.table, on.namespace())
	case o.Kind.onTable():
		return fmt.Sprintf(query, o.Name, o.Table)
	}
	return fmt.Sprintf(query, o.Name)
}

func (a *atlas) checkObjects(list []Object) error {
	for _, o := range list {
		if objectsOf[a.sql.Name()].definition[o.Kind] == "" {
			return &UnsupportedError{Dialect: a.sql.Name(), Object: o.Name, Feature: "a " + string(o.Kind)}
		}
		table := o.Table
		if n := o.policyTable(); o.Kind.isPolicy() {
			table = n.schema + n.table
		}
		if strings.ContainsAny(o.Name+table, "'\"`\\") || o.Name == "" || o.Kind.onTable() && o.Table == "" {
			return fmt.Errorf("schema: %w: %s %q on %q needs names that can be quoted", ErrObject, o.Kind, o.Name, o.Table)
		}
	}
	return nil
}

func (a *atlas) dropObject(o Object, sql string) Statement {
	text := "DROP " + strings.ToUpper(string(o.Kind)) + " " + a.sql.Quote(o.Name)
	if o.Kind == Trigger && objectsOf[a.sql.Name()].onTable {
		text += " ON " + a.sql.Quote(o.Table)
	}
	if o.Kind == Exclusion {
		text = "ALTER TABLE " + a.sql.Quote(o.Table) + " DROP CONSTRAINT " + a.sql.Quote(o.Name)
	}
	if o.Kind.isPolicy() {
		text = a.dropPolicy(o)
	}
	s := Statement{SQL: text, Comment: "drop " + o.about()}
	if o.Kind.isPolicy() {
		s.Hazards = []Hazard{{Object: o.Table, Text: "rows that " + o.about() + " kept apart are so no longer"}}
	}
	if sql != "" {
		s.Reverse = []string{sql}
	}
	return s
}

func forget(o Object) Statement {
	return Statement{SQL: fmt.Sprintf("DELETE FROM %s WHERE kind = '%s' AND name = '%s' AND on_table = '%s'", objectTable, o.Kind, o.Name, o.Table)}
}

// record notes what an object was made of, and what the server made of it.
func (a *atlas) record(o Object, at int) Statement {
	return Statement{SQL: fmt.Sprintf("INSERT INTO %s (kind, name, on_table, digest, statement, at, server)\nSELECT '%s', '%s', '%s', '%s', '%s', %d, d.d FROM (%s) AS d",
		objectTable, o.Kind, o.Name, o.Table, digest(o.SQL), base64.StdEncoding.EncodeToString([]byte(o.SQL)), at, definitionOf(a, o))}
}

const makeObjectTable = "CREATE TABLE IF NOT EXISTS " + objectTable + " (kind varchar(10) NOT NULL, name varchar(64) NOT NULL, on_table varchar(160) NOT NULL,\n" +
	"  digest varchar(32) NOT NULL, server text NOT NULL, statement text NOT NULL, at integer NOT NULL, PRIMARY KEY (kind, name, on_table))"

// withObjects puts around a plan what triggers, routines and policies need: those that are
// not wanted any more, or that differ, are dropped before, and made after.
func (l *live) withObjects(ctx context.Context, reg *mapper.Registry, o options, p *Plan) (*Plan, error) {
	have, err := l.madeObjects(ctx)
	if err != nil {
		return nil, err
	}
	want, err := l.policiesOf(reg, o)
	if err != nil {
		return nil, err
	}
	if o.managesObjects {
		if err := l.checkObjects(o.objects); err != nil {
			return nil, err
		}
		want = slices.Concat(o.objects, want)
	}
	have = ofMapping(reg, o, p, have, o.managesObjects)
	if len(want)+len(have) == 0 {
		return l.withDependents(ctx, p, nil)
	}
	return l.objectsTo(ctx, p, want, have, o.addOnly)
}

// objectsTo plans the way from what was made to what is wanted, around a plan.
func (l *live) objectsTo(ctx context.Context, p *Plan, want []Object, have []made, addOnly bool) (*Plan, error) {
	before, after := &Plan{Transactional: l.transactional()}, &Plan{Transactional: l.transactional()}
	var kept, again []Object
	routines := false
	for _, w := range want {
		i := slices.IndexFunc(have, func(m made) bool { return m.same(w) })
		server, err := l.definition(ctx, w)
		if err != nil {
			return nil, err
		}
		reshaped := w.Kind == policy && p.reshapes(l.atlas, w.policyTable())
		if !reshaped && i >= 0 && server != "" && (addOnly || have[i].digest == digest(w.SQL) && have[i].server == server) || i < 0 && server != "" && addOnly && !reshaped {
			kept = append(kept, w)
			continue
		}
		again = append(again, w)
		routines = routines || !w.Kind.onTable() && server != "" && !replacing.MatchString(w.SQL)
	}
	if routines { // a routine cannot be dropped under a trigger that calls it
		again = append(again, slices.DeleteFunc(slices.Clone(kept), func(o Object) bool { return !o.Kind.onTable() })...)
	}
	var gone []Object
	for _, m := range have {
		if !addOnly && !slices.ContainsFunc(want, m.same) {
			gone = append(gone, m.Object)
		}
	}
	for _, w := range inOrder(slices.Concat(gone, again), true) {
		server, err := l.definition(ctx, w)
		if err != nil {
			return nil, err
		}
		isGone := slices.ContainsFunc(gone, w.same)
		if server != "" && (isGone || w.Kind.onTable() || !replacing.MatchString(w.SQL)) {
			old := ""
			if i := slices.IndexFunc(have, func(m made) bool { return m.same(w) }); i >= 0 {
				old = have[i].SQL
			}
			before.Statements = append(before.Statements, l.dropObject(w, old))
		}
		if isGone {
			before.Statements = append(before.Statements, forget(w))
		}
	}
	if len(again) > 0 {
		after.Statements = append(after.Statements, Statement{SQL: makeObjectTable})
	}
	for i, w := range inOrder(again, false) {
		after.Statements = append(after.Statements,
			Statement{SQL: w.SQL, Reverse: []string{l.dropObject(w, "").SQL}, Comment: "create " + w.about()}, forget(w), l.record(w, i))
	}
	p, err := l.withDependents(ctx, p, slices.Concat(gone, again))
	if err != nil {
		return nil, err
	}
	return before.then(p).then(after), nil
}

// inOrder puts routines before the triggers that call them, and drops the other way round.
func inOrder(list []Object, dropping bool) []Object {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Object) int {
		first, second := a.Kind.onTable(), b.Kind.onTable()
		switch {
		case first == second:
			return 0
		case first != dropping:
			return 1
		}
		return -1
	})
	if dropping {
		for i, j := 0, len(list)-1; i < j && list[i].Kind.onTable() && list[j].Kind.onTable(); i, j = i+1, j-1 {
			list[i], list[j] = list[j], list[i]
		}
	}
	return list
}

// createObjects is the plan that makes objects where there are none.
func (a *atlas) createObjects(list []Object) (*Plan, error) {
	p := &Plan{Transactional: a.transactional()}
	if err := a.checkObjects(list); err != nil || len(list) == 0 {
		return p, err
	}
	p.Statements = append(p.Statements, Statement{SQL: makeObjectTable})
	for i, o := range inOrder(list, false) {
		p.Statements = append(p.Statements, Statement{SQL: o.SQL, Reverse: []string{a.dropObject(o, "").SQL}, Comment: "create " + o.about()}, a.record(o, i))
	}
	return p, nil
}
