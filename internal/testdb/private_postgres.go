//go:build unix

package testdb

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PrivatePostgres starts a PostgreSQL server of the test's own, from the installed
// programs. Without them the test is skipped, or fails when CI is set and
// WEFT_POSTGRES names no server elsewhere.
func PrivatePostgres(t testing.TB) *Server {
	t.Helper()
	bin := postgresPrograms(t)
	s := newServer(t, "postgres")
	s.tool(filepath.Join(bin, "initdb"), "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	s.postgres(bin)
	s.Start()
	return s
}

// Standby starts a streaming replica of a server that [PrivatePostgres] returned,
// with further settings such as "max_standby_streaming_delay=0".
func (s *Server) Standby(settings ...string) *Server {
	s.t.Helper()
	bin := postgresPrograms(s.t)
	r := newServer(s.t, "postgres")
	r.tool(filepath.Join(bin, "pg_basebackup"), "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "postgres",
		"-D", r.data(), "-c", "fast", "-X", "stream", "-R", "--no-sync")
	r.postgres(bin)
	for _, setting := range settings {
		r.args = append(r.args, "-c", setting)
	}
	r.Start()
	return r
}

// PostgresURL returns the URL of a server that [PrivatePostgres] or
// [Server.Standby] returned.
func (s *Server) PostgresURL() string {
	return fmt.Sprintf("postgres://postgres@%s/postgres?sslmode=disable", s.Address())
}

// postgres says how to run the server. What makes it fast loses nothing when the
// process is killed.
func (s *Server) postgres(bin string) {
	s.args = []string{
		filepath.Join(bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=60",
		"-c", "wal_level=replica", "-c", "wal_keep_size=64MB", "-c", "hot_standby=on",
	}
	s.end = syscall.SIGINT
	s.ready = func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, s.PostgresURL())
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	}
}

// Exec runs a statement on a server that [PrivatePostgres] or [Server.Standby] returned.
func (s *Server) Exec(text string) {
	s.t.Helper()
	ctx, cancel := patient()
	defer cancel()
	conn, err := pgx.Connect(ctx, s.PostgresURL())
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, text); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
}

// postgresPrograms returns the folder of the server programs.
func postgresPrograms(t testing.TB) string {
	t.Helper()
	path, err := binary("initdb", "/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/usr/local/pgsql/bin/initdb")
	if err != nil {
		uninstalled(t, "PostgreSQL", "WEFT_POSTGRES", err)
	}
	return filepath.Dir(path)
}
