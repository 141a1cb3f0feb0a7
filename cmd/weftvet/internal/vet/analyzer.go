package vet

import (
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/weft-orm/weft/cmd/weftvet/internal/check"
	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/mapper/gotypes"
)

// Facts are what a package tells those that import it.
type Facts struct {
	// Mappings are the mappings made in code, its own and those of its imports.
	Mappings []gotypes.Mapping
	// Recipes are its functions that put texts together.
	Recipes []value.Recipe
}

// AFact marks Facts as what drivers carry from package to package.
func (*Facts) AFact() {}

// String says how much there is.
func (f *Facts) String() string { return "weft" }

// New returns the analyzer.
func New() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:      "weft",
		Doc:       "check conditions, populate paths, orders, builders and mappings of weft\n\nEverything that weft would refuse at run time and that shows in the source is reported where it is written.",
		URL:       "https://github.com/weft-orm/weft/blob/main/docs/weftvet.md",
		FactTypes: []analysis.Fact{(*Facts)(nil)},
		Run:       run,
	}
}

func run(pass *analysis.Pass) (any, error) {
	if isStandard(pass.Pkg) {
		return nil, nil
	}
	checked := gotypes.Checked{Fset: pass.Fset, Types: pass.Pkg, Info: pass.TypesInfo, Files: pass.Files}
	facts := collect(pass, checked)
	if !concerned(pass, facts) {
		return nil, nil
	}
	models := model.New(checked, facts.Mappings)
	in := &value.Interp{Pkg: pass.Pkg, Info: pass.TypesInfo, Files: pass.Files, Recipe: func(fn *types.Func) *value.Recipe {
		var other Facts
		if fn.Pkg() == nil || fn.Pkg() == pass.Pkg || !pass.ImportPackageFact(fn.Pkg(), &other) {
			return nil
		}
		i := slices.IndexFunc(other.Recipes, func(r value.Recipe) bool { return r.Name == value.FuncName(fn) })
		if i < 0 {
			return nil
		}
		return &other.Recipes[i]
	}}
	c := check.New(pass, models, in)
	c.Mappings()
	c.Habits()
	in.Prepare()
	in.Run()
	c.Finish()
	return nil, nil
}

// isStandard reports a package of the standard library.
func isStandard(p *types.Package) bool {
	first, _, _ := strings.Cut(p.Path(), "/")
	return !strings.Contains(first, ".") && slices.Contains(standard, first)
}

// standard are the first elements of the import paths of the standard library.
var standard = strings.Fields("archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html " +
	"image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing " +
	"text time unicode unique unsafe vendor weak")

// collect makes the facts of the package and hands them on.
func collect(pass *analysis.Pass, checked gotypes.Checked) *Facts {
	facts := &Facts{Recipes: value.Recipes(pass.TypesInfo, pass.Files)}
	if imports(pass.Pkg, model.Mapper) {
		facts.Mappings = gotypes.Mappings(checked)
	}
	for _, p := range pass.Pkg.Imports() {
		var other Facts
		if !pass.ImportPackageFact(p, &other) {
			continue
		}
		for _, m := range other.Mappings {
			if !slices.ContainsFunc(facts.Mappings, func(o gotypes.Mapping) bool { return reflect.DeepEqual(o, m) }) {
				facts.Mappings = append(facts.Mappings, m)
			}
		}
	}
	if len(facts.Mappings) > 0 || len(facts.Recipes) > 0 {
		pass.ExportPackageFact(facts)
	}
	return facts
}

func imports(p *types.Package, path string) bool {
	return slices.ContainsFunc(p.Imports(), func(i *types.Package) bool { return i.Path() == path })
}

// concerned reports a package that uses weft, or whose structs have tags of weft's.
func concerned(pass *analysis.Pass, facts *Facts) bool {
	if slices.ContainsFunc(pass.Pkg.Imports(), func(p *types.Package) bool { return strings.HasPrefix(p.Path(), model.Module+"/") }) {
		return true
	}
	for _, file := range pass.Files {
		if check.HasTags(file) {
			return true
		}
	}
	return false
}
