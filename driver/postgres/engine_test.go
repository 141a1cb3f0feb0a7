package postgres_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/faults"
	"github.com/weft-orm/weft/driver/postgres"
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

func TestFaults(t *testing.T) {
	dsn := testdb.Postgres(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	p := faultproxy.Start(t, u.Host)
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

// TestNoDatabase has the server's code for a database that it does not know.
func TestNoDatabase(t *testing.T) {
	u, err := url.Parse(testdb.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/weft_no_such_database"
	_, err = postgres.URL(u.String()).Connect(t.Context())
	if e, ok := errors.AsType[*driver.Error](err); !ok || e.Class != driver.ErrConnection || e.Code != "3D000" {
		t.Errorf("error is %v", err)
	}
}

// row is what TestLoadIsOneStatement loads.
type row struct {
	ID   int64 `orm:",assigned"`
	Name string
}

// TestLoadIsOneStatement loads rows by COPY, in a transaction and outside of one.
func TestLoadIsOneStatement(t *testing.T) {
	e := connect(t, postgres.URL(testdb.Postgres(t)))
	reg, err := mapper.Build(mapper.Options{}, row{})
	if err != nil {
		t.Fatal(err)
	}
	entity := mapper.EntityOf[row](reg)
	p, err := e.Compile(&qb.Write{Registry: reg, Kind: qb.Insert, Entity: entity, Table: entity.Table, Set: entity.Columns})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]any, 1500)
	for i := range rows {
		rows[i] = []any{int64(i), "a\tb"}
	}
	load := func(opts driver.SessionOptions, rows [][]any, commit bool) (*driver.Op, error) {
		t.Helper()
		s, err := e.Session(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		op := &driver.Op{P: p, Rows: rows, Load: true}
		err = s.Exec(t.Context(), []*driver.Op{op})
		if ended := s.End(t.Context(), commit && err == nil); ended != nil {
			t.Fatal(ended)
		}
		return op, err
	}
	s, err := e.Session(t.Context(), driver.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.(driver.TextExecer).ExecText(t.Context(), "create table rows (id bigint primary key, name text)"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		opts   driver.SessionOptions
		commit bool
		class  error
	}{
		{driver.SessionOptions{Transaction: true}, false, nil},
		{driver.SessionOptions{}, true, nil},
		{driver.SessionOptions{Transaction: true}, true, driver.ErrUniqueViolation},
		{driver.SessionOptions{}, true, driver.ErrUniqueViolation},
	} {
		op, err := load(step.opts, rows, step.commit)
		if !errors.Is(err, step.class) || op.Sent != 1 {
			t.Errorf("%+v: %d statements, error = %v", step, op.Sent, err)
		}
		if err == nil && !slices.Equal(op.Affected, []int64{1500}) {
			t.Errorf("%+v: affected %v", step, op.Affected)
		}
		var failed *driver.Error
		if errors.As(err, &failed) && (failed.Constraint != "rows_pkey" || failed.Op != 0 || failed.Row != -1 || failed.Statement != `COPY "rows" ("id", "name") FROM STDIN`) {
			t.Errorf("%+v", failed)
		}
	}
	if op, err := load(driver.SessionOptions{}, [][]any{{int64(9999), "few"}}, true); err != nil || op.Sent != 1 {
		t.Errorf("%d statements, error = %v", op.Sent, err)
	}
	rows[1499] = []any{int64(1), 1.5i}
	if op, err := load(driver.SessionOptions{}, rows, true); err == nil || op.Sent != 0 {
		t.Errorf("%d statements, error = %v", op.Sent, err)
	}
}
