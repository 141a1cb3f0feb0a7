package tutorials_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// A block of Go on a page is code as it stands in a program: declarations, statements, or
// both. What it needs besides may stand in a comment right before it:
//
//	<!-- go: readings := []*Reading{{Value: 1}} -->
//
// The comment may begin with words that end in a semicolon:
//
//	compiled;            the code needs a server, or does not end: it is not run
//	others;              the same, and it is compiled with what the module others has
//	entities A, B;       a database for these entities instead of the shelf of all pages
//	continues;           goes on where the block before it on the page ends
//
// Before a block of another kind such a comment is its proof: code that has the block as
// text, and fails when the block does not hold.
//
// ctx, db and em are there, and an err nobody looks at must be nil. A line that ends in
// "fmt.Println(x) // text" must print the text.

// snippet is a block taken apart.
type snippet struct {
	block
	compiled bool
	others   bool
	entities string
	decls    []chunk
	stmts    []chunk
	types    []string // names of the types it declares
}

// chunk is code with the line of the page it stands on, 0 for that of a comment.
type chunk struct {
	line int
	text string
}

var word = regexp.MustCompile(`^\s*(compiled|others|continues|entities [\w, {}.()]+);?\s*`)

// embedded needs files that are not there.
var embedded = regexp.MustCompile(`(?m)^//go:embed .*$`)

// snippets takes the blocks of a page apart.
func snippets(list []block) ([]*snippet, error) {
	var all []*snippet
	for _, b := range list {
		s, hidden := &snippet{block: b}, b.note
		for m := word.FindStringSubmatch(hidden); m != nil; m = word.FindStringSubmatch(hidden) {
			hidden = strings.TrimPrefix(hidden, m[0])
			switch {
			case m[1] == "compiled":
				s.compiled = true
			case m[1] == "others":
				s.compiled, s.others = true, true
			case m[1] == "continues":
				s, all = all[len(all)-1], all[:len(all)-1]
			default:
				s.entities = strings.TrimPrefix(m[1], "entities ")
			}
		}
		parts := []chunk{{0, hidden}, {b.line, b.text}}
		if b.kind != "go" {
			parts = []chunk{{0, fmt.Sprintf("text := %q", strings.TrimSpace(b.text))}, {0, hidden}}
		}
		for _, part := range parts {
			if err := s.takeApart(part); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", b.page, b.line, err)
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// takeApart sorts code into declarations and statements.
func (s *snippet) takeApart(c chunk) error {
	lines := strings.Split(embedded.ReplaceAllString(c.text, "//"), "\n")
	for len(lines) > 0 {
		if strings.TrimSpace(lines[0]) == "" || strings.HasPrefix(lines[0], "import ") {
			lines = lines[1:]
			if c.line > 0 {
				c.line++
			}
			continue
		}
		taken := s.takeDecls(c.line, lines)
		for n := len(lines); n > 0 && taken == 0; n-- {
			text := strings.Join(lines[:n], "\n")
			if _, err := body(text); err == nil {
				s.stmts, taken = append(s.stmts, chunk{c.line, text}), n
			}
		}
		if taken == 0 {
			_, err := body(c.text)
			return fmt.Errorf("neither declarations nor statements: %w", err)
		}
		lines = lines[taken:]
		if c.line > 0 {
			c.line += taken
		}
	}
	return nil
}

// takeDecls takes the longest run of lines that are declarations.
func (s *snippet) takeDecls(line int, lines []string) int {
	for n := len(lines); n > 0; n-- {
		text := strings.Join(lines[:n], "\n")
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, parser.ParseComments)
		if err == nil && len(file.Decls) > 0 {
			s.decls, s.types = append(s.decls, chunk{line, text}), append(s.types, typesOf(file)...)
			return n
		}
	}
	return 0
}

func typesOf(file *ast.File) (names []string) {
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, spec := range g.Specs {
				names = append(names, spec.(*ast.TypeSpec).Name.Name)
			}
		}
	}
	return names
}

// body parses statements.
func body(text string) (*ast.BlockStmt, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() error {\n"+text+"\n}", 0)
	if err != nil {
		return nil, err
	}
	return file.Decls[0].(*ast.FuncDecl).Body, nil
}

// declared are the variables that statements declare in their own scope.
func declared(stmts []chunk) (names []string) {
	var text strings.Builder
	for _, c := range stmts {
		text.WriteString(c.text + "\n")
	}
	b, err := body(text.String())
	if err != nil {
		return nil
	}
	add := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" && !slices.Contains(names, id.Name) {
			names = append(names, id.Name)
		}
	}
	for _, s := range b.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, e := range s.Lhs {
				if s.Tok == token.DEFINE {
					add(e)
				}
			}
		case *ast.DeclStmt:
			for _, spec := range s.Decl.(*ast.GenDecl).Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, id := range v.Names {
						add(id)
					}
				}
			}
		}
	}
	return names
}

