package vet_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// build compiles the tool.
func build(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles the tool and vets whole modules")
	}
	tool := filepath.Join(t.TempDir(), "weftvet")
	if out, err := command(t, root, "go", "build", "-o", tool, "./cmd/weftvet"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return tool
}

func command(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}

// TestVettool runs the go command with the tool on a module of a user's shape.
func TestVettool(t *testing.T) {
	tool, dir := build(t), module(t)
	if out, err := command(t, dir, "go", "vet", "-vettool="+tool, "./library", "./programs/..."); err != nil {
		t.Errorf("programs that are right: %v\n%s", err, out)
	}
	out, err := command(t, dir, "go", "vet", "-vettool="+tool, "./mistakes")
	if err == nil {
		t.Error("mistakes are no failure")
	}
	golden, readErr := os.ReadFile("testdata/findings.golden")
	must(t, readErr)
	want := 0
	for line := range strings.Lines(string(golden)) {
		if !strings.HasPrefix(line, "\t") {
			want++
		}
	}
	if got := strings.Count(out, "mistakes/"); got != want {
		t.Errorf("%d mistakes, want the %d of the golden file:\n%s", got, want, out)
	}
	const line = `mistakes/conditions.go:21:49: conditions: parse: Author.books.titel: unknown property (did you mean "title"?)`
	if !strings.Contains(out, line) {
		t.Errorf("%s is missing in\n%s", line, out)
	}
}

// TestExamples finds nothing in weft's examples, and does not keep anybody waiting.
func TestExamples(t *testing.T) {
	tool := build(t)
	for run := range 2 {
		start := time.Now()
		if out, err := command(t, root, "go", "vet", "-vettool="+tool, "./examples/...", "./tests/model/..."); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		took := time.Since(start)
		t.Logf("run %d: %v", run+1, took.Round(time.Millisecond))
		if run > 0 && took > 10*time.Second { // it takes under 2 s on a machine that does nothing else
			t.Errorf("the second run took %v", took)
		}
	}
}

// TestFix writes near misses right, and adds the populate path of reads in a loop.
func TestFix(t *testing.T) {
	tool, dir := build(t), module(t)
	before := `package fixable

import (
	"context"

	"example.org/shop/library"
	"github.com/weft-orm/weft/orm"
)

func read(ctx context.Context, em *orm.EntityManager) error {
	books, err := orm.Find[library.Book](ctx, em, orm.M{"author.nmae:lkie": "x"}, orm.OrderBy("titel"))
	if err != nil {
		return err
	}
	for _, b := range books {
		if _, err := b.Author.Load(ctx); err != nil {
			return err
		}
	}
	return nil
}
`
	file := filepath.Join(dir, "fixable", "fixable.go")
	must(t, os.Mkdir(filepath.Dir(file), 0o700))
	must(t, os.WriteFile(file, []byte(before), 0o600))
	for range 2 { // a key with two mistakes is mended one after the other
		_, _ = command(t, dir, tool, "-fix", "./fixable") // it fails as long as there are mistakes
	}
	after, err := os.ReadFile(file)
	must(t, err)
	want := strings.Replace(before, `orm.M{"author.nmae:lkie": "x"}, orm.OrderBy("titel"))`,
		`orm.M{"author.name:like": "x"}, orm.OrderBy("title"), orm.Populate("author"))`, 1)
	if string(after) != want {
		t.Errorf("got\n%s\nwant\n%s", after, want)
	}
	if out, err := command(t, dir, tool, "./fixable"); err != nil {
		t.Errorf("after the fixes: %v\n%s", err, out)
	}
}
