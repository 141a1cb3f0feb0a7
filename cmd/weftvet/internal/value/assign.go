package value

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// set gives a variable, a map's entry or a field a value.
func (in *Interp) set(x ast.Expr, v Value, env *Env) {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		obj := in.Info.Defs[x]
		if obj == nil {
			obj = in.Info.Uses[x]
		}
		if obj != nil && x.Name != "_" {
			env.vars[obj] = v
		}
	case *ast.IndexExpr:
		in.setEntry(x, v, env)
	case *ast.SelectorExpr:
		id, ok := ast.Unparen(x.X).(*ast.Ident)
		if !ok {
			return
		}
		obj := in.Info.Uses[id]
		if s, ok := env.vars[obj].(*Struct); ok {
			c := *s
			c.Fields = maps.Clone(s.Fields)
			c.Fields[x.Sel.Name] = v
			env.vars[obj] = &c
		}
	}
}

func (in *Interp) setEntry(x *ast.IndexExpr, v Value, env *Env) {
	id, ok := ast.Unparen(x.X).(*ast.Ident)
	if !ok {
		return
	}
	obj := in.Info.Uses[id]
	if obj == nil {
		return
	}
	if _, isMap := obj.Type().Underlying().(*types.Map); !isMap {
		if _, known := env.vars[obj].(*List); known {
			env.vars[obj] = &Unknown{Expr: x, Type: obj.Type()}
		}
		return
	}
	m := &Map{Expr: id, Type: obj.Type(), Open: true}
	if known, ok := in.eval(id, env).(*Map); ok {
		c := *known
		m = &c
	}
	m.Entries = append(slices.Clip(m.Entries), &Entry{in.eval(x.Index, env), v})
	env.vars[obj] = m
}

func (in *Interp) assign(s *ast.AssignStmt, env *Env) {
	if len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		v := in.eval(s.Rhs[0], env)
		tuple, _ := v.(*Tuple)
		for i, l := range s.Lhs {
			switch {
			case tuple != nil && i < len(tuple.Values):
				in.set(l, tuple.Values[i], env)
			default:
				u := &Unknown{Expr: l, Type: in.Info.TypeOf(l)}
				if from, ok := v.(*Unknown); ok {
					u.Outside = textual(from.Outside, u.Type)
				}
				in.set(l, u, env)
			}
		}
		return
	}
	values := make([]Value, len(s.Rhs))
	for i, r := range s.Rhs {
		values[i] = in.eval(r, env)
		if s.Tok == token.ADD_ASSIGN {
			values[i] = in.concat(s.Lhs[i], in.eval(s.Lhs[i], env), values[i])
		} else if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
			values[i] = &Unknown{Expr: r, Type: in.Info.TypeOf(r)}
		}
	}
	for i, l := range s.Lhs {
		if i < len(values) {
			in.set(l, values[i], env)
		}
	}
}

func (in *Interp) declare(s *ast.DeclStmt, env *Env) {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok || d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range v.Names {
			switch {
			case len(v.Values) == len(v.Names):
				in.set(name, in.eval(v.Values[i], env), env)
			case len(v.Values) == 0:
				in.set(name, in.zero(name), env)
			case i == 0:
				in.eval(v.Values[0], env)
			}
		}
	}
}

// zero is the value of a variable that was declared only.
func (in *Interp) zero(name *ast.Ident) Value {
	t := in.Info.TypeOf(name)
	switch u := t.Underlying().(type) {
	case *types.Map:
		return &Map{Expr: name, Type: t}
	case *types.Slice:
		return &List{Expr: name, Type: t}
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return &Const{Expr: name, V: "", Type: t}
		}
	}
	return &Unknown{Expr: name, Type: t}
}

func (in *Interp) returned(s *ast.ReturnStmt, env *Env) {
	values := make([]Value, len(s.Results))
	for i, x := range s.Results {
		values[i] = in.eval(x, env)
	}
	f := in.frames[len(in.frames)-1]
	switch {
	case len(values) == 1:
		f.returns = append(f.returns, values[0])
	case len(values) > 1:
		f.returns = append(f.returns, &Tuple{Expr: s.Results[0], Values: values})
	default:
		f.returns = append(f.returns, nil) // named results
	}
}
