package migrate_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/migrate"
	"github.com/weft-orm/weft/schema"
)

type server struct {
	name string
	// address is that of an empty database, at connects to one.
	address func(testing.TB) string
	at      func(string) driver.Connector
}

// servers are the databases the tests run on; each address is that of an empty one.
var servers = []server{
	{"sqlite", func(t testing.TB) string { return filepath.Join(t.TempDir(), "test.db") }, func(a string) driver.Connector { return sqlite.File(a) }},
	{"postgres", func(t testing.TB) string { return testdb.Postgres(t) }, func(a string) driver.Connector { return postgres.URL(a) }},
	{"mysql", func(t testing.TB) string { return testdb.MySQL(t) }, func(a string) driver.Connector { return mysql.DSN(a) }},
}

// everywhere runs a test on all servers, beside each other: they wait for the servers.
func everywhere(t *testing.T, fn func(t *testing.T, s server)) {
	t.Parallel()
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			fn(t, s)
		})
	}
}

func (s server) open(t testing.TB) driver.Engine { return connect(t, s.at(s.address(t))) }

func connect(t testing.TB, c driver.Connector) driver.Engine {
	t.Helper()
	engine, err := c.Connect(t.Context())
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	return engine
}

type target struct {
	reg    *mapper.Registry
	engine driver.Engine
}

func (t target) Registry() *mapper.Registry { return t.reg }
func (t target) Engine() driver.Engine      { return t.engine }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func registry(t testing.TB, entities ...any) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, entities...)
	must(t, err)
	return reg
}

func handle(e driver.Engine) *sql.DB { return e.(driver.SQLHandle).DB() }

func run(t testing.TB, e driver.Engine, query string) {
	t.Helper()
	if _, err := handle(e).ExecContext(t.Context(), query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t testing.TB, e driver.Engine, query string) (n int) {
	t.Helper()
	if err := handle(e).QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// A folder of migrations that grows.
type folder struct {
	fstest.MapFS
	now time.Time
}

func newFolder() *folder {
	return &folder{fstest.MapFS{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func (f *folder) add(name, text string) { f.MapFS[name] = &fstest.MapFile{Data: []byte(text)} }

func (f *folder) set(t testing.TB, steps ...*migrate.File) *migrate.Set {
	t.Helper()
	set, err := migrate.Load(f, steps...)
	must(t, err)
	return set
}

func load(t testing.TB, fsys fs.FS) *migrate.Set {
	t.Helper()
	set, err := migrate.Load(fsys)
	must(t, err)
	return set
}

// plan adds the next file for a mapping; steps are those in Go.
func (f *folder) plan(t testing.TB, s server, name string, entities []any, steps ...*migrate.File) *migrate.Draft {
	t.Helper()
	f.now = f.now.Add(time.Hour)
	draft, err := migrate.Plan(t.Context(), target{registry(t, entities...), s.open(t)}, f.set(t, steps...), name, f.now)
	must(t, err)
	if draft == nil {
		t.Fatalf("%s: nothing is planned", name)
	}
	f.add(draft.File(), draft.Text)
	return draft
}

func migrator(t testing.TB, e driver.Engine, set *migrate.Set, opts ...migrate.Option) *migrate.Migrator {
	t.Helper()
	m, err := migrate.New(target{engine: e}, set, opts...)
	must(t, err)
	return m
}

// conditions is the status in short.
func conditions(t testing.TB, m *migrate.Migrator) string {
	t.Helper()
	list, err := m.Status(t.Context())
	must(t, err)
	var words []string
	for _, s := range list {
		words = append(words, fmt.Sprintf("%d:%s", s.Version, s.Condition))
	}
	return strings.Join(words, " ")
}

// noDrift sees that files and database agree with the mapping.
func noDrift(t testing.TB, s server, e driver.Engine, set *migrate.Set, entities ...any) {
	t.Helper()
	m := migrator(t, e, set)
	must(t, m.Verify(t.Context()))
	reg := registry(t, entities...)
	plan, err := m.Drift(t.Context(), target{reg, e})
	must(t, err)
	if !plan.IsEmpty() {
		t.Fatalf("the database differs:\n%s", plan)
	}
	script, err := migrate.Difference(t.Context(), target{reg, s.open(t)}, set)
	must(t, err)
	if !script.Up.IsEmpty() {
		t.Fatalf("the files differ:\n%s", script.Up)
	}
}

var _ schema.Target = target{}
