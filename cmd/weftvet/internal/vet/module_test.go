package vet_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the folder of weft's module.
const root = "../../../.."

// module copies testdata into a module of its own, as a user has one: it requires
// weft, which a replace directive leads to. Its requirements and sums are weft's.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS("testdata")))
	weft, err := filepath.Abs(root)
	must(t, err)
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	must(t, err)
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	must(t, err)
	text := strings.Replace(string(mod), "module github.com/weft-orm/weft\n", "module example.org/shop\n", 1) +
		"\nrequire github.com/weft-orm/weft v0.0.0\n\nreplace github.com/weft-orm/weft => " + weft + "\n"
	must(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600))
	// analysistest turns the network off, and patterns need the go.mod files of all modules.
	graph := exec.CommandContext(t.Context(), "go", "mod", "graph")
	graph.Dir = dir
	if out, err := graph.CombinedOutput(); err != nil {
		t.Fatalf("go mod graph: %v\n%s", err, out)
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
