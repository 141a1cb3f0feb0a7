package schema

import (
	"context"
	stdsql "database/sql"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
)

// A trial finds out whether a change of an expression changes anything. Servers
// rewrite checks, defaults and generated columns in ways that no comparison of
// texts can follow, so the change is tried on an empty temporary copy of the
// table: when the server describes the copy as before, there is nothing to do.
type trial struct {
	// create and after stand around the quoted table in the statement that makes the copy; drop removes it.
	create, after, drop string
	// describe asks for the description of the copy, as one text.
	describe func(ctx context.Context, conn *stdsql.Conn) (string, error)
	// transaction: the copy is made in a transaction, which a failed statement ends.
	transaction bool
}

// trialTable is the name of the copy.
const trialTable = "weft_probe"

// settle drops those modifications that the server says change nothing. Where it
// cannot be asked (a read-only user, no right to make temporary tables), they stay.
func (l *live) settle(ctx context.Context, changes []schema.Change) []schema.Change {
	if l.trial == nil {
		return changes
	}
	var kept []schema.Change
	for _, c := range changes {
		m, ok := c.(*schema.ModifyTable)
		if !ok {
			kept = append(kept, c)
			continue
		}
		var own []schema.Change
		for _, group := range grouped(m.Changes) {
			if !trialled(group) || l.alters(ctx, m.T, group) {
				own = append(own, group...)
			}
		}
		if len(own) > 0 {
			kept = append(kept, &schema.ModifyTable{T: m.T, Changes: own})
		}
	}
	return kept
}

// grouped keeps the two halves of a changed check together.
func grouped(changes []schema.Change) [][]schema.Change {
	var groups [][]schema.Change
	for i := 0; i < len(changes); i++ {
		old, ok := changes[i].(*schema.DropCheck)
		if ok && i+1 < len(changes) {
			if check, ok := changes[i+1].(*schema.AddCheck); ok && check.C.Name == old.C.Name {
				groups = append(groups, changes[i:i+2:i+2])
				i++
				continue
			}
		}
		groups = append(groups, changes[i:i+1:i+1])
	}
	return groups
}

// trialled reports changes that can be a matter of notation.
func trialled(group []schema.Change) bool {
	if len(group) == 2 {
		return true
	}
	switch c := group[0].(type) {
	case *schema.ModifyColumn:
		return c.Change.Is(schema.ChangeDefault) || c.Change.Is(schema.ChangeGenerated) || c.Change.Is(schema.ChangeType)
	}
	return false
}

// alters tries changes on a copy of a table.
func (l *live) alters(ctx context.Context, t *schema.Table, group []schema.Change) bool {
	if l.conn == nil {
		return true // both sides are in weft's own words: what differs is different
	}
	if l.trial.transaction {
		if _, err := l.conn.ExecContext(ctx, "begin"); err != nil {
			return true
		}
		defer l.conn.ExecContext(context.WithoutCancel(ctx), "rollback")
	}
	if _, err := l.conn.ExecContext(ctx, l.trial.create+l.quoted(t)+l.trial.after); err != nil {
		return true
	}
	if !l.trial.transaction {
		defer l.conn.ExecContext(context.WithoutCancel(ctx), l.trial.drop)
	}
	before, err := l.trial.describe(ctx, l.conn)
	if err != nil {
		return true
	}
	if err := l.try(ctx, t, group); err != nil {
		return true
	}
	after, err := l.trial.describe(ctx, l.conn)
	return err != nil || after != before
}

// try runs changes on the copy.
func (l *live) try(ctx context.Context, t *schema.Table, group []schema.Change) error {
	copied := *t
	copied.Name, copied.Schema = trialTable, nil
	copied.Indexes, copied.ForeignKeys = nil, nil
	plan, err := l.PlanChanges(ctx, "probe", []schema.Change{&schema.ModifyTable{T: &copied, Changes: group}},
		func(o *migrate.PlanOptions) { o.SchemaQualifier = new(string) })
	if err != nil {
		return err
	}
	for _, c := range plan.Changes {
		if _, err := l.conn.ExecContext(ctx, c.Cmd); err != nil {
			return err
		}
	}
	return nil
}

var mysqlTrial = &trial{
	create: "create temporary table " + trialTable + " like ",
	drop:   "drop temporary table if exists " + trialTable,
	describe: func(ctx context.Context, conn *stdsql.Conn) (string, error) {
		var name, text string
		err := conn.QueryRowContext(ctx, "show create table "+trialTable).Scan(&name, &text)
		if err != nil {
			return "", err
		}
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = strings.TrimSuffix(lines[i], ",")
		}
		slices.Sort(lines) // a check that is dropped and added goes to the end
		return strings.Join(lines, "\n"), nil
	},
}

var postgresTrial = &trial{
	create:      "create temporary table " + trialTable + " (like ",
	after:       " including defaults including constraints including generated including identity)",
	transaction: true,
	describe: func(ctx context.Context, conn *stdsql.Conn) (string, error) {
		var text string
		err := conn.QueryRowContext(ctx, postgresDescription).Scan(&text)
		return text, err
	},
}

// postgresDescription is the columns and checks of the copy.
const postgresDescription = `select coalesce(string_agg(d, e'\n' order by d), '') from (
	select format('%s %s %s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attcollation,
		pg_get_expr(x.adbin, x.adrelid)) as d
	from pg_attribute a left join pg_attrdef x on x.adrelid = a.attrelid and x.adnum = a.attnum
	where a.attrelid = 'pg_temp.weft_probe'::regclass and a.attnum > 0 and not a.attisdropped
	union all
	select format('%s %s', conname, pg_get_constraintdef(oid)) from pg_constraint where conrelid = 'pg_temp.weft_probe'::regclass
) as l`
