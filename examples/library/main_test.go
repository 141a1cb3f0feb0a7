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

	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/testdb"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestOutput compares everything the example prints. The clock stands still, so
// that every time is 0s.
func TestOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "library.db")
	got := output(t, place{"A library in SQLite", "file", file, sqlite.File(file)}, "library.db", "output.txt")
	// Whatever the golden file says: the flush wrote only what changed, and the next one nothing.
	for _, must := range []string{`UPDATE "books" SET "pages" = ? WHERE "id" = ?`, "sent      0 statements"} {
		if !strings.Contains(got, must) {
			t.Errorf("the output does not contain %q", must)
		}
	}
}

// TestOutputOfMongo asks the same questions of documents.
func TestOutputOfMongo(t *testing.T) {
	uri, db := testdb.Mongo(t)
	output(t, place{"A library in MongoDB", "server", uri, mongo.URI(uri, db)}, "mongodb://...", "output-mongo.txt")
}

// output compares what the example prints with a golden file; name stands for the address.
func output(t *testing.T, p place, name, golden string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), &out, p, func() time.Time { return time.Time{} }); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(out.String(), p.address, name)
	path := filepath.Join("testdata", golden)
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
	return got
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
	file := filepath.Join(t.TempDir(), "library.db")
	if err := run(t.Context(), &out, place{"A library in SQLite", "file", file, sqlite.File(file)}, func() time.Time { return time.Time{} }); err != nil {
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
