package tests_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/weft-orm/weft"

// layer says what the packages at a path may import beside the standard library, their own layer and the leaves under
// internal. Arrows point down only; the same table stands in docs/architecture.md.
type layer struct {
	path    string   // "orm" stands for orm and every package below it that has no layer of its own
	ours    []string // layers of this module
	outside []string // import path prefixes of other modules
	any     bool     // no limits: programs and tests
}

var (
	belowPopulate = []string{"naming", "rel", "mapper", "conditions"}
	belowQB       = slices.Concat(belowPopulate, []string{"populate"})
	belowDriver   = slices.Concat(belowQB, []string{"qb"})
	belowOrm      = slices.Concat(belowDriver, []string{"driver"})
	rooms         = []string{"orm/internal", "orm/internal/fault", "orm/internal/session", "orm/internal/unit", "orm/internal/load", "orm/internal/flush"}
	sqlEngine     = slices.Concat(belowOrm, []string{"qb/sql", "driver/internal"})
)

const mongoDriver = "go.mongodb.org/mongo-driver/v2"

var layers = []layer{
	{path: "internal"},                    // leaves that any layer may use: they know nothing of the rest
	{path: "internal/testdb", any: true},  // for tests alone
	{path: "internal/address", any: true}, // makes connectors: for open and programs
	{path: "internal/pretty", outside: []string{"github.com/alecthomas/chroma/v2", "github.com/fatih/color"}},
	{path: "internal/draw/graphviz", outside: []string{"github.com/goccy/go-graphviz"}},
	{path: "naming", outside: []string{"github.com/gobuffalo/flect"}},
	{path: "rel"},
	{path: "mapper", ours: []string{"naming", "rel"}},
	{path: "mapper/gotypes", ours: []string{"naming", "rel", "mapper"}, outside: []string{"golang.org/x/tools"}},
	{path: "conditions", ours: []string{"mapper", "rel"}},
	{path: "populate", ours: []string{"mapper", "conditions"}},
	{path: "qb", ours: belowQB},
	{path: "qb/find", ours: belowDriver},
	{path: "qb/sql", ours: belowDriver, outside: []string{"github.com/doug-martin/goqu/v9"}},
	{path: "qb/mongo", ours: belowDriver, outside: []string{mongoDriver + "/bson"}},
	{path: "driver", ours: belowDriver},
	{path: "driver/internal", ours: slices.Concat(belowOrm, []string{"qb/sql"})}, // what the SQL engines share
	{path: "driver/drivertest", ours: belowOrm, outside: []string{"go.uber.org/goleak"}},
	{path: "driver/sqlite", ours: slices.Concat(sqlEngine, []string{"driver/sqlite/internal"}), outside: []string{"github.com/mattn/go-sqlite3"}},
	{path: "driver/sqlite/internal", ours: sqlEngine}, // the engine over any Go package that speaks to SQLite
	{path: "driver/sqlite/internal/litetest", ours: slices.Concat(sqlEngine, []string{"driver/sqlite/internal", "driver/drivertest"})},
	{path: "driver/postgres", ours: sqlEngine, outside: []string{"github.com/jackc/pgx/v5"}},
	{path: "driver/mysql", ours: sqlEngine, outside: []string{"github.com/go-sql-driver/mysql"}},
	{path: "driver/mongo", ours: slices.Concat(belowOrm, []string{"qb/mongo"}), outside: []string{mongoDriver}},
	{path: "driver/memory", ours: belowOrm},
	{path: "driver/replica", ours: belowOrm},
	{path: "orm", ours: slices.Concat(belowOrm, []string{"qb/find"}, rooms)},
	{path: "orm/internal", ours: belowOrm}, // the pure stages: changeset, constraint, exec, graph, identity, plan, recorder
	{path: "orm/internal/fault", ours: []string{"mapper"}},
	{path: "orm/internal/session", ours: slices.Concat(belowOrm, []string{"orm/internal/fault"})},
	{path: "orm/internal/unit", ours: []string{"mapper", "orm/internal", "orm/internal/fault"}},
	{path: "orm/internal/load", ours: slices.Concat(belowOrm, []string{"qb/find", "orm/internal", "orm/internal/fault", "orm/internal/session", "orm/internal/unit"})},
	{path: "orm/internal/flush", ours: slices.Concat(belowOrm, []string{"orm/internal", "orm/internal/fault", "orm/internal/session", "orm/internal/unit"})},
	// The column types and the quoting of a dialect live beside its printer.
	{path: "schema", ours: []string{"naming", "rel", "mapper", "driver", "qb/sql"}, outside: []string{"ariga.io/atlas"}},
	{path: "audit", ours: []string{"mapper", "orm"}},
	{path: "outbox", ours: []string{"mapper", "orm"}},
	{path: "seed", ours: slices.Concat(belowOrm, []string{"orm"}), outside: []string{"github.com/brianvoe/gofakeit/v7", "go.yaml.in/yaml/v3"}},
	{path: "ormtest", ours: slices.Concat(belowOrm, []string{"orm", "seed", "driver/memory"})},
	{path: "weftweb", ours: slices.Concat(belowOrm, []string{"orm"})},
	{path: "migrate", ours: []string{"driver", "schema"}, outside: []string{"github.com/pressly/goose/v3", "ariga.io/atlas"}},
	{path: "ormlog", ours: []string{"internal/pretty"}, outside: []string{"github.com/mattn/go-isatty"}},
	{path: "cache", outside: []string{"github.com/hashicorp/golang-lru/v2"}},
	{path: "cache/redis", any: true}, // a module of its own
	{path: "open", any: true},        // links every engine
	{path: "cmd", any: true},
	{path: "tests", any: true},
	{path: "examples", any: true},
}

