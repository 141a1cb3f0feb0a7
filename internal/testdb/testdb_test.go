package testdb_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/weft-orm/weft/internal/testdb"
)

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
