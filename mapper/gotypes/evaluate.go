package gotypes

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// maxFollow bounds how many calls and variables lead to an entity.
const maxFollow = 20

// evaluator reads the arguments of orm.Entities as far as they are written plainly.
type evaluator struct {
	finder *finder
	// frames are what the parameters of the functions that were followed stand for, the
	// innermost last.
	frames []parameters
}

// parameters are the constants that the parameters of a function stand for.
type parameters map[types.Object]constant.Value

// bound is what the parameters of the innermost function stand for.
func (e *evaluator) bound() parameters {
	if len(e.frames) == 0 {
		return nil
	}
	return e.frames[len(e.frames)-1]
}

// calls reports a call of that function; methods of its name do not count.
func (s *source) calls(call *ast.CallExpr, path, name string) bool {
	fn, ok := s.callee(call).(*types.Func)
	return ok && fn.Pkg() != nil && fn.Pkg().Path() == path && fn.Name() == name && fn.Signature().Recv() == nil
}

// callee is what a call calls, nil when that is not a name.
func (s *source) callee(call *ast.CallExpr) types.Object {
	fun := ast.Unparen(call.Fun)
	switch index := fun.(type) {
	case *ast.IndexExpr:
		fun = index.X
	case *ast.IndexListExpr:
		fun = index.X
	}
	switch fun := fun.(type) {
	case *ast.Ident:
		return s.info.Uses[fun]
	case *ast.SelectorExpr:
		return s.info.Uses[fun.Sel]
	}
	return nil
}

// arguments evaluates an argument list whose last element may be spread.
func (e *evaluator) arguments(s *source, args []ast.Expr, spread bool) []*found {
	var list []*found
	for i, arg := range args {
		if spread && i == len(args)-1 {
			list = append(list, e.list(s, arg)...)
		} else if one := e.one(s, arg); one != nil {
			list = append(list, one)
		}
	}
	return list
}

// one evaluates an expression that stands for an entity.
func (e *evaluator) one(s *source, x ast.Expr) *found {
	x = ast.Unparen(x)
	t := types.Unalias(s.info.TypeOf(x))
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == mapperPath && named.Obj().Name() == "Definition" {
		return e.definition(s, x)
	}
	if entity := e.finder.entity(t); entity != nil {
		return entity
	}
	if in, value := e.follow(s, x); value != nil {
		defer e.leave()
		return e.one(in, value)
	}
	e.finder.unknown(s, x, "this argument of orm.Entities is known only at run time; it was left out")
	return nil
}

// definition evaluates an expression that stands for a mapping made in code.
func (e *evaluator) definition(s *source, x ast.Expr) *found {
	if call, ok := x.(*ast.CallExpr); ok && s.calls(call, mapperPath, "Define") {
		found := e.finder.defined(s, call)
		if found != nil {
			found.def.bound = e.bound()
		}
		return found
	}
	if in, value := e.follow(s, x); value != nil {
		defer e.leave()
		return e.definition(in, ast.Unparen(value))
	}
	e.finder.unknown(s, x, "this definition is known only at run time; it was left out")
	return nil
}

// list evaluates an expression that stands for several entities.
func (e *evaluator) list(s *source, x ast.Expr) []*found {
	x = ast.Unparen(x)
	if lit, ok := x.(*ast.CompositeLit); ok {
		return e.arguments(s, lit.Elts, false)
	}
	call, ok := x.(*ast.CallExpr)
	if ok && len(call.Args) > 0 {
		if b, ok := s.callee(call).(*types.Builtin); ok && b.Name() == "append" {
			return append(e.list(s, call.Args[0]), e.arguments(s, call.Args[1:], call.Ellipsis.IsValid())...)
		}
		if s.calls(call, "slices", "Concat") {
			var all []*found
			for _, arg := range call.Args {
				all = append(all, e.list(s, arg)...)
			}
			return all
		}
	}
	if in, value := e.follow(s, x); value != nil {
		defer e.leave()
		return e.list(in, value)
	}
	e.finder.unknown(s, x, "these arguments of orm.Entities are known only at run time; they were left out")
	return nil
}

