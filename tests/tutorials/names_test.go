package tutorials_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// packages are those that pages speak of; told are those whose every name a page has to
// mention. The others are for authors of drivers and tools, and have doc comments.
var packages = map[string]struct {
	dir  string
	told bool
}{
	"orm": {"orm", true}, "rel": {"rel", true}, "weftweb": {"weftweb", true}, "migrate": {"migrate", true}, "schema": {"schema", true},
	"seed": {"seed", true}, "ormtest": {"ormtest", true}, "ormlog": {"ormlog", true}, "naming": {"naming", true},
	"sqlite": {"driver/sqlite", true}, "purego": {"driver/sqlite/purego", true}, "postgres": {"driver/postgres", true}, "mysql": {"driver/mysql", true},
	"mongo": {"driver/mongo", true}, "memory": {"driver/memory", true}, "replica": {"driver/replica", true},
	"otel": {"otel", true}, "weftgin": {"weftweb/weftgin", true}, "weftecho": {"weftweb/weftecho", true},
	"qb": {"qb", false}, "mapper": {"mapper", false}, "conditions": {"conditions", false}, "driver": {"driver", false},
	"drivertest": {"driver/drivertest", false}, "commands": {"cmd/weft/commands", false}, "populate": {"populate", false},
}

// untold are names that no page has to mention, with the reason.
var untold = map[string]string{
	"Error": "the method of every error", "Unwrap": "the method of every error and wrapper", "String": "the method of every printer",
	"Is": "errors.Is calls it", "MarshalJSON": "encoding/json calls it", "UnmarshalJSON": "encoding/json calls it",
	"ServeHTTP": "net/http calls it", "Connect": "orm.Open calls it", "Enabled": "log/slog calls it", "Handle": "log/slog calls it",
	"WithAttrs": "log/slog calls it", "WithGroup": "log/slog calls it", "TargetType": "the mapper calls it", "ReferenceKey": "conditions call it",
}

// names are the exported names of a package: its own, and the methods of its types.
func names(t *testing.T, dir string) (own map[string]bool, methods map[string][]string) {
	t.Helper()
	own, methods = map[string]bool{}, map[string][]string{}
	files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		newer := strings.Contains(filepath.Base(path), "_go1") // which this parser reads, and does not like
		if file == nil || err != nil && !newer {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			declare(d, own, methods)
		}
	}
	return own, methods
}

func declare(d ast.Decl, own map[string]bool, methods map[string][]string) {
	add := func(id *ast.Ident) {
		if id.IsExported() {
			own[id.Name] = true
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			add(d.Name)
		} else if of := receiver(d.Recv.List[0].Type); ast.IsExported(of) && d.Name.IsExported() {
			methods[of] = append(methods[of], d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				add(s.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					add(id)
				}
			}
		}
	}
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// TestEveryNameIsOnAPage lists the names of packages for users that no page mentions.
func TestEveryNameIsOnAPage(t *testing.T) {
	var all strings.Builder
	for _, page := range pages(t) {
		all.WriteString(read(t, page))
	}
	mentioned := map[string]bool{}
	for _, w := range regexp.MustCompile(`\w+`).FindAllString(all.String(), -1) {
		mentioned[w] = true
	}
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		p := packages[name]
		if !p.told {
			continue
		}
		own, methods := names(t, p.dir)
		for _, n := range slices.Sorted(maps.Keys(own)) {
			isOption := strings.HasSuffix(n, "Option") // the type; each option is told by its name
			if !mentioned[n] && !isOption && untold[n] == "" && untold[name+"."+n] == "" {
				t.Errorf("no page mentions %s.%s", name, n)
			}
		}
		for _, of := range slices.Sorted(maps.Keys(methods)) {
			for _, n := range methods[of] {
				if !mentioned[n] && untold[n] == "" && untold[name+"."+of] == "" && untold[name+"."+of+"."+n] == "" {
					t.Errorf("no page mentions %s.%s.%s", name, of, n)
				}
			}
		}
	}
}

var (
	qualified = regexp.MustCompile(`(?:^|[^\w."])(\w+)\.([A-Z]\w*)`)
	methodOf  = map[string][2]string{"em": {"orm", "EntityManager"}, "db": {"orm", "DB"}}
	others    = regexp.MustCompile("(?s)```(text|ts)\\b.*?```")
)

// TestNoPageNamesWhatIsNotThere looks up every orm.Name, and every method of em and db.
func TestNoPageNamesWhatIsNotThere(t *testing.T) {
	known := map[string]map[string]bool{}
	for name, p := range packages {
		own, methods := names(t, p.dir)
		known[name] = own
		for variable, of := range methodOf {
			if of[0] == name {
				known[variable] = map[string]bool{}
				for _, m := range methods[of[1]] {
					known[variable][m] = true
				}
			}
		}
	}
	checked := 0
	for _, page := range pages(t) {
		text := others.ReplaceAllString(read(t, page), "")
		foreign := strings.HasPrefix(page, "docs/coming-from-") // whose tables name methods of other libraries
		for _, m := range qualified.FindAllStringSubmatch(text, -1) {
			if known[m[1]] == nil || foreign && (m[1] == "db" || m[1] == "em" || m[1] == "schema") {
				continue
			}
			if m[0] == "`driver.Valuer" { // of database/sql/driver
				continue
			}
			if checked++; !known[m[1]][m[2]] {
				t.Errorf("%s names %s.%s, which does not exist", page, m[1], m[2])
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d names were looked up", checked)
	}
}
