package gotypes

import (
	"go/ast"
	"go/constant"
	"reflect"
)

// value evaluates a constant, or a literal of constants, as a value of type t. A
// function is kept as one that does nothing: that there is one is all a mapping shows,
// unless it is the condition of a filter that is written plainly.
func (in *interpreter) value(x ast.Expr, t reflect.Type) (reflect.Value, bool) {
	x = ast.Unparen(x)
	if c := in.source.constant(x, in.bound); c != nil {
		return constantValue(c, t)
	}
	switch t.Kind() {
	case reflect.Func:
		return in.function(x, t)
	case reflect.Slice:
		lit, ok := x.(*ast.CompositeLit)
		if !ok {
			return reflect.Value{}, false
		}
		return in.list(lit, t)
	case reflect.Struct:
		lit, ok := x.(*ast.CompositeLit)
		if !ok {
			return reflect.Value{}, false
		}
		return in.structure(lit, t)
	}
	return reflect.Value{}, false
}

// constantValue converts a constant.
func constantValue(c constant.Value, t reflect.Type) (reflect.Value, bool) {
	v := reflect.New(t).Elem()
	switch {
	case t.Kind() == reflect.String && c.Kind() == constant.String:
		v.SetString(constant.StringVal(c))
	case t.Kind() == reflect.Bool && c.Kind() == constant.Bool:
		v.SetBool(constant.BoolVal(c))
	case t.Kind() == reflect.Int:
		n, exact := constant.Int64Val(constant.ToInt(c))
		v.SetInt(n)
		return v, exact
	default:
		return v, false
	}
	return v, true
}

// function stands in for a function that runs only in the program.
func (in *interpreter) function(x ast.Expr, t reflect.Type) (reflect.Value, bool) {
	if id, ok := x.(*ast.Ident); ok && id.Name == "nil" {
		return reflect.Zero(t), true
	}
	if t == whereType {
		if where, plain := in.where(x); plain {
			return reflect.ValueOf(where), true
		}
	}
	if t.NumIn() > 0 && in.finder.recorder == nil {
		what := "this function"
		if t == whereType {
			what = "the condition of this filter"
		}
		in.unknown(x, what+" is known only at run time; it is taken to say nothing")
	}
	return reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
		out := make([]reflect.Value, t.NumOut())
		for i := range out {
			out[i] = reflect.Zero(t.Out(i))
		}
		return out
	}), true
}

func (in *interpreter) list(lit *ast.CompositeLit, t reflect.Type) (reflect.Value, bool) {
	out := reflect.MakeSlice(t, 0, len(lit.Elts))
	for _, elt := range lit.Elts {
		v, ok := in.value(elt, t.Elem())
		if !ok {
			return out, false
		}
		out = reflect.Append(out, v)
	}
	return out, true
}

// structure evaluates a struct literal with named fields.
func (in *interpreter) structure(lit *ast.CompositeLit, t reflect.Type) (reflect.Value, bool) {
	out := reflect.New(t).Elem()
	for _, elt := range lit.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			return out, false
		}
		name, ok := pair.Key.(*ast.Ident)
		if !ok || !out.FieldByName(name.Name).IsValid() {
			return out, false
		}
		field := out.FieldByName(name.Name)
		v, ok := in.value(pair.Value, field.Type())
		if !ok {
			return out, false
		}
		field.Set(v)
	}
	return out, true
}
