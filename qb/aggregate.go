package qb

import (
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// aggregates are the functions over the rows of a group.
var aggregates = []string{"count", "sum", "avg", "min", "max"}

// aggregateCall is an aggregate as it is written: "count(*)", "sum(b.price)",
// "count(distinct author)".
type aggregateCall struct {
	fn, path string
	distinct bool
}

// parseAggregate takes an aggregate apart; ok is false for text that is no call.
func parseAggregate(text string) (c aggregateCall, ok bool) {
	name, arg, found := strings.Cut(text, "(")
	if !found || name == "" || !strings.HasSuffix(arg, ")") {
		return c, false
	}
	arg = strings.TrimSpace(strings.TrimSuffix(arg, ")"))
	if word, rest, more := strings.Cut(arg, " "); more && strings.EqualFold(word, "distinct") {
		c.distinct, arg = true, strings.TrimSpace(rest)
	}
	if arg != "*" {
		c.path = arg
	}
	c.fn = strings.ToLower(strings.TrimSpace(name))
	return c, true
}

// String returns the call as it is written.
func (c aggregateCall) String() string {
	arg := c.path
	if arg == "" {
		arg = "*"
	}
	if c.distinct {
		arg = "distinct " + arg
	}
	return c.fn + "(" + arg + ")"
}

// aggregateOf makes the expression of a field with Func.
func aggregateOf(f conditions.Field) Aggregate {
	g := Aggregate{Func: f.Func, Distinct: f.Distinct, Field: f}
	g.Field.Func, g.Field.Distinct = "", false
	return g
}

// resolve finds what an aggregate is about, as a field with Func, and the type of
// its values. A mistake has class, text and hint only.
func (c aggregateCall) resolve(env conditions.Env) (conditions.Field, *mapper.Type, *conditions.Error) {
	var f conditions.Field
	mistake := func(class error, got, hint string) (conditions.Field, *mapper.Type, *conditions.Error) {
		return f, nil, &conditions.Error{Class: class, Got: got, Hint: hint}
	}
	if hint := didYouMean(c.fn, aggregates); !isAggregate(c.fn) {
		return mistake(ErrStep, "there is no aggregate "+c.fn, hint)
	}
	if c.path == "" {
		if c.fn != "count" || c.distinct {
			return mistake(ErrStep, c.fn+" needs a property", "write "+c.fn+"(property)")
		}
		f.Func = c.fn
		return f, TypeOf(f), nil
	}
	f, typ, err := c.operand(env)
	if err != nil {
		e, _ := err.(*Error)
		return mistake(e.Class, "", e.Hint)
	}
	if throughMany(f) {
		return mistake(ErrStep, "an aggregate cannot walk a to-many relation", "join it, and aggregate over the alias of the join")
	}
	if f.Property != nil && len(f.Property.Columns) > 1 && (c.fn != "count" || c.distinct) {
		return mistake(conditions.ErrOperator, c.String()+" needs one value, and "+f.Property.Path+" has several columns", "name one of them, or count the rows of a query with GroupBy")
	}
	f.Func, f.Distinct = c.fn, c.distinct
	if got := unfitFor(c.fn, typ); got != "" {
		return mistake(conditions.ErrOperator, got, "")
	}
	return f, TypeOf(f), nil
}

// operand finds what an aggregate is about, a column of a joined query too.
func (c aggregateCall) operand(env conditions.Env) (conditions.Field, *mapper.Type, error) {
	if env.Computed != nil {
		if column, _ := env.Computed(c.path); column != nil && column.Field.Func == "" {
			return column.Field, column.Type, nil
		}
	}
	f, err := resolveField(env, c.path, 0)
	return f, TypeOf(conditions.Field{Property: f.Property, Part: f.Part, JSON: f.JSON, As: f.As}), err
}

// Type returns the type of the aggregate's values; nil where only a value can tell.
func (g Aggregate) Type() *mapper.Type {
	f := g.Field
	f.Func, f.Distinct = g.Func, g.Distinct
	return TypeOf(f)
}

func isAggregate(fn string) bool {
	for _, known := range aggregates {
		if fn == known {
			return true
		}
	}
	return false
}

func throughMany(f conditions.Field) bool {
	for _, hop := range f.Hops {
		if hop.Kind.IsToMany() {
			return true
		}
	}
	return false
}

// unfitFor says why a function cannot aggregate values of a type, "" when it can.
func unfitFor(fn string, t *mapper.Type) string {
	if t == nil || fn == "count" {
		return ""
	}
	kind := databaseKind(t)
	switch kind {
	case mapper.Int, mapper.Uint, mapper.Float, mapper.DecimalKind, mapper.Duration:
		return ""
	case mapper.Bool, mapper.Bytes, mapper.JSON, mapper.Array:
		if fn == "min" || fn == "max" {
			return fn + " needs values that have an order"
		}
	}
	if fn == "sum" || fn == "avg" {
		return fn + " needs numbers"
	}
	return ""
}

// databaseKind is the kind of a value in the database, for a custom type too.
func databaseKind(t *mapper.Type) mapper.ValueKind {
	if t.Kind == mapper.Custom {
		return t.Custom.Kind()
	}
	return t.Kind
}

// TypeOf returns the type of a field's values: for an aggregate that of its result,
// for the inverse side of a one-to-one that of the target's key. It is nil where only
// a value itself can tell.
func TypeOf(f conditions.Field) *mapper.Type {
	if f.Func != "" {
		return resultType(f)
	}
	switch {
	case f.Property == nil:
		return nil
	case f.JSON != nil && f.As == 0:
		return nil
	case f.JSON != nil:
		return &mapper.Type{Kind: f.As, Bits: 64}
	case f.Property.Elsewhere():
		return f.Property.Relation.Target.KeyColumns[f.Part].Type
	case f.Property.Relation != nil && len(f.Property.Columns) == 0:
		return f.Property.Relation.Target.KeyColumns[0].Type
	case f.Property.Relation != nil:
		return f.Property.Columns[f.Part].Type
	}
	return f.Property.Type
}

// resultType is the type of an aggregate: sums have 64 bits, a mean is a float, or
// of decimals a decimal of more digits, the smallest and greatest are values of the field.
func resultType(f conditions.Field) *mapper.Type {
	fn := f.Func
	f.Func = ""
	of := TypeOf(f)
	switch {
	case fn == "count":
		return countType
	case of == nil || fn == "min" || fn == "max":
		return of
	}
	switch kind := databaseKind(of); {
	case kind == mapper.DecimalKind && fn == "avg":
		return &mapper.Type{Kind: kind, GoName: of.GoName, Precision: decimalDigits, Scale: of.Scale + 4}
	case kind == mapper.DecimalKind:
		return &mapper.Type{Kind: kind, GoName: of.GoName, Precision: decimalDigits, Scale: of.Scale}
	case kind == mapper.Duration:
		return of
	case fn == "avg":
		return &mapper.Type{Kind: mapper.Float, GoName: "float64", Bits: 64}
	default:
		return &mapper.Type{Kind: kind, GoName: of.GoName, Bits: 64}
	}
}

// decimalDigits is the precision of computed decimals.
const decimalDigits = 34

// countType is the type of a number of rows.
var countType = &mapper.Type{Kind: mapper.Int, GoName: "int64", Bits: 64}