// follow leads from a variable to what it is set to where it is declared, and from a call of a function to what it
// returns, into other packages too. Every success is paired with leave.
func (e *evaluator) follow(s *source, x ast.Expr) (*source, ast.Expr) {
	if len(e.frames) >= maxFollow {
		return nil, nil
	}
	var obj types.Object
	call, _ := x.(*ast.CallExpr)
	switch x := x.(type) {
	case *ast.Ident:
		obj = s.info.Uses[x]
	case *ast.SelectorExpr:
		obj = s.info.Uses[x.Sel]
	case *ast.CallExpr:
		obj = s.callee(x)
	}
	in, obj := e.declaring(s, obj)
	if in == nil {
		return nil, nil
	}
	value, bound := in.vars[obj], parameters(nil)
	if fn := in.funcs[obj]; fn != nil && call != nil {
		value, bound = soleResult(fn), in.parameters(fn, s, call, e.bound())
	}
	if value != nil {
		e.frames = append(e.frames, bound)
	}
	return in, value
}

func (e *evaluator) leave() { e.frames = e.frames[:len(e.frames)-1] }

// parameters are the constants that a call in another package, or in this one, gives a
// function. A parameter that the function sets otherwise stands for nothing that is known.
func (s *source) parameters(fn *ast.FuncDecl, caller *source, call *ast.CallExpr, outer parameters) parameters {
	bound := parameters{}
	i := 0
	for _, field := range fn.Type.Params.List {
		for _, name := range field.Names {
			if i < len(call.Args) && !call.Ellipsis.IsValid() && !s.sets(fn.Body, s.info.Defs[name]) {
				if c := caller.constant(call.Args[i], outer); c != nil {
					bound[s.info.Defs[name]] = c
				}
			}
			i++
		}
	}
	return bound
}

// sets reports that a variable is given another value in a body, or that its address is taken.
func (s *source) sets(body *ast.BlockStmt, v types.Object) bool {
	found := false
	is := func(x ast.Expr) bool {
		id, ok := ast.Unparen(x).(*ast.Ident)
		return ok && s.info.Uses[id] == v
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				found = found || is(x)
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		}
		return !found
	})
	return found
}

// constant is the value of an expression of constants and of parameters that stand for
// some, nil when it is none: it is a sum, or the first of several that is not zero (cmp.Or).
func (s *source) constant(x ast.Expr, bound parameters) constant.Value {
	x = ast.Unparen(x)
	if c := s.info.Types[x].Value; c != nil {
		return c
	}
	switch x := x.(type) {
	case *ast.Ident:
		return bound[s.info.Uses[x]]
	case *ast.BinaryExpr:
		a, b := s.constant(x.X, bound), s.constant(x.Y, bound)
		if x.Op == token.ADD && a != nil && b != nil && a.Kind() == b.Kind() {
			return constant.BinaryOp(a, token.ADD, b)
		}
	case *ast.CallExpr:
		if s.calls(x, "cmp", "Or") && !x.Ellipsis.IsValid() {
			return s.firstNotZero(x.Args, bound)
		}
	}
	return nil
}

func (s *source) firstNotZero(list []ast.Expr, bound parameters) (c constant.Value) {
	for _, x := range list {
		switch c = s.constant(x, bound); {
		case c == nil, c.Kind() == constant.String && constant.StringVal(c) != "":
			return c
		case (c.Kind() == constant.Int || c.Kind() == constant.Float) && constant.Sign(c) != 0, c.Kind() == constant.Bool && constant.BoolVal(c):
			return c
		}
	}
	return c
}

// declaring returns the package that declares obj, and obj as that package knows it.
func (e *evaluator) declaring(s *source, obj types.Object) (*source, types.Object) {
	if obj == nil || obj.Pkg() == nil || obj.Pkg() == s.types {
		return s, obj
	}
	in, err := e.finder.loader.load(obj.Pkg().Path())
	if err != nil {
		return nil, nil
	}
	return in, in.types.Scope().Lookup(obj.Name())
}

// soleResult is what a function whose body is one return statement returns.
func soleResult(fn *ast.FuncDecl) ast.Expr {
	if fn.Body == nil || len(fn.Body.List) != 1 || fn.Recv != nil {
		return nil
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	return ret.Results[0]
}

// unknown reports what cannot be read at a node.
func (f *finder) unknown(s *source, n ast.Node, message string) {
	f.report.Unknown = append(f.report.Unknown, Unknown{Position: s.at(n.Pos()), Message: message})
}
