package entities

import (
	"cmp"
	"context"
	stdsql "database/sql"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"github.com/weft-orm/weft/driver"
)

// A reader reads the schema of one kind of database.
type reader struct {
	open   func(schema.ExecQuerier) (migrate.Driver, error)
	format func(schema.Type) (string, error)
	// column adds what Atlas keeps in attributes of the engine.
	column func(from *schema.Column, to *Column)
	// index is the same for indexes.
	index func(from *schema.Index, to *Index)
	// rewrite changes the questions that Atlas asks.
	rewrite func(string) string
	// views reads views; more completes tables that were read.
	views func(ctx context.Context, conn *stdsql.Conn, schemaName string) ([]*Table, error)
	more  func(ctx context.Context, conn *stdsql.Conn, db *Database, schemas []string) error
}

var readers = map[string]*reader{
	"sqlite":   {open: sqlite.Open, rewrite: sqliteQuestion, format: sqlite.FormatType, column: sqliteColumn, index: sqliteIndex, views: sqliteViews, more: sqliteLayouts},
	"postgres": {open: postgres.Open, format: postgres.FormatType, column: postgresColumn, index: postgresIndex, views: postgresViews, more: postgresMore},
	"mysql":    {open: mysql.Open, format: mysql.FormatType, column: mysqlColumn, index: mysqlIndex, views: mysqlViews, more: mysqlMore},
	"mariadb":  {open: mysql.Open, format: mysql.FormatType, column: mysqlColumn, index: mysqlIndex, views: mysqlViews, more: mysqlMore},
}

// Inspect reads the tables and views of a database that the options take: of the
// connection's own schema, and of those that Options.Schemas names.
func Inspect(ctx context.Context, engine driver.Engine, opts Options) (*Database, error) {
	name := engine.Caps().Name
	r := readers[name]
	handle, ok := driver.EngineAs[driver.SQLHandle](engine)
	if r == nil || !ok {
		return nil, fmt.Errorf("entities: %s: %w", name, ErrEngine)
	}
	conn, err := handle.DB().Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("entities: %s: %w", name, err)
	}
	q := &querier{conn: conn, rewrite: r.rewrite}
	defer q.close()
	atlas, err := r.open(q)
	if err != nil {
		return nil, fmt.Errorf("entities: %s: %w", name, err)
	}
	in := &inspection{reader: r, conn: conn, atlas: atlas, db: &Database{Dialect: name}}
	schemas := opts.Schemas
	if len(schemas) == 0 {
		schemas = []string{""}
	}
	for _, s := range schemas {
		if err := in.schema(ctx, s); err != nil {
			return nil, fmt.Errorf("entities: %s: %w", name, err)
		}
	}
	in.own()
	if r.more != nil {
		if err := r.more(ctx, conn, in.db, schemas); err != nil {
			return nil, fmt.Errorf("entities: %s: %w", name, err)
		}
	}
	slices.SortStableFunc(in.db.Tables, func(a, b *Table) int {
		return cmp.Or(cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Name, b.Name))
	})
	in.db.leaveRefused(engine.Caps().Limits)
	slices.Sort(in.db.Notes)
	return in.db, nil
}

// An inspection is one run of Inspect.
type inspection struct {
	*reader
	conn  *stdsql.Conn
	atlas migrate.Driver
	db    *Database
	// ownName is the real name of the schema asked for by "".
	ownName string
}

