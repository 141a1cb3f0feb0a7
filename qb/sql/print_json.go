package sql

import (
	"strconv"
	"strings"

	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// jsonForm is how an engine reads documents. A value of another kind than the
// one asked for, JSON null and a missing key all read as NULL. Paths travel as
// parameters: their keys come from conditions.
type jsonForm interface {
	// value is the value at a path as an SQL value of kind As.
	value(p *printer, j *plan.JSON) exp.Expression
	// absent is text equal to 'null' where there is no value at the path.
	absent(p *printer, j *plan.JSON) exp.Expression
	// number turns a number of a condition into what compares with value.
	number(v any) (any, error)
	// keys tests for keys of an object; keys is a string or a list of strings.
	keys(p *printer, j *plan.JSON, op conditions.Op, keys conditions.Slot) exp.Expression
}

// arrayForm is how an engine tests an array column as a set.
type arrayForm func(p *printer, n *plan.Set) exp.Expression

// jsonNull prints whether there is a value at a path.
func (p *printer) jsonNull(j *plan.JSON, not bool) exp.Expression {
	if not {
		return test("? <> 'null'", p.d.json.absent(p, j))
	}
	return test("? = 'null'", p.d.json.absent(p, j))
}

// jsonArg is the placeholder of a value that is compared with one in a document.
func (p *printer) jsonArg(j *plan.JSON, e plan.Expr) exp.Expression {
	a, ok := e.(*plan.Arg)
	if !ok {
		return p.comparable(e)
	}
	switch j.As {
	case mapper.Int, mapper.Uint, mapper.Float:
		return p.slot(a.Slot, p.d.json.number)
	case mapper.Bool:
		return p.slot(a.Slot, p.d.encode(&mapper.Type{Kind: mapper.Bool}))
	default:
		return p.slot(a.Slot, jsonString)
	}
}

// jsonString writes values that documents hold as text.
func jsonString(v any) (any, error) {
	if t := untypedKinds(v); t != nil {
		return sqliteEncode(t)(v)
	}
	return v, nil
}

// set prints an operator on an array or a document.
func (p *printer) set(n *plan.Set) exp.Expression {
	a, ok := n.Arg.(*plan.Arg)
	if !ok {
		p.fail("%w: a set operator needs a list of values", ErrUnsupported)
		return lit("FALSE")
	}
	switch n.Op {
	case conditions.OpHasKey, conditions.OpHasKeys, conditions.OpHasSomeKeys:
		j := documentOf(n.Expr)
		if j == nil {
			p.fail("%w: keys of something that is not a document", ErrQuery)
			return lit("FALSE")
		}
		has := p.d.json.keys(p, j, n.Op, a.Slot)
		if n.Not {
			return test("? AND NOT ?", p.jsonNull(j, true), has)
		}
		return has
	case conditions.OpSize:
		return p.arraySize(n, a)
	default:
		in := p.d.arrays(p, n)
		if n.Not {
			return test("? IS NOT NULL AND NOT ?", p.expr(n.Expr), in)
		}
		return in
	}
}

// arraySize compares the number of elements of an array.
func (p *printer) arraySize(n *plan.Set, a *plan.Arg) exp.Expression {
	op, ok := operators[n.SizeOp]
	if !ok {
		op = operators[conditions.OpEq]
	}
	if n.Not {
		p.fail("%w: a negated size is a comparison of its own", ErrQuery)
	}
	return exp.NewBooleanExpression(op, lit(p.d.arraySize, p.expr(n.Expr)), p.slot(a.Slot, nil))
}

// documentOf is the document, or the place inside one, an operator is about.
func documentOf(e plan.Expr) *plan.JSON {
	switch e := e.(type) {
	case *plan.JSON:
		return e
	case *plan.Ref:
		return &plan.JSON{Document: e}
	default:
		return nil
	}
}

// jsonPath writes a path the way SQLite and MySQL read it, $."a"[0].
func jsonPath(path []string) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, k := range path {
		if isElement(k) {
			b.WriteString(k)
			continue
		}
		b.WriteByte('.')
		b.Write(appendJSONString(nil, k))
	}
	return b.String()
}

// isElement reports "[n]".
func isElement(k string) bool {
	if len(k) < 3 || k[0] != '[' || k[len(k)-1] != ']' {
		return false
	}
	_, err := strconv.ParseUint(k[1:len(k)-1], 10, 31)
	return err == nil
}
