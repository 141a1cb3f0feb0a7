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
