package sql

import (
	"fmt"
	"strconv"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

func (p *printer) exprs(list []plan.Expr) {
	p.each(len(list), ", ", func(i int) { p.comparable(list[i]) })
}

// comparable writes an expression as it is compared and sorted: native enums as text.
func (p *printer) comparable(e plan.Expr) {
	if r, ok := e.(*plan.Ref); ok && r.Type != nil && r.Type.NativeEnum != "" && p.d.enumText != "" {
		p.format(p.d.enumText, p.of(e))
		return
	}
	p.expr(e)
}

// of is an expression as a part.
func (p *printer) of(e plan.Expr) part { return func() { p.expr(e) } }

// comparing is an expression as a part that is compared.
func (p *printer) comparing(e plan.Expr) part { return func() { p.comparable(e) } }

func (p *printer) expr(e plan.Expr) {
	switch e := e.(type) {
	case *plan.Ref:
		p.ident(e.Alias, e.Name)
	case *plan.Arg:
		p.arg(e)
	case *plan.Const:
		v, err := p.d.Encode(e.Type, e.Value)
		if err != nil {
			p.fail("%w", err)
		}
		p.constant(v)()
	case plan.Number:
		p.text = strconv.AppendInt(p.text, int64(e), 10)
	case *plan.Call:
		p.call(e)
	case *plan.Sub:
		p.sub(e.Query)
	case *plan.Raw:
		p.raw(e)
	case plan.Name:
		p.quote(string(e))
	case *plan.JSON:
		p.d.json.value(p, e)
	case *plan.RowNumber:
		p.write("ROW_NUMBER()")
		p.over(e.Partition, e.OrderBy)
	case *plan.Window:
		p.window(e)
	case *plan.Case:
		p.cases(e)
	case *plan.Typed:
		p.arg(e.Arg)
		if p.d.numbered { // elsewhere a parameter has the type of its value
			p.write("::" + p.d.columnType(e.Arg.Type, false))
		}
	case *plan.Minus:
		p.format("(? - ?)", p.of(e.Left), p.of(e.Right))
	default:
		p.fail("%w: unknown expression %T", ErrQuery, e)
	}
}

// arg writes the placeholder of a value, cast where the engine would compare it as another type.
func (p *printer) arg(a *plan.Arg) {
	switch {
	case a.Integer:
		p.use(Use{Slot: a.Slot})
	case a.Type == nil:
		p.use(Use{Slot: a.Slot, Encode: p.d.encodeUntyped})
	case p.d.castDecimals && kindOf(a.Type) == mapper.DecimalKind:
		p.format(fmt.Sprintf("CAST(? AS DECIMAL(%d,%d))", max(a.Type.Precision, 1), a.Type.Scale), p.slot(a.Slot, p.d.encode(a.Type)))
	case p.d.arrayArg != "" && kindOf(a.Type) == mapper.Array:
		p.format(p.d.arrayArg, p.slot(a.Slot, p.d.encode(a.Type)))
	default:
		p.use(Use{Slot: a.Slot, Encode: p.d.encode(a.Type)})
	}
}

func (p *printer) call(c *plan.Call) {
	p.write(c.Func)
	switch {
	case c.Arg == nil:
		p.write("(*)")
	case c.Distinct:
		p.format("(DISTINCT ?)", p.of(c.Arg))
	default:
		p.format("(?)", p.of(c.Arg))
	}
}

// raw alternates the developer's text, verbatim, with expressions.
func (p *printer) raw(r *plan.Raw) {
	for i, text := range r.Text {
		p.write(text)
		if i < len(r.Args) {
			p.expr(r.Args[i])
		}
	}
}

// over writes the window of a function.
func (p *printer) over(partition []plan.Expr, orders []plan.Order) {
	p.write(" OVER (")
	if len(partition) > 0 {
		p.write("PARTITION BY ")
		p.exprs(partition)
		if len(orders) > 0 {
			p.write(" ")
		}
	}
	if len(orders) > 0 {
		p.write("ORDER BY ")
		keys := p.orders(orders)
		p.each(len(keys), ", ", func(i int) { p.place(keys[i]) })
	}
	p.write(")")
}

func (p *printer) window(w *plan.Window) {
	switch {
	case w.Plain:
		p.write(w.Call.Func + "()")
	case w.Call.Func == "lag" || w.Call.Func == "lead":
		p.format(w.Call.Func+"(?, "+strconv.Itoa(w.Offset)+")", p.of(w.Call.Arg))
	default:
		p.call(&w.Call)
	}
	p.over(w.Partition, w.OrderBy)
}

func (p *printer) cases(c *plan.Case) {
	p.write("CASE")
	for _, w := range c.Whens {
		p.format(" WHEN ? THEN ?", func() { p.pred(w.If) }, p.of(w.Then))
	}
	if c.Else != nil {
		p.format(" ELSE ?", p.of(c.Else))
	}
	p.write(" END")
}
