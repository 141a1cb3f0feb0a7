package value

import (
	"go/ast"
	"go/types"
	"slices"
)

func (in *Interp) conversion(x *ast.CallExpr, env *Env) Value {
	if len(x.Args) != 1 {
		return in.unknown(x, env)
	}
	v := in.eval(x.Args[0], env)
	t := env.Type(in.typeOf(x))
	switch v := v.(type) {
	case *Const:
		if isString(v.Type) && isString(t) {
			c := *v
			c.Expr, c.Type = x, t
			return &c
		}
	case *Map:
		if _, ok := t.Underlying().(*types.Map); ok {
			return v
		}
	case *List:
		if _, ok := t.Underlying().(*types.Slice); ok {
			return v
		}
	case *Unknown:
		return &Unknown{Expr: x, Type: t, Outside: textual(v.Outside, t)}
	case *Nil:
		return v
	}
	return in.unknown(x, env)
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func (in *Interp) builtin(x *ast.CallExpr, name string, env *Env) Value {
	args := make([]Value, len(x.Args))
	for i, arg := range x.Args {
		if tv := in.Info.Types[arg]; !tv.IsType() {
			args[i] = in.eval(arg, env)
		}
	}
	switch name {
	case "append":
		return in.append(x, args, env)
	case "make":
		t := env.Type(in.typeOf(x))
		switch t.Underlying().(type) {
		case *types.Map:
			return &Map{Expr: x, Type: t}
		case *types.Slice:
			return &List{Expr: x, Type: t, Open: len(x.Args) < 3}
		}
	case "new":
		return in.unknown(x, env)
	}
	return in.unknown(x, env)
}

func (in *Interp) append(x *ast.CallExpr, args []Value, env *Env) Value {
	out := &List{Expr: x, Type: env.Type(in.typeOf(x))}
	switch base := args[0].(type) {
	case *List:
		out.Items, out.Open = slices.Clip(base.Items), base.Open
	case *Nil:
	case *Unknown:
		if base.Outside != "" {
			return base
		}
		out.Open = true
	default:
		out.Open = true
	}
	for i, arg := range args[1:] {
		if x.Ellipsis.IsValid() && i == len(args)-2 {
			if l, ok := arg.(*List); ok {
				out.Items = append(out.Items, l.Items...)
				out.Open = out.Open || l.Open
			} else {
				out.Open = true
			}
			continue
		}
		out.Items = append(out.Items, arg)
	}
	return out
}
