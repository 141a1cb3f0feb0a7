package tutorials

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"github.com/weft-orm/weft/cmd/weft/internal/cli"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
)

// TestMain lets the test binary stand for the programs that pages call.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "weft":
		os.Exit(cli.Main(os.Args[1:], env.Standard()))
	case "sqlite3":
		if err := sqlite3(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// sqlite3 is what pages need of the shell of SQLite: a file and statements.
func sqlite3(args []string) error {
	db, err := stdsql.Open("sqlite3", args[0])
	if err != nil {
		return err
	}
	defer db.Close()
	text := strings.Join(args[1:], " ")
	if len(args) == 1 {
		all, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		text = string(all)
	}
	rows, err := db.QueryContext(context.Background(), text)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, at := make([]stdsql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			return err
		}
		list := make([]string, len(values))
		for i, v := range values {
			list[i] = v.String
		}
		fmt.Println(strings.Join(list, "|"))
	}
	return rows.Err()
}

var (
	blockPattern = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```")
	filePattern  = regexp.MustCompile(`^(?://|#|--) ([a-zA-Z0-9_./-]+\.(?:go|sql|yaml))\n`)
)

// A walk follows one page in a folder.
type walk struct {
	t    *testing.T
	dir  string
	root string
	// quoted are Go blocks that show code of another place.
	quoted []string
}

// follow goes through the blocks of a page.
func follow(t *testing.T, page string) *walk {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles programs")
	}
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{t: t, dir: t.TempDir(), root: root}
	w.programs()
	text, err := os.ReadFile(filepath.Join(root, "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blockPattern.FindAllStringSubmatch(string(text), -1) {
		file := filePattern.FindStringSubmatch(b[2])
		switch {
		case b[1] == "sh":
			w.shell(b[2])
		case file != nil:
			w.file(file[1], strings.TrimPrefix(b[2], file[0]))
		case b[1] == "go":
			w.quoted = append(w.quoted, b[2])
		}
	}
	return w
}

// programs puts the programs of pages into the path.
func (w *walk) programs() {
	bin := w.t.TempDir()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, name := range []string{"weft", "sqlite3"} {
		if err := os.Symlink(self, filepath.Join(bin, name)); err != nil {
			w.t.Skipf("SKIPPED: no symbolic links: %v", err)
		}
	}
	w.t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, value := range map[string]string{"GOFLAGS": "-ldflags=-s", "GOWORK": "off", "WEFT_DATABASE": "", "DATABASE_URL": ""} {
		w.t.Setenv(name, value)
	}
}

// file writes a file of the page; a generated one is compared with what the page shows of it.
func (w *walk) file(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if strings.HasSuffix(name, "_weft.go") {
		got, err := os.ReadFile(path)
		if err != nil {
			w.t.Error(err)
		}
		if flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }; !strings.Contains(flat(string(got)), flat(text)) {
			w.t.Errorf("%s is not as the page shows it, but\n%s", name, got)
		}
		return
	}
	if err := env.WriteFile(path, []byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

// shell runs the lines that begin with "$" and compares what they print with the lines below.
func (w *walk) shell(block string) {
	w.t.Helper()
	for _, piece := range strings.Split("\n"+block, "\n$ ")[1:] {
		line, want, _ := strings.Cut(piece, "\n")
		got := w.run(line)
		if strings.TrimSpace(got) != strings.TrimSpace(want) {
			w.t.Errorf("$ %s\nprints\n%s\nand the page has\n%s", line, got, want)
		}
	}
}

// run runs a line. What a page gets of weft is taken from this checkout, and nothing else is
// brought along: what users need besides, the page's commands have to fetch.
func (w *walk) run(line string) string {
	w.t.Helper()
	switch {
	case strings.HasPrefix(line, "go mod init "):
		line += " && go mod edit -replace=github.com/weft-orm/weft=" + w.root
	case strings.HasPrefix(line, "go get github.com/weft-orm/weft"):
		line = "go mod edit -require=github.com/weft-orm/weft@v0.0.0" // all that a module without a root package brings
	}
	cmd := exec.CommandContext(w.t.Context(), "sh", "-c", line)
	cmd.Dir = w.dir
	out, err := cmd.CombinedOutput()
	text := string(out)
	if strings.HasPrefix(line, "go mod ") && err == nil {
		text = ""
	}
	if err != nil && !strings.HasSuffix(text, err.Error()+"\n") {
		text += err.Error() + "\n"
	}
	return text
}

func TestEntityGenerator(t *testing.T) {
	w := follow(t, "entity-generator.md")
	if len(w.quoted) > 0 {
		t.Errorf("not followed: %s", w.quoted)
	}
}

// TestSeeding follows the page, whose other examples are those of package seed.
func TestSeeding(t *testing.T) {
	w := follow(t, "seeding.md")
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	var source string
	for _, name := range []string{"seed/example_test.go", "tests/seeding/ormtest_test.go"} {
		text, err := os.ReadFile(filepath.Join(w.root, name))
		if err != nil {
			t.Fatal(err)
		}
		source += flat(string(text))
	}
	for _, code := range w.quoted {
		if !strings.Contains(source, flat(code)) {
			t.Errorf("not compiled by the examples of package seed:\n%s", code)
		}
	}
}
