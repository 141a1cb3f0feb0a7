package qb

import (
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Window is the rows around a row that a function looks at.
type Window struct {
	// PartitionBy are paths: rows that differ in them do not see each other.
	PartitionBy []string
	// OrderBy are order entries, in any form of [ParseOrder]. With an order an aggregate
	// runs up to the row and its equals.
	OrderBy []any
}

// RowNumber numbers the rows of a window, from 1.
func RowNumber(w Window) Term { return Term{fn: "row_number", window: &w} }

// Rank numbers the rows of a window, equal ones alike, with gaps behind them.
func Rank(w Window) Term { return Term{fn: "rank", window: &w} }

// DenseRank numbers the rows of a window, equal ones alike, without gaps.
func DenseRank(w Window) Term { return Term{fn: "dense_rank", window: &w} }

// Lag is the value of a path n rows before, in the order of the window.
func Lag(path string, n int, w Window) Term {
	return Term{fn: "lag", path: path, offset: n, window: &w}
}

// Lead is the value of a path n rows behind, in the order of the window.
func Lead(path string, n int, w Window) Term {
	return Term{fn: "lead", path: path, offset: n, window: &w}
}

// FirstValue is the value of a path in the first row of the window.
func FirstValue(path string, w Window) Term {
	return Term{fn: "first_value", path: path, window: &w}
}

// Over makes an aggregate look at the rows of a window instead of a group.
func (t Term) Over(w Window) Term {
	t.window = &w
	return t
}

// isRanking reports a function that needs nothing but the order of a window.
func isRanking(fn string) bool { return fn == "row_number" || fn == "rank" || fn == "dense_rank" }

// WindowExpr is a function over the rows of a window.
type WindowExpr struct {
	Func     string
	Distinct bool
	// Field is what the function is about; its Property is nil for count(*) and rankings.
	Field conditions.Field
	// Offset is that of lag and lead, 0 for others.
	Offset    int
	Partition []Expr
	OrderBy   []Order
}

// CaseExpr is the first of several values whose condition holds.
type CaseExpr struct {
	Whens []CaseWhen
	// Else is nil for NULL.
	Else Expr
	// Type is the type of the values.
	Type *mapper.Type
}

// CaseWhen is a value with its condition.
type CaseWhen struct {
	If   conditions.Node
	Then Expr
}

// ValueExpr is a value that comes with the execution.
type ValueExpr struct {
	Slot conditions.Slot
	Type *mapper.Type
}

func (*WindowExpr) expr() {}
func (*CaseExpr) expr()   {}
func (ValueExpr) expr()   {}

type when struct{ cond, then any }

// Case is the value of the first condition that holds: Case().When(cond, value).Else(value).
// Values are numbers, text, bools, and conditions.Col for that of a property; without
// Else the rest is NULL.
func Case() Term { return Term{fn: "case"} }

// When adds a condition, in any form of [Builder.Where], and its value.
func (t Term) When(cond, value any) Term {
	t.whens = add(t.whens, when{cond, value})
	return t
}

// Else is the value where no condition holds.
func (t Term) Else(value any) Term {
	t.orElse = value
	return t
}

// windowed makes a function over a window.
func (a *assembly) windowed(at step, t Term) (Expr, error) {
	fail := func(path, hint string) (Expr, error) {
		return nil, &Error{Class: ErrStep, Step: at.name, Number: at.number, Entity: a.b.entity.Name, Path: path, Hint: hint}
	}
	w := &WindowExpr{Func: t.fn, Distinct: t.distinct, Offset: t.offset}
	switch {
	case t.query != nil || t.sql != nil || t.fn == "case":
		return fail("", "only functions look at windows")
	case t.distinct:
		return fail(t.path, "no engine takes distinct values of a window")
	case isRanking(t.fn):
	case isAggregate(t.fn):
		f, _, mistake := t.call().resolve(a.env)
		if mistake != nil {
			return nil, misplaced(at, a.b.entity, t.call().String(), mistake)
		}
		w.Field = aggregateOf(f).Field
	default:
		f, err := a.field(at, t.path)
		if err != nil {
			return nil, err
		}
		if w.Field = f; throughMany(f) || t.offset < 0 {
			return fail(t.path, t.fn+" needs a value of the row, and an offset that is not negative")
		}
	}
	for _, path := range t.window.PartitionBy {
		f, err := a.field(at, path)
		if err != nil {
			return nil, err
		}
		w.Partition = append(w.Partition, FieldExpr{f})
	}
	if len(t.window.OrderBy) == 0 && !isAggregate(t.fn) {
		return fail("", t.fn+" needs an order")
	}
	orders, err := ParseOrder(a.env, t.window.OrderBy...)
	if err != nil {
		return nil, caused(at, err)
	}
	w.OrderBy = orders
	return w, nil
}

// field resolves a path, which may be a column of a joined sub-query.
func (a *assembly) field(at step, path string) (conditions.Field, error) {
	if c := a.queryColumn(path); c != nil {
		return c.Field, nil
	}
	f, err := resolveField(a.env, path, 0)
	if err != nil {
		return f, caused(at, err)
	}
	return f, nil
}

// cases makes a case.
func (a *assembly) cases(at step, t Term) (Expr, error) {
	c := &CaseExpr{}
	if len(t.whens) == 0 {
		return nil, &Error{Class: ErrStep, Step: at.name, Number: at.number, Entity: a.b.entity.Name, Hint: "a case needs a When"}
	}
	var err error
	for _, w := range t.whens {
		var out CaseWhen
		if out.If, err = a.compile(a.env, at, w.cond); err != nil {
			return nil, err
		}
		if out.Then, err = a.caseValue(at, c, w.then); err != nil {
			return nil, err
		}
		c.Whens = append(c.Whens, out)
	}
	if t.orElse != nil {
		c.Else, err = a.caseValue(at, c, t.orElse)
	}
	return c, err
}

// caseValue makes a value of a case; all of them have one type.
func (a *assembly) caseValue(at step, c *CaseExpr, v any) (Expr, error) {
	var typ *mapper.Type
	var out Expr
	switch v := v.(type) {
	case conditions.Column:
		f, err := a.field(at, string(v))
		if err != nil {
			return nil, err
		}
		typ, out = TypeOf(f), FieldExpr{f}
	default:
		for _, known := range []*mapper.Type{{Kind: mapper.Int, Bits: 64, GoName: "int64"}, {Kind: mapper.Float, Bits: 64, GoName: "float64"}, {Kind: mapper.Bool, GoName: "bool"}, {Kind: mapper.String, GoName: "string"}} {
			value, err := known.Convert(v)
			if err == nil && value != nil {
				typ, out = known, ValueExpr{a.slot(value), known}
				break
			}
		}
	}
	mixed := func(x, y *mapper.Type) bool {
		number := func(t *mapper.Type) bool { return t.Kind == mapper.Int || t.Kind == mapper.Float }
		return databaseKind(x) != databaseKind(y) && !(number(x) && number(y))
	}
	switch {
	case typ == nil:
		return nil, &Error{Class: ErrStep, Step: at.name, Number: at.number, Entity: a.b.entity.Name, Hint: "values of a case are numbers, text, bools, or conditions.Col"}
	case c.Type != nil && mixed(c.Type, typ):
		return nil, &Error{Class: ErrStep, Step: at.name, Number: at.number, Entity: a.b.entity.Name, Hint: "the values of a case are of one type"}
	case c.Type == nil || typ.Kind == mapper.Float:
		c.Type = typ
	}
	return out, nil
}

// queryColumn finds a column that a joined sub-query computes: "s.total".
func (a *assembly) queryColumn(path string) *conditions.Computed {
	if known, ok := a.computedColumns[path]; ok {
		return known
	}
	if a.computedColumns == nil {
		a.computedColumns = map[string]*conditions.Computed{}
	}
	a.computedColumns[path] = a.findColumn(path)
	return a.computedColumns[path]
}

func (a *assembly) findColumn(path string) *conditions.Computed {
	for _, j := range a.b.joins {
		name, ok := strings.CutPrefix(path, j.alias+".")
		q := j.query
		for _, w := range a.b.with {
			if j.source != "" && w.name == j.source {
				q = w.query
			}
		}
		if !ok || q == nil || q.err != nil {
			continue
		}
		inner := &assembly{b: q, env: q.env()}
		sel, err := inner.read()
		if err != nil {
			continue // the join will tell
		}
		for _, x := range sel.Exprs {
			if x.Name != name {
				continue
			}
			typ := exprType(x.Expr)
			if typ == nil {
				typ = &mapper.Type{}
			}
			column := &mapper.Column{Name: name, Type: typ, Nullable: true}
			p := &mapper.Property{Entity: sel.Entity, Name: name, Path: name, Index: -1, Kind: mapper.Scalar, Type: typ, Columns: []*mapper.Column{column}, Nullable: true}
			return &conditions.Computed{Field: conditions.Field{Alias: j.alias, Property: p}, Type: typ}
		}
	}
	return nil
}

// exprType is the type of an expression's values, nil where only the engine knows.
func exprType(e Expr) *mapper.Type {
	switch e := e.(type) {
	case FieldExpr:
		return TypeOf(e.Field)
	case Aggregate:
		return e.Type()
	case *WindowExpr:
		f := e.Field
		if isRanking(e.Func) {
			return countType
		}
		if isAggregate(e.Func) {
			f.Func, f.Distinct = e.Func, e.Distinct
		}
		return TypeOf(f)
	case *CaseExpr:
		return e.Type
	case ValueExpr:
		return e.Type
	}
	return nil
}
