package orm_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// Authors is a repository of an application.
type Authors struct {
	*orm.Repository[model.Author]
}

// Named is a method of its own.
func (r *Authors) Named(ctx context.Context, name string) (*model.Author, error) {
	return r.FindOneOrFail(ctx, orm.M{"name": name})
}

func TestRegisteredRepository(t *testing.T) {
	makes := orm.RegisterRepository(func(r *orm.Repository[model.Author]) *Authors { return &Authors{r} })
	db, err := orm.Open(t.Context(), memory.New(), orm.Entities(model.Library()...), makes)
	if err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	authors, err := orm.RepoAs[*Authors](em)
	if err != nil {
		t.Fatal(err)
	}
	ann := &model.Author{Name: "Ann"}
	authors.Persist(ann)
	if err := em.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, err := authors.Named(t.Context(), "Ann"); err != nil || found != ann {
		t.Errorf("found %v, %v", found, err)
	}
	if _, err := orm.RepoAs[*orm.Repository[model.Book]](em); !errors.Is(err, orm.ErrUnknownRepository) {
		t.Error(err)
	}
	for want, opts := range map[error][]orm.Option{
		orm.ErrInvalidOption: {makes, makes},
		orm.ErrUnknownEntity: {orm.RegisterRepository(func(r *orm.Repository[int]) *orm.Repository[int] { return r })},
	} {
		if _, err := orm.Open(t.Context(), memory.New(), append(opts, orm.Entities(model.Library()...))...); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if _, err := orm.Open(t.Context(), memory.New(), orm.Entities(model.Library()...), orm.RegisterRepository[model.Author, int](nil)); !errors.Is(err, orm.ErrInvalidOption) {
		t.Error(err)
	}
}

// TestRepositoryHasWhatFunctionsHave reads the package: a function about one entity
// type, or one entity, that takes a manager is a method of repositories, and so is what
// managers do with entities.
func TestRepositoryHasWhatFunctionsHave(t *testing.T) {
	other := map[string]string{
		"PopulateAll": "Populate", "Repo": "", "All": "on Query", "One": "on Query", "Result": "rows of any type", "StreamResult": "rows of any type",
		"Rows": "rows of any type", "StreamRows": "rows of any type", "NativeClient": "about an engine",
		"RepoAs": "", "Matching": "about items of another type", "Shadow": "about a value", "As": "about two types",
	}
	repository := reflect.TypeFor[*orm.Repository[model.Author]]()
	names := typedFunctions(t)
	for _, name := range []string{"FromJSON", "CanPopulate", "Persist", "Remove", "RemoveHard", "Refresh", "Lock", "LockVersion", "Contains", "Forget"} {
		names[name] = true
	}
	for name := range names {
		want := name
		if replaced, listed := other[name]; listed {
			if want = replaced; want != "Populate" {
				continue
			}
		}
		if _, has := repository.MethodByName(want); !has {
			t.Errorf("repositories have no %s", want)
		}
	}
}

// TestQueryKeepsItsType expects a typed step for each step of the builder.
func TestQueryKeepsItsType(t *testing.T) {
	query := reflect.TypeFor[*orm.Query[model.Author]]()
	builder := reflect.TypeFor[*qb.Builder]()
	untyped := []string{"Untyped", "Clone", "Count"}
	for i := range builder.NumMethod() {
		m := builder.Method(i)
		if m.Type.NumOut() != 1 || m.Type.Out(0) != builder || slices.Contains(untyped, m.Name) {
			continue
		}
		if typed, _ := query.MethodByName(m.Name); typed.Type.Out(0) != query {
			t.Errorf("%s loses the type of the query", m.Name)
		}
	}
}

// isAboutAnEntity reports a function that takes an entity of any type.
func isAboutAnEntity(f *ast.FuncDecl) bool {
	return f.Type.TypeParams.NumFields() == 0 && slices.ContainsFunc(f.Type.Params.List, func(p *ast.Field) bool {
		id, plain := p.Type.(*ast.Ident)
		return plain && id.Name == "any" && len(p.Names) == 1 && (p.Names[0].Name == "entity" || p.Names[0].Name == "owner")
	})
}

// typedFunctions are the exported functions of orm with one type parameter and a manager, and those about
// one entity.
func typedFunctions(t *testing.T) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.SkipObjectResolution)
		if strings.Contains(entry.Name(), "_go1") {
			continue // written for a newer Go
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.TypeParams.NumFields() != 1 && !isAboutAnEntity(f) {
				continue
			}
			for _, p := range f.Type.Params.List {
				if star, ok := p.Type.(*ast.StarExpr); ok {
					if id, ok := star.X.(*ast.Ident); ok && id.Name == "EntityManager" {
						names[f.Name.Name] = true
					}
				}
			}
		}
	}
	if len(names) < 15 {
		t.Fatalf("only %d functions", len(names))
	}
	return names
}
