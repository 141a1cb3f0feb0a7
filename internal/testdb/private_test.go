//go:build unix

package testdb_test

import (
	"database/sql"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"

	"github.com/weft-orm/weft/internal/testdb"
)

func TestPrivatePostgresKeepsItsData(t *testing.T) {
	s := testdb.PrivatePostgres(t)
	s.Exec("create table t as select 7 as a")
	s.Kill()
	if _, err := pgx.Connect(t.Context(), s.PostgresURL()); err == nil {
		t.Fatal("the killed server answers")
	}
	s.Start()
	s.Exec("insert into t values (8)")
	s.Stop()
	s.Start()
	conn, err := pgx.Connect(t.Context(), s.PostgresURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var sum int
	if err := conn.QueryRow(t.Context(), "select sum(a) from t").Scan(&sum); err != nil || sum != 15 {
		t.Errorf("sum is %d, error %v", sum, err)
	}
}

func TestPrivateMariaDBKeepsItsData(t *testing.T) {
	s := testdb.PrivateMariaDB(t)
	config, err := mysql.ParseDSN(s.MariaDBDSN())
	if err != nil {
		t.Fatal(err)
	}
	config.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	exec := func(text string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	exec("create table t as select 7 as a")
	s.Kill()
	if err := db.PingContext(t.Context()); err == nil {
		t.Fatal("the killed server answers")
	}
	s.Start()
	exec("insert into t values (8)")
	s.Stop()
	s.Start()
	var sum int
	if err := db.QueryRowContext(t.Context(), "select sum(a) from t").Scan(&sum); err != nil || sum != 15 {
		t.Errorf("sum is %d, error %v", sum, err)
	}
}
