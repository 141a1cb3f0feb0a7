package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestOutput compares everything the example prints. The clock stands still, so
// that every time is 0s.
func TestOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "library.db")
	var out bytes.Buffer
	if err := run(t.Context(), &out, file, func() time.Time { return time.Time{} }); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(out.String(), file, "library.db")
	path := filepath.Join("testdata", "output.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (refresh with -update):\n%s", path, firstDifference(got, string(want)))
	}
	// Whatever the golden file says: the flush wrote only what changed, and the next one nothing.
	for _, must := range []string{`UPDATE "books" SET "pages" = ? WHERE "id" = ?`, "sent      0 statements"} {
		if !strings.Contains(got, must) {
			t.Errorf("the output does not contain %q", must)
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\ngot  %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

// narrow is a terminal of 60 columns.
type narrow struct{ bytes.Buffer }

func (*narrow) Width() int { return 60 }

// TestFitsTheTerminal sees no line longer than the terminal is wide.
func TestFitsTheTerminal(t *testing.T) {
	var out narrow
	if err := run(t.Context(), &out, filepath.Join(t.TempDir(), "library.db"), func() time.Time { return time.Time{} }); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(out.String(), "\n") {
		if n := utf8.RuneCountInString(line); n > out.Width() {
			t.Errorf("line %d has %d characters: %s", i+1, n, line)
		}
	}
	if !strings.Contains(out.String(), "sent      0 statements") {
		t.Error("the output does not end as it should")
	}
}
