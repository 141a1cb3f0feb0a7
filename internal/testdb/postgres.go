package testdb

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Postgres returns the URL of a new PostgreSQL database, dropped when the test
// ends, or emptied for the next one (see Main). Its locale is an ICU one where the server has it, so
// that a comparison by locale instead of by code point shows. Its commits do not wait for the disk: no
// test looks at what is left after the server's machine has failed.
func Postgres(t testing.TB) string {
	t.Helper()
	server := Address("WEFT_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable")
	config, err := pgx.ParseConfig(server)
	if err != nil {
		t.Fatalf("WEFT_POSTGRES: %v", err)
	}
	name, kept := handedOn.take()
	if !kept {
		name = createPostgres(t, server)
	}
	url := postgresURL(t, config, name)
	t.Cleanup(func() {
		if !handedOn.give(server, name, url) {
			dropPostgres(t, server, name)
		}
	})
	return url
}

// createPostgres makes a database and returns its name.
func createPostgres(t testing.TB, server string) string {
	t.Helper()
	ctx, cancel := patient()
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		Missing(t, "PostgreSQL", "WEFT_POSTGRES", err)
	}
	defer conn.Close(ctx)
	name := Name()
	_, err = conn.Exec(ctx, "create database "+name+" template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US'")
	if err != nil {
		_, err = conn.Exec(ctx, "create database "+name+" template template0 encoding 'UTF8'")
	}
	if err != nil {
		t.Fatalf("create database: %v", err)
	}
	if _, err := conn.Exec(ctx, "alter database "+name+" set synchronous_commit = off"); err != nil {
		dropPostgres(t, server, name)
		t.Fatalf("alter database: %v", err)
	}
	return name
}

// postgresURL returns the URL of another database on the same server.
func postgresURL(t testing.TB, c *pgx.ConnConfig, name string) string {
	t.Helper()
	u := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(c.User, c.Password),
		Path:   "/" + name,
	}
	query := url.Values{}
	if c.TLSConfig == nil {
		query.Set("sslmode", "disable")
	}
	if strings.HasPrefix(c.Host, "/") {
		query.Set("host", c.Host)
		query.Set("port", strconv.Itoa(int(c.Port)))
	} else {
		u.Host = net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func dropPostgres(t testing.TB, server, name string) {
	t.Helper()
	ctx, cancel := patient()
	defer cancel()
	if err := dropDatabase(ctx, server, name); err != nil {
		t.Errorf("drop database %s: %v", name, err)
	}
}

func dropDatabase(ctx context.Context, server, name string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "drop database if exists "+name+" with (force)")
	return err
}
