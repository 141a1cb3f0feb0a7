package unit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// unshown are the functions that write places which are not tracked.
var unshown = []string{"Lone", "Forget", "detail", "keyless", "narrow"}

// TestShown holds whoever writes what a glance is made of to showing it: a flush would not see what
// has changed of an entity whose glance is an old one.
func TestShown(t *testing.T) {
	files := token.NewFileSet()
	for _, folder := range []string{".", "../load", "../flush", "../.."} {
		list, err := fs.Glob(os.DirFS(folder), "*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range list {
			if strings.HasSuffix(name, "_test.go") || name == "methods_go127.go" {
				continue
			}
			file, err := parser.ParseFile(files, folder+"/"+name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil && !slices.Contains(unshown, f.Name.Name) {
					if at := writesPlace(f.Body); at != token.NoPos && !shows(f.Body) {
						t.Errorf("%s: %s writes what a glance is made of, and does not show it", files.Position(at), f.Name.Name)
					}
				}
			}
		}
	}
}

// writesPlace returns where a place is written: by the names of fields, m for a place and d for its details.
func writesPlace(body *ast.BlockStmt) (at token.Pos) {
	ast.Inspect(body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for _, left := range assign.Lhs {
			sel, ok := left.(*ast.SelectorExpr)
			if !ok {
				continue
			}
			of := sel.X
			if inner, ok := of.(*ast.SelectorExpr); ok {
				of = inner.Sel // s.m, m.more
			}
			name, ok := of.(*ast.Ident)
			if ok && (slices.Contains([]string{"State", "Snap", "more"}, sel.Sel.Name) ||
				slices.Contains([]string{"m", "again"}, name.Name) && slices.Contains([]string{"Entity", "Meta"}, sel.Sel.Name) ||
				slices.Contains([]string{"d", "more"}, name.Name) && sel.Sel.Name == "base") {
				at = sel.Pos()
			}
		}
		return true
	})
	return at
}

// shows reports a call that makes a glance.
func shows(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				found = found || slices.Contains([]string{"show", "glance", "track", "untrack", "setBaseline", "Adopt"}, sel.Sel.Name)
			}
		}
		return !found
	})
	return found
}
