package gotypes

import (
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// loader reads packages with their syntax, each once.
type loader struct {
	ctx      context.Context
	dir      string
	given    string // dir as the caller named it, for messages
	env      []string
	fset     *token.FileSet
	packages map[string]*source
}

// source is a package with its syntax.
type source struct {
	fset  *token.FileSet
	types *types.Package
	info  *types.Info
	files []*ast.File
	// funcs and vars are the declarations at package level.
	funcs map[types.Object]*ast.FuncDecl
	vars  map[types.Object]ast.Expr
}

// mode asks for syntax and types of the package itself, and compiled types of what it imports.
const mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
	packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo

// load reads the package that pattern names.
func (l *loader) load(pattern string) (*source, error) {
	if s := l.packages[pattern]; s != nil {
		return s, nil
	}
	env := l.env
	if env == nil {
		env = os.Environ()
	}
	found, err := packages.Load(&packages.Config{Context: l.ctx, Mode: mode, Dir: l.dir, Env: env, Fset: l.fset}, pattern)
	if err != nil {
		return nil, &Error{Class: ErrPackage, Dir: l.given, Err: err}
	}
	if len(found) != 1 {
		return nil, &Error{Class: ErrPackage, Dir: l.given, Details: []string{"not exactly one package"}}
	}
	p := found[0]
	if len(p.Errors) > 0 || p.Types == nil || len(p.Syntax) == 0 {
		return nil, &Error{Class: ErrPackage, Dir: l.given, Details: l.details(p)}
	}
	s := &source{fset: p.Fset, types: p.Types, info: p.TypesInfo, files: p.Syntax}
	s.index()
	l.packages[pattern], l.packages[p.PkgPath] = s, s
	return s, nil
}

// details are the first messages of the go command and the type checker.
func (l *loader) details(p *packages.Package) []string {
	const most = 8
	var list []string
	for _, e := range p.Errors {
		if e.Pos == "" && len(p.Errors) > 1 {
			continue // the compiler's output; the type checker says the same with positions
		}
		if len(list) == most {
			list = append(list, "...")
			break
		}
		list = append(list, strings.ReplaceAll(strings.TrimSpace(e.Error()), l.dir+string(filepath.Separator), ""))
	}
	if len(list) == 0 {
		list = append(list, "there are no Go files")
	}
	return list
}

// index finds the declarations at package level.
func (s *source) index() {
	s.funcs, s.vars = map[types.Object]*ast.FuncDecl{}, map[types.Object]ast.Expr{}
	for _, file := range s.files {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if obj := s.info.Defs[d.Name]; obj != nil {
					s.funcs[obj] = d
				}
			case *ast.GenDecl:
				s.indexVars(d)
			}
		}
	}
}

func (s *source) indexVars(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || len(v.Values) != len(v.Names) {
			continue
		}
		for i, name := range v.Names {
			if obj := s.info.Defs[name]; obj != nil {
				s.vars[obj] = v.Values[i]
			}
		}
	}
}

// typeParameter is the first type argument of a call.
func (s *source) typeParameter(call *ast.CallExpr) types.Type {
	fun := ast.Unparen(call.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		return s.info.TypeOf(index.Index)
	}
	var id *ast.Ident
	switch fun := fun.(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	}
	if inst, ok := s.info.Instances[id]; ok && inst.TypeArgs.Len() > 0 {
		return inst.TypeArgs.At(0)
	}
	return types.Typ[types.Invalid]
}

// at returns the position of a node, with the file's name as the user would write it.
func (s *source) at(pos token.Pos) token.Position { return short(s.fset.Position(pos)) }

// short leaves only the last element of the file's path.
func short(p token.Position) token.Position {
	p.Filename = filepath.Base(p.Filename)
	return p
}
