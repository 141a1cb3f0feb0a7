package value

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Eval is what is known of an expression; calls in it are reported.
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
