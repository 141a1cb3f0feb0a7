package sql_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/mattn/go-sqlite3"

	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	weftsql "github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/corpus"
)

// engine is a real database with the tables of the test model and the same rows
// as every other.
type engine struct {
	dialect *weftsql.Dialect
	db      *sql.DB
}

// engines opens SQLite and what servers there are.
func engines(t *testing.T, reg *mapper.Registry) []engine {
	t.Helper()
	list := []engine{{weftsql.SQLite(), open(t, sqliteDriver(), ":memory:")}}
	t.Run("postgres", func(sub *testing.T) {
		list = append(list, engine{weftsql.Postgres(), open(t, "pgx", testdb.Postgres(asParent(t, sub)))})
	})
	t.Run("mariadb", func(sub *testing.T) {
		dsn := testdb.MySQL(asParent(t, sub))
		list = append(list, engine{weftsql.MariaDB(), open(t, "mysql", dsn+separator(dsn)+"sql_mode=%27STRICT_ALL_TABLES%27&clientFoundRows=true")})
	})
	for _, e := range list {
		e.fill(t, reg)
	}
	return list
}

// parent skips the sub-test, but cleans up with the test around it.
type parent struct {
	testing.TB
	around *testing.T
}

func asParent(around, sub *testing.T) testing.TB { return parent{sub, around} }

func (p parent) Cleanup(fn func()) { p.around.Cleanup(fn) }

func separator(dsn string) string {
	if strings.Contains(dsn, "?") {
		return "&"
	}
	return "?"
}

func open(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// sqliteDriver registers SQLite with the functions the dialect relies on.
var sqliteDriver = sync.OnceValue(func() string {
	const name = "sqlite3_weft_dialect_test"
	sql.Register(name, &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		if err := c.RegisterFunc("weft_lower", func(v any) any {
			if s, ok := v.(string); ok {
				return strings.ToLower(s)
			}
			return v
		}, true); err != nil {
			return err
		}
		return c.RegisterFunc("weft_regexp", func(pattern string, v any) (any, error) {
			s, ok := v.(string)
			if !ok {
				return nil, nil
			}
			return regexp.MatchString(pattern, s)
		}, true)
	}})
	return name
})

// fill makes the tables and rows.
func (e engine) fill(t *testing.T, reg *mapper.Registry) {
	t.Helper()
	done := map[mapper.Table]bool{}
	for _, ent := range reg.Entities() {
		if !done[*ent.Table] && ent.Base == nil {
			done[*ent.Table] = true
			cols := tableColumns(ent)
			e.create(t, ent.Table, cols)
			e.insert(t, ent.Table, cols, rows(ent, cols))
		}
		for _, p := range ent.Properties {
			if p.Kind != mapper.ManyToMany || !p.Relation.Owning || done[*p.Relation.Pivot.Table] {
				continue
			}
			pv := p.Relation.Pivot
			done[*pv.Table] = true
			cols := slices.Concat(pv.Owner, pv.Target)
			if pv.Order != nil {
				cols = append(cols, pv.Order)
			}
			e.create(t, pv.Table, cols)
			e.insert(t, pv.Table, cols, links(cols))
		}
	}
}

// tableColumns are the columns of a table, those of subtypes included.
func tableColumns(e *mapper.Entity) []*mapper.Column {
	var cols []*mapper.Column
	seen := map[string]bool{}
	var walk func(*mapper.Entity)
	walk = func(e *mapper.Entity) {
		for _, c := range e.Columns {
			if !seen[c.Name] {
				seen[c.Name] = true
				cols = append(cols, c)
			}
		}
		for _, c := range e.Children {
			walk(c)
		}
	}
	walk(e)
	if d := e.Discriminator; d != nil && !seen[d.Name] {
		cols = append(cols, d)
	}
	return cols
}

func (e engine) create(t *testing.T, table *mapper.Table, cols []*mapper.Column) {
	t.Helper()
	defs := make([]string, len(cols))
	for i, c := range cols {
		defs[i] = e.dialect.Quote(c.Name) + " " + e.dialect.ColumnType(c)
		if collation, charset := e.dialect.Collation(c); collation != "" {
			if charset != "" {
				defs[i] += " CHARACTER SET " + charset
			}
			defs[i] += " COLLATE " + e.dialect.Quote(collation)
		}
	}
	text := "CREATE TABLE " + e.dialect.Quote(table.Name) + " (" + strings.Join(defs, ", ") + ")"
	if _, err := e.db.Exec(text); err != nil {
		t.Fatalf("%s: %v\n%s", e.dialect.Name(), err, text)
	}
}

func (e engine) insert(t *testing.T, table *mapper.Table, cols []*mapper.Column, rows [][]any) {
	t.Helper()
	ws, err := e.dialect.CompileWrite(&qb.Write{Kind: qb.Insert, Table: table, Set: cols})
	if err != nil {
		t.Fatal(err)
	}
	for chunk := range slices.Chunk(rows, ws.MaxRows) {
		args, err := ws.Bind(nil, chunk)
		if err != nil {
			t.Fatalf("%s: %s: %v", e.dialect.Name(), table.Name, err)
		}
		if _, err := e.db.Exec(ws.Text(len(chunk)), args...); err != nil {
			t.Fatalf("%s: %v\n%s\n%s", e.dialect.Name(), err, ws.Text(len(chunk)), corpus.Parameters(args))
		}
	}
}

