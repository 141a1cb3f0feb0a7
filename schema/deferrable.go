package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
)

// deferrable marks the index of a unique constraint that is checked at the end of a
// transaction when asked. Atlas knows no such constraints: it makes an index of each,
// whose statement is written anew.
type deferrable struct{ schema.Attr }

// isDeferrable reports an index with that mark.
func isDeferrable(ix *schema.Index) bool {
	_, ok := attribute[*deferrable](ix.Attrs)
	return ok
}

// constrain makes constraints of the indexes among the changes that are deferrable.
func constrain(p *Plan, changes []schema.Change) {
	var list []*schema.Index
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.AddTable:
			list = append(list, c.T.Indexes...)
		case *schema.ModifyTable:
			for _, m := range c.Changes {
				if add, ok := m.(*schema.AddIndex); ok {
					list = append(list, add.I)
				}
			}
		}
	}
	for _, ix := range list {
		if !isDeferrable(ix) {
			continue
		}
		start := `CREATE UNIQUE INDEX "` + ix.Name + `" ON `
		for i := range p.Statements {
			rest, ok := strings.CutPrefix(p.Statements[i].SQL, start)
			table, columns, found := strings.Cut(rest, " (")
			if !ok || !found || ix.Table != nil && !strings.HasSuffix(table, `"`+ix.Table.Name+`"`) {
				continue
			}
			p.Statements[i].SQL = fmt.Sprintf(`ALTER TABLE %s ADD CONSTRAINT "%s" UNIQUE (%s DEFERRABLE`, table, ix.Name, columns)
			p.Statements[i].Reverse = []string{fmt.Sprintf(`ALTER TABLE %s DROP CONSTRAINT "%s"`, table, ix.Name)}
		}
	}
}

// markDeferrable marks the constraints of the current tables that are deferrable.
func (l *live) markDeferrable(ctx context.Context, current *schema.Realm) error {
	if !l.deferrable {
		return nil
	}
	for _, s := range current.Schemas {
		names, err := l.deferrableIn(ctx, s.Name)
		if err != nil {
			return fmt.Errorf("schema: %s: inspect: %w", l.sql.Name(), err)
		}
		for _, t := range s.Tables {
			for _, ix := range t.Indexes {
				if slices.Contains(names, t.Name+"."+ix.Name) {
					ix.AddAttrs(&deferrable{})
				}
			}
		}
	}
	return nil
}

func (l *live) deferrableIn(ctx context.Context, name string) ([]string, error) {
	rows, err := l.conn.QueryContext(ctx, `select r.relname || '.' || c.conname from pg_catalog.pg_constraint c`+
		` join pg_catalog.pg_class r on r.oid = c.conrelid join pg_catalog.pg_namespace n on n.oid = c.connamespace`+
		` where c.contype = 'u' and c.condeferrable and n.nspname = coalesce(nullif($1, ''), current_schema())`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// modifiedDeferrables makes the unique indexes anew that became deferrable, or are no
// longer; Atlas does not compare that.
func modifiedDeferrables(have, want *schema.Schema, changes []schema.Change) []schema.Change {
	for _, to := range want.Tables {
		from, ok := have.Table(to.Name)
		if !ok {
			continue
		}
		for _, ix := range to.Indexes {
			old, ok := from.Index(ix.Name)
			if !ok || isDeferrable(old) == isDeferrable(ix) {
				continue
			}
			changes = modify(changes, to, []schema.Change{&schema.DropIndex{I: old}, &schema.AddIndex{I: ix}})
		}
	}
	return changes
}