// closures says what must not be compiled for a user of a package, however indirectly.
var closures = []struct {
	path string
	not  []string
}{
	{"orm", []string{
		"github.com/doug-martin/goqu", "go.mongodb.org", "github.com/jackc/pgx", "github.com/mattn/go-sqlite3",
		"github.com/go-sql-driver/mysql", "ariga.io/atlas", "golang.org/x/tools", "github.com/alecthomas/chroma", "github.com/fatih/color",
	}},
	{"driver/sqlite", []string{"go.mongodb.org", "github.com/jackc/pgx", "github.com/go-sql-driver/mysql"}},
	{"driver/postgres", []string{"go.mongodb.org", "github.com/mattn/go-sqlite3", "github.com/go-sql-driver/mysql"}},
	{"driver/mysql", []string{"go.mongodb.org", "github.com/jackc/pgx", "github.com/mattn/go-sqlite3"}},
	{"driver/mongo", []string{"github.com/doug-martin/goqu", "github.com/jackc/pgx", "github.com/mattn/go-sqlite3"}},
}

// goPackage is the part of the output of go list that matters here. Imports of test files are not in it.
type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestLayers(t *testing.T) {
	packages := goList(t, "./...")
	if len(packages) < 5 {
		t.Fatalf("go list found only %d packages", len(packages))
	}
	for _, fault := range checkLayers(packages, layers) {
		t.Error(fault)
	}
}

// TestLayersCanFail plants edges that must be found, so that an empty report means something.
func TestLayersCanFail(t *testing.T) {
	packages := []goPackage{
		{module + "/qb/sql", []string{module + "/orm", module + "/qb", "github.com/doug-martin/goqu/v9/exp", "fmt"}},
		{module + "/orm/internal/plan", []string{module + "/orm/internal/graph", module + "/driver/sqlite"}},
		{module + "/orm/internal/session", []string{module + "/driver", module + "/orm/internal/unit"}},
		{module + "/naming", []string{"github.com/gobuffalo/flect", "github.com/gobuffalo/flecto", "encoding/json"}},
		{module + "/internal/slot", []string{module + "/rel"}},
		{module + "/conditions", []string{module + "/internal/suggest", module + "/naming"}},
		{module + "/driver/sqlite", []string{module + "/driver/mysql", module + "/driver/internal/pool"}},
		{module + "/examples/library", []string{module + "/orm", "github.com/mattn/go-isatty"}},
		{module + "/lost", nil},
		{module, []string{module + "/orm"}},
	}
	want := []string{
		"qb/sql -> orm is not allowed (layer table in docs/architecture.md)",
		"orm/internal/plan -> driver/sqlite is not allowed (layer table in docs/architecture.md)",
		"orm/internal/session -> orm/internal/unit is not allowed (layer table in docs/architecture.md)",
		"naming -> github.com/gobuffalo/flecto is not allowed (layer table in docs/architecture.md)",
		"internal/slot -> rel is not allowed (layer table in docs/architecture.md)",
		"conditions -> naming is not allowed (layer table in docs/architecture.md)",
		"driver/sqlite -> driver/mysql is not allowed (layer table in docs/architecture.md)",
		"lost belongs to no layer (layer table in docs/architecture.md)",
		". belongs to no layer (layer table in docs/architecture.md)",
	}
	got := checkLayers(packages, layers)
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLayersClosures(t *testing.T) {
	for _, c := range closures {
		t.Run(c.path, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join("..", c.path)); err != nil {
				t.Skipf("there is no package %s", c.path)
			}
			for _, dependency := range goList(t, "-deps", "./"+c.path) {
				for _, prefix := range c.not {
					if within(dependency.ImportPath, prefix) {
						t.Errorf("who imports %s compiles %s", c.path, dependency.ImportPath)
					}
				}
			}
		})
	}
}

// checkLayers lists the imports that the table does not allow, in the order of packages.
func checkLayers(packages []goPackage, table []layer) []string {
	const hint = " (layer table in docs/architecture.md)"
	var faults []string
	for _, p := range packages {
		path := local(p.ImportPath)
		from, ok := layerOf(path, table)
		if !ok {
			faults = append(faults, path+" belongs to no layer"+hint)
			continue
		}
		for _, imported := range p.Imports {
			if !allowed(from, imported, table) {
				faults = append(faults, path+" -> "+local(imported)+" is not allowed"+hint)
			}
		}
	}
	return faults
}

func allowed(from layer, imported string, table []layer) bool {
	if from.any || isStandard(imported) {
		return true
	}
	if !within(imported, module) {
		return slices.ContainsFunc(from.outside, func(prefix string) bool { return within(imported, prefix) })
	}
	to, ok := layerOf(local(imported), table)
	return ok && (to.path == from.path || to.path == "internal" || slices.Contains(from.ours, to.path))
}

// layerOf finds the layer with the longest path that holds a package.
func layerOf(path string, table []layer) (layer, bool) {
	best := layer{}
	for _, l := range table {
		if within(path, l.path) && len(l.path) > len(best.path) {
			best = l
		}
	}
	return best, best.path != ""
}

// within reports whether path is prefix or lies below it.
func within(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// local shortens an import path of this module to the folder it stands for.
func local(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

// isStandard reports whether an import path belongs to the standard library: its first element has no dot.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// goList asks the go command about the packages of the root module. Packages that do not compile are listed too: the
// compiler reports them better.
func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Imports"}, args...)...)
	command.Dir = ".."
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var packages []goPackage
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}
