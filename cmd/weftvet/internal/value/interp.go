package value

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Module is weft's module path.
const Module = "github.com/weft-orm/weft"

// Interp walks the functions of one package. It belongs to one goroutine.
type Interp struct {
	Pkg   *types.Package
	Info  *types.Info
	Files []*ast.File
	// Recipe returns how a function of another package puts a text together, nil for others.
	Recipe func(*types.Func) *Recipe
	// OnCall is told of every call of weft with what is known of its arguments.
	OnCall func(*Call, *Env)

	funcs   map[*types.Func]*ast.FuncDecl
	globals map[types.Object]ast.Expr
	// changed are variables of the package, and local ones, that are assigned where
	// the order of statements says nothing: in function literals, by address.
	changed map[types.Object]bool
	// assigned are the places where variables get another value.
	assigned map[types.Object][]token.Pos
	touches  map[*types.Func]bool
	checked  map[string]bool // expressions that a function compares or looks up, by function
	stack    []*types.Func
	frames   []*frame
	budget   int
}

// Env is what is known at one point of a function.
type Env struct {
	vars  map[types.Object]Value
	types map[*types.TypeParam]types.Type
	// Loops are the loops around the point, from the outside in.
	Loops []ast.Stmt
	// Func is the function walked from the start, Inlined tells that the point is in another one, called by it.
	Func    ast.Node
	Inlined bool
}

type frame struct {
	returns []Value
	results int
}

const (
	maxDepth  = 6
	maxInline = 400
)

// Prepare finds the declarations; to be called once the fields are set.
func (in *Interp) Prepare() {
	in.funcs, in.globals = map[*types.Func]*ast.FuncDecl{}, map[types.Object]ast.Expr{}
	in.changed, in.touches, in.checked = map[types.Object]bool{}, map[*types.Func]bool{}, map[string]bool{}
	in.assigned = map[types.Object][]token.Pos{}
	for _, file := range in.Files {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if fn, ok := in.Info.Defs[d.Name].(*types.Func); ok && d.Body != nil {
					in.funcs[fn] = d
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
						for i, name := range v.Names {
							if obj := in.Info.Defs[name]; obj != nil {
								in.globals[obj] = v.Values[i]
							}
						}
					}
				}
			}
		}
		in.findChanges(file)
	}
	for changed := true; changed; {
		changed = false
		for fn, d := range in.funcs {
			if !in.touches[fn] && in.concerns(fn, d) {
				in.touches[fn], changed = true, true
			}
		}
	}
}

// Run walks every function of the package.
func (in *Interp) Run() {
	for _, file := range in.Files {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Body != nil {
					in.budget = maxInline
					in.function(d)
				}
			case *ast.GenDecl:
				env := &Env{vars: map[types.Object]Value{}, Func: d}
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok {
						for _, x := range v.Values {
							in.budget = maxInline
							in.eval(x, env)
						}
					}
				}
			}
		}
	}
}

func (in *Interp) function(d *ast.FuncDecl) {
	env := &Env{vars: map[types.Object]Value{}, Func: d}
	in.frames = append(in.frames, &frame{})
	in.block(d.Body.List, env)
	in.frames = in.frames[:len(in.frames)-1]
}

// findChanges notes variables whose value the order of statements does not tell.
func (in *Interp) findChanges(file *ast.File) {
	var literals []*ast.FuncLit
	outside := func(obj types.Object) bool {
		if v, ok := obj.(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			return true
		}
		if len(literals) == 0 {
			return false
		}
		inner := literals[len(literals)-1]
		return obj.Pos() < inner.Pos() || obj.Pos() > inner.End()
	}
	note := func(x ast.Expr, always bool) {
		if id, ok := ast.Unparen(x).(*ast.Ident); ok {
			if obj := in.Info.Uses[id]; obj != nil {
				in.assigned[obj] = append(in.assigned[obj], id.Pos())
				in.changed[obj] = in.changed[obj] || always || outside(obj)
			}
		}
	}
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			literals = append(literals, n)
			ast.Inspect(n.Body, visit)
			literals = literals[:len(literals)-1]
			return false
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				note(l, false)
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				note(n.Key, false)
				note(n.Value, false)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				note(n.X, true)
			}
		}
		return true
	}
	ast.Inspect(file, visit)
}

// concerns reports a function that speaks of weft, returns something conditions
// can be made of, or calls one that does.
func (in *Interp) concerns(fn *types.Func, d *ast.FuncDecl) bool {
	results := fn.Signature().Results()
	for i := range results.Len() {
		switch t := results.At(i).Type().Underlying().(type) {
		case *types.Map, *types.Slice:
			return true
		case *types.Basic:
			if t.Info()&types.IsString != 0 {
				return true
			}
		}
	}
	found := false
	ast.Inspect(d, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !found {
			switch obj := in.Info.Uses[id].(type) {
			case *types.Func:
				found = in.touches[obj.Origin()] || IsWeft(obj)
			case *types.TypeName:
				found = IsWeft(obj)
			}
		}
		return !found
	})
	return found
}

// IsWeft reports an object of one of weft's packages that users call.
func IsWeft(obj types.Object) bool {
	if fn, isFunc := obj.(*types.Func); obj == nil || isFunc && fn == nil || obj.Pkg() == nil {
		return false
	}
	switch rest, ok := strings.CutPrefix(obj.Pkg().Path(), Module+"/"); {
	case !ok:
		return false
	default:
		return slices.Contains([]string{"orm", "qb", "conditions", "populate", "rel", "mapper"}, rest)
	}
}

// clone copies an environment for a branch.
func (env *Env) clone() *Env {
	c := *env
	c.vars = maps.Clone(env.vars)
	return &c
}

// join makes env what is known when it is either of two.
func (env *Env) join(other *Env) {
	for obj, v := range other.vars {
		if mine, ok := env.vars[obj]; ok {
			env.vars[obj] = merge(mine, v)
		} else {
			env.vars[obj] = v
		}
	}
}

// Type is a type with the type parameters of inlined generic functions replaced.
func (env *Env) Type(t types.Type) types.Type {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		if known := env.types[t]; known != nil {
			return known
		}
	case *types.Pointer:
		return types.NewPointer(env.Type(t.Elem()))
	}
	return t
}

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
