package value

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Recipe is a function that puts a text together from constants and its arguments,
// such as the methods weft gen writes. It travels between packages.
type Recipe struct {
	// Name is "Func" or "Type.Method".
	Name   string
	Pieces []Piece
	// Suffix is cut off the end.
	Suffix string
}

// Piece is a constant, or an argument.
type Piece struct {
	Const string
	// Arg is 0 for a constant, -1 for the receiver, i for the i-th parameter from 1.
	Arg int
}

// Recipes finds the functions of a package that put texts together, ordered by name.
func Recipes(info *types.Info, files []*ast.File) []Recipe {
	var out []Recipe
	for _, file := range files {
		for _, decl := range file.Decls {
			d, ok := decl.(*ast.FuncDecl)
			if !ok || d.Body == nil || len(d.Body.List) != 1 {
				continue
			}
			ret, ok := d.Body.List[0].(*ast.ReturnStmt)
			fn, isFunc := info.Defs[d.Name].(*types.Func)
			if !ok || !isFunc || len(ret.Results) != 1 || !isString(info.TypeOf(ret.Results[0])) {
				continue
			}
			if r, ok := recipeOf(info, fn, ret.Results[0]); ok {
				r.Name = FuncName(fn)
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b Recipe) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// FuncName names a function or method within its package.
func FuncName(fn *types.Func) string {
	if r := fn.Signature().Recv(); r != nil {
		t := types.Unalias(r.Type())
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		if named, ok := t.(*types.Named); ok {
			return named.Obj().Name() + "." + fn.Name()
		}
	}
	return fn.Name()
}

func recipeOf(info *types.Info, fn *types.Func, x ast.Expr) (Recipe, bool) {
	x = ast.Unparen(x)
	var t Recipe
	if call, ok := x.(*ast.CallExpr); ok && len(call.Args) == 2 {
		if callee := Callee(info, call); callee != nil && callee.FullName() == "strings.TrimSuffix" {
			suffix := info.Types[call.Args[1]].Value
			if suffix == nil {
				return t, false
			}
			t.Suffix, x = constant.StringVal(suffix), call.Args[0]
		}
	}
	var ok bool
	t.Pieces, ok = piecesOf(info, fn, x)
	return t, ok && slices.ContainsFunc(t.Pieces, func(p Piece) bool { return p.Arg != 0 || p.Const != "" })
}

func piecesOf(info *types.Info, fn *types.Func, x ast.Expr) ([]Piece, bool) {
	x = ast.Unparen(x)
	if v := info.Types[x].Value; v != nil && v.Kind() == constant.String {
		return []Piece{{Const: constant.StringVal(v)}}, true
	}
	switch x := x.(type) {
	case *ast.BinaryExpr:
		if x.Op != token.ADD {
			return nil, false
		}
		a, okA := piecesOf(info, fn, x.X)
		b, okB := piecesOf(info, fn, x.Y)
		return append(a, b...), okA && okB
	case *ast.CallExpr:
		if info.Types[x.Fun].IsType() && len(x.Args) == 1 && isString(info.TypeOf(x.Args[0])) {
			return piecesOf(info, fn, x.Args[0])
		}
	case *ast.Ident:
		sig := fn.Signature()
		if sig.Recv() != nil && info.Uses[x] == sig.Recv() && isString(sig.Recv().Type()) {
			return []Piece{{Arg: -1}}, true
		}
		for i := range sig.Params().Len() {
			if info.Uses[x] == sig.Params().At(i) && !(sig.Variadic() && i == sig.Params().Len()-1) {
				return []Piece{{Arg: i + 1}}, true
			}
		}
	}
	return nil, false
}

// text evaluates a function that puts a text together.
func (in *Interp) text(fn *types.Func, x *ast.CallExpr, recv Value, args []Value) Value {
	if v := in.trimmed(x, fn, args); v != nil {
		return v
	}
	if in.Recipe == nil {
		return nil
	}
	t := in.Recipe(fn)
	if t == nil {
		return nil
	}
	out := &Const{Expr: x, V: "", Type: in.typeOf(x)}
	for _, p := range t.Pieces {
		from := Value(&Const{V: p.Const, Parts: []Part{{p.Const, x}}})
		switch {
		case p.Arg < 0:
			from = recv
		case p.Arg > 0 && p.Arg <= len(args):
			from = args[p.Arg-1]
		case p.Arg > 0:
			return nil
		}
		text, ok := Text(from)
		if !ok {
			return nil
		}
		out.V = out.V.(string) + text
		out.Parts = append(out.Parts, Part{text, x})
	}
	if n := len(t.Suffix); n > 0 {
		text := out.V.(string)
		if len(text) >= n && text[len(text)-n:] == t.Suffix {
			out.V, out.Parts = text[:len(text)-n], []Part{{text[:len(text)-n], x}}
		}
	}
	return out
}
