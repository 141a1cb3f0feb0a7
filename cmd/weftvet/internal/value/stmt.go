package value

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// block walks statements; it reports whether the end is never reached.
func (in *Interp) block(list []ast.Stmt, env *Env) bool {
	for _, s := range list {
		if in.stmt(s, env) {
			return true
		}
	}
	return false
}

func (in *Interp) stmt(s ast.Stmt, env *Env) (ends bool) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		in.eval(s.X, env)
		if call, ok := s.X.(*ast.CallExpr); ok {
			id, ok := ast.Unparen(call.Fun).(*ast.Ident)
			return ok && id.Name == "panic" && in.Info.Uses[id] == types.Universe.Lookup("panic")
		}
	case *ast.AssignStmt:
		in.assign(s, env)
	case *ast.DeclStmt:
		in.declare(s, env)
	case *ast.ReturnStmt:
		in.returned(s, env)
		return true
	case *ast.BlockStmt:
		return in.block(s.List, env)
	case *ast.LabeledStmt:
		return in.stmt(s.Stmt, env)
	case *ast.IfStmt:
		return in.ifStmt(s, env)
	case *ast.ForStmt:
		in.optional(s.Init, env)
		in.loop(s, s.Body, env, func() {
			if s.Cond != nil {
				in.eval(s.Cond, env)
			}
		})
	case *ast.RangeStmt:
		in.rangeStmt(s, env)
	case *ast.SwitchStmt:
		in.optional(s.Init, env)
		if s.Tag != nil {
			in.eval(s.Tag, env)
		}
		return in.clauses(s.Body, env)
	case *ast.TypeSwitchStmt:
		in.optional(s.Init, env)
		in.optional(s.Assign, env)
		return in.clauses(s.Body, env)
	case *ast.SelectStmt:
		return in.clauses(s.Body, env)
	case *ast.GoStmt:
		in.eval(s.Call, env)
	case *ast.DeferStmt:
		in.eval(s.Call, env)
	case *ast.SendStmt:
		in.eval(s.Chan, env)
		in.eval(s.Value, env)
	case *ast.IncDecStmt:
		in.set(s.X, &Unknown{Expr: s.X, Type: in.Info.TypeOf(s.X)}, env)
	}
	return false
}

func (in *Interp) optional(s ast.Stmt, env *Env) {
	if s != nil {
		in.stmt(s, env)
	}
}

func (in *Interp) ifStmt(s *ast.IfStmt, env *Env) bool {
	in.optional(s.Init, env)
	in.eval(s.Cond, env)
	then := env.clone()
	thenEnds := in.block(s.Body.List, then)
	other := env.clone()
	otherEnds := s.Else != nil && in.stmt(s.Else, other)
	switch {
	case thenEnds && otherEnds:
		return true
	case thenEnds:
		env.vars = other.vars
	case otherEnds:
		env.vars = then.vars
	default:
		env.vars = then.vars
		env.join(other)
	}
	return false
}

func (in *Interp) clauses(body *ast.BlockStmt, env *Env) bool {
	before := env.clone()
	var after *Env
	hasDefault := false
	for _, c := range body.List {
		branch := before.clone()
		var list []ast.Stmt
		switch c := c.(type) {
		case *ast.CaseClause:
			list = c.Body
			hasDefault = hasDefault || c.List == nil
			for _, x := range c.List {
				if !in.Info.Types[x].IsType() {
					in.eval(x, branch)
				}
			}
		case *ast.CommClause:
			list = c.Body
			hasDefault = true
			in.optional(c.Comm, branch)
		}
		if in.block(list, branch) {
			continue
		}
		if after == nil {
			after = branch
		} else {
			after.join(branch)
		}
	}
	switch {
	case after == nil && hasDefault:
		return true
	case after == nil:
		env.vars = before.vars
	default:
		if !hasDefault {
			after.join(before)
		}
		env.vars = after.vars
	}
	return false
}

// loop walks the body once. What it assigns from scratch is not known when it begins.
func (in *Interp) loop(s ast.Stmt, body *ast.BlockStmt, env *Env, head func()) {
	ast.Inspect(body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || a.Tok == token.DEFINE {
			return true
		}
		for _, l := range a.Lhs {
			if id, ok := l.(*ast.Ident); ok {
				if obj := in.Info.Uses[id]; obj != nil && env.vars[obj] != nil && !grows(obj.Type()) {
					env.vars[obj] = &Unknown{Expr: id, Type: obj.Type()}
				}
			}
		}
		return true
	})
	head()
	inner := env.clone()
	inner.Loops = append(slices.Clip(env.Loops), s)
	in.block(body.List, inner)
	env.join(inner)
}

// grows reports types whose values are usually added to.
func grows(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Map, *types.Slice, *types.Pointer:
		return true
	}
	return false
}

func (in *Interp) rangeStmt(s *ast.RangeStmt, env *Env) {
	over := in.eval(s.X, env)
	outside := ""
	if u, ok := over.(*Unknown); ok {
		outside = u.Outside
	}
	in.loop(s, s.Body, env, func() {
		for _, x := range []ast.Expr{s.Key, s.Value} {
			if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
				in.set(id, &Unknown{Expr: id, Type: in.Info.TypeOf(id), Outside: textual(outside, in.Info.TypeOf(id))}, env)
			}
		}
	})
}
