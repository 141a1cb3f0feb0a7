package value

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// eval is what is known of an expression; calls in it are reported.
func (in *Interp) eval(x ast.Expr, env *Env) Value {
	if tv, ok := in.Info.Types[x]; ok && tv.Value != nil {
		return in.constant(x, tv)
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		return in.eval(x.X, env)
	case *ast.Ident:
		return in.ident(x, env)
	case *ast.CompositeLit:
		return in.literal(x, env)
	case *ast.CallExpr:
		return in.call(x, env)
	case *ast.BinaryExpr:
		a, b := in.eval(x.X, env), in.eval(x.Y, env)
		if x.Op == token.ADD {
			return in.concat(x, a, b)
		}
	case *ast.UnaryExpr:
		in.eval(x.X, env)
	case *ast.StarExpr:
		in.eval(x.X, env)
	case *ast.SelectorExpr:
		return in.selector(x, env)
	case *ast.IndexExpr:
		from := in.eval(x.X, env)
		if !in.Info.Types[x.Index].IsType() {
			in.eval(x.Index, env)
		}
		return in.inside(x, from)
	case *ast.SliceExpr:
		return in.inside(x, in.eval(x.X, env))
	case *ast.TypeAssertExpr:
		return in.inside(x, in.eval(x.X, env))
	case *ast.FuncLit:
		in.closure(x, env)
	case *ast.KeyValueExpr:
		in.eval(x.Value, env)
	}
	return in.unknown(x, env)
}

func (in *Interp) unknown(x ast.Expr, env *Env) *Unknown {
	return &Unknown{Expr: x, Type: env.Type(in.typeOf(x))}
}