var (
	printed  = regexp.MustCompile(`(?m)^(\s*)fmt\.Println\((.*)\) +// (.*)$`)
	lookedAt = regexp.MustCompile(`errors\.(Is|As|AsType)\b|errors\.AsType|IsUnique\(err|Println\([^)]*err\b|, err\)\)?$|return err|weftweb\.\w+\(err`)
)

// function writes the statements of a snippet as a function.
func (s *snippet) function(b *strings.Builder) {
	fmt.Fprintf(b, "func block%d(t *testing.T) {\n\tctx, err := t.Context(), error(nil)\n\t_, _ = ctx, err\n", s.line)
	if s.entities != "" {
		fmt.Fprintf(b, "\tdb := opened(t, %s)\n\tem := db.Fork()\n\t_, _ = db, em\n", s.entities)
	} else if !s.own() {
		b.WriteString("\tdb := shelf(t)\n\tem := db.Fork()\n\t_, _ = db, em\n")
	}
	b.WriteString("\terr = func() error {\n")
	text := ""
	for _, c := range s.stmts {
		if c.line > 0 {
			fmt.Fprintf(b, "//line %s:%d\n", s.page, c.line)
		}
		b.WriteString(printed.ReplaceAllString(c.text, "${1}told(t, `${3}`, ${2})") + "\n")
		text += c.text + "\n"
	}
	names := declared(s.stmts)
	for _, name := range names {
		fmt.Fprintf(b, "\t_ = %s\n", name)
	}
	if lookedAt.MatchString(text) || !strings.Contains(text, "err") {
		b.WriteString("\treturn nil\n\t}()\n")
	} else {
		b.WriteString("\treturn err\n\t}()\n")
	}
	b.WriteString("\tif err != nil {\n\t\tt.Error(err)\n\t}\n}\n\n")
}

// shared are the types of the shelf.
var shared = []string{"Author", "Book", "Tag", "Address"}

// own reports a snippet that declares types of the shelf itself.
func (s *snippet) own() bool {
	return slices.ContainsFunc(s.types, func(name string) bool { return slices.Contains(shared, name) })
}

// known are the packages that code on pages may use without importing them.
var known = func() map[string]string {
	m := map[string]string{"slog": "log/slog", "yaml": "go.yaml.in/yaml/v3", "http": "net/http", "sql": "github.com/weft-orm/weft/qb/sql",
		"drivertest": "github.com/weft-orm/weft/driver/drivertest", "gofakeit": "github.com/brianvoe/gofakeit/v7",
		"commands": "github.com/weft-orm/weft/cmd/weft/commands", "studio": "github.com/weft-orm/weft/cmd/weft/studio", "uuid": "github.com/google/uuid", "pgxpool": "github.com/jackc/pgx/v5/pgxpool",
		"decimal": "github.com/shopspring/decimal", "httptest": "net/http/httptest", "json": "encoding/json", "signal": "os/signal", "fstest": "testing/fstest",
		"cobra": "github.com/spf13/cobra", "library": "github.com/weft-orm/weft/examples/library/entities",
		"gin": "github.com/gin-gonic/gin", "echo": "github.com/labstack/echo/v4", "goredis": "github.com/redis/go-redis/v9", "fx": "go.uber.org/fx",
		"redis": "github.com/weft-orm/weft/cache/redis", "purego": "github.com/weft-orm/weft/driver/sqlite/purego", "otel": "github.com/weft-orm/weft/otel", "model": "github.com/weft-orm/weft/tests/model",
		"weftgin": "github.com/weft-orm/weft/weftweb/weftgin", "weftecho": "github.com/weft-orm/weft/weftweb/weftecho"}
	for _, name := range []string{"context", "errors", "fmt", "time", "os", "io", "log", "strings", "strconv", "regexp", "embed", "iter", "slices", "sync", "syscall", "testing"} {
		m[name] = name
	}
	for _, name := range []string{"orm", "qb", "mapper", "rel", "conditions", "populate", "schema", "migrate", "weftweb", "ormtest", "ormlog", "seed", "naming", "driver", "open", "cache", "audit", "outbox"} {
		m[name] = "github.com/weft-orm/weft/" + name
	}
	for _, name := range []string{"sqlite", "postgres", "mysql", "mongo", "memory", "replica"} {
		m[name] = "github.com/weft-orm/weft/driver/" + name
	}
	return m
}()

// imports are the packages that source uses.
func imports(source string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, 0)
	if err != nil {
		return "", err
	}
	used := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Obj == nil && known[id.Name] != "" {
				used[known[id.Name]] = id.Name
			}
		}
		return true
	})
	list := make([]string, 0, len(used))
	for path, name := range used {
		list = append(list, fmt.Sprintf("import %s %q\n", name, path))
	}
	sort.Strings(list)
	return strings.Join(list, ""), nil
}
