package entities_test

import (
	"bufio"
	"context"
	stdsql "database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	_ "github.com/mattn/go-sqlite3"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
)

// dataFolder is the folder of sample databases: WEFT_DATA, else shared/data beside the checkout.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("WEFT_DATA")
	if dir == "" {
		dir = "../../../../../shared/data"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED: the sample databases (Chinook, Sakila, Northwind) are not in %s; WEFT_DATA names their folder", dir)
	}
	return dir
}

// A sample is one of the sample databases on one engine.
type sample struct {
	name string
	// open makes the database and returns its connector and a handle for SQL written by hand.
	open func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string)
}

var samples = []sample{
	{"chinook_sqlite", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openSQLite(t, copyOf(t, filepath.Join(dir, "chinook/Chinook_Sqlite.sqlite")), "")
	}},
	{"chinook_postgres", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openPostgres(t, after(read(t, dir, "chinook/Chinook_PostgreSql_SerialPKs.sql"), `\c chinook_serial;`))
	}},
	{"chinook_mariadb", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openMySQL(t, after(read(t, dir, "chinook/Chinook_MySql_AutoIncrementPKs.sql"), "USE `Chinook_AutoIncrement`;"))
	}},
	{"sakila_sqlite", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openSQLite(t, filepath.Join(t.TempDir(), "sakila.db"), read(t, dir, "sakila/sqlite-schema.sql"))
	}},
	{"sakila_postgres", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openPostgres(t, read(t, dir, "sakila/postgres-schema.sql"), read(t, dir, "sakila/postgres-data.sql"))
	}},
	{"sakila_mariadb", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openMySQL(t, strings.ReplaceAll(after(read(t, dir, "sakila/mysql-schema.sql"), "USE sakila;"), " sakila.", " "))
	}},
	{"northwind_postgres", func(t testing.TB, dir string) (driver.Connector, *stdsql.DB, string) {
		return openPostgres(t, read(t, dir, "northwind/northwind.sql"))
	}},
}

// lasting is a subtest whose databases are there until its parent ends.
type lasting struct {
	*testing.T
	parent *testing.T
}

func (l lasting) Cleanup(fn func())        { l.parent.Cleanup(fn) }
func (l lasting) TempDir() string          { return l.parent.TempDir() }
func (l lasting) Context() context.Context { return l.parent.Context() }

func read(t testing.TB, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// after cuts off what makes and enters a database of a fixed name.
func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return rest
}

func copyOf(t testing.TB, file string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(file))
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func openSQLite(t testing.TB, file, script string) (driver.Connector, *stdsql.DB, string) {
	t.Helper()
	db, err := stdsql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.ExecContext(t.Context(), "pragma synchronous = off; pragma journal_mode = memory;"+script); script != "" && err != nil {
		t.Fatal(err)
	}
	return sqlite.File(file), db, "sqlite:" + file
}

func openPostgres(t testing.TB, scripts ...string) (driver.Connector, *stdsql.DB, string) {
	t.Helper()
	url := testdb.Postgres(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append([]string{"set synchronous_commit = off;"}, scripts...) {
		if err := runPostgres(t.Context(), conn, s); err != nil {
			t.Fatal(err)
		}
	}
	conn.Close(t.Context())
	engine, err := postgres.URL(url).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	handle, _ := driver.EngineAs[driver.SQLHandle](engine)
	return postgres.URL(url), handle.DB(), url
}

// runPostgres runs a script of pg_dump, whose rows follow COPY statements.
func runPostgres(ctx context.Context, conn *pgx.Conn, script string) error {
	// What a dump of long ago sets and no server of today knows.
	for _, old := range []string{"SET default_with_oids = false;", "CREATE OR REPLACE PROCEDURAL LANGUAGE plpgsql;", "ALTER PROCEDURAL LANGUAGE plpgsql OWNER TO postgres;"} {
		script = strings.ReplaceAll(script, old, "")
	}
	var b strings.Builder
	lines := bufio.NewScanner(strings.NewReader(script))
	lines.Buffer(nil, 1<<24)
	flush := func() error {
		_, err := conn.PgConn().Exec(ctx, b.String()).ReadAll()
		b.Reset()
		return err
	}
	for lines.Scan() {
		line := lines.Text()
		if !strings.HasPrefix(line, "COPY ") || !strings.HasSuffix(line, "FROM stdin;") {
			b.WriteString(line + "\n")
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		var rows strings.Builder
		for lines.Scan() && lines.Text() != `\.` {
			rows.WriteString(lines.Text() + "\n")
		}
		if _, err := conn.PgConn().CopyFrom(ctx, strings.NewReader(rows.String()), strings.TrimSuffix(line, ";")); err != nil {
			return err
		}
	}
	return flush()
}

func openMySQL(t testing.TB, script string) (driver.Connector, *stdsql.DB, string) {
	t.Helper()
	dsn := testdb.MySQL(t)
	db, err := stdsql.Open("mysql", dsn+"?multiStatements=true")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "SET FOREIGN_KEY_CHECKS=0, AUTOCOMMIT=0"); err != nil {
		t.Fatal(err)
	}
	for i, piece := range strings.Split(script, "DELIMITER ") {
		end := ";"
		if i > 0 {
			end, piece, _ = strings.Cut(piece, "\n")
		}
		for _, statement := range strings.Split(piece, strings.TrimSpace(end)+"\n") {
			if strings.TrimSpace(statement) == "" || strings.HasPrefix(strings.TrimSpace(statement), "SET ") && strings.Contains(statement, "=@OLD_") {
				continue
			}
			if _, err := conn.ExecContext(t.Context(), statement); err != nil && !strings.Contains(err.Error(), "1065") {
				t.Fatalf("%v\n%s", err, statement)
			}
		}
	}
	if _, err := conn.ExecContext(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	return mysql.DSN(dsn), db, dsn
}
