package schema

import (
	"strings"

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

	// planner plans and differ compares without a database.
	planner   func() (migrate.PlanApplier, error)
	differ    func() (schema.Differ, error)
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
	// include keeps columns beside those of an index.
	include func(columns []*schema.Column) schema.Attr
	// fulltext turns an index into one for the engine's text search.
	fulltext func(*schema.Index)
	// nativeEnum makes a named enum type.
	nativeEnum func(name, schemaName string, values []string) *schema.EnumType
	// generatedNullable: generated columns cannot be declared not null.
	generatedNullable bool
	// comments, schemas: tables and columns can carry comments, tables can stand in named schemas.
	comments, schemas bool
	// lock and unlock take the lock that keeps programs apart which change the schema of one database; "" has none.
	lock, unlock string
	// databaseName asks for the name of the connection's database, where that is what a schema is.
	databaseName string
	// trial asks the server what expressions mean; nil where it keeps them as they are written.
	trial *trial
	// rewrite changes questions of Atlas that the server answers otherwise than it expects; may be nil.
	rewrite func(query string) string
	// materialized: there are materialized views. viewsHold: a table cannot change under a view.
	materialized, viewsHold bool
	// viewQuery asks for the query of a view by schema and name, and whether it is materialized.
	viewQuery string
	// renameIndex, renameConstraint: the engine changes such names without building anything again.
	renameIndex, renameConstraint bool
	// defaultExpr gives a default expression the form of the dialect; may be nil.
	defaultExpr func(text string) string
	// deferrable: unique constraints can be checked at the end of a transaction.
	deferrable bool
	// indexesApart: the indexes of a new table are made by statements after its own.
	indexesApart bool
	// textTimes: times are kept as text.
	textTimes bool
	// fillsIn: a new column that is NOT NULL without a default gets an empty value in rows that are there.
	// fillsNull: a column that becomes NOT NULL gets its default where it is NULL.
	fillsIn, fillsNull bool
	// identity: a column begins and ends to number itself by statements of its own.
	identity bool
	// converts: a column of another type needs to be told how to get there.
	converts bool
	// backticks: Atlas writes names between them, weft's statements do not.
	backticks bool
	// characters is the function that counts those of a text.
	characters string
	// castTime is the type that times of another precision are cast to; nil where they are text.
	castTime func(*schema.TimeType) string
}

// atlases are the dialects that weft can create tables in.
var atlases = []*atlas{
	{
		sql: sql.SQLite(), maxName: naming.MaxSQLite,
		planner: always(sqlite.DefaultPlan), differ: always(sqlite.DefaultDiff), open: sqlite.Open, parseType: sqlite.ParseType,
		autoIncrement: func() schema.Attr { return &sqlite.AutoIncrement{} },
		collate:       collateType,
		predicate:     func(p string) schema.Attr { return &sqlite.IndexPredicate{P: p} },
		expressions:   true,
		rewrite:       sqliteQuestion,
		viewQuery:     "select sql, 0 from sqlite_master where type = 'view' and ?1 = '' and name = ?2",
		textTimes:     true, characters: "length", fillsNull: true, backticks: true,
	},
	{
		sql: sql.Postgres(), maxName: naming.MaxPostgres,
		planner: always(postgres.DefaultPlan), differ: always(postgres.DefaultDiff), open: postgres.Open, parseType: postgres.ParseType,
		autoIncrement: func() schema.Attr { return &postgres.Identity{Generation: "BY DEFAULT"} },
		collate:       collateColumn,
		predicate:     func(p string) schema.Attr { return &postgres.IndexPredicate{P: p} },
		expressions:   true,
		include:       func(c []*schema.Column) schema.Attr { return &postgres.IndexInclude{Columns: c} },
		fulltext:      postgresFulltext,
		nativeEnum:    postgresEnum,
		comments:      true, schemas: true,
		lock: postgresLock, unlock: postgresUnlock,
		trial: postgresTrial, renameIndex: true, renameConstraint: true,
		materialized: true, viewsHold: true, viewQuery: postgresView,
		deferrable: true, characters: "length", castTime: postgresCastTime, identity: true, converts: true, indexesApart: true,
	},
	{
		sql: sql.MySQL(), maxName: naming.MaxMySQL,
		planner: always(mysql.DefaultPlan), differ: always(mysql.DefaultDiff), open: mysql.Open, parseType: mysql.ParseType,
		autoIncrement:  func() schema.Attr { return &mysql.AutoIncrement{} },
		collate:        collateColumn,
		tableCollation: true,
		expressions:    true,
		fulltext:       mysqlFulltext,
		comments:       true, schemas: true,
		lock: mysqlLock, unlock: mysqlUnlock,
		databaseName: mysqlDatabase, trial: mysqlTrial, renameIndex: true, defaultExpr: mysqlDefault, viewQuery: mysqlView, fillsIn: true,
		characters: "char_length", castTime: mysqlCastTime,
	},
	{
		sql: sql.MariaDB(), maxName: naming.MaxMySQL,
		planner: mariadbPlanner, differ: mariadbDiffer, open: mysql.Open, parseType: mysql.ParseType,
		autoIncrement:  func() schema.Attr { return &mysql.AutoIncrement{} },
		collate:        collateColumn,
		tableCollation: true,
		fulltext:       mysqlFulltext,
		comments:       true, schemas: true, generatedNullable: true,
		lock: mysqlLock, unlock: mysqlUnlock,
		databaseName: mysqlDatabase, trial: mysqlTrial, renameIndex: true, defaultExpr: mysqlDefault, viewQuery: mysqlView, fillsIn: true,
		characters: "char_length", castTime: mysqlCastTime,
	},
}

func always[T any](x T) func() (T, error) {
	return func() (T, error) { return x, nil }
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

// mysqlDatabase asks for the connection's database.
const mysqlDatabase = "select coalesce(database(), '')"

// mysqlDefault puts expressions in parentheses; only the present time stands without.
func mysqlDefault(text string) string {
	lower := strings.ToLower(text)
	if strings.HasPrefix(lower, "current_timestamp") || strings.HasPrefix(lower, "now(") || strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		return text
	}
	return "(" + text + ")"
}

const (
	postgresView = `select pg_get_viewdef(c.oid), c.relkind = 'm' from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('v', 'm') and n.nspname = coalesce(nullif($1::text, ''), current_schema()) and c.relname = $2::text`
	mysqlView = `select view_definition, false from information_schema.views
		where table_schema = coalesce(nullif(?, ''), database()) and table_name = ?`
)
