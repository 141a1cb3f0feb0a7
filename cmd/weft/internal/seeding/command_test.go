package seeding_test

import (
	"bytes"
	stdsql "database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"github.com/weft-orm/weft/cmd/weft/commands"
	"github.com/weft-orm/weft/cmd/weft/internal/cli"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/seed"
	"github.com/weft-orm/weft/tests/model"
)

const library = `package library

type Author struct {
	ID    int64
	Name  string
	Email string ` + "`orm:\",unique\"`" + `
	Books []*Book ` + "`orm:\",mappedBy=Author\"`" + `
}

type Book struct {
	ID     int64
	Title  string
	Author *Author ` + "`orm:\",required\"`" + `
}
`

const seeds = `package seeds

import (
	"context"

	"example.org/shelf/library"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/seed"
)

func Seeders() []seed.Seeder { return []seed.Seeder{Authors, Books} }

var Authors = seed.Seeder{Name: "authors", Run: func(ctx context.Context, r *seed.Run) error {
	_, err := seed.Ensure[library.Author](ctx, r, orm.M{"email": "jon@example.org", "name": "Jon"})
	return err
}}

var Books = seed.Seeder{Name: "books", Run: func(ctx context.Context, r *seed.Run) error {
	if err := r.Call(ctx, Authors); err != nil {
		return err
	}
	_, err := seed.For[library.Book]().Many(ctx, r, 3)
	return err
}}
`

// newModule makes an application with a SQLite database and enters its folder.
func newModule(t *testing.T) *stdsql.DB {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("WEFT_DATABASE", "sqlite:shelf.db")
	for name, text := range map[string]string{
		"go.mod":           "module example.org/shelf\n\ngo 1.26\n\nrequire github.com/weft-orm/weft v0.0.0\n\nreplace github.com/weft-orm/weft => " + root + "\n",
		"go.sum":           string(sums),
		"library/model.go": library, "seeds/seeds.go": seeds,
	} {
		if err := env.WriteFile(filepath.FromSlash(name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	db, err := stdsql.Open("sqlite3", "shelf.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	_, err = db.ExecContext(t.Context(), `create table authors (id integer primary key autoincrement, name text not null, email text not null unique);
create table books (id integer primary key autoincrement, title text not null, author_id integer not null references authors)`)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func weft(t *testing.T, code int, want string, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	got := cli.Main(args, &env.Env{In: strings.NewReader(""), Out: &out, Err: &errs})
	if all := out.String() + errs.String(); got != code || !strings.Contains(all, want) {
		t.Errorf("weft %s: exit %d, want %d; printed\n%s\nwhich should have %q", strings.Join(args, " "), got, code, all, want)
	}
}

func rows(t *testing.T, db *stdsql.DB, want string) {
	t.Helper()
	var got string
	err := db.QueryRowContext(t.Context(), "select (select count(*) from authors) || ' ' || (select count(*) from books)").Scan(&got)
	if err != nil || got != want {
		t.Errorf("authors and books: %s, want %s, %v", got, want, err)
	}
}

// TestCommand runs the seeders of a module that the command knows by its source alone.
func TestCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	db := newModule(t)
	weft(t, 0, "authors, books: Author ", "seed", "--models", "library")
	weft(t, 0, "authors\n", "seed", "authors", "--models", "library")
	if entries, _ := os.ReadDir("."); len(entries) != 5 {
		t.Errorf("something is left in the folder: %v", entries)
	}
	weft(t, 2, "Give --yes where nobody can be asked", "seed", "--models", "library", "--clear")
	weft(t, 0, `"Author": 1`, "seed", "authors", "--models", "library", "--clear", "--yes", "--json")
	rows(t, db, "1 0")
	weft(t, 1, `there is none called "author"; did you mean "authors"?`, "seed", "author", "--models", "library")
	weft(t, 2, `there is no Go package in "nowhere"`, "seed", "--models", "library", "--package", "nowhere")
	weft(t, 2, "library has no func Seeders() []seed.Seeder", "seed", "--models", "library", "--package", "library")

	// A mapping in code needs the list of entities.
	coded := "package library\n\nimport \"github.com/weft-orm/weft/mapper\"\n\nfunc defineBook(e *mapper.Builder[Book]) { e.Table(\"books\") }\n\nvar _ = mapper.Define(defineBook)\n"
	if err := os.WriteFile("library/code.go", []byte(coded), 0o600); err != nil {
		t.Fatal(err)
	}
	weft(t, 2, "library needs a func Entities() []any", "seed", "--models", "library")
	coded = strings.Replace(coded, "var _ = mapper.Define(defineBook)", "func Entities() []any { return []any{Author{}, mapper.Define(defineBook)} }", 1)
	if err := os.WriteFile("library/code.go", []byte(coded), 0o600); err != nil {
		t.Fatal(err)
	}
	weft(t, 0, "authors, books: Author ", "seed", "--models", "library")
	if err := os.WriteFile("seeds/broken.go", []byte("package seeds\n\nvar x int = \"\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	weft(t, 1, "the seeders do not compile", "seed", "--models", "library")
}

// TestMounted runs the seeders of the program that the command is part of.
func TestMounted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.db")
	db, err := stdsql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "create table tags (id integer primary key autoincrement, name text not null unique)"); err != nil {
		t.Fatal(err)
	}
	tags := seed.Seeder{Name: "tags", Run: seed.For[model.Tag]().Seed(4)}
	cmd := commands.New(commands.Options{Entities: model.Library(), Connector: sqlite.File(file), Seeders: []seed.Seeder{tags}})
	cmd.SetArgs([]string{"seed"})
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.QueryRowContext(t.Context(), "select count(*) from tags").Scan(&n); err != nil || n != 4 {
		t.Errorf("%d tags, %v", n, err)
	}
}
