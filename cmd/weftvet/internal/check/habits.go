package check

import (
	"go/ast"
	"go/types"
	"reflect"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
)

// Habits looks for what compiles, runs and is wrong all the same.
func (c *Checker) Habits() {
	for _, file := range c.Pass.Files {
		c.dropped(file)
		c.shared(file)
		c.copies(file)
		c.loops(file)
	}
}

// HasTags reports a file with struct tags of weft's.
func HasTags(file *ast.File) bool {
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Tag != nil && !found {
			_, found = reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Lookup("orm")
		}
		return !found
	})
	return found
}

// method returns the name of a method of the entity manager that a call calls, or "".
func (c *Checker) method(call *ast.CallExpr) string {
	fn := value.Callee(c.Pass.TypesInfo, call)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != ormPath || fn.Signature().Recv() == nil {
		return ""
	}
	if receiverName(fn) != "EntityManager" {
		return ""
	}
	return fn.Name()
}

// dropped finds writes whose error nobody looks at.
func (c *Checker) dropped(file *ast.File) {
	check := func(call *ast.CallExpr, how string) {
		switch name := c.method(call); name {
		case "Flush", "Commit", "Transactional":
			c.at(call, "the error of "+name+how+" is lost: what was not stored goes unnoticed")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok {
				check(call, "")
			}
		case *ast.DeferStmt:
			check(n.Call, " in a defer")
		case *ast.GoStmt:
			check(n.Call, " in a goroutine")
		}
		return true
	})
}

// isManager reports an entity manager.
func isManager(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && typeName(p.Elem()) == ormPath+".EntityManager"
}

// shared finds entity managers that a goroutine uses beside the one that has them.
func (c *Checker) shared(file *ast.File) {
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.GoStmt:
			c.goroutine(n.Call, stack)
		case *ast.CallExpr:
			if c.startsGoroutine(n) {
				c.goroutine(n, stack)
			}
		}
		return true
	})
}

// startsGoroutine reports g.Go(func() error { ... }) and its kind.
func (c *Checker) startsGoroutine(call *ast.CallExpr) bool {
	fn := value.Callee(c.Pass.TypesInfo, call)
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() == nil {
		return false
	}
	path := fn.Pkg().Path()
	return (fn.Name() == "Go" || fn.Name() == "TryGo") && (path == "golang.org/x/sync/errgroup" || path == "sync" || strings.HasSuffix(path, "/conc") || strings.HasSuffix(path, "/pool"))
}

// goroutine looks at the managers that a goroutine gets from outside.
func (c *Checker) goroutine(call *ast.CallExpr, stack []ast.Node) {
	from, to := call.Pos(), call.End()
	seen := map[types.Object]bool{}
	tell := func(x ast.Expr, obj types.Object) {
		if !seen[obj] {
			seen[obj] = true
			c.at(x, "the goroutine shares the entity manager "+types.ExprString(x)+" with another; give it one of its own, db.Fork()")
		}
	}
	inside := func(obj types.Object) bool { return obj.Pos() >= from && obj.Pos() < to }
	ast.Inspect(call, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if field, ok := c.Pass.TypesInfo.Uses[n.Sel].(*types.Var); ok && field.IsField() && isManager(field.Type()) {
				if root := rootOf(c.Pass.TypesInfo, n.X); root != nil && !inside(root) {
					tell(n, field)
				}
				return false
			}
		case *ast.Ident:
			obj, isVar := c.Pass.TypesInfo.Uses[n].(*types.Var)
			if isVar && !obj.IsField() && isManager(obj.Type()) && !inside(obj) && c.usedElsewhere(obj, call, stack) {
				tell(n, obj)
			}
		}
		return true
	})
}

// rootOf is the variable that a selector begins with, nil for none.
func rootOf(info *types.Info, x ast.Expr) types.Object {
	for {
		switch y := ast.Unparen(x).(type) {
		case *ast.Ident:
			return info.Uses[y]
		case *ast.SelectorExpr:
			x = y.X
		default:
			return nil
		}
	}
}

// usedElsewhere reports a manager that others than one goroutine have: a parameter, a
// field, one that is used outside of it, or one made outside of the loop that starts it.
func (c *Checker) usedElsewhere(obj *types.Var, call *ast.CallExpr, stack []ast.Node) bool {
	var function ast.Node
	for i := len(stack) - 1; i >= 0; i-- {
		switch n := stack[i].(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if obj.Pos() < n.Pos() {
				return true
			}
		case *ast.FuncDecl, *ast.FuncLit:
			if n.Pos() <= obj.Pos() && obj.Pos() < n.End() {
				function = n
			}
		}
		if function != nil {
			break
		}
	}
	if function == nil {
		return true
	}
	if isParameter(function, obj) {
		return true
	}
	elsewhere := false
	ast.Inspect(function, func(n ast.Node) bool {
		if n == call {
			return false
		}
		if id, ok := n.(*ast.Ident); ok && c.Pass.TypesInfo.Uses[id] == obj {
			elsewhere = true
		}
		return !elsewhere
	})
	return elsewhere
}

func isParameter(function ast.Node, obj types.Object) bool {
	var t *ast.FuncType
	switch f := function.(type) {
	case *ast.FuncDecl:
		t = f.Type
		if f.Recv != nil && f.Recv.Pos() <= obj.Pos() && obj.Pos() < f.Recv.End() {
			return true
		}
	case *ast.FuncLit:
		t = f.Type
	}
	return t.Params.Pos() <= obj.Pos() && obj.Pos() < t.Params.End()
}

// entityOf returns the model of an entity type, nil for other types.
func (c *Checker) entityOf(t types.Type) *model.Model {
	if t == nil {
		return nil
	}
	m := c.Models.Of(t)
	if m == nil || m.Registry == nil {
		return nil
	}
	return m
}
