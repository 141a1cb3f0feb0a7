package cli_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/qbdebug/internal/cli"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/model"
)

// servers are the engines behind a network: an address as qbdebug takes it, and a connector.
var servers = []struct {
	name string
	open func(t *testing.T) (dsn string, c driver.Connector)
}{
	{"postgres", func(t *testing.T) (string, driver.Connector) {
		dsn := testdb.Postgres(t)
		return dsn, postgres.URL(dsn)
	}},
	{"mysql", func(t *testing.T) (string, driver.Connector) {
		dsn := testdb.MySQL(t)
		user, rest, _ := strings.Cut(dsn, "@tcp(")
		host, path, _ := strings.Cut(rest, ")")
		return "mysql://" + user + "@" + host + path, mysql.DSN(dsn)
	}},
	{"mongo", func(t *testing.T) (string, driver.Connector) {
		uri, db := testdb.Mongo(t)
		u, err := url.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/" + db
		return u.String(), mongo.URI(uri, db)
	}},
}

// TestServers explains and runs queries on servers, as live.txtar does on SQLite.
func TestServers(t *testing.T) {
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			dsn, c := s.open(t)
			fill(t, c)
			run := func(args ...string) (string, int) {
				var out bytes.Buffer
				code := cli.Main(append([]string{"--models", "../../../../tests/model", "--dsn", dsn}, args...), cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out})
				return out.String(), code
			}
			rows := func(name, want string, args ...string) {
				t.Helper()
				out, code := run(append(args, "--run")...)
				_, got, _ := strings.Cut(out, " rows\n")
				if code != 0 || strings.Join(strings.Fields(got), " ") != want {
					t.Errorf("%s: exit code %d\n%s\nwant %s", name, code, out, want)
				}
			}
			rows("a condition through relations", "id name age favourite version -- ---- ---- --------- ------- 1 Ann NULL NULL 1 (1 row)",
				"--entity", "Author", "--where", `{"books.tags.name:like": "s%", "active": true}`, "--fields", "name,age", "--order", "-name", "--limit", "2")
			rows("a count", "count ----- 2 (1 row)", "--entity", "Author", "--count")
			rows("groups", "author.name count(*) max(pages) ----------- -------- ---------- Ann 2 200 (1 row)",
				"--entity", "Book", "--group", "author.name", "--fields", "count(*),max(pages)", "--having", `{"count(*) >": 1}`)
			rows("joined", "id title author publisher author.id author.name author.favourite author.version -- ----- ------ --------- --------- ----------- ---------------- -------------- 3 t 2 NULL 2 Bob NULL 1 (1 row)",
				"--entity", "Book", "--populate", "author", "--strategy", "joined", "--fields", "title,author.name", "--where", `{"author": 2}`)
			out, code := run("--entity", "Author", "--where", `{"name": "Ann"}`)
			if s.name == "mongo" {
				if code != 1 || !strings.Contains(out, "mongo has no plans that can be asked for here; --run shows the rows") {
					t.Errorf("explain: exit code %d\n%s", code, out)
				}
			} else if code != 0 || !strings.Contains(out, "plan") || !strings.Contains(out, "authors") {
				t.Errorf("explain: exit code %d\n%s", code, out)
			}
			out, code = run("--entity", "Author", "--where", `{"nam": "Ann"}`, "--run")
			if code != 2 || !strings.Contains(out, "^^^") {
				t.Errorf("a mistake: exit code %d\n%s", code, out)
			}
			jsonOut, code := run("--entity", "Tag", "--order", "name", "--run", "--format", "json")
			if code != 0 || !strings.Contains(jsonOut, `"columns": [`) || !strings.Contains(jsonOut, `"sea"`) {
				t.Errorf("json: exit code %d\n%s", code, jsonOut)
			}
		})
	}
}

// fill writes two authors with books and tags.
func fill(t *testing.T, c driver.Connector) {
	t.Helper()
	db, err := orm.Open(t.Context(), c, orm.Entities(model.All()...))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if s, own := db.Engine().(driver.SchemaEnsurer); own {
		err = s.EnsureSchema(t.Context(), db.Registry(), "")
	} else {
		err = schema.Create(t.Context(), db)
	}
	if err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	age := 20
	ann, bob := &model.Author{Name: "Ann", Email: "a", Active: true}, &model.Author{Name: "Bob", Email: "b", Age: &age}
	sea := &model.Tag{Name: "sea"}
	for i, author := range []*model.Author{ann, ann, bob} {
		book := &model.Book{Title: "t", Pages: 100 * (i + 1), Author: orm.To(author)}
		book.Tags.Add(sea)
		em.Persist(book)
	}
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}
