package testdb_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/weft-orm/weft/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestPostgresHandsOnWhatIsLikeNew(t *testing.T) {
	var first, second, third string
	version := 0
	use := func(t *testing.T, name *string, text string) {
		conn, err := pgx.Connect(t.Context(), testdb.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		*name = conn.Config().Database // the connection stays open, as a leak would
		if err := conn.QueryRow(t.Context(), "select current_setting('server_version_num')::int").Scan(&version); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := conn.QueryRow(t.Context(), `select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where nspname !~ '^pg_' and nspname <> 'information_schema'`).Scan(&left); err != nil || left > 0 {
			t.Errorf("%d relations are left: %v", left, err)
		}
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("first", func(t *testing.T) {
		use(t, &first, `create table a (id serial primary key); create view v as select * from a; create schema "an other"
			create table a (id int); create type public.mood as enum ('x')`)
	})
	t.Run("second", func(t *testing.T) {
		use(t, &second, `create table a (id int); create type mood as enum ('y')`)
		var name string
		use(t, &name, "select 1")
		if name == second {
			t.Errorf("two tests at once have %s", name)
		}
		use(t, new(string), "create table a (id int); select set_config('search_path', 'pg_catalog', false)")
	})
	if first != second && version >= 150000 {
		t.Errorf("%s was not handed on, but %s made", first, second)
	}
	t.Run("third", func(t *testing.T) {
		use(t, &third, "do $$ begin execute format('alter database %I set search_path = nowhere', current_database()); end $$")
	})
	t.Run("fourth", func(t *testing.T) {
		var names [4]string
		for i := range names {
			use(t, &names[i], "select 1")
		}
		if slices.Contains(names[:], third) {
			t.Errorf("%s was handed on, whose settings were changed", third)
		}
	})
}

func TestPostgresIsAnEmptyDatabaseOfItsOwn(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), testdb.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var name string
	if err := conn.QueryRow(t.Context(), "select current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(name, "weft_") {
		t.Errorf("current database is %q", name)
	}
}

func TestMySQLNamesADatabaseOfItsOwn(t *testing.T) {
	if dsn := testdb.MySQL(t); !strings.Contains(dsn, "/weft_") {
		t.Errorf("DSN is %q", dsn)
	}
}
