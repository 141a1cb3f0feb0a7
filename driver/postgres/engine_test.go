package postgres_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/faults"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/internal/proxy"
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

func TestFaults(t *testing.T) {
	dsn := testdb.Postgres(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	p := proxy.Start(t, u.Host)
	u.Host = p.Address()
	faults.Run(t, p, connect(t, postgres.URL(u.String())), connect(t, postgres.URL(dsn)))
}

func TestErrorDetails(t *testing.T) {
	e := connect(t, postgres.URL(testdb.Postgres(t)))
	s, err := e.Session(t.Context(), driver.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text := s.(driver.TextExecer)
	for _, ddl := range []string{
		"create table p (id int primary key)",
		"create table t (a int constraint t_a_key unique, b varchar(3) not null default '', c int constraint positive check (c > 0), p int constraint t_p references p)",
		"insert into t values (1)",
	} {
		if _, err := text.ExecText(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		text       string
		class      error
		code       string
		constraint string
		columns    []string
	}{
		{"insert into t (a) values (1)", driver.ErrUniqueViolation, "23505", "t_a_key", nil},
		{"insert into t (b) values (null)", driver.ErrNotNullViolation, "23502", "", []string{"b"}},
		{"insert into t (b) values ('four')", driver.ErrOutOfRange, "22001", "", nil},
		{"insert into t (a) values (3000000000)", driver.ErrOutOfRange, "22003", "", nil},
		{"insert into t (c) values (0)", driver.ErrCheckViolation, "23514", "positive", nil},
		{"insert into t (p) values (7)", driver.ErrForeignKeyViolation, "23503", "t_p", nil},
		{"set statement_timeout = 1; select pg_sleep(1)", driver.ErrCanceled, "57014", "", nil},
	}
	for _, c := range cases {
		_, err := text.ExecText(t.Context(), c.text)
		e, ok := errors.AsType[*driver.Error](err)
		if !ok {
			t.Fatalf("%s: error is %v", c.text, err)
		}
		if e.Class != c.class || e.Code != c.code || e.Constraint != c.constraint || !slices.Equal(e.Columns, c.columns) {
			t.Errorf("%s: class %v, code %s, constraint %q, columns %q", c.text, e.Class, e.Code, e.Constraint, e.Columns)
		}
	}
}

func TestNoServer(t *testing.T) {
	_, err := postgres.URL("postgres://nobody@127.0.0.1:1/nothing").Connect(t.Context())
	if !errors.Is(err, driver.ErrConnection) {
		t.Errorf("error is %v", err)
	}
}
