package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
)

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
				if root := rootOf(c.Pass.TypesInfo, n.X); root != nil && !inside(root) && c.usedElsewhere(field, call, stack) {
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

// usedElsewhere reports a manager that others use while the goroutine runs: one made
// outside of the loop that starts it, one that is used before the function waits for
// something, one that belongs to a caller who is not waited for.
func (c *Checker) usedElsewhere(obj *types.Var, call *ast.CallExpr, stack []ast.Node) bool {
	function := around(stack, call)
	if function == nil {
		return true
	}
	for _, n := range stack {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if obj.Pos() < n.Pos() && n.Pos() > function.Pos() {
				return true
			}
		}
	}
	waits := c.waits(function)
	waited := func(from, to token.Pos) bool {
		return slices.ContainsFunc(waits, func(at token.Pos) bool { return from < at && at < to })
	}
	if obj.IsField() || obj.Pos() < function.Pos() || isParameter(function, obj) {
		if !waited(call.End(), function.End()) {
			return true
		}
	}
	elsewhere := false
	var goroutines []*ast.CallExpr
	ast.Inspect(function, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			goroutines = append(goroutines, n.Call)
		case *ast.CallExpr:
			if c.startsGoroutine(n) {
				goroutines = append(goroutines, n)
			}
		case *ast.Ident:
			if c.Pass.TypesInfo.Uses[n] != obj || call.Pos() <= n.Pos() && n.Pos() < call.End() {
				break
			}
			if n.Pos() > call.End() {
				elsewhere = elsewhere || !waited(call.End(), n.Pos())
			}
			for _, other := range goroutines {
				if other != call && other.Pos() <= n.Pos() && n.Pos() < other.End() && !waited(other.End(), call.Pos()) {
					elsewhere = true
				}
			}
		}
		return true
	})
	return elsewhere
}

// around is the innermost function around a call that starts a goroutine.
func around(stack []ast.Node, call *ast.CallExpr) ast.Node {
	for _, n := range slices.Backward(stack) {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			if n.Pos() < call.Pos() {
				return n
			}
		}
	}
	return nil
}

// waits are the places where a function waits for others: it receives from a channel,
// or calls a method Wait.
func (c *Checker) waits(function ast.Node) []token.Pos {
	var list []token.Pos
	ast.Inspect(function, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				list = append(list, n.Pos())
			}
		case *ast.SelectStmt:
			list = append(list, n.Pos())
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Wait" {
				list = append(list, n.Pos())
			}
		}
		return true
	})
	return list
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
