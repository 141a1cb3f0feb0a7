package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// inspect reads the tables of the desired realm from the database, as far as
// they exist. Schemas that do not exist are missing in the result.
func (l *live) inspect(ctx context.Context, desired *schema.Realm, o options) (*schema.Realm, error) {
	current := schema.NewRealm()
	for _, want := range desired.Schemas {
		if len(want.Tables) == 0 && len(o.gone) == 0 {
			continue
		}
		opts := &schema.InspectOptions{Mode: schema.InspectSchemas | schema.InspectTables | schema.InspectTypes}
		for _, t := range want.Tables {
			opts.Tables = append(opts.Tables, t.Name)
			if former := formerName(t.Attrs); former != "" && !o.addOnly && !o.dropping {
				opts.Tables = append(opts.Tables, former)
			}
		}
		for _, name := range o.gone {
			if s, table := cutSchema(name); s == want.Name {
				opts.Tables = append(opts.Tables, table)
			}
		}
		s, err := l.InspectSchema(ctx, want.Name, opts)
		if schema.IsNotExistError(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("schema: %s: inspect: %w", l.sql.Name(), err)
		}
		// The connection's own schema has a name; without it, statements name tables as weft's queries do.
		s.Name = want.Name
		current.AddSchemas(s)
	}
	return current, l.markDeferrable(ctx, current)
}

// cutSchema takes "schema.table" apart.
func cutSchema(name string) (schema, table string) {
	if before, after, ok := strings.Cut(name, "."); ok {
		return before, after
	}
	return "", name
}

// Inspect returns the statements that would make the tables which are in the database,
// whether entities are mapped onto them or not, in the connection's own schema and in
// those that the mapping names. [Ignore] leaves tables out. Views, triggers and
// routines are not in it.
func Inspect(ctx context.Context, t Target, opts ...Option) (_ *Plan, err error) {
	defer told(ctx, t, &err)
	if err := reachable(t, opts); err != nil {
		return nil, err
	}
	o := collect(opts)
	l, err := connect(ctx, t, "")
	if err != nil {
		return nil, err
	}
	defer l.close()
	desired := schema.NewRealm(schema.New(""))
	if t.Registry() != nil && l.schemas {
		if desired, err = l.described(t.Registry(), o); err != nil {
			return nil, err
		}
	}
	r := &rehearsal{live: l, target: t, options: o}
	all, err := r.everything(ctx, desired)
	if err != nil {
		return nil, err
	}
	for _, s := range all.Schemas {
		for _, table := range s.Tables {
			for _, fk := range table.ForeignKeys {
				if strings.Trim(fk.Symbol, "0123456789") == "" {
					fk.Symbol = "" // a number in the place of a name that SQLite does not keep
				}
			}
		}
	}
	return l.plan(ctx, l.Driver, createChanges(all))
}

// UnindexedForeignKeys lists the foreign keys, as "table.column, column", whose columns
// no key or index begins with: deleting what they refer to reads the whole table.
func UnindexedForeignKeys(ctx context.Context, t Target, opts ...Option) (_ []string, err error) {
	defer told(ctx, t, &err)
	if err := reachable(t, opts); err != nil {
		return nil, err
	}
	l, err := connect(ctx, t, "")
	if err != nil {
		return nil, err
	}
	defer l.close()
	r := &rehearsal{live: l, target: t, options: collect(opts)}
	all, err := r.everything(ctx, schema.NewRealm(schema.New("")))
	if err != nil {
		return nil, err
	}
	var list []string
	for _, s := range all.Schemas {
		for _, table := range s.Tables {
			for _, fk := range table.ForeignKeys {
				if !indexed(table, fk) {
					list = append(list, table.Name+"."+strings.Join(columnNames(fk.Columns), ", "))
				}
			}
		}
	}
	slices.Sort(list)
	return list, nil
}

// IndexedColumns lists, by table, the columns of the primary key and of each index of all
// rows, in their order; where one covers an expression it ends before it. Tables of other
// schemas than the connection's own are named "schema.table".
func IndexedColumns(ctx context.Context, t Target, opts ...Option) (_ map[string][][]string, err error) {
	defer told(ctx, t, &err)
	if err := usable(t, opts); err != nil {
		return nil, err
	}
	l, err := connect(ctx, t, "")
	if err != nil {
		return nil, err
	}
	defer l.close()
	o := collect(opts)
	desired, err := l.described(t.Registry(), o)
	if err != nil {
		return nil, err
	}
	all, err := l.inspect(ctx, desired, o)
	if err != nil {
		return nil, err
	}
	lists := map[string][][]string{}
	for _, s := range all.Schemas {
		for _, table := range s.Tables {
			name := table.Name
			if s.Name != "" {
				name = s.Name + "." + name
			}
			lists[name] = nil
			for _, ix := range append(slices.Clone(table.Indexes), table.PrimaryKey) {
				if ix != nil && !isPartial(ix) {
					lists[name] = append(lists[name], leading(ix))
				}
			}
		}
	}
	return lists, nil
}

// isPartial reports an index of some rows.
func isPartial(ix *schema.Index) bool {
	_, lite := attribute[*sqlite.IndexPredicate](ix.Attrs)
	_, postgres := attribute[*postgres.IndexPredicate](ix.Attrs)
	return lite || postgres
}

// leading are the columns of an index before its first expression.
func leading(ix *schema.Index) []string {
	var columns []string
	for _, part := range ix.Parts {
		if part.C == nil {
			break
		}
		columns = append(columns, part.C.Name)
	}
	return columns
}

func indexed(t *schema.Table, fk *schema.ForeignKey) bool {
	begins := func(ix *schema.Index) bool { return startsWith(leading(ix), columnNames(fk.Columns)) }
	return t.PrimaryKey != nil && begins(t.PrimaryKey) || slices.ContainsFunc(t.Indexes, begins)
}

func columnNames(columns []*schema.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}
