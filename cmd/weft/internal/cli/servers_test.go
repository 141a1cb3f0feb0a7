package cli_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/address"
	"github.com/weft-orm/weft/internal/testdb"
)

// TestServers runs the programs in testdata/servers on PostgreSQL and on MySQL or
// MariaDB, which have two empty schemas besides.
func TestServers(t *testing.T) {
	for kind, find := range map[string]func(*testing.T) string{
		"postgres": func(t *testing.T) string { return testdb.Postgres(t) },
		"mysql": func(t *testing.T) string {
			c, err := mysql.ParseDSN(testdb.MySQL(t))
			if err != nil {
				t.Fatal(err)
			}
			u := url.URL{Scheme: "mysql", User: url.UserPassword(c.User, c.Passwd), Host: c.Addr, Path: "/" + c.DBName}
			return u.String()
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			text := find(t)
			one, two := testdb.Name(), testdb.Name()
			withSchemas(t, text, one, two)
			p := params(t, "testdata/servers")
			setup := p.Setup
			p.Setup = func(env *testscript.Env) error {
				env.Setenv("WEFT_DATABASE", text)
				env.Setenv("ONE", one)
				env.Setenv("TWO", two)
				env.Setenv("QUERY", "select '"+one+"' as name union all select '"+two+"'")
				return setup(env)
			}
			testscript.Run(t, p)
		})
	}
}

// TestDocuments runs the programs in testdata/documents on MongoDB, or its stand-in.
func TestDocuments(t *testing.T) {
	uri, name := testdb.Mongo(t)
	p := params(t, "testdata/documents")
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		u, err := url.Parse(uri)
		if err != nil {
			return err
		}
		u.Path = "/" + name
		env.Setenv("WEFT_DATABASE", u.String())
		return setup(env)
	}
	testscript.Run(t, p)
}

// withSchemas makes schemas, databases on MySQL, for the time of a test.
func withSchemas(t *testing.T, text string, names ...string) {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	run := func(statement string) {
		engine, err := a.Connector().Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer engine.Close()
		if _, err := engine.(driver.SQLHandle).DB().Exec(statement); err != nil {
			t.Error(err)
		}
	}
	for _, name := range names {
		run("create schema " + name)
		if strings.HasPrefix(text, "mysql") { // those of PostgreSQL go with the database
			engine, err := a.Connector().Connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if _, err := engine.(driver.SQLHandle).DB().Exec("drop schema " + name); err != nil {
					t.Error(err)
				}
				engine.Close()
			})
		}
	}
}
