package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
)

// words returns the field through which a struct holds words of weft's, a
// Collection or a Ref: copies of those are not the entity's own; "" for none.
func words(t types.Type) string {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || typeName(t) == relPath+".Ref" {
		return ""
	}
	for i := range s.NumFields() {
		f := s.Field(i)
		switch {
		case typeName(f.Type()) == relPath+".Collection", typeName(f.Type()) == relPath+".Ref":
			return f.Name()
		case f.Embedded():
			if name := words(f.Type()); name != "" {
				return name
			}
		}
	}
	return ""
}

// isCollection reports a collection itself.
func isCollection(t types.Type) bool { return typeName(t) == relPath+".Collection" }

// copies finds copied entities and collections that are used as if they were the
// originals. A copy that is only read is left alone.
func (c *Checker) copies(file *ast.File) {
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.FuncDecl)
		if !ok || d.Body == nil {
			continue
		}
		copied := map[types.Object]ast.Node{}
		c.parameters(d.Type, copied)
		ast.Inspect(d.Body, func(n ast.Node) bool {
			c.copying(n, copied)
			return true
		})
		if len(copied) > 0 {
			c.misused(d.Body, copied)
		}
	}
}

// parameters notes collections that are handed over by value. An entity by value may
// be one that was just made, which is no copy of anything.
func (c *Checker) parameters(t *ast.FuncType, copied map[types.Object]ast.Node) {
	for _, f := range t.Params.List {
		for _, name := range f.Names {
			if obj := c.Pass.TypesInfo.Defs[name]; obj != nil && isCollection(obj.Type()) {
				copied[obj] = name
			}
		}
	}
}

// copyable reports types whose copies are not what they were copied from.
func (c *Checker) copyable(t types.Type) bool {
	if isCollection(t) {
		return true
	}
	_, named := types.Unalias(t).(*types.Named)
	return named && words(t) != "" && c.entityOf(t) != nil
}

// copying notes variables that are copies, and reports contents copied over an entity.
func (c *Checker) copying(n ast.Node, copied map[types.Object]ast.Node) {
	info := c.Pass.TypesInfo
	switch n := n.(type) {
	case *ast.FuncLit:
		c.parameters(n.Type, copied)
	case *ast.AssignStmt:
		if len(n.Lhs) != len(n.Rhs) {
			return
		}
		for i, r := range n.Rhs {
			t := info.TypeOf(r)
			if t == nil || !c.copyable(t) || !isPlace(r) {
				continue
			}
			switch l := ast.Unparen(n.Lhs[i]).(type) {
			case *ast.Ident:
				if obj := info.Defs[l]; obj != nil && c.isOriginal(r) {
					copied[obj] = r
				}
			case *ast.StarExpr:
				c.at(l, "the contents of one "+typeText(t)+" are copied over another: its "+subject(t)+" then belongs to the other; use orm.Assign, or set the fields")
			case *ast.SelectorExpr:
				if isCollection(t) {
					c.at(r, "a copied collection cannot be changed; fill the other one with Set(x.Items()...)")
				}
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if i < len(n.Values) && c.isOriginal(n.Values[i]) {
				if obj := info.Defs[name]; obj != nil && c.copyable(obj.Type()) {
					copied[obj] = n.Values[i]
				}
			}
		}
	}
}

// subject words what of a type is copied.
func subject(t types.Type) string {
	if isCollection(t) {
		return "list"
	}
	return words(t)
}

// isOriginal reports an expression that stands for an entity or a collection that is
// somewhere else: what a pointer points to, a collection in its entity.
func (c *Checker) isOriginal(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.StarExpr:
		return true
	case *ast.SelectorExpr:
		return isCollection(c.Pass.TypesInfo.TypeOf(x))
	}
	return false
}

// isPlace reports an expression that stands for memory, so that using it copies.
func isPlace(x ast.Expr) bool {
	switch ast.Unparen(x).(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		return true
	}
	return false
}

// misused reports copies that are changed, or handed to weft, as if they were the entity.
func (c *Checker) misused(body *ast.BlockStmt, copied map[types.Object]ast.Node) {
	info := c.Pass.TypesInfo
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fn := value.Callee(info, call)
		if !value.IsWeft(fn) {
			return true
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && receiverIs(fn, "Collection") &&
			slices.Contains([]string{"Add", "Remove", "RemoveAll", "Set"}, fn.Name()) {
			if obj := c.variable(sel.X); obj != nil && copied[obj] != nil {
				c.at(sel.X, "this is a copy of "+typeText(obj.Type())+"; "+fn.Name()+" refuses it: keep the pointer")
			}
			return true
		}
		for _, arg := range call.Args {
			u, ok := ast.Unparen(arg).(*ast.UnaryExpr)
			if !ok || u.Op != token.AND {
				continue
			}
			if obj := c.variable(u.X); obj != nil && copied[obj] != nil && !isCollection(obj.Type()) {
				c.at(arg, "this is a copy of "+typeText(obj.Type())+", whose "+words(obj.Type())+" belongs to the original; keep the pointer")
			}
		}
		return true
	})
}

func receiverIs(fn *types.Func, name string) bool {
	return fn.Signature().Recv() != nil && receiverName(fn) == name
}

// variable is the variable that a selector begins at, without following pointers.
func (c *Checker) variable(x ast.Expr) types.Object {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return c.Pass.TypesInfo.Uses[x]
	case *ast.SelectorExpr:
		if t := c.Pass.TypesInfo.TypeOf(x.X); t != nil {
			if _, pointer := t.Underlying().(*types.Pointer); pointer {
				return nil
			}
		}
		return c.variable(x.X)
	}
	return nil
}
