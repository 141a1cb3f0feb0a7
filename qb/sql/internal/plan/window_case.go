package plan

import "github.com/weft-orm/weft/qb"

// window plans a function over a window.
func (b *selectBuilder) window(e *qb.WindowExpr) Expr {
	w := &Window{Call: Call{Func: e.Func, Distinct: e.Distinct}, Offset: e.Offset}
	if e.Field.Property != nil {
		w.Call.Arg = b.scope.value(e.Field, false).expr
	} else {
		w.Plain = e.Func != "count"
	}
	for _, p := range e.Partition {
		w.Partition = append(w.Partition, b.parts(p)...)
	}
	for _, o := range e.OrderBy {
		w.OrderBy = append(w.OrderBy, b.orderEntry(b.scope, o)...)
	}
	return w
}

// cases plans a case.
func (b *selectBuilder) cases(e *qb.CaseExpr) Expr {
	c := &Case{}
	for _, w := range e.Whens {
		c.Whens = append(c.Whens, When{b.scope.pred(w.If, false), b.expr(w.Then)})
	}
	if e.Else != nil {
		c.Else = b.expr(e.Else)
	}
	return c
}
