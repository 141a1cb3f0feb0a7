package tutorials_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// elsewhere are the pages whose blocks have tests of their own, with these.
var elsewhere = map[string]string{
	"docs/conditions.md":       "conditions/docs_test.go",
	"docs/query-builder.md":    "qb/docs_test.go",
	"docs/weftvet.md":          "cmd/weftvet/internal/vet/docs_test.go",
	"docs/qbdebug.md":          "cmd/qbdebug/internal/cli/docs_test.go",
	"docs/entity-generator.md": "cmd/weft/internal/tutorials/tutorials_test.go",
	"docs/seeding.md":          "cmd/weft/internal/tutorials/tutorials_test.go",
}

// TestEveryBlockRuns compiles every block of Go of every page and runs it, but for those
// that stand in a test as they are.
func TestEveryBlockRuns(t *testing.T) {
	tested := flat(testSources(t))
	var packages []page
	for _, name := range pages(t) {
		test := elsewhere[name]
		if test != "" {
			if _, err := os.Stat(filepath.Join(root, test)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		var list []block
		for _, b := range blocks(t, name) {
			if test != "" && b.kind == "go" {
				continue
			}
			if b.kind != "go" && b.note != "" || b.kind == "go" && b.file == "" && !strings.Contains(tested, flat(b.text)) {
				list = append(list, b)
			}
		}
		all, err := snippets(list)
		if err != nil {
			t.Error(err)
			continue
		}
		packages = append(packages, packagesOf(name, all)...)
	}
	if t.Failed() {
		return
	}
	out, err := runPages(t, packages)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestBlocksCanFail plants blocks that must be found, so that silence means something.
func TestBlocksCanFail(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	for want, text := range map[string]string{
		"undefined: nothing":                     "nothing()\n",
		"printed \"3\", and the page says \"4\"": "n, err := orm.Count[Book](ctx, em, nil)\nfmt.Println(n) // 4\n",
		"unknown property":                       "books, err := orm.Find[Book](ctx, em, orm.M{\"titel\": 1})\n",
		"undefined: weftgin.Middle":              "// others\nr := gin.New()\nr.Use(weftgin.Middle(db))\n",
		"printed \"7\", and the page says \"8\"": "7",
	} {
		b := block{page: "planted.md", line: 1, kind: "go", text: text}
		if text == "7" {
			b.kind, b.note = "json", "fmt.Println(text) // 8"
		}
		if strings.HasPrefix(text, "// others") {
			b.note = "others;"
		}
		all, err := snippets([]block{b})
		if err != nil {
			t.Fatal(err)
		}
		out, err := runPages(t, packagesOf("planted.md", all))
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%q: %v\n%s", text, err, out)
		}
	}
}

// page is a package made of the snippets of a page.
type page struct {
	name, source string
	others       bool // compiled in the module others, and not run
}

var unsafe = regexp.MustCompile(`\W+`)

// packagesOf makes packages of snippets: one, and one for each snippet that declares types of
// the shelf itself.
func packagesOf(name string, all []*snippet) []page {
	base := "page_" + strings.ToLower(strings.Trim(unsafe.ReplaceAllString(strings.TrimSuffix(name, ".md"), "_"), "_"))
	var list []page
	var together []*snippet
	for _, s := range all {
		if s.own() || s.others || s.entities != "" {
			list = append(list, page{fmt.Sprintf("%s_%d", base, s.line), source([]*snippet{s}, !s.own()), s.others})
			continue
		}
		together = append(together, s)
	}
	if len(together) > 0 {
		list = append(list, page{base, source(together, true), false})
	}
	return list
}

// source is the text of a package without imports.
func source(all []*snippet, shelf bool) string {
	var b strings.Builder
	if shelf {
		text, err := os.ReadFile("frame.go.txt")
		if err != nil {
			panic(err)
		}
		b.Write(text[strings.Index(string(text), "// Author is"):])
	}
	for _, s := range all {
		for _, c := range s.decls {
			if c.line > 0 {
				fmt.Fprintf(&b, "//line %s:%d\n", s.page, c.line)
			}
			b.WriteString(c.text + "\n\n")
		}
		s.function(&b)
	}
	b.WriteString("//line generated.go:1\nfunc Run(t *testing.T) {\n")
	for _, s := range all {
		if !s.compiled && len(s.stmts) > 0 {
			fmt.Fprintf(&b, "\tt.Run(\"%s:%d\", block%d)\n", s.page, s.line, s.line)
		} else {
			fmt.Fprintf(&b, "\t_ = block%d\n", s.line)
		}
	}
	b.WriteString(`}

func told(t *testing.T, want string, values ...any) {
	t.Helper()
	if got := strings.TrimSpace(fmt.Sprintln(values...)); got != want {
		t.Errorf("printed %q, and the page says %q", got, want)
	}
}

func opened(t *testing.T, entities ...any) *orm.DB {
	db, err := orm.Open(t.Context(), sqlite.Memory(), orm.Entities(entities...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := schema.Create(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}
`)
	return b.String()
}

// runPages compiles packages that stand in an overlay of the tree, and runs those that are not
// for the module others.
func runPages(t *testing.T, list []page) (string, error) {
	t.Helper()
	o := overlay{dir: t.TempDir(), replace: map[string]string{}}
	var main, calls strings.Builder
	main.WriteString("package pages_test\n\nimport \"testing\"\n")
	others := []string{"build"}
	for _, p := range list {
		used, err := imports("package x\n" + p.source)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.name, err)
		}
		folder := "pages"
		if p.others {
			folder = "others"
			others = append(others, "./"+p.name)
		} else {
			fmt.Fprintf(&main, "import %q\n", "github.com/weft-orm/weft/tests/tutorials/pages/"+p.name)
			fmt.Fprintf(&calls, "\t%s.Run(t)\n", p.name)
		}
		o.put(t, folder+"/"+p.name+"/page.go", "package "+p.name+"\n\n"+used+"\n"+p.source)
	}
	o.put(t, "pages/all_test.go", main.String()+"\nfunc TestPages(t *testing.T) {\n"+calls.String()+"}\n")
	out, err := o.run(t, ".", "test", "-vet=off", "-gcflags=-e", "./pages")
	if len(others) > 1 && err == nil {
		return o.run(t, "others", others...)
	}
	return out, err
}

// overlay holds files that are not in the tree.
type overlay struct {
	dir     string
	replace map[string]string
}

// put adds a file by its path from here.
func (o *overlay) put(t *testing.T, path, text string) {
	t.Helper()
	file := filepath.Join(o.dir, fmt.Sprintf("%d.go", len(o.replace)))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o.replace[mustAbs(t, filepath.FromSlash(path))] = file
}

// run runs a go command with the overlay.
func (o *overlay) run(t *testing.T, folder string, args ...string) (string, error) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Replace": o.replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(o.dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", append([]string{args[0], "-overlay", file}, args[1:]...)...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func mustAbs(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// testSources are the tests of the module, one behind the other.
func testSources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git"):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			text, err := os.ReadFile(path)
			b.Write(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }
