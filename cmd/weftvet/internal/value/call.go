package value

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// Callee is the function or method that a call names, nil for anything else.
func Callee(info *types.Info, call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	switch index := fun.(type) {
	case *ast.IndexExpr:
		fun = index.X
	case *ast.IndexListExpr:
		fun = index.X
	}
	var id *ast.Ident
	switch fun := fun.(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return nil
	}
	fn, _ := info.Uses[id].(*types.Func)
	return fn
}

// typeArguments are the type arguments of a call, inferred or not.
func (in *Interp) typeArguments(call *ast.CallExpr, env *Env) []types.Type {
	fun := ast.Unparen(call.Fun)
	switch index := fun.(type) {
	case *ast.IndexExpr:
		fun = index.X
	case *ast.IndexListExpr:
		fun = index.X
	}
	var id *ast.Ident
	switch fun := fun.(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	}
	var list []types.Type
	if inst, ok := in.Info.Instances[id]; ok {
		for i := range inst.TypeArgs.Len() {
			list = append(list, env.Type(inst.TypeArgs.At(i)))
		}
	}
	return list
}

func (in *Interp) call(x *ast.CallExpr, env *Env) Value {
	if tv := in.Info.Types[x.Fun]; tv.IsType() {
		return in.conversion(x, env)
	}
	if id, ok := ast.Unparen(x.Fun).(*ast.Ident); ok {
		if b, ok := in.Info.Uses[id].(*types.Builtin); ok {
			return in.builtin(x, b.Name(), env)
		}
	}
	var recv Value
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
		if s := in.Info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			recv = in.eval(sel.X, env)
			in.mayChange(sel, s, env)
		}
	} else if _, ok := ast.Unparen(x.Fun).(*ast.Ident); !ok {
		in.eval(x.Fun, env)
	}
	args := make([]Value, len(x.Args))
	for i, arg := range x.Args {
		args[i] = in.eval(arg, env)
	}
	fn := Callee(in.Info, x)
	if fn == nil {
		return in.results(x, env)
	}
	if IsWeft(fn) {
		c := &Call{Expr: x, Fn: fn.Origin(), Recv: recv, Args: args, TypeArgs: in.typeArguments(x, env), Spread: x.Ellipsis.IsValid()}
		if recv != nil {
			c.TypeArgs = receiverArguments(in.recvType(x, env))
		}
		in.OnCall(c, env)
		return c
	}
	if d := in.funcs[fn.Origin()]; d != nil {
		if v := in.inline(x, fn.Origin(), d, recv, args, env); v != nil {
			return v
		}
	}
	if text := in.text(fn, x, recv, args); text != nil {
		return text
	}
	v := in.results(x, env)
	if u, ok := v.(*Unknown); ok {
		u.Outside = textual(in.source(x, fn, recv, args), u.Type)
	}
	in.decoded(x, fn, recv, args, env)
	return v
}

// mayChange forgets a struct on which a method with a pointer is called.
func (in *Interp) mayChange(sel *ast.SelectorExpr, s *types.Selection, env *Env) {
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok {
		return
	}
	fn, _ := s.Obj().(*types.Func)
	if _, known := env.vars[in.Info.Uses[id]].(*Struct); !known || fn == nil {
		return
	}
	if _, pointer := fn.Signature().Recv().Type().Underlying().(*types.Pointer); pointer {
		delete(env.vars, in.Info.Uses[id])
	}
}

// results is what a call returns that is not followed.
func (in *Interp) results(x *ast.CallExpr, env *Env) Value {
	if t, ok := in.typeOf(x).(*types.Tuple); ok {
		tuple := &Tuple{Expr: x}
		for i := range t.Len() {
			tuple.Values = append(tuple.Values, &Unknown{Expr: x, Type: t.At(i).Type()})
		}
		return tuple
	}
	return in.unknown(x, env)
}

