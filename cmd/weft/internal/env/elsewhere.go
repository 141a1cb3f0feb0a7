package env

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

const ormPath = "github.com/weft-orm/weft/orm"

// elsewhere looks for what the programs of a module give to orm.Entities beside the
// entities of the package that was read, and which is not in its registry: entities that
// an imported package brings, say. It reads syntax alone, and says where each stands.
func elsewhere(models, pkg string, reg *mapper.Registry) ([]string, error) {
	root, err := moduleRoot(models)
	if err != nil || root == "" {
		return nil, err
	}
	s := &search{pkg: pkg, known: map[string]bool{}}
	for _, e := range reg.Entities() {
		s.known[e.GoName] = true
		if i := strings.LastIndexByte(e.GoName, '.'); i > 0 {
			s.known[e.GoName[:i]] = true
		}
	}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return skipped(root, name, d)
		case filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		return s.file(root, name)
	})
	return s.told, err
}

// moduleRoot is the folder of the go.mod that holds for a folder, "" without one.
func moduleRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", nil
		}
		dir = above
	}
}

// skipped leaves out folders that are not packages of the module.
func skipped(root, name string, d fs.DirEntry) error {
	if name == root {
		return nil
	}
	if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	switch base := d.Name(); {
	case base == "vendor", base == "testdata", base == "node_modules", strings.HasPrefix(base, "."), strings.HasPrefix(base, "_"):
		return fs.SkipDir
	}
	return nil
}

// A search looks through files for calls of orm.Entities.
type search struct {
	// pkg is the import path of the package that was read.
	pkg string
	// known are the entities it has, as "path.Type", and the paths alone.
	known map[string]bool
	told  []string
}

func (s *search) file(root, name string) error {
	text, err := os.ReadFile(name)
	if err != nil || !bytes.Contains(text, []byte(ormPath)) || !bytes.Contains(text, []byte(s.pkg)) {
		return err
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil // a file that does not parse is the compiler's to tell
	}
	imports := importsOf(f)
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && qualified(call.Fun, imports) == ormPath+".Entities" {
			s.call(fset, root, call, imports)
		}
		return true
	})
	return nil
}

// call tells what a call lists that is not known, when it lists the package that was read too.
func (s *search) call(fset *token.FileSet, root string, call *ast.CallExpr, imports map[string]string) {
	ours := false
	var missing []ast.Expr
	for _, arg := range listed(call.Args, imports) {
		name := qualified(arg, imports)
		i := strings.LastIndexByte(name, '.')
		switch {
		case i < 0: // a type or a variable of the program's own package
		case name[:i] == s.pkg:
			ours = true
		case s.known[name] || !isType(arg) && s.known[name[:i]]:
		default:
			missing = append(missing, arg)
		}
	}
	if !ours {
		return
	}
	for _, arg := range missing {
		at := fset.Position(arg.Pos())
		if rel, err := filepath.Rel(root, at.Filename); err == nil {
			at.Filename = filepath.ToSlash(rel)
		}
		var b bytes.Buffer
		if err := format.Node(&b, fset, arg); err != nil {
			continue
		}
		s.told = append(s.told, fmt.Sprintf("%s: orm.Entities is given %s too, which is not in package %s, the one that was read: its tables are not seen; list it there in a func Entities() []any, or read this package (--models)",
			at, b.String(), path.Base(s.pkg)))
	}
}

// listed are the arguments with those of append and slices.Concat in their places.
func listed(args []ast.Expr, imports map[string]string) []ast.Expr {
	var list []ast.Expr
	for _, arg := range args {
		call, ok := ast.Unparen(arg).(*ast.CallExpr)
		if id, isName := callee(call).(*ast.Ident); ok && (isName && id.Name == "append" || qualified(call.Fun, imports) == "slices.Concat") {
			list = append(list, listed(call.Args, imports)...)
			continue
		}
		if lit, ok := ast.Unparen(arg).(*ast.CompositeLit); ok {
			if _, ok := lit.Type.(*ast.ArrayType); ok {
				list = append(list, listed(lit.Elts, imports)...)
				continue
			}
		}
		list = append(list, arg)
	}
	return list
}

func callee(call *ast.CallExpr) ast.Expr {
	if call == nil {
		return nil
	}
	return call.Fun
}

// importsOf are the import paths of a file by the name they have in it.
func importsOf(f *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = p
	}
	return names
}

// isType reports an argument that stands for a type: T{}, &T{}, new(T) or (*T)(nil).
func isType(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		return isType(x.X)
	case *ast.CallExpr:
		id, ok := x.Fun.(*ast.Ident)
		_, pointer := ast.Unparen(x.Fun).(*ast.StarExpr)
		return ok && id.Name == "new" || pointer
	}
	return false
}

// qualified is "path.Name" of what an argument names in another package, "" of anything else.
func qualified(x ast.Expr, imports map[string]string) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.SelectorExpr:
		if id, ok := x.X.(*ast.Ident); ok && imports[id.Name] != "" {
			return imports[id.Name] + "." + x.Sel.Name
		}
	case *ast.CompositeLit:
		return qualified(x.Type, imports)
	case *ast.UnaryExpr:
		return qualified(x.X, imports)
	case *ast.StarExpr:
		return qualified(x.X, imports)
	case *ast.IndexExpr:
		return qualified(x.X, imports)
	case *ast.CallExpr:
		if id, ok := x.Fun.(*ast.Ident); ok && id.Name == "new" && len(x.Args) == 1 {
			return qualified(x.Args[0], imports)
		}
		return qualified(x.Fun, imports)
	}
	return ""
}
