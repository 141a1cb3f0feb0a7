package env

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/migrate"
)

// TestClasses sees that each class of errors has a name, which is its own without Err,
// and that the page of the program lists it.
func TestClasses(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	capital := regexp.MustCompile(`([a-z])([A-Z])`)
	for file, table := range map[string][]class{
		"migrate": classes, "schema": classes, "mapper/gotypes": classes, "mapper": classes, "driver": databaseClasses, "cmd/weft/internal/env": classes,
	} {
		names := exportedErrors(t, "../../../../"+file+"/errors.go")
		if len(names) == 0 {
			t.Errorf("%s has no errors", file)
		}
		for _, name := range names {
			word := strings.ToLower(capital.ReplaceAllString(strings.TrimPrefix(name, "Err"), "${1}_${2}"))
			if word == "scan" && file == "driver" {
				continue // of rows: no tool reads any into entities
			}
			if !slices.ContainsFunc(table, func(c class) bool { return c.name == word }) {
				t.Errorf("%s.%s: there is no class %q", file, name, word)
			}
			if !strings.Contains(string(page), "`"+word+"`") {
				t.Errorf("%s.%s: docs/cli.md does not list %q", file, name, word)
			}
		}
	}
}

func exportedErrors(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			for _, name := range s.(*ast.ValueSpec).Names {
				if strings.HasPrefix(name.Name, "Err") {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

// TestExitCodes ends with the worst of several errors.
func TestExitCodes(t *testing.T) {
	plain, mistake, difference := errors.New("x"), Mistakef("y"), Difference(errors.New("z"))
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, ExitOK}, {plain, ExitFailure}, {mistake, ExitMistake}, {difference, ExitDifference},
		{fmt.Errorf("at: %w", difference), ExitDifference}, {errors.Join(difference, nil), ExitDifference},
		{errors.Join(difference, plain), ExitFailure}, {errors.Join(difference, fmt.Errorf("a: %w", mistake)), ExitMistake},
		{errors.Join(errors.Join(mistake, difference), plain), ExitFailure}, {Difference(errors.Join(plain, mistake)), ExitDifference},
		{&migrate.StatementError{Err: plain}, ExitFailure},
	} {
		if got := ExitCode(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

// TestFailure has what a pipeline asks of an error.
func TestFailure(t *testing.T) {
	err := fmt.Errorf("tenant: %w", &migrate.StatementError{Name: "1_a.sql", Line: 3, Number: 2, Of: 4, SQL: "drop", Kept: true,
		Err: &driver.Error{Class: driver.ErrReadOnly, Code: "1044", Engine: "mysql", Op: -1, Row: -1}})
	f := NewFailure(err)
	if f.Class != "statement" || f.ExitCode != ExitFailure || f.Names[0] != "1_a.sql" || *f.Statement != (FailedStatement{"1_a.sql", 3, 2, 4, "drop", true, false}) ||
		*f.Database != (DatabaseError{"read_only", "1044"}) || f.Message != err.Error() {
		t.Errorf("got %+v %+v %+v", f, f.Statement, f.Database)
	}
	if f := NewFailure(Difference(errors.New("x"))); f.Class != "difference" {
		t.Errorf("got %+v", f)
	}
}
