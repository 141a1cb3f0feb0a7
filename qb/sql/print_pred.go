package sql

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// longList is how many members a conjunction or disjunction may have before it
// is written as a balanced tree: SQLite refuses expressions 1,000 deep.
const longList = 64

// pred writes a truth-valued expression, always in parentheses of its own.
func (p *printer) pred(n plan.Pred) {
	switch n := n.(type) {
	case nil:
		p.write("TRUE")
	case *plan.And:
		p.list(" AND ", n.Preds)
	case *plan.Or:
		p.list(" OR ", n.Preds)
	case plan.Bool:
		if n {
			p.write("TRUE")
		} else {
			p.write("FALSE")
		}
	case *plan.Compare:
		p.compare(n)
	case *plan.Null:
		p.null(n)
	case *plan.InList:
		p.d.lists.in(p, n)
	case *plan.InConsts:
		p.inConsts(n)
	case *plan.InSelect:
		p.inSelect(n)
	case *plan.TupleIn:
		p.tupleIn(n)
	case *plan.Match:
		p.match(n)
	case *plan.Set:
		p.set(n)
	case *plan.Elements:
		p.d.elements.some(p, n)
	case *plan.Exists:
		p.exists(n)
	case *plan.NotTrue:
		p.test("? IS NOT TRUE", func() { p.pred(n.Pred) })
	case *plan.RawPred:
		p.rawPred(n)
	default:
		p.fail("%w: unknown predicate %T", ErrQuery, n)
	}
}

// list writes members joined by AND or OR.
func (p *printer) list(operator string, preds []plan.Pred) {
	p.write("(")
	if len(preds) > longList {
		half := len(preds) / 2
		p.list(operator, preds[:half])
		p.write(operator)
		p.list(operator, preds[half:])
	} else {
		p.each(len(preds), operator, func(i int) { p.pred(preds[i]) })
	}
	p.write(")")
}

// operators spells comparisons.
var operators = map[conditions.Op]string{
	conditions.OpEq: " = ", conditions.OpNe: " != ",
	conditions.OpGt: " > ", conditions.OpGte: " >= ",
	conditions.OpLt: " < ", conditions.OpLte: " <= ",
}

func (p *printer) compare(n *plan.Compare) {
	op, ok := operators[n.Op]
	if !ok {
		p.fail("%w: operator %d does not compare", ErrQuery, n.Op)
		return
	}
	p.write("(")
	if j, ok := n.Left.(*plan.JSON); ok {
		p.d.json.value(p, j)
		p.write(op)
		p.jsonArg(j, n.Right)
	} else {
		p.comparable(n.Left)
		p.write(op)
		p.comparable(n.Right)
	}
	p.write(")")
}

func (p *printer) null(n *plan.Null) {
	j, inside := n.Expr.(*plan.JSON)
	if r, ok := n.Expr.(*plan.Ref); ok && r.Type != nil && kindOf(r.Type) == mapper.JSON {
		j, inside = &plan.JSON{Document: r}, true // JSON's null is no value
	}
	switch {
	case inside && j.As == 0:
		p.jsonNull(j, n.Not)
	case n.Not:
		p.test("? IS NOT NULL", p.of(n.Expr))
	default:
		p.test("? IS NULL", p.of(n.Expr))
	}
}

func (p *printer) inConsts(n *plan.InConsts) {
	p.write("(")
	p.expr(n.Expr)
	if len(n.Values) == 1 {
		p.write(" = ")
		p.expr(n.Values[0])
	} else {
		p.write(" IN (")
		p.each(len(n.Values), ", ", func(i int) { p.expr(n.Values[i]) })
		p.write(")")
	}
	p.write(")")
}

func (p *printer) inSelect(n *plan.InSelect) {
	p.test("? IN ?", func() { p.row(n.Exprs) }, func() { p.sub(n.Query) })
}

// row writes expressions side by side, several of them in parentheses.
func (p *printer) row(list []plan.Expr) {
	if len(list) == 1 {
		p.comparable(list[0])
		return
	}
	p.write("(")
	p.exprs(list)
	p.write(")")
}

func (p *printer) tupleIn(n *plan.TupleIn) {
	refs := make([]plan.Expr, len(n.Refs))
	for i, r := range n.Refs {
		refs[i] = r
	}
	p.test("? "+notIn(n.Not)+" (?)", func() { p.row(refs) }, func() { p.d.lists.tuples(p, n) })
}

func (p *printer) exists(n *plan.Exists) {
	p.write("(")
	if n.Not {
		p.write("NOT ")
	}
	p.write("EXISTS ")
	p.sub(n.Query)
	p.write(")")
}

func (p *printer) rawPred(n *plan.RawPred) {
	if n.Not {
		p.test("NOT (?)", func() { p.raw(n.Raw) })
		return
	}
	p.test("?", func() { p.raw(n.Raw) })
}
