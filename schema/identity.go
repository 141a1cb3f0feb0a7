package schema

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
)

// Atlas changes how an identity of PostgreSQL counts, and cannot give a column one or
// take it away: these statements are written here.

// reconcileIdentity leaves how an identity counts as it is, which is not the mapping's to
// say, and takes a default from a sequence of whatever name for the numbering the mapping asks for.
func reconcileIdentity(have, want *schema.Column) {
	to, auto := attribute[*postgres.Identity](want.Attrs)
	from, identity := attribute[*postgres.Identity](have.Attrs)
	switch {
	case auto && identity:
		kept := *to
		kept.Sequence = from.Sequence
		want.Attrs = append(withoutIdentity(want.Attrs), &kept)
	case auto && isSequence(have.Default):
		want.Attrs, want.Default = withoutIdentity(want.Attrs), have.Default
	case !auto:
		unserial(have, want)
	}
}

// unserial describes a serial key that shall be a number of the program's as what it is, a
// number with a default: that goes, while the sequence, which other tables may use, stays.
func unserial(have, want *schema.Column) {
	old, serial := have.Type.Type.(*postgres.SerialType)
	if _, stays := want.Type.Type.(*postgres.SerialType); !serial || stays || old.SequenceName == "" {
		return
	}
	have.Type.Type = old.IntegerType()
	have.Type.Raw = old.IntegerType().T
	if have.Default == nil {
		have.Default = &schema.RawExpr{X: "nextval('" + strings.ReplaceAll(`"`+old.SequenceName+`"`, "'", "''") + "'::regclass)"}
	}
}

// isSequence reports a default that takes the next number of a sequence.
func isSequence(x schema.Expr) bool {
	return x != nil && strings.HasPrefix(strings.ToLower(strings.TrimLeft(exprText(x), "( ")), "nextval(")
}

func withoutIdentity(attrs []schema.Attr) []schema.Attr {
	return slices.DeleteFunc(slices.Clone(attrs), func(a schema.Attr) bool {
		_, ok := a.(*postgres.Identity)
		return ok
	})
}

// withoutIdentities takes the changes of identities out of those that Atlas writes. Where
// one goes it must go first, for a default can come in its place; one comes last, when the
// default is gone, the column is NOT NULL and a number.
func (a *atlas) withoutIdentities(changes []schema.Change) (rest []schema.Change, before, after []Statement) {
	if !a.identity {
		return changes, nil, nil
	}
	for _, c := range changes {
		m, ok := c.(*schema.ModifyTable)
		if !ok {
			rest = append(rest, c)
			continue
		}
		kept, same := &schema.ModifyTable{T: m.T}, true
		for _, c := range m.Changes {
			column, ok := c.(*schema.ModifyColumn)
			if !ok || !column.Change.Is(schema.ChangeAttr) {
				kept.Changes = append(kept.Changes, c)
				continue
			}
			same = false
			first, last := a.identityStatements(m.T, column)
			before, after = append(before, first...), append(after, last...)
			if other := column.Change &^ schema.ChangeAttr; other != schema.NoChange {
				kept.Changes = append(kept.Changes, &schema.ModifyColumn{From: column.From, To: column.To, Change: other, Extra: column.Extra})
			}
		}
		switch {
		case same:
			rest = append(rest, m) // others look for it by its address
		case len(kept.Changes) > 0:
			rest = append(rest, kept)
		}
	}
	return rest, before, after
}

// identityStatements bring the identity of a column to what it shall be.
func (a *atlas) identityStatements(t *schema.Table, c *schema.ModifyColumn) (before, after []Statement) {
	from, was := attribute[*postgres.Identity](c.From.Attrs)
	to, will := attribute[*postgres.Identity](c.To.Attrs)
	switch {
	case was && will:
		return nil, []Statement{a.identityStatement(t, c.To, "SET GENERATED "+generation(to), "change the identity of", "SET GENERATED "+generation(from))}
	case was:
		add := a.identityAdded(t, c.To, from)
		drop := a.identityStatement(t, c.To, "DROP IDENTITY", "drop the identity of", "")
		drop.Reverse = []string{add[0].SQL, add[1].SQL}
		return []Statement{drop}, nil
	}
	return nil, a.identityAdded(t, c.To, to)
}

// identityAdded gives a column an identity that goes on where its rows end.
func (a *atlas) identityAdded(t *schema.Table, c *schema.Column, identity *postgres.Identity) []Statement {
	start, increment, options := int64(1), int64(1), ""
	if s := identity.Sequence; s != nil && (s.Start != 0 && s.Start != 1 || s.Increment != 0 && s.Increment != 1) {
		start, increment = s.Start, s.Increment
		options = fmt.Sprintf(" (START WITH %d INCREMENT BY %d)", start, increment)
	}
	column, table := a.quote(c.Name), a.quoted(t)
	next := fmt.Sprintf("greatest(max(%s) + %d, %d)", column, increment, start)
	if increment < 0 {
		next = fmt.Sprintf("least(min(%s) - %d, %d)", column, -increment, start)
	}
	const undone = "DROP IDENTITY IF EXISTS"
	add := a.identityStatement(t, c, "ADD GENERATED "+generation(identity)+" AS IDENTITY"+options, "add an identity to", undone)
	set := a.identityStatement(t, c, "", "begin the identity behind the rows of", undone)
	set.SQL = fmt.Sprintf("SELECT setval(pg_get_serial_sequence(%s, %s), %s, false) FROM %s", literal(table), literal(c.Name), next, table)
	return []Statement{add, set}
}

func (a *atlas) identityStatement(t *schema.Table, c *schema.Column, what, comment, undone string) Statement {
	begin := "ALTER TABLE " + a.quoted(t) + " ALTER COLUMN " + a.quote(c.Name) + " "
	s := Statement{SQL: begin + what, Comment: fmt.Sprintf("%s %q", comment, t.Name+"."+c.Name), Table: t.Name}
	if undone != "" {
		s.Reverse = []string{begin + undone}
	}
	return s
}

// modifiedCounters adds the keys that begin or cease to be counted on MySQL and MariaDB, which Atlas
// does not compare. What it writes for a column is the whole of it.
func modifiedCounters(have, want *schema.Schema, changes []schema.Change) []schema.Change {
	for _, to := range want.Tables {
		from, ok := have.Table(to.Name)
		if !ok {
			continue
		}
		for _, c := range to.Columns {
			old, ok := from.Column(c.Name)
			if ok && counts(old) != counts(c) && !modifies(changes, to, c) {
				changes = modify(changes, to, []schema.Change{&schema.ModifyColumn{From: old, To: c, Change: schema.ChangeAttr}})
			}
		}
	}
	return changes
}

// counts reports a column that MySQL or MariaDB counts.
func counts(c *schema.Column) bool {
	_, ok := attribute[*mysql.AutoIncrement](c.Attrs)
	return ok
}

// modifies reports that a column of a table is changed already.
func modifies(changes []schema.Change, t *schema.Table, column *schema.Column) bool {
	return slices.ContainsFunc(changes, func(c schema.Change) bool {
		m, ok := c.(*schema.ModifyTable)
		return ok && m.T.Name == t.Name && slices.ContainsFunc(m.Changes, func(c schema.Change) bool {
			change, ok := c.(*schema.ModifyColumn)
			return ok && change.To.Name == column.Name
		})
	})
}

func generation(i *postgres.Identity) string {
	if i.Generation == "" {
		return "BY DEFAULT"
	}
	return i.Generation
}
