//go:build unix

package testdb

import (
	"context"
	"database/sql"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// PrivateMariaDB starts a MariaDB server of the test's own, from the installed
// programs. Without them the test is skipped, or fails when CI is set and
// WEFT_MYSQL names no server elsewhere.
func PrivateMariaDB(t testing.TB) *Server {
	t.Helper()
	install, err := binary("mariadb-install-db")
	if err != nil {
		uninstalled(t, "MariaDB", "WEFT_MYSQL", err)
	}
	daemon, err := binary("mariadbd", "/usr/sbin/mariadbd", "/usr/libexec/mariadbd")
	if err != nil {
		uninstalled(t, "MariaDB", "WEFT_MYSQL", err)
	}
	s := newServer(t, "mysql")
	s.tool(install, "--no-defaults", "--datadir="+s.data(), "--skip-test-db", "--skip-log-bin",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M")
	s.args = []string{
		daemon, "--no-defaults", "--datadir=" + s.data(), "--port=" + strconv.Itoa(s.port),
		"--bind-address=127.0.0.1", "--socket=" + filepath.Join(s.dir, "socket"), "--pid-file=" + filepath.Join(s.dir, "pid"),
		"--skip-grant-tables", "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=32M",
	}
	s.end = syscall.SIGTERM
	s.ready = func(ctx context.Context) error {
		db, err := sql.Open("mysql", s.mariaDB("").FormatDSN())
		if err != nil {
			return err
		}
		defer db.Close()
		return db.PingContext(ctx)
	}
	s.Start()
	if err := runMySQL(s.mariaDB(""), "create database weft character set utf8mb4"); err != nil {
		t.Fatal(err)
	}
	return s
}

// MariaDBDSN returns the DSN of the database of a server that [PrivateMariaDB] returned.
func (s *Server) MariaDBDSN() string { return s.mariaDB("weft").FormatDSN() }

func (s *Server) mariaDB(database string) *mysql.Config {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.DBName = "root", "tcp", s.Address(), database
	c.Logger = &mysql.NopLogger{}
	return c
}
