package gotypes

import (
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"

	"github.com/weft-orm/weft/mapper"
)

// whereType is the type of a filter's Where.
var whereType = reflect.TypeFor[func(mapper.Params) any]()

// filterValue makes a value of a filter's condition when the filter is applied.
type filterValue func(p mapper.Params) any

// where reads the Where of a filter whose body does nothing but return a condition of
// constants and parameters; ok is false for others.
func (in *interpreter) where(x ast.Expr) (func(mapper.Params) any, bool) {
	params, body := in.source.function(x)
	if body == nil || len(body.List) != 1 || params.NumFields() != 1 {
		return nil, false
	}
	ret, ok := body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil, false
	}
	var param types.Object
	if names := params.List[0].Names; len(names) == 1 {
		param = in.source.info.Defs[names[0]]
	}
	value, ok := in.filterValue(ret.Results[0], param)
	return value, ok
}

// filterValue reads a constant, a map or list, nil, or a parameter.
func (in *interpreter) filterValue(x ast.Expr, param types.Object) (filterValue, bool) {
	x = ast.Unparen(x)
	if c := in.source.info.Types[x].Value; c != nil {
		v, ok := plainConstant(c)
		return func(mapper.Params) any { return v }, ok
	}
	switch x := x.(type) {
	case *ast.Ident:
		_, isNil := in.source.info.Uses[x].(*types.Nil)
		return func(mapper.Params) any { return nil }, isNil
	case *ast.CallExpr:
		return in.parameter(x, param)
	case *ast.CompositeLit:
		switch in.source.info.TypeOf(x).Underlying().(type) {
		case *types.Map:
			return in.filterMap(x, param)
		case *types.Slice, *types.Array:
			return in.filterList(x, param)
		}
	}
	return nil, false
}

// parameter reads p.Get("name").
func (in *interpreter) parameter(call *ast.CallExpr, param types.Object) (filterValue, bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Get" || len(call.Args) != 1 || param == nil {
		return nil, false
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	name := in.source.info.Types[call.Args[0]].Value
	if !ok || in.source.info.Uses[id] != param || name == nil {
		return nil, false
	}
	return func(p mapper.Params) any { return p.Get(constant.StringVal(name)) }, true
}

func (in *interpreter) filterMap(lit *ast.CompositeLit, param types.Object) (filterValue, bool) {
	values := map[string]filterValue{}
	for _, elt := range lit.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			return nil, false
		}
		key := in.source.info.Types[pair.Key].Value
		if key == nil || key.Kind() != constant.String {
			return nil, false
		}
		if values[constant.StringVal(key)], ok = in.filterValue(pair.Value, param); !ok {
			return nil, false
		}
	}
	return func(p mapper.Params) any {
		out := make(map[string]any, len(values))
		for key, value := range values {
			out[key] = value(p)
		}
		return out
	}, true
}

func (in *interpreter) filterList(lit *ast.CompositeLit, param types.Object) (filterValue, bool) {
	values := make([]filterValue, len(lit.Elts))
	for i, elt := range lit.Elts {
		var ok bool
		if values[i], ok = in.filterValue(elt, param); !ok {
			return nil, false
		}
	}
	return func(p mapper.Params) any {
		out := make([]any, len(values))
		for i, value := range values {
			out[i] = value(p)
		}
		return out
	}, true
}

// plainConstant is a constant as a value of a condition.
func plainConstant(c constant.Value) (any, bool) {
	switch c.Kind() {
	case constant.Bool:
		return constant.BoolVal(c), true
	case constant.String:
		return constant.StringVal(c), true
	case constant.Int:
		n, exact := constant.Int64Val(c)
		return n, exact
	case constant.Float:
		f, _ := constant.Float64Val(c)
		return f, true
	}
	return nil, false
}
