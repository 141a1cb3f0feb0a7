package testdb

import (
	"database/sql"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// MySQL returns the DSN, in the form of github.com/go-sql-driver/mysql, of a new
// database on a MariaDB or MySQL server, dropped when the test ends.
func MySQL(t testing.TB) string {
	t.Helper()
	server := Address("WEFT_MYSQL", "root@tcp(127.0.0.1:3306)/")
	config, err := mysql.ParseDSN(server)
	if err != nil {
		t.Fatalf("WEFT_MYSQL: %v", err)
	}
	name := Name()
	if err := runMySQL(config, "create database "+name+" character set utf8mb4"); err != nil {
		Missing(t, "MariaDB or MySQL", "WEFT_MYSQL", err)
	}
	t.Cleanup(func() {
		if err := runMySQL(config, "drop database if exists "+name); err != nil {
			t.Errorf("drop database %s: %v", name, err)
		}
	})
	own := config.Clone()
	own.DBName = name
	return own.FormatDSN()
}

func runMySQL(config *mysql.Config, text string) error {
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	ctx, cancel := patient()
	defer cancel()
	_, err = db.ExecContext(ctx, text)
	return err
}
