package gotypes

import (
	"go/ast"
	"go/types"
	"reflect"

	"github.com/weft-orm/weft/mapper"
)

// interpreter follows the body of one mapper.Define. It understands statements
// that call methods of the builder, one after the other, with constants; every
// other statement is reported and left out.
type interpreter struct {
	finder  *finder
	source  *source
	bound   parameters
	builder *mapper.EntityBuilder
	param   types.Object // the builder, as the body names it
}

func (in *interpreter) unknown(n ast.Node, message string) {
	in.finder.unknown(in.source, n, message)
}

// statement runs one statement.
func (in *interpreter) statement(stmt ast.Stmt) {
	switch s := stmt.(type) {
	case *ast.EmptyStmt:
		return
	case *ast.ExprStmt:
		if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
			in.call(call)
			return
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok.String() == "const" {
			return
		}
	}
	in.unknown(stmt, "this statement inside Define is known only at run time; it was left out")
}

// call runs a call and returns the builder it gives, invalid when it could not be followed.
func (in *interpreter) call(call *ast.CallExpr) reflect.Value {
	if in.source.calls(call, mapperPath, "Field") {
		return in.field(call)
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		in.unknown(call, "this call inside Define is known only at run time; it was left out")
		return reflect.Value{}
	}
	target, known := in.target(sel.X)
	if !target.IsValid() {
		if !known {
			in.unknown(call, "this call inside Define is known only at run time; it was left out")
		}
		return reflect.Value{}
	}
	method := target.MethodByName(sel.Sel.Name)
	if !method.IsValid() {
		in.unknown(call, "the method "+sel.Sel.Name+" is unknown; its call was left out")
		return target
	}
	return in.invoke(target, method, sel.Sel.Name, call)
}

// target returns the builder that a method is called on; known says that a
// failure was reported already.
func (in *interpreter) target(x ast.Expr) (target reflect.Value, known bool) {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		if in.source.info.Uses[x] == in.param {
			return reflect.ValueOf(in.builder), true
		}
	case *ast.SelectorExpr:
		if x.Sel.Name == "EntityBuilder" {
			return in.target(x.X)
		}
	case *ast.CallExpr:
		return in.call(x), true
	}
	return reflect.Value{}, false
}

// invoke calls a builder's method with the constants written in the call.
func (in *interpreter) invoke(target, method reflect.Value, name string, call *ast.CallExpr) reflect.Value {
	args, bad := in.arguments(method.Type(), call)
	if bad != nil && in.finder.recorder != nil && name == "Custom" {
		in.finder.recorder(target, name, nil, nil)
		return target
	}
	if bad != nil {
		in.unknown(bad, "this argument of "+name+" is known only at run time; the call was left out")
		return target
	}
	results := method.Call(args)
	if in.finder.recorder != nil {
		in.finder.recorder(target, name, args, results)
	}
	if len(results) == 0 {
		return target
	}
	return results[0]
}

// arguments evaluates the arguments of a call; bad is one that is not constant.
func (in *interpreter) arguments(sig reflect.Type, call *ast.CallExpr) (args []reflect.Value, bad ast.Expr) {
	last := sig.NumIn() - 1
	for i, x := range call.Args {
		param := sig.In(min(i, last))
		if sig.IsVariadic() && i >= last {
			if call.Ellipsis.IsValid() {
				list, ok := in.value(x, param)
				if !ok {
					return nil, x
				}
				for j := range list.Len() {
					args = append(args, list.Index(j))
				}
				continue
			}
			param = param.Elem()
		}
		v, ok := in.value(x, param)
		if !ok {
			return nil, x
		}
		args = append(args, v)
	}
	return args, nil
}

// field follows mapper.Field(e, func(a *T) *F { return &a.Name }).
func (in *interpreter) field(call *ast.CallExpr) reflect.Value {
	if len(call.Args) != 2 {
		return reflect.Value{}
	}
	selector, ok := in.selector(call.Args[1])
	if !ok {
		in.unknown(call.Args[1], "this selector computes the field; the call was left out")
		return reflect.Value{}
	}
	field := reflect.ValueOf(in.builder.Field(selector))
	if in.finder.recorder != nil {
		in.finder.recorder(reflect.ValueOf(in.builder), "Field", []reflect.Value{reflect.ValueOf(selector)}, []reflect.Value{field})
	}
	return field
}

// selector reads the Go selector of a function that returns the address of a field.
func (in *interpreter) selector(x ast.Expr) (string, bool) {
	params, body := in.source.function(x)
	if body == nil || len(body.List) != 1 || params.NumFields() != 1 || len(params.List[0].Names) != 1 {
		return "", false
	}
	ret, ok := body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return "", false
	}
	address, ok := ast.Unparen(ret.Results[0]).(*ast.UnaryExpr)
	if !ok || address.Op.String() != "&" {
		return "", false
	}
	return in.path(address.X, in.source.info.Defs[params.List[0].Names[0]])
}

// path writes the fields that lead from a variable to x, embedded ones included.
func (in *interpreter) path(x ast.Expr, from types.Object) (string, bool) {
	sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	selection := in.source.info.Selections[sel]
	if selection == nil || selection.Kind() != types.FieldVal {
		return "", false
	}
	steps := fieldNames(selection.Recv(), selection.Index())
	if id, ok := ast.Unparen(sel.X).(*ast.Ident); ok {
		return steps, in.source.info.Uses[id] == from
	}
	outer, ok := in.path(sel.X, from)
	return outer + "." + steps, ok
}

// fieldNames joins the names of the fields at an index path.
func fieldNames(t types.Type, index []int) string {
	names := ""
	for _, i := range index {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		f := t.Underlying().(*types.Struct).Field(i)
		if names != "" {
			names += "."
		}
		names += f.Name()
		t = f.Type()
	}
	return names
}
