package entities_test

import (
	"bytes"
	stdsql "database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/cli"
	"github.com/weft-orm/weft/cmd/weft/internal/env"
)

// A shop is a folder with a SQLite database, in which weft is run.
type shop struct {
	t  *testing.T
	db *stdsql.DB
}

func newShop(t *testing.T) *shop {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("WEFT_DATABASE", "sqlite:shop.db")
	db, err := stdsql.Open("sqlite3", "shop.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &shop{t, db}
	s.sql(`create table authors (id integer not null primary key, name text not null, born date);
create table books (id integer not null primary key, title varchar(80) not null, price decimal(10,2), author_id integer not null references authors on delete cascade);
create table schema_migrations (version text primary key not null)`)
	return s
}

func (s *shop) sql(text string) {
	s.t.Helper()
	if _, err := s.db.ExecContext(s.t.Context(), text); err != nil {
		s.t.Fatal(err)
	}
}

// weft runs the program and returns its exit code and what it printed.
func (s *shop) weft(args ...string) (code int, out, errs string) {
	s.t.Helper()
	var o, e bytes.Buffer
	code = cli.Main(args, &env.Env{In: strings.NewReader(""), Out: &o, Err: &e})
	return code, o.String(), e.String()
}

// run expects an exit code and texts in what is printed.
func (s *shop) run(code int, want string, args ...string) {
	s.t.Helper()
	got, out, errs := s.weft(args...)
	if got != code || !strings.Contains(out+errs, want) {
		s.t.Errorf("weft %s: exit %d, want %d; printed\n%s%s\nwhich should have %q", strings.Join(args, " "), got, code, out, errs, want)
	}
}

func (s *shop) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		s.t.Error(err)
	}
	return string(text)
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := env.WriteFile(filepath.FromSlash(name), []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) contains(name string, want ...string) {
	s.t.Helper()
	text := s.read(name)
	for _, w := range want {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), w) {
			s.t.Errorf("%s has no %q:\n%s", name, w, text)
		}
	}
}

func TestCommand(t *testing.T) {
	s := newShop(t)
	s.run(3, filepath.Join("model", "author_weft.go")+", "+filepath.Join("model", "book_weft.go")+", "+filepath.Join("model", "entities_weft.go")+": not up to date; run weft entities", "entities", "-o", "model", "--check")
	s.run(3, "\"agree\": false", "entities", "-o", "model", "--check", "--json")
	if _, err := os.Stat("model"); err == nil {
		t.Error("--check made the folder")
	}
	s.run(0, "model: 2 entities, names as underscore; files: 3 written, 0 removed, 0 unchanged, 2 new for you", "entities", "-o", "model")
	s.run(0, "{\n  \"agree\": true,\n  \"differences\": []\n}", "entities", "-o", "model", "--check", "--json")
	s.contains("model/book_weft.go", "package model", "Author rel.Ref[Author] `orm:\",required,onDelete=cascade\"`")
	s.contains("model/book.go", "package model", "This file is yours")
	s.run(0, "", "entities", "-o", "model", "--check")
	s.run(0, "files: 0 written, 0 removed, 3 unchanged, 0 new for you", "entities", "-o", "model")

	// The database changes: only what differs is written, and what people wrote stays.
	s.write("model/book.go", "package model\n\n// Dear reports a high price.\nfunc (b *Book) Dear() bool { return true }\n")
	s.sql("alter table authors add column died date; create table shelves (id integer not null primary key)")
	s.run(3, "author_weft.go", "entities", "-o", "model", "--check")
	s.run(0, "files: 3 written, 0 removed, 1 unchanged, 1 new for you", "entities", "-o", "model")
	s.contains("model/author_weft.go", "Died *time.Time")
	s.contains("model/book.go", "Dear()")
	s.sql("drop table shelves")
	s.run(0, "files: 1 written, 1 removed, 2 unchanged", "entities", "-o", "model")
	if _, err := os.Stat("model/shelf_weft.go"); err == nil {
		t.Error("the file of a table that is gone is still there")
	}
	s.read("model/shelf.go")
}

// TestOwnCode sees that what people declare is not generated, and that their changes
// of generated files are not lost.
func TestOwnCode(t *testing.T) {
	s := newShop(t)
	s.run(0, "", "entities", "-o", "model")
	s.write("model/book.go", "package model\n\ntype Book struct {\n\tID int64\n\tTitle string\n}\n\nfunc Naming() int { return 1 }\n")
	s.run(0, "files: 2 written", "entities", "-o", "model")
	if text := s.read("model/book_weft.go"); strings.Contains(text, "type Book") {
		t.Errorf("Book is declared twice:\n%s", text)
	}
	if text := s.read("model/entities_weft.go"); strings.Contains(text, "func Naming") || !strings.Contains(text, "Book{},") {
		t.Errorf("the list is\n%s", text)
	}

	edited := strings.Replace(s.read("model/author_weft.go"), "Name string", "Name  string // as printed", 1)
	edited = strings.Replace(edited, "type Author", "// Edited.\ntype Author", 1)
	s.write("model/author_weft.go", edited)
	s.run(1, "author_weft.go was changed by hand; move what you changed into the file beside it (author.go), or give --force to lose it", "entities", "-o", "model")
	if s.read("model/author_weft.go") != edited {
		t.Error("the edited file was written")
	}
	s.run(0, "files: 1 written", "entities", "-o", "model", "--force")
	s.write("model/entities_weft.go", "package model\n")
	s.run(1, "entities_weft.go is not a file of weft entities", "entities", "-o", "model")
}

