package schema

import (
	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb/sql"
)

// An atlas is what weft needs of Atlas for one dialect, with the features that
// Atlas expresses by attributes of the engine. A nil function is a feature the
// dialect does not have.
type atlas struct {
	sql     *sql.Dialect
	maxName int

	// planner plans without a database.
	planner   func() (migrate.PlanApplier, error)
	open      func(schema.ExecQuerier) (migrate.Driver, error)
	parseType func(string) (schema.Type, error)

	autoIncrement func() schema.Attr
	// collate notes a collation at a column.
	collate func(c *schema.Column, collation, charset string)
	// tableCollation is where text columns inherit their collation from; "" when each has its own.
	tableCollation bool
	// predicate makes a partial index, expressions index the result of one.
	predicate   func(where string) schema.Attr
	expressions bool
	// fulltext turns an index into one for the engine's text search.
	fulltext func(*schema.Index)
	// nativeEnum makes a named enum type.
	nativeEnum func(name, schemaName string, values []string) *schema.EnumType
	// generatedNullable: generated columns cannot be declared not null.
	generatedNullable bool
	// comments, schemas: tables and columns can carry comments, tables can stand in named schemas.
	comments, schemas bool
	// locks: the server has locks with a name. textTimes: times are kept as text.
	locks, textTimes bool
}

// atlases are the dialects that weft can create tables in.
var atlases = []*atlas{
	{
		sql: sql.SQLite(), maxName: naming.MaxSQLite,
		planner: always(sqlite.DefaultPlan), open: sqlite.Open, parseType: sqlite.ParseType,
		autoIncrement: func() schema.Attr { return &sqlite.AutoIncrement{} },
		collate:       collateType,
		predicate:     func(p string) schema.Attr { return &sqlite.IndexPredicate{P: p} },
		expressions:   true,
		textTimes:     true,
	},
	{
		sql: sql.Postgres(), maxName: naming.MaxPostgres,
		planner: always(postgres.DefaultPlan), open: postgres.Open, parseType: postgres.ParseType,
		autoIncrement: func() schema.Attr { return &postgres.Identity{Generation: "BY DEFAULT"} },
		collate:       collateColumn,
		predicate:     func(p string) schema.Attr { return &postgres.IndexPredicate{P: p} },
		expressions:   true,
		fulltext:      postgresFulltext,
		nativeEnum:    postgresEnum,
		comments:      true, schemas: true, locks: true,
	},
	{
		sql: sql.MySQL(), maxName: naming.MaxMySQL,
		planner: always(mysql.DefaultPlan), open: mysql.Open, parseType: mysql.ParseType,
		autoIncrement:  func() schema.Attr { return &mysql.AutoIncrement{} },
		collate:        collateColumn,
		tableCollation: true,
		expressions:    true,
		fulltext:       mysqlFulltext,
		comments:       true, schemas: true, locks: true,
	},
	{
		sql: sql.MariaDB(), maxName: naming.MaxMySQL,
		planner: mariadbPlanner, open: mysql.Open, parseType: mysql.ParseType,
		autoIncrement:  func() schema.Attr { return &mysql.AutoIncrement{} },
		collate:        collateColumn,
		tableCollation: true,
		fulltext:       mysqlFulltext,
		comments:       true, schemas: true, locks: true, generatedNullable: true,
	},
}

func always(p migrate.PlanApplier) func() (migrate.PlanApplier, error) {
	return func() (migrate.PlanApplier, error) { return p, nil }
}

// atlasFor returns the dialect of that name, or nil.
func atlasFor(name string) *atlas {
	for _, a := range atlases {
		if a.sql.Name() == name {
			return a
		}
	}
	return nil
}

// collateColumn notes the collation where Atlas prints it.
func collateColumn(c *schema.Column, collation, charset string) {
	if charset != "" {
		c.Attrs = append(c.Attrs, &schema.Charset{V: charset})
	}
	c.Attrs = append(c.Attrs, &schema.Collation{V: collation})
}

// collateType writes the collation behind the type. Atlas prints none for
// SQLite, but prints the type as it is and compares only its affinity.
func collateType(c *schema.Column, collation, _ string) {
	if t, ok := c.Type.Type.(*schema.StringType); ok {
		c.Type.Type = &schema.StringType{T: t.T + " collate " + collation, Size: t.Size}
	}
}

func mysqlFulltext(ix *schema.Index) {
	ix.Attrs = append(ix.Attrs, &mysql.IndexType{T: mysql.IndexTypeFullText})
}

// postgresFulltext indexes the lexemes of the columns, under the configuration
// that is the same on every server.
func postgresFulltext(ix *schema.Index) {
	ix.Attrs = append(ix.Attrs, &postgres.IndexType{T: postgres.IndexTypeGIN})
	for _, part := range ix.Parts {
		part.X = &schema.RawExpr{X: `to_tsvector('simple'::regconfig, ` + sql.Postgres().Quote(part.C.Name) + `)`}
		part.C = nil
	}
}

func postgresEnum(name, schemaName string, values []string) *schema.EnumType {
	e := &schema.EnumType{T: name, Values: values}
	if schemaName != "" {
		e.Schema = schema.New(schemaName)
	}
	return e
}