// entityRows is how many rows each table has; keys are 1 to that.
const entityRows = 12

// rows makes the same rows for every engine, from small sets of values, NULLs included.
func rows(e *mapper.Entity, cols []*mapper.Column) [][]any {
	r := rand.New(rand.NewPCG(7, uint64(e.Ordinal)))
	out := make([][]any, entityRows)
	for i := range out {
		out[i] = make([]any, len(cols))
		for k, c := range cols {
			out[i][k] = cell(r, e, c, i)
		}
	}
	return out
}

func cell(r *rand.Rand, e *mapper.Entity, c *mapper.Column, i int) any {
	composite := len(e.KeyColumns) > 1
	switch {
	case c.Property != nil && c.Property.Primary && composite:
		// two columns that count differently make distinct pairs
		n := i
		if c == e.KeyColumns[1] {
			n = i/entityRows + i
		}
		return keyValue(c.Type, n%entityRows)
	case c.Property != nil && (c.Property.Primary || c.Property.Unique) && c.References == nil:
		return keyValue(c.Type, i)
	case c.Property != nil && c.Property.Kind == mapper.OneToOne:
		return keyValue(c.Type, i)
	case c.Nullable && r.IntN(4) == 0:
		return nil
	case c.References != nil && c.References.Type.Kind != 0:
		return keyValue(c.Type, r.IntN(entityRows))
	case c == e.Discriminator || e.Discriminator != nil && c.Name == e.Discriminator.Name:
		kinds := []any{e.DiscriminatorValue}
		for _, s := range e.Children {
			kinds = append(kinds, s.DiscriminatorValue)
		}
		return kinds[r.IntN(len(kinds))]
	default:
		return value(r, c.Type)
	}
}

// keyValue is the i-th key.
func keyValue(t *mapper.Type, i int) any {
	switch t.Kind {
	case mapper.Int:
		return int64(i + 1)
	case mapper.UUIDKind:
		return mapper.UUID{15: byte(i + 1)}
	default:
		return fmt.Sprintf("k%d", i+1)
	}
}

var texts = []string{"a", "A", "b", "x", "ab", "x y", "é", "a%b", "sci-fi", "fantasy", "Jon", "x\ny", ""}

func value(r *rand.Rand, t *mapper.Type) any {
	if len(t.Enum) > 0 {
		return t.Enum[r.IntN(len(t.Enum))]
	}
	switch t.Kind {
	case mapper.Bool:
		return r.IntN(2) == 0
	case mapper.Int:
		return []int64{-1, 0, 1, 2, 5, 18, 65, 100}[r.IntN(8)]
	case mapper.Float:
		return []float64{0, 0.1, 1.5, 4.5, 10}[r.IntN(5)]
	case mapper.DecimalKind:
		return mapper.Decimal([]string{"0.00", "9.99", "10.00", "-1.50"}[r.IntN(4)])
	case mapper.Bytes:
		return [][]byte{{}, {0}, {1, 2, 255}}[r.IntN(3)]
	case mapper.Time:
		return time.Date(2020+r.IntN(3), 1, 2, 3, 4, 5, 678000*1000, time.UTC)
	case mapper.Date:
		return time.Date(2020+r.IntN(3), 1, 2, 0, 0, 0, 0, time.UTC)
	case mapper.JSON:
		return json.RawMessage([]string{`{}`, `{"Theme":"dark","PageSize":10,"pages":3}`, `{"Theme":"light","News":true,"a":{"b":"c"}}`,
			`{"pages":"3","tags":["x"],"News":null}`, `{"PageSize":20.5,"a":{"b":null}}`}[r.IntN(5)])
	case mapper.Array:
		return [][]any{{}, {"a"}, {"a", "b"}, {"b", "b", "x"}}[r.IntN(4)]
	default:
		return texts[r.IntN(len(texts))]
	}
}

// links joins every key to a few others.
func links(cols []*mapper.Column) [][]any {
	var out [][]any
	for i := range entityRows {
		for k := range i % 4 {
			row := []any{keyValue(cols[0].Type, i), keyValue(cols[1].Type, (i*3+k*5)%entityRows)}
			for range cols[2:] {
				row = append(row, int64(k))
			}
			out = append(out, row)
		}
	}
	return out
}

// run gives the rows as text.
func (e engine) run(q compiled) ([]string, error) {
	st, err := e.dialect.Compile(q.query)
	if err != nil {
		return nil, err
	}
	args, err := st.Bind(nil, q.args)
	if err != nil {
		return nil, err
	}
	return e.rows(st.Text, args)
}

// rows runs a statement.
func (e engine) rows(text string, args []any) ([]string, error) {
	rows, err := e.db.Query(text, args...)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s\n%s", err, text, corpus.Parameters(args))
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		dest := make([]any, len(names))
		cells := make([]any, len(names))
		for i := range dest {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		for i, c := range cells {
			if b, ok := c.([]byte); ok {
				cells[i] = string(b)
			}
		}
		out = append(out, fmt.Sprint(cells...))
	}
	return out, rows.Err()
}
