package sql

import (
	"strings"

	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

const (
	nullsFirst = qb.NullsFirst
	lockShare  = qb.LockShare
)

// longList is how many members a conjunction or disjunction may have before it
// is written as a balanced tree: SQLite refuses expressions 1,000 deep.
const longList = 64

// pred prints a truth-valued expression, always in parentheses of its own.
func (p *printer) pred(n plan.Pred) exp.Expression {
	switch n := n.(type) {
	case nil:
		return lit("TRUE")
	case *plan.And:
		return p.list(exp.AndType, n.Preds)
	case *plan.Or:
		return p.list(exp.OrType, n.Preds)
	case plan.Bool:
		if n {
			return lit("TRUE")
		}
		return lit("FALSE")
	case *plan.Compare:
		return p.compare(n)
	case *plan.Null:
		return p.null(n)
	case *plan.InList:
		return p.inList(n)
	case *plan.InConsts:
		return p.inConsts(n)
	case *plan.InSelect:
		return p.inSelect(n)
	case *plan.TupleIn:
		return p.tupleIn(n)
	case *plan.Match:
		return p.match(n)
	case *plan.Set:
		return p.set(n)
	case *plan.Exists:
		if n.Not {
			return test("NOT EXISTS ?", p.query(n.Query))
		}
		return test("EXISTS ?", p.query(n.Query))
	case *plan.NotTrue:
		return test("? IS NOT TRUE", p.pred(n.Pred))
	case *plan.RawPred:
		return p.rawPred(n)
	default:
		p.fail("%w: unknown predicate %T", ErrQuery, n)
		return lit("FALSE")
	}
}

// list prints members joined by AND or OR.
func (p *printer) list(typ exp.ExpressionListType, preds []plan.Pred) exp.Expression {
	if len(preds) > longList {
		half := len(preds) / 2
		return exp.NewExpressionList(typ, p.list(typ, preds[:half]), p.list(typ, preds[half:]))
	}
	out := make([]exp.Expression, len(preds))
	for i, n := range preds {
		out[i] = p.pred(n)
	}
	return exp.NewExpressionList(typ, out...)
}

// operators spells comparisons.
var operators = map[conditions.Op]exp.BooleanOperation{
	conditions.OpEq: exp.EqOp, conditions.OpNe: exp.NeqOp,
	conditions.OpGt: exp.GtOp, conditions.OpGte: exp.GteOp,
	conditions.OpLt: exp.LtOp, conditions.OpLte: exp.LteOp,
}

func (p *printer) compare(n *plan.Compare) exp.Expression {
	op, ok := operators[n.Op]
	if !ok {
		p.fail("%w: operator %d does not compare", ErrQuery, n.Op)
		return lit("FALSE")
	}
	if j, ok := n.Left.(*plan.JSON); ok {
		return exp.NewBooleanExpression(op, p.d.json.value(p, j), p.jsonArg(j, n.Right))
	}
	return exp.NewBooleanExpression(op, p.comparable(n.Left), p.comparable(n.Right))
}

func (p *printer) null(n *plan.Null) exp.Expression {
	if j, ok := n.Expr.(*plan.JSON); ok {
		return p.jsonNull(j, n.Not)
	}
	if n.Not {
		return test("? IS NOT NULL", p.expr(n.Expr))
	}
	return test("? IS NULL", p.expr(n.Expr))
}

// inList prints membership in a list that is one parameter whatever its length.
func (p *printer) inList(n *plan.InList) exp.Expression {
	return p.d.lists.in(p, p.comparable(n.Expr), n)
}

func (p *printer) inConsts(n *plan.InConsts) exp.Expression {
	e := p.expr(n.Expr)
	if len(n.Values) == 1 {
		return exp.NewBooleanExpression(exp.EqOp, e, p.expr(n.Values[0]))
	}
	args := []any{e}
	for _, v := range n.Values {
		args = append(args, p.expr(v))
	}
	return test("? IN (?"+strings.Repeat(", ?", len(n.Values)-1)+")", args...)
}

func (p *printer) inSelect(n *plan.InSelect) exp.Expression {
	return test(row(len(n.Exprs))+" IN ?", append(p.exprs(n.Exprs), p.query(n.Query))...)
}

// row is the format of n expressions side by side: ?, or (?, ?).
func row(n int) string {
	if n == 1 {
		return "?"
	}
	return "(?" + strings.Repeat(", ?", n-1) + ")"
}

func (p *printer) tupleIn(n *plan.TupleIn) exp.Expression {
	refs := make([]any, len(n.Refs))
	for i, r := range n.Refs {
		refs[i] = p.comparable(r)
	}
	not := ""
	if n.Not {
		not = "NOT "
	}
	return test(row(len(refs))+" "+not+"IN (?)", append(refs, p.d.lists.tuples(p, n))...)
}

func (p *printer) rawPred(n *plan.RawPred) exp.Expression {
	if n.Not {
		return test("NOT (?)", p.raw(n.Raw))
	}
	return test("?", p.raw(n.Raw))
}