func TestOverrides(t *testing.T) {
	s := newShop(t)
	s.write("weft.yaml", `
entities:
  out: model
  types: {decimal: github.com/shopspring/decimal.Decimal}
  tables:
    authors:
      name: Writer
      columns:
        name: {name: FullName}
        born: {skip: true}
    books:
      relations:
        author_id: {name: By, inverse: Works}
`)
	s.run(0, "Writer: The column born is left out, as the options say.", "entities")
	s.contains("model/writer_weft.go", "type Writer struct", "FullName string `orm:\"name\"`", "Works rel.Collection[Book] `orm:\",mappedBy=By\"`", "table=authors")
	s.contains("model/book_weft.go", "Price *decimal.Decimal `orm:\",type=decimal,precision=10,scale=2\"`", "By rel.Ref[Writer] `orm:\"author_id,")

	// Flags win over the file, and a file of its own takes the place of the section.
	s.write("more.yaml", "scalarIDs: true\nskip: [none]\n")
	s.run(0, "", "entities", "-o", "other", "--overrides", "more.yaml", "--style", "define", "--package", "shop")
	s.contains("other/book_weft.go", "package shop", "AuthorID int64", "By *Writer", `.Column("author_id")`)

	for text, want := range map[string]string{
		"tables: {autors: {name: X}}":                                    "there is no table autors; did you mean \"authors\"?",
		"tables: {authors: {columns: {nam: {name: X}}}}":                 "authors has no column nam; did you mean \"name\"?",
		"tables: {books: {relations: {author: {name: X}}}}":              "books has no foreign key on author; did you mean \"author_id\"?",
		"tables: {authors: {name: writer}}":                              `"writer" is not the name of an exported Go type`,
		"style: tag":                                                     `style "tag" is none of tags, define; did you mean "tags"?`,
		"take: ['[']":                                                    "pattern",
		"tables: {books: {name: Author}, authors: {name: Author}}":       "books: the name Author is taken",
		"tables: {books: {columns: {price: {name: Title}}}}":             "books.price: the name Title is taken",
		"tables: {books: {relations: {author_id: {inverse: FullName}}}}": "books.author_id: the name FullName is taken",
		"colour: red":   "field colour not found",
		"naming: snake": "unknown naming strategy",
		"package: 1x":   "is not a Go name",
		"tables: {authors: {columns: {name: {name: 'not a field'}}}}": "is not the name of an exported Go field",
	} {
		s.write("bad.yaml", text+"\n")
		s.run(2, want, "entities", "-o", "none", "--overrides", "bad.yaml")
	}
	if _, err := os.Stat("none"); err == nil {
		t.Error("a refused run made files")
	}
}

func TestTakeAndSkip(t *testing.T) {
	s := newShop(t)
	s.run(0, "Book.AuthorID: refers to authors, which is not mapped", "entities", "-o", "model", "--take", "b*")
	s.contains("model/book_weft.go", "AuthorID int64")
	s.run(1, "no table or view to map", "entities", "-o", "none", "--take", "x*")
	t.Setenv("WEFT_DATABASE", "")
	t.Setenv("DATABASE_URL", "")
	s.run(2, "no database", "entities", "-o", "none")
	s.run(2, "missing.db", "entities", "-o", "none", "--database", "sqlite:missing.db")
}

func TestJSON(t *testing.T) {
	s := newShop(t)
	_, out, _ := s.weft("entities", "-o", "model", "--json")
	var got struct {
		Out, Naming       string
		Entities, Written []string
		Unchanged         int
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Naming != "underscore" || strings.Join(got.Entities, " ") != "Author Book" || len(got.Written) != 3 {
		t.Errorf("%v %+v\n%s", err, got, out)
	}
}

// TestDeterministic writes the same bytes every time.
func TestDeterministic(t *testing.T) {
	s := newShop(t)
	var first string
	for i := range 20 {
		s.run(0, "", "entities", "-o", "model")
		text := s.read("model/book_weft.go") + s.read("model/author_weft.go") + s.read("model/entities_weft.go")
		if i > 0 && text != first {
			t.Fatal("another text")
		}
		first = text
		os.RemoveAll("model")
	}
}

// TestTellsNaming says what the other commands need to know, where nobody told them.
func TestTellsNaming(t *testing.T) {
	s := newShop(t)
	const told = `say "naming: entity-case" in weft.yaml`
	if _, out, _ := s.weft("entities", "-o", "plain"); strings.Contains(out, "say ") {
		t.Errorf("the default is told: %s", out)
	}
	s.sql("drop table books; drop table authors; create table Book (BookId integer not null primary key, ShortTitle text not null)")
	s.run(0, told, "entities", "-o", "model")
	s.write("weft.yaml", "naming: entity-case\n")
	if _, out, _ := s.weft("entities", "-o", "model"); strings.Contains(out, "say ") {
		t.Errorf("it is told again: %s", out)
	}
}
