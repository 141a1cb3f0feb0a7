package mysql_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	native "github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/faults"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

func connect(t *testing.T, c driver.Connector) driver.Engine {
	t.Helper()
	e, err := c.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func session(t *testing.T, e driver.Engine, opts driver.SessionOptions) driver.Session {
	t.Helper()
	s, err := e.Session(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFaults(t *testing.T) {
	dsn := testdb.MySQL(t)
	config, err := native.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	p := faultproxy.Start(t, config.Addr)
	config.Addr = p.Address()
	faults.Run(t, p, connect(t, mysql.DSN(config.FormatDSN())), connect(t, mysql.DSN(dsn)))
}

func TestErrorDetails(t *testing.T) {
	s := session(t, connect(t, mysql.DSN(testdb.MySQL(t))), driver.SessionOptions{})
	text := s.(driver.TextExecer)
	for _, ddl := range []string{
		"create table p (id int primary key)",
		"create table t (a int, b varchar(3) not null default '', c int, p int, constraint t_a_key unique (a), constraint positive check (c > 0), constraint t_p foreign key (p) references p (id))",
		"insert into t (a) values (1)",
	} {
		if _, err := text.ExecText(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		text       string
		class      error
		constraint string
		columns    []string
	}{
		{"insert into t (a) values (1)", driver.ErrUniqueViolation, "t_a_key", nil},
		{"insert into t (b) values (null)", driver.ErrNotNullViolation, "", []string{"b"}},
		{"insert into t (b) values ('four')", driver.ErrOutOfRange, "", []string{"b"}},
		{"insert into t (a) values (3000000000)", driver.ErrOutOfRange, "", []string{"a"}},
		{"insert into t (c) values (0)", driver.ErrCheckViolation, "positive", nil},
		{"insert into t (p) values (7)", driver.ErrForeignKeyViolation, "t_p", []string{"p"}},
	}
	for _, c := range cases {
		_, err := text.ExecText(t.Context(), c.text)
		e, ok := errors.AsType[*driver.Error](err)
		if !ok {
			t.Fatalf("%s: error is %v", c.text, err)
		}
		if e.Class != c.class || e.Constraint != c.constraint || !slices.Equal(e.Columns, c.columns) {
			t.Errorf("%s: class %v, constraint %q, columns %q", c.text, e.Class, e.Constraint, e.Columns)
		}
	}
}

// TestCommittingStatementsAreRefused expects what would silently commit a
// transaction to be refused in one, and to leave it as it was.
func TestCommittingStatementsAreRefused(t *testing.T) {
	e := connect(t, mysql.DSN(testdb.MySQL(t)))
	if _, err := session(t, e, driver.SessionOptions{}).(driver.TextExecer).ExecText(t.Context(), "create table t (a int)"); err != nil {
		t.Fatal(err)
	}
	tx := session(t, e, driver.SessionOptions{Transaction: true})
	text := tx.(driver.TextExecer)
	if _, err := text.ExecText(t.Context(), "insert into t values (1)"); err != nil {
		t.Fatal(err)
	}
	for _, ddl := range []string{"create table u (a int)", " /* note */ truncate t", "-- note\nALTER table t add b int"} {
		if _, err := text.ExecText(t.Context(), ddl); !errors.Is(err, driver.ErrUnsupported) {
			t.Errorf("%s: error is %v", ddl, err)
		}
	}
	if _, err := text.ExecText(t.Context(), "create temporary table u (a int)"); err != nil {
		t.Error(err)
	}
	if err := tx.End(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	rows, err := session(t, e, driver.SessionOptions{}).(driver.TextQueryer).QueryText(t.Context(), "select a from t")
	if err != nil {
		t.Fatal(err)
	}
	if rows.Next() {
		t.Error("the row was committed")
	}
	if err := rows.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoServer(t *testing.T) {
	_, err := mysql.DSN("nobody@tcp(127.0.0.1:1)/nothing").Connect(t.Context())
	if !errors.Is(err, driver.ErrConnection) {
		t.Errorf("error is %v", err)
	}
}

// TestManyRowsKeepTheirValues writes rows by one statement, which the Go driver writes the values into,
// in both meanings that a backslash can have.
func TestManyRowsKeepTheirValues(t *testing.T) {
	for _, mode := range []string{"", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"} {
		t.Run(mode, func(t *testing.T) {
			e := connect(t, mysql.DSN(testdb.MySQL(t), mysql.Configure(func(c *native.Config) {
				c.Params["sql_mode"] = "'STRICT_ALL_TABLES," + mode + "'"
			})))
			table := &mapper.Table{Name: "v"}
			integer, text, blob := &mapper.Type{Kind: mapper.Int}, &mapper.Type{Kind: mapper.String}, &mapper.Type{Kind: mapper.Bytes}
			column := func(name string, typ *mapper.Type) *mapper.Column {
				return &mapper.Column{Name: name, Table: table, Type: typ}
			}
			s := session(t, e, driver.SessionOptions{})
			if _, err := s.(driver.TextExecer).ExecText(t.Context(), "create table v (a bigint, s longtext character set utf8mb4, b longblob)"); err != nil {
				t.Fatal(err)
			}
			p, err := e.Compile(&qb.Write{Kind: qb.Insert, Table: table, Set: []*mapper.Column{column("a", integer), column("s", text), column("b", blob)}})
			if err != nil {
				t.Fatal(err)
			}
			long := strings.Repeat("\\'", 100)
			for _, plain := range []bool{true, false} {
				texts := []any{"it's", "''", "ä?\x00\n\x1a\"`", "", nil, "end'"}
				if !plain {
					texts = append(texts, `\`, long)
				}
				var rows [][]any
				for i, text := range texts {
					row := []any{int64(i) - 2, text, nil}
					if text, ok := text.(string); ok && (len(text) < 64 || !plain) {
						row[2] = []byte("\xff\\" + text)
					}
					rows = append(rows, row)
				}
				if err := s.Exec(t.Context(), []*driver.Op{{P: p, Rows: rows}}); err != nil {
					t.Fatal(err)
				}
				found, err := s.(driver.TextQueryer).QueryText(t.Context(), "select a, s, b from v order by a")
				if err != nil {
					t.Fatal(err)
				}
				for i := 0; found.Next(); i++ {
					var a, text, b any
					if err := found.Scan([]any{&a, &text, &b}); err != nil {
						t.Fatal(err)
					}
					if got := []any{a, text, b}; !reflect.DeepEqual(got, rows[i]) {
						t.Errorf("row %d is %q, want %q", i, got, rows[i])
					}
				}
				if err := found.Close(); err != nil {
					t.Fatal(err)
				}
				if _, err := s.(driver.TextExecer).ExecText(t.Context(), "delete from v"); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