func (in *Interp) recvType(x *ast.CallExpr, env *Env) types.Type {
	sel := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	t := env.Type(in.typeOf(sel.X))
	s := in.Info.Selections[sel]
	// A promoted method's receiver is the embedded field at the end of the path.
	for _, i := range s.Index()[:len(s.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return t
		}
		t = st.Field(i).Type()
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		if named, ok := types.Unalias(p.Elem()).(*types.Named); ok && named.TypeArgs().Len() == 1 {
			if param, ok := types.Unalias(named.TypeArgs().At(0)).(*types.TypeParam); ok && env.types[param] != nil {
				if inst, err := types.Instantiate(nil, named.Origin(), []types.Type{env.types[param]}, false); err == nil {
					return inst
				}
			}
		}
	}
	return t
}

// receiverArguments are the type arguments of a generic receiver.
func receiverArguments(t types.Type) []types.Type {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return nil
	}
	var list []types.Type
	for i := range named.TypeArgs().Len() {
		list = append(list, named.TypeArgs().At(i))
	}
	return list
}

// inline walks the body of a function of the package with what is known of its arguments.
func (in *Interp) inline(x *ast.CallExpr, fn *types.Func, d *ast.FuncDecl, recv Value, args []Value, env *Env) Value {
	if !in.touches[fn] || len(in.stack) >= maxDepth || in.budget <= 0 || slices.Contains(in.stack, fn) {
		return nil
	}
	in.budget--
	inner := &Env{vars: map[types.Object]Value{}, types: map[*types.TypeParam]types.Type{}, Func: env.Func, Inlined: true, Loops: env.Loops}
	for p, t := range env.types {
		inner.types[p] = t
	}
	sig := fn.Signature()
	for i, t := range in.typeArguments(x, env) {
		if i < sig.TypeParams().Len() {
			inner.types[sig.TypeParams().At(i)] = t
		}
	}
	if recv != nil {
		for i, t := range receiverArguments(in.recvType(x, env)) {
			if i < sig.RecvTypeParams().Len() {
				inner.types[sig.RecvTypeParams().At(i)] = t
			}
		}
		if sig.Recv() != nil {
			inner.vars[sig.Recv()] = recv
		}
	}
	in.bind(x, sig, args, inner)
	f := &frame{}
	in.stack, in.frames = append(in.stack, fn), append(in.frames, f)
	in.block(d.Body.List, inner)
	in.stack, in.frames = in.stack[:len(in.stack)-1], in.frames[:len(in.frames)-1]
	var out Value
	for _, v := range f.returns {
		switch {
		case v == nil:
			return nil
		case out == nil:
			out = v
		default:
			out = mergeResults(out, v)
		}
	}
	return out
}

// mergeResults merges the results of two return statements.
func mergeResults(a, b Value) Value {
	x, ok := a.(*Tuple)
	y, both := b.(*Tuple)
	if !ok || !both || len(x.Values) != len(y.Values) {
		return merge(a, b)
	}
	out := &Tuple{Expr: x.Expr}
	for i := range x.Values {
		out.Values = append(out.Values, merge(x.Values[i], y.Values[i]))
	}
	return out
}

// bind gives parameters the values of arguments.
func (in *Interp) bind(x *ast.CallExpr, sig *types.Signature, args []Value, env *Env) {
	params := sig.Params()
	for i := range params.Len() {
		p := params.At(i)
		switch {
		case sig.Variadic() && i == params.Len()-1 && !x.Ellipsis.IsValid():
			list := &List{Expr: x, Type: p.Type()}
			if i < len(args) {
				list.Items = args[i:]
			}
			env.vars[p] = list
		case i < len(args) && len(args) >= params.Len():
			env.vars[p] = args[i]
		}
	}
}

// trimmed evaluates the one function of package strings that paths are made with.
func (in *Interp) trimmed(x *ast.CallExpr, fn *types.Func, args []Value) Value {
	if fn.Pkg() == nil || fn.Pkg().Path() != "strings" || len(args) != 2 || fn.Name() != "TrimSuffix" {
		return nil
	}
	text, ok := Text(args[0])
	suffix, known := Text(args[1])
	if !ok || !known {
		return nil
	}
	c := *args[0].(*Const)
	c.V = strings.TrimSuffix(text, suffix)
	if cut := len(text) - len(c.V.(string)); cut > 0 && len(c.Parts) > 0 {
		c.Parts = slices.Clone(c.Parts)
		last := &c.Parts[len(c.Parts)-1]
		last.Text = last.Text[:max(0, len(last.Text)-cut)]
	}
	return &c
}
