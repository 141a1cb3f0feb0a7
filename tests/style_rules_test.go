package tests_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	maxFileLines     = 600
	maxFunctionLines = 100
	maxMethods       = 4
)

// styleChecker collects the faults of the files it is shown.
type styleChecker struct {
	allow  *exceptions
	faults []string
	file   sourceFile
}

func (c *styleChecker) report(node ast.Node, format string, args ...any) {
	place := fmt.Sprintf("%s:%d: ", c.file.path, c.file.set.Position(node.Pos()).Line)
	c.faults = append(c.faults, place+fmt.Sprintf(format, args...))
}

func (c *styleChecker) folder() string { return path.Dir(c.file.path) }

// lines counts the lines a node covers.
func (c *styleChecker) lines(node ast.Node) int {
	return c.file.set.Position(node.End()).Line - c.file.set.Position(node.Pos()).Line + 1
}

func (c *styleChecker) checkFile(file sourceFile) {
	c.file = file
	if n := file.set.Position(file.ast.FileEnd).Line; n > maxFileLines {
		c.faults = append(c.faults, fmt.Sprintf("%s: %d lines, the limit is %d", file.path, n, maxFileLines))
	}
	c.checkImports()
	for _, declaration := range file.ast.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			c.checkFunction(d)
		case *ast.GenDecl:
			c.checkDeclaration(d)
		}
	}
	ast.Inspect(file.ast, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok && comparesErrorText(call) {
			c.report(call, "compares the text of an error; use errors.Is or errors.As")
		}
		return true
	})
}

func (c *styleChecker) checkImports() {
	for _, spec := range c.file.ast.Imports {
		if imported, _ := strconv.Unquote(spec.Path.Value); imported == "reflect" && !useFolder(c.allow.reflection, c.folder()) {
			c.report(spec, "imports reflect; it belongs to mapper (exceptions in CONTRIBUTING.md)")
		}
	}
}

func (c *styleChecker) checkFunction(f *ast.FuncDecl) {
	name := f.Name.Name
	receiver := receiverName(f)
	exported := f.Name.IsExported() && (receiver == "" || ast.IsExported(receiver))
	if receiver != "" {
		name = receiver + "." + name
	}
	if n := c.lines(f); n > maxFunctionLines {
		c.report(f, "%s has %d lines, the limit is %d", name, n, maxFunctionLines)
	}
	if exported {
		c.checkDoc(f, name, f.Name.Name, f.Doc)
	}
	if strings.HasPrefix(strings.ToLower(f.Name.Name), "must") || f.Body == nil {
		return
	}
	ast.Inspect(f.Body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if ok && isIdent(call.Fun, "panic") && !use(c.allow.panics, c.folder()+"."+name) {
			c.report(call, "%s panics; return an error (exceptions in CONTRIBUTING.md)", name)
		}
		return true
	})
}

// checkDoc wants a comment that begins with the name. Programs have no readers of their exported names.
func (c *styleChecker) checkDoc(node ast.Node, label, name string, doc *ast.CommentGroup) {
	if c.file.ast.Name.Name == "main" {
		return
	}
	text := doc.Text()
	if text == "" {
		c.report(node, "%s has no comment", label)
		return
	}
	if first, _, _ := strings.Cut(strings.Fields(text + " .")[0], "["); strings.TrimRight(first, ",.:;") != name {
		c.report(node, "the comment of %s does not begin with %s", label, name)
	}
}

func (c *styleChecker) checkDeclaration(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			c.checkType(d, s)
		case *ast.ValueSpec:
			c.checkValues(d, s)
		}
	}
}

func (c *styleChecker) checkType(d *ast.GenDecl, s *ast.TypeSpec) {
	name := s.Name.Name
	if s.Name.IsExported() {
		doc := s.Doc
		if doc == nil && !d.Lparen.IsValid() {
			doc = d.Doc
		}
		c.checkDoc(s, name, name, doc)
	}
	contract, ok := s.Type.(*ast.InterfaceType)
	if !ok {
		return
	}
	if n := methodCount(contract); n > maxMethods && !use(c.allow.interfaces, c.folder()+"."+name) {
		c.report(s, "interface %s has %d methods, the limit is %d (exceptions in CONTRIBUTING.md)", name, n, maxMethods)
	}
}

// checkValues accepts one comment for a group of constants or variables; a lonely one is documented by name.
func (c *styleChecker) checkValues(d *ast.GenDecl, s *ast.ValueSpec) {
	for _, name := range s.Names {
		if !name.IsExported() {
			continue
		}
		switch {
		case !d.Lparen.IsValid():
			c.checkDoc(name, name.Name, name.Name, d.Doc)
		case s.Doc == nil && s.Comment == nil && d.Doc == nil && c.file.ast.Name.Name != "main":
			c.report(name, "%s has no comment, and neither has its group", name.Name)
		}
	}
	if d.Tok != token.VAR || path.Base(c.file.path) == "errors.go" {
		return
	}
	for _, value := range s.Values {
		if call, ok := value.(*ast.CallExpr); ok && isSelector(call.Fun, "errors", "New") {
			c.report(call, "a package-level error belongs in errors.go")
		}
	}
}

// checkPackages wants a doc.go in every package, or a package comment anywhere in a program.
func (c *styleChecker) checkPackages(files []sourceFile) {
	documented := map[string]bool{}
	var folders []string
	for _, file := range files {
		folder := path.Dir(file.path)
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
		place := file.ast.Name.Name == "main" || path.Base(file.path) == "doc.go"
		documented[folder] = documented[folder] || place && file.ast.Doc != nil
	}
	for _, folder := range folders {
		if !documented[folder] {
			c.faults = append(c.faults, folder+": no doc.go with a package comment")
		}
	}
}

// methodCount counts the methods of an interface; an embedded one counts as one, as it has a place of its own.
func methodCount(contract *ast.InterfaceType) int {
	n := 0
	for _, field := range contract.Methods.List {
		switch field.Type.(type) {
		case *ast.FuncType, *ast.Ident, *ast.SelectorExpr:
			n += max(1, len(field.Names))
		}
	}
	return n
}

// receiverName gives the type a method belongs to, without pointer and type parameters, or "".
func receiverName(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	expr := f.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// comparesErrorText finds strings.Contains and its like on an error's text.
func comparesErrorText(call *ast.CallExpr) bool {
	compares := false
	for _, name := range []string{"Contains", "HasPrefix", "HasSuffix", "Index", "EqualFold"} {
		compares = compares || isSelector(call.Fun, "strings", name)
	}
	if !compares || len(call.Args) == 0 {
		return false
	}
	inner, ok := call.Args[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	method, ok := inner.Fun.(*ast.SelectorExpr)
	return ok && method.Sel.Name == "Error" && len(inner.Args) == 0
}

func isIdent(expr ast.Expr, name string) bool {
	ident, ok := expr.(*ast.Ident)
	return ok && ident.Name == name
}

func isSelector(expr ast.Expr, pkg, name string) bool {
	selector, ok := expr.(*ast.SelectorExpr)
	return ok && isIdent(selector.X, pkg) && selector.Sel.Name == name
}