// schema reads one schema, "" for the connection's own.
func (in *inspection) schema(ctx context.Context, name string) error {
	s, err := in.atlas.InspectSchema(ctx, name, &schema.InspectOptions{
		Mode: schema.InspectSchemas | schema.InspectTables | schema.InspectTypes,
	})
	if err != nil {
		return err
	}
	if name == "" {
		in.ownName = s.Name
	}
	for _, t := range s.Tables {
		table, err := in.table(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		table.Schema = name
		in.db.Tables = append(in.db.Tables, table)
	}
	views, err := in.views(ctx, in.conn, s.Name)
	if err != nil {
		return err
	}
	for _, v := range views {
		v.Schema = name
		in.db.Tables = append(in.db.Tables, v)
	}
	return nil
}

// own names the connection's own schema "" in foreign keys too.
func (in *inspection) own() {
	for _, t := range in.db.Tables {
		for _, fk := range t.ForeignKeys {
			if in.ownName != "" && fk.RefSchema == in.ownName {
				fk.RefSchema = ""
			}
		}
	}
}

func (in *inspection) table(from *schema.Table) (*Table, error) {
	t := &Table{Name: from.Name, Comment: comment(from.Attrs)}
	for _, c := range from.Columns {
		column, err := in.read(c)
		if err != nil {
			return nil, err
		}
		t.Columns = append(t.Columns, column)
	}
	if from.PrimaryKey != nil {
		t.Key = partNames(from.PrimaryKey.Parts)
	}
	for _, ix := range from.Indexes {
		t.Indexes = append(t.Indexes, in.readIndex(ix))
	}
	for _, fk := range from.ForeignKeys {
		t.ForeignKeys = append(t.ForeignKeys, readForeignKey(from, fk))
	}
	for _, c := range from.Checks() {
		t.Checks = append(t.Checks, &Check{Name: c.Name, Expression: trimParens(c.Expr)})
	}
	slices.SortStableFunc(t.Indexes, func(a, b *Index) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(t.Checks, func(a, b *Check) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(t.ForeignKeys, func(a, b *ForeignKey) int {
		return cmp.Or(slices.Compare(a.Columns, b.Columns), cmp.Compare(a.Name, b.Name))
	})
	return t, nil
}

func (in *inspection) read(from *schema.Column) (*Column, error) {
	c := &Column{Name: from.Name, Nullable: from.Type.Null, Comment: comment(from.Attrs), Type: from.Type.Raw}
	if text, err := in.format(from.Type.Type); err == nil {
		c.Type = text
	}
	if e, ok := from.Type.Type.(*schema.EnumType); ok && len(e.Values) > 0 {
		c.Enum = &Enum{Values: e.Values}
	}
	switch x := schema.UnderlyingExpr(from.Default).(type) {
	case *schema.Literal:
		c.Default = x.V
	case *schema.RawExpr:
		c.Default = x.X
	}
	if strings.EqualFold(c.Default, "null") {
		c.Default = ""
	}
	for _, a := range from.Attrs {
		switch a := a.(type) {
		case *schema.GeneratedExpr:
			c.Generated, c.Virtual = trimParens(a.Expr), strings.EqualFold(a.Type, "virtual")
		case *schema.Collation:
			c.Collation = a.V
		}
	}
	in.column(from, c)
	return c, nil
}

func (in *inspection) readIndex(from *schema.Index) *Index {
	ix := &Index{Name: from.Name, Unique: from.Unique}
	for _, p := range from.Parts {
		switch {
		case p.C != nil && ix.Expression == "":
			ix.Columns = append(ix.Columns, p.C.Name)
		case len(from.Parts) == 1:
			if x, ok := p.X.(*schema.RawExpr); ok {
				ix.Expression = trimParens(x.X)
			}
		default:
			ix.Beyond = "covers columns and expressions"
		}
		if p.Desc {
			ix.Beyond = "is in descending order"
		}
	}
	in.index(from, ix)
	return ix
}

func readForeignKey(t *schema.Table, from *schema.ForeignKey) *ForeignKey {
	fk := &ForeignKey{
		Name: from.Symbol, OnDelete: strings.ToLower(string(from.OnDelete)), OnUpdate: strings.ToLower(string(from.OnUpdate)),
	}
	ref := from.RefTable
	if ref == nil {
		ref = t
	}
	fk.RefTable = ref.Name
	if ref.Schema != nil {
		fk.RefSchema = ref.Schema.Name
	}
	for _, c := range from.Columns {
		fk.Columns = append(fk.Columns, c.Name)
	}
	for _, c := range from.RefColumns {
		fk.RefColumns = append(fk.RefColumns, c.Name)
	}
	return fk
}

func partNames(parts []*schema.IndexPart) []string {
	var names []string
	for _, p := range parts {
		if p.C != nil {
			names = append(names, p.C.Name)
		}
	}
	return names
}

func comment(attrs []schema.Attr) string {
	for _, a := range attrs {
		if c, ok := a.(*schema.Comment); ok {
			return c.Text
		}
	}
	return ""
}

// trimParens takes off parentheses that enclose the whole of an expression.
func trimParens(x string) string {
	x = strings.TrimSpace(x)
	for len(x) > 1 && x[0] == '(' && closing(x) == len(x)-1 {
		x = strings.TrimSpace(x[1 : len(x)-1])
	}
	return x
}

// closing is the position of the parenthesis that closes the first one, -1 without one.
func closing(x string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(x); i++ {
		switch c := x[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
