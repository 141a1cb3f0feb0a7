package env

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestElsewhere finds what programs list beside the entities of a package, however it is written.
func TestElsewhere(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "main.go")
	write := func(body string) {
		t.Helper()
		text := "package main\n\nimport (\n\t\"slices\"\n\n\tmodel \"example.org/shelf\"\n\t\"example.org/other\"\n\t\"github.com/weft-orm/weft/orm\"\n\t\"github.com/weft-orm/weft/outbox\"\n)\n\n" + body + "\n"
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for body, want := range map[string][]string{
		`var _ = orm.Entities(model.Book{}, outbox.Entity("outbox"), other.Page{})`:                               {`outbox.Entity("outbox")`},
		`var _ = orm.Entities(append(model.Entities(), outbox.Entity(""), &other.Line{}, new(other.Note))...)`:    {`outbox.Entity("")`, `&other.Line{}`, `new(other.Note)`},
		`var _ = orm.Entities(slices.Concat(model.Entities(), []any{outbox.Entity("x"), (*other.Page)(nil)})...)`: {`outbox.Entity("x")`},
		`var _ = orm.Entities(outbox.Entity("of another program"))`:                                               nil,
		`var _ = orm.Entities(model.Entities()...)`:                                                               nil,
		`var own struct{}; var _ = orm.Entities(model.Book{}, own)`:                                               nil,
		`func broken( {`: nil,
	} {
		write(body)
		s := &search{pkg: "example.org/shelf", known: map[string]bool{"example.org/shelf.Book": true, "example.org/shelf": true, "example.org/other.Page": true, "example.org/other": true}}
		if err := s.file(dir, name); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, text := range s.told {
			_, rest, _ := strings.Cut(text, "orm.Entities is given ")
			what, _, _ := strings.Cut(rest, " too")
			got = append(got, what)
			if !strings.HasPrefix(text, "main.go:12:") {
				t.Errorf("it does not begin with its place: %s", text)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: told of %q, want %q", body, got, want)
		}
	}
}