func (in *Interp) typeOf(x ast.Expr) types.Type {
	if t := in.Info.TypeOf(x); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// inside is a piece of a value: it comes from outside when the whole does.
func (in *Interp) inside(x ast.Expr, from Value) Value {
	u := &Unknown{Expr: x, Type: in.typeOf(x)}
	if f, ok := from.(*Unknown); ok {
		u.Outside = in.judged(x, textual(f.Outside, u.Type))
	}
	return u
}

func (in *Interp) constant(x ast.Expr, tv types.TypeAndValue) Value {
	c := &Const{Expr: x, Type: tv.Type}
	switch v := tv.Value; v.Kind() {
	case constant.String:
		text := constant.StringVal(v)
		c.V, c.Parts = text, in.pieces(x, text)
	case constant.Bool:
		c.V = constant.BoolVal(v)
	case constant.Int:
		n, exact := constant.Int64Val(v)
		if !exact {
			return &Unknown{Expr: x, Type: tv.Type}
		}
		c.V = n
	case constant.Float:
		c.V, _ = constant.Float64Val(v)
	default:
		return &Unknown{Expr: x, Type: tv.Type}
	}
	if b, ok := tv.Type.Underlying().(*types.Basic); ok && b.Info()&types.IsFloat != 0 {
		if n, whole := c.V.(int64); whole {
			c.V = float64(n)
		}
	}
	return c
}

// pieces are the literals a constant text is written with.
func (in *Interp) pieces(x ast.Expr, text string) []Part {
	if b, ok := ast.Unparen(x).(*ast.BinaryExpr); ok && b.Op == token.ADD {
		left, right := in.Info.Types[b.X].Value, in.Info.Types[b.Y].Value
		if left != nil && right != nil && left.Kind() == constant.String && right.Kind() == constant.String {
			return append(in.pieces(b.X, constant.StringVal(left)), in.pieces(b.Y, constant.StringVal(right))...)
		}
	}
	return []Part{{text, x}}
}

// concat joins texts.
func (in *Interp) concat(x ast.Expr, a, b Value) Value {
	if alt, ok := a.(*Alt); ok {
		return in.spread(alt, func(v Value) Value { return in.concat(x, v, b) })
	}
	if alt, ok := b.(*Alt); ok {
		return in.spread(alt, func(v Value) Value { return in.concat(x, a, v) })
	}
	left, okLeft := Text(a)
	right, okRight := Text(b)
	if okLeft && okRight {
		return &Const{Expr: x, V: left + right, Type: in.typeOf(x), Parts: slices.Concat(a.(*Const).Parts, b.(*Const).Parts)}
	}
	u := &Unknown{Expr: x, Type: in.typeOf(x)}
	for _, v := range []Value{a, b} {
		if from, ok := v.(*Unknown); ok && u.Outside == "" {
			u.Outside = textual(from.Outside, u.Type)
		}
	}
	return u
}

func (in *Interp) spread(alt *Alt, f func(Value) Value) Value {
	var out Value
	for _, v := range alt.Values {
		if w := f(v); out == nil {
			out = w
		} else {
			out = merge(out, w)
		}
	}
	return out
}

func (in *Interp) ident(x *ast.Ident, env *Env) Value {
	obj := in.Info.Uses[x]
	if obj == nil {
		obj = in.Info.Defs[x]
	}
	if _, isNil := obj.(*types.Nil); isNil {
		return &Nil{x}
	}
	v := env.vars[obj]
	if v == nil {
		if init := in.globals[obj]; init != nil && !in.changed[obj] && len(in.stack) < maxDepth && in.budget > 0 {
			in.budget--
			in.stack = append(in.stack, nil)
			v = in.eval(init, &Env{vars: map[types.Object]Value{}, Func: env.Func, Inlined: true})
			in.stack = in.stack[:len(in.stack)-1]
		}
	}
	if v == nil {
		return in.unknown(x, env)
	}
	if in.changed[obj] {
		if m, ok := v.(*Map); ok {
			c := *m
			c.Open = true
			return &c
		}
		u := in.unknown(x, env)
		if from, ok := v.(*Unknown); ok {
			u.Outside = in.judged(x, from.Outside)
		}
		return u
	}
	if from, ok := v.(*Unknown); ok && from.Outside != "" {
		c := *from
		c.Outside = in.judged(x, from.Outside)
		return &c
	}
	return v
}

func (in *Interp) selector(x *ast.SelectorExpr, env *Env) Value {
	obj := in.Info.Uses[x.Sel]
	if v, ok := obj.(*types.Var); ok && !v.IsField() {
		return in.unknown(x, env) // a variable of another package
	}
	from := in.eval(x.X, env)
	if s, ok := from.(*Struct); ok {
		if v := s.Fields[x.Sel.Name]; v != nil {
			return v
		}
	}
	u := in.unknown(x, env)
	if f, ok := from.(*Unknown); ok {
		u.Outside = textual(f.Outside, u.Type)
	}
	if isRequest(in.typeOf(x.X)) {
		u.Outside = textual("the request", u.Type)
	}
	u.Outside = in.judged(x, u.Outside)
	return u
}

// literal evaluates maps, lists and structs.
func (in *Interp) literal(x *ast.CompositeLit, env *Env) Value {
	t := env.Type(in.typeOf(x))
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Map:
		m := &Map{Expr: x, Type: t}
		for _, elt := range x.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				m.Entries = append(m.Entries, &Entry{in.eval(kv.Key, env), in.eval(kv.Value, env)})
			}
		}
		return m
	case *types.Slice, *types.Array:
		l := &List{Expr: x, Type: t}
		for _, elt := range x.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
				l.Open = true
			}
			l.Items = append(l.Items, in.eval(elt, env))
		}
		if named, ok := types.Unalias(t).(*types.Named); ok && IsWeft(named.Obj()) && named.Obj().Name() == "D" {
			return in.document(l)
		}
		return l
	case *types.Struct:
		s := &Struct{Expr: x, Type: t, Fields: map[string]Value{}}
		for i, elt := range x.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				if key, ok := kv.Key.(*ast.Ident); ok {
					s.Fields[key.Name] = in.eval(kv.Value, env)
				}
			} else if i < u.NumFields() {
				s.Fields[u.Field(i).Name()] = in.eval(elt, env)
			}
		}
		return s
	}
	return in.unknown(x, env)
}

// document turns the literal of a conditions.D into a map.
func (in *Interp) document(l *List) Value {
	m := &Map{Expr: l.Expr, Type: l.Type, Open: l.Open}
	for _, item := range l.Items {
		s, ok := item.(*Struct)
		if !ok || s.Fields["Key"] == nil {
			m.Open = true
			continue
		}
		v := s.Fields["Value"]
		if v == nil {
			v = &Nil{s.Expr}
		}
		m.Entries = append(m.Entries, &Entry{s.Fields["Key"], v})
	}
	return m
}

// closure walks a function literal. What is assigned behind it is not known inside.
func (in *Interp) closure(x *ast.FuncLit, env *Env) {
	if len(in.stack) >= maxDepth {
		return
	}
	inner := env.clone()
	for obj := range inner.vars {
		if slices.ContainsFunc(in.assigned[obj], func(at token.Pos) bool { return at > x.End() }) {
			delete(inner.vars, obj)
		}
	}
	in.stack = append(in.stack, nil)
	in.frames = append(in.frames, &frame{})
	in.block(x.Body.List, inner)
	in.frames = in.frames[:len(in.frames)-1]
	in.stack = in.stack[:len(in.stack)-1]
}
