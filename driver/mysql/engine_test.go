package mysql_test

import (
	"errors"
	"slices"
	"testing"

	native "github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/faults"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/internal/testdb"
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
