package schema

import (
	"context"
	"regexp"
	"slices"

	"ariga.io/atlas/sql/schema"
)

// was notes the former name of a table or column in the desired state.
type was struct {
	schema.Attr
	name string
}

func formerName(attrs []schema.Attr) string {
	if w, ok := attribute[*was](attrs); ok {
		return w.name
	}
	return ""
}

// renames plans what only changes names, and gives the current state the new ones, so
// that a comparison finds what else there is to do. A former name counts where it is
// in the database and the new one is not. Indexes and constraints follow where the
// engine can rename them, without being built again.
func (l *live) renames(ctx context.Context, current, desired *schema.Realm) (*Plan, error) {
	var changes []schema.Change
	for _, want := range desired.Schemas {
		if have, ok := current.Schema(want.Name); ok {
			changes = append(changes, renamedTables(have, want)...)
		}
	}
	var constraints []Statement
	pairs(current, desired, func(have, want *schema.Table) {
		own := renamedColumns(have, want)
		if l.renameIndex {
			own = append(own, renamedIndexes(have, want)...)
		}
		if len(own) > 0 {
			changes = append(changes, &schema.ModifyTable{T: have, Changes: own})
		}
		if l.renameConstraint {
			constraints = append(constraints, l.renamedForeignKeys(have, want)...)
		}
	})
	p, err := l.plan(ctx, l.Driver, changes)
	if err != nil {
		return nil, err
	}
	p.Statements = append(p.Statements, constraints...)
	return p, nil
}

func renamedTables(have, want *schema.Schema) []schema.Change {
	var changes []schema.Change
	for _, t := range want.Tables {
		former := formerName(t.Attrs)
		old, there := have.Table(former)
		_, taken := have.Table(t.Name)
		if _, still := want.Table(former); former == "" || !there || taken || still {
			continue
		}
		from, to := *old, *old
		to.Name = t.Name
		changes = append(changes, &schema.RenameTable{From: &from, To: &to})
		old.Name = t.Name
	}
	return changes
}

func renamedColumns(have, want *schema.Table) []schema.Change {
	var changes []schema.Change
	for _, c := range want.Columns {
		former := formerName(c.Attrs)
		old, there := have.Column(former)
		_, taken := have.Column(c.Name)
		if _, still := want.Column(former); former == "" || !there || taken || still {
			continue
		}
		from, to := *old, *old
		to.Name = c.Name
		changes = append(changes, &schema.RenameColumn{From: &from, To: &to})
		old.Name = c.Name
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(former) + `\b`)
		for _, check := range have.Checks() {
			check.Expr = word.ReplaceAllLiteralString(check.Expr, c.Name) // as the engine does
		}
	}
	return changes
}

// renamedIndexes pairs indexes that differ by their name alone.
func renamedIndexes(have, want *schema.Table) []schema.Change {
	var changes []schema.Change
	for _, ix := range want.Indexes {
		if _, there := have.Index(ix.Name); there {
			continue
		}
		for _, old := range have.Indexes {
			if _, still := want.Index(old.Name); still || !sameIndex(old, ix) {
				continue
			}
			from, to := *old, *old
			to.Name = ix.Name
			changes = append(changes, &schema.RenameIndex{From: &from, To: &to})
			old.Name = ix.Name
			break
		}
	}
	return changes
}

// sameIndex compares plain indexes by what they cover.
func sameIndex(a, b *schema.Index) bool {
	return a.Unique == b.Unique && slices.EqualFunc(a.Parts, b.Parts, func(x, y *schema.IndexPart) bool {
		return x.C != nil && y.C != nil && x.C.Name == y.C.Name && x.Desc == y.Desc
	})
}

// renamedForeignKeys pairs foreign keys that differ by their name alone.
func (l *live) renamedForeignKeys(have, want *schema.Table) []Statement {
	var list []Statement
	for _, fk := range want.ForeignKeys {
		if _, there := have.ForeignKey(fk.Symbol); there {
			continue
		}
		for _, old := range have.ForeignKeys {
			if _, still := want.ForeignKey(old.Symbol); still || !sameReference(old, fk) {
				continue
			}
			alter := "ALTER TABLE " + l.quoted(have) + " RENAME CONSTRAINT "
			from, to := l.sql.Quote(old.Symbol), l.sql.Quote(fk.Symbol)
			list = append(list, Statement{
				SQL: alter + from + " TO " + to, Reverse: []string{alter + to + " TO " + from},
				Comment: `rename a constraint of "` + have.Name + `" table`,
			})
			old.Symbol = fk.Symbol
			break
		}
	}
	return list
}

func sameReference(a, b *schema.ForeignKey) bool {
	return sameColumns(a.Columns, b.Columns) && a.RefTable.Name == b.RefTable.Name && sameColumns(a.RefColumns, b.RefColumns)
}
