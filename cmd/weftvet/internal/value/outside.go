package value

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// inputs are the types whose methods and fields give what a client sent.
var inputs = map[string]string{
	"net/http.Request": "the request", "net/http.Header": "the request", "net/http.Cookie": "the request",
	"net/url.Values": "the request", "net/url.URL": "the request",
	"github.com/gin-gonic/gin.Context": "the request", "github.com/labstack/echo/v4.Context": "the request",
	"github.com/gofiber/fiber/v2.Ctx": "the request",
}

// carriers are packages whose functions hand text on that was given to them.
var carriers = []string{"strings", "fmt", "bytes", "bufio", "io", "encoding/json", "net/url", "path", "html", "unicode/utf8"}

func isRequest(t types.Type) bool { return inputs[typeName(t)] != "" }

func typeName(t types.Type) string {
	if t == nil {
		return ""
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil {
		return named.Obj().Pkg().Path() + "." + named.Obj().Name()
	}
	return ""
}

// textual keeps a source for types that can hold text: numbers, times and errors are harmless.
func textual(source string, t types.Type) string {
	if source == "" || t == nil {
		return ""
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsString == 0 {
			return ""
		}
	case *types.Interface:
		if u.NumMethods() == 1 && u.Method(0).Name() == "Error" {
			return ""
		}
	}
	return source
}

// source tells where the result of a call comes from.
func (in *Interp) source(x *ast.CallExpr, fn *types.Func, recv Value, args []Value) string {
	if recv != nil {
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
			if from := inputs[typeName(in.typeOf(sel.X))]; from != "" && fn.Name() != "Context" {
				return from
			}
		}
		if u, ok := recv.(*Unknown); ok && u.Outside != "" {
			return u.Outside
		}
	}
	if fn.Pkg() == nil || !slices.Contains(carriers, fn.Pkg().Path()) {
		return ""
	}
	for _, arg := range args {
		if u, ok := arg.(*Unknown); ok && u.Outside != "" {
			return u.Outside
		}
	}
	return ""
}

// decoded marks a variable that a decoder fills from outside.
func (in *Interp) decoded(x *ast.CallExpr, fn *types.Func, recv Value, args []Value, env *Env) {
	if fn.Name() != "Decode" && fn.Name() != "Unmarshal" || len(x.Args) == 0 {
		return
	}
	from := ""
	for _, v := range append([]Value{recv}, args...) {
		if u, ok := v.(*Unknown); ok && u.Outside != "" {
			from = u.Outside
		}
	}
	target, ok := ast.Unparen(x.Args[len(x.Args)-1]).(*ast.UnaryExpr)
	if !ok || target.Op != token.AND || from == "" {
		return
	}
	if id, ok := ast.Unparen(target.X).(*ast.Ident); ok {
		if obj := in.Info.Uses[id]; obj != nil {
			env.vars[obj] = &Unknown{Expr: id, Type: obj.Type(), Outside: from}
		}
	}
}

// judged drops the source of an expression that its function compares, looks up or
// hands to a check: what becomes of it is not known here.
func (in *Interp) judged(x ast.Expr, source string) string {
	if source == "" {
		return ""
	}
	file, body := in.around(x)
	if body == nil {
		return source
	}
	key := types.ExprString(x)
	if _, known := in.checked[in.checkKey(file, body, "")]; !known {
		in.checked[in.checkKey(file, body, "")] = true
		in.findChecks(file, body)
	}
	if in.checked[in.checkKey(file, body, key)] {
		return ""
	}
	return source
}

func (in *Interp) checkKey(file *ast.File, body *ast.FuncDecl, key string) string {
	return file.Name.Name + "\x00" + body.Name.Name + "\x00" + string(rune(body.Pos())) + "\x00" + key
}

// around is the function declaration an expression stands in.
func (in *Interp) around(x ast.Expr) (*ast.File, *ast.FuncDecl) {
	for _, file := range in.Files {
		if x.Pos() < file.FileStart || x.Pos() > file.FileEnd {
			continue
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok && d.Pos() <= x.Pos() && x.Pos() < d.End() {
				return file, d
			}
		}
	}
	return nil, nil
}

func (in *Interp) findChecks(file *ast.File, body *ast.FuncDecl) {
	note := func(x ast.Expr) {
		if x != nil {
			in.checked[in.checkKey(file, body, types.ExprString(ast.Unparen(x)))] = true
		}
	}
	empty := func(x ast.Expr) bool {
		v := in.Info.Types[x].Value
		return v != nil && v.ExactString() == `""` || in.Info.Types[x].IsNil()
	}
	assigned := map[ast.Expr]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				assigned[l] = true
			}
		case *ast.SwitchStmt:
			note(n.Tag)
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && !empty(n.X) && !empty(n.Y) {
				note(n.X)
				note(n.Y)
			}
		case *ast.IndexExpr:
			if t := in.Info.TypeOf(n.X); t != nil && !assigned[n] {
				if _, ok := t.Underlying().(*types.Map); ok {
					note(n.Index)
				}
			}
		case *ast.CallExpr:
			in.noteCheck(n, note)
		}
		return true
	})
}

// noteCheck notes the arguments of a call that answers yes or no, or with an error.
func (in *Interp) noteCheck(call *ast.CallExpr, note func(ast.Expr)) {
	fn := Callee(in.Info, call)
	if fn == nil || IsWeft(fn) || fn.Pkg() != nil && slices.Contains(carriers, fn.Pkg().Path()) && !strings.HasPrefix(fn.Name(), "Equal") {
		return
	}
	results := fn.Signature().Results()
	if results.Len() == 0 {
		return
	}
	switch t := results.At(results.Len() - 1).Type(); {
	case types.Identical(t, types.Typ[types.Bool]), results.Len() == 1 && types.Identical(t, types.Universe.Lookup("error").Type()):
		for _, arg := range call.Args {
			note(arg)
		}
	}
}
