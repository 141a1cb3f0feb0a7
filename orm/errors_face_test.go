package orm_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/rel"
)

// TestOrmTellsEveryClass reads the error classes of the packages below: each has its
// name in orm, so that a handler imports one package.
func TestOrmTellsEveryClass(t *testing.T) {
	own := classesOf(t, ".")
	for _, dir := range []string{"../driver", "../conditions", "../populate", "../qb", "../mapper", "../rel", "internal/fault"} {
		for _, name := range classesOf(t, dir) {
			if !slices.Contains(own, name) {
				t.Errorf("%s of %s has no name in orm", name, dir)
			}
		}
	}
}

// classesOf lists the exported error variables of a package.
func classesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), dir+"/errors.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			for _, n := range s.(*ast.ValueSpec).Names {
				if strings.HasPrefix(n.Name, "Err") {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

// TestClassesOfPackagesBelow expects what rel and qb report to be of orm's classes.
func TestClassesOfPackagesBelow(t *testing.T) {
	for below, class := range map[error]error{
		rel.ErrNotLoaded: orm.ErrNotLoaded, rel.ErrDetached: orm.ErrDetached,
		qb.ErrUnknownEntity: orm.ErrUnknownEntity, qb.ErrEmptyCondition: orm.ErrEmptyCondition,
	} {
		if !errors.Is(below, class) || errors.Is(class, below) {
			t.Errorf("%v is no %v", below, class)
		}
	}
	_, err := rel.ToKey[struct{ ID int64 }](7).Load(context.Background())
	if !errors.Is(err, orm.ErrDetached) {
		t.Error(err)
	}
}
