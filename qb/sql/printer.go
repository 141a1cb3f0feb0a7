package sql

import (
	"fmt"
	"strings"

	"github.com/doug-martin/goqu/v9"
	"github.com/doug-martin/goqu/v9/exp"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// printer turns a relational tree into goqu expressions. The only values goqu
// sees are numbers of uses, from 1: its value layer changes operators by the Go
// type of a value. The first error sticks.
type printer struct {
	d    *Dialect
	uses []Use
	err  error
}

func (p *printer) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// statement orders the uses as goqu has put their numbers into the text.
func (p *printer) statement(text string, numbers []any) (*Statement, error) {
	if p.err != nil {
		return nil, p.err
	}
	st := &Statement{Text: strings.TrimRight(text, " "), Uses: make([]Use, len(numbers))}
	for i, n := range numbers {
		k, ok := n.(int64)
		if !ok || k < 1 || int(k) > len(p.uses) {
			return nil, fmt.Errorf("%w: the printer lost a parameter", ErrQuery)
		}
		st.Uses[i] = p.uses[k-1]
	}
	return st, nil
}

// number notes a use and returns what goqu gets for it.
func (p *printer) number(u Use) int64 {
	p.uses = append(p.uses, u)
	return int64(len(p.uses))
}

// use is the placeholder of a use.
func (p *printer) use(u Use) exp.LiteralExpression {
	return exp.NewLiteralExpression("?", p.number(u))
}

// slot is the placeholder of a slot in an encoding of its own.
func (p *printer) slot(s conditions.Slot, enc Encoding) exp.LiteralExpression {
	return p.use(Use{Slot: s, Encode: enc})
}

// constant is the placeholder of a value known at compile time.
func (p *printer) constant(v any) exp.LiteralExpression {
	return p.use(Use{Slot: conditions.NoSlot, Const: v})
}

// lit is SQL around expressions. A truth-valued one goes through test instead.
func lit(format string, args ...any) exp.LiteralExpression {
	return exp.NewLiteralExpression(format, args...)
}

// test is a truth-valued literal in parentheses, which goqu would not add.
func test(format string, args ...any) exp.LiteralExpression {
	return exp.NewLiteralExpression("("+format+")", args...)
}

// ident is a checked and escaped identifier with up to three parts.
func (p *printer) ident(schema, table, column string) exp.IdentifierExpression {
	for _, part := range []string{schema, table, column} {
		if part == "" {
			continue
		}
		if err := checkIdentifier(part); err != nil {
			p.fail("%w", err)
			return exp.NewIdentifierExpression("", "", "x")
		}
	}
	if column == "" {
		return exp.NewIdentifierExpression(p.d.escape(schema), p.d.escape(table), nil)
	}
	return exp.NewIdentifierExpression(p.d.escape(schema), p.d.escape(table), p.d.escape(column))
}

// name is a lone identifier.
func (p *printer) name(n string) exp.IdentifierExpression {
	if n == "" {
		p.fail("%w: %q", ErrIdentifier, n)
		n = "x"
	}
	return p.ident("", "", n)
}

// query prints a SELECT. Every dataset comes from the dialect's own
// constructor, so that sub-queries never print with another dialect.
func (p *printer) query(s *plan.Select) *goqu.SelectDataset {
	if p.err != nil {
		return p.d.printer.Select(lit("1"))
	}
	ds := p.d.printer.From(p.source(s.From)).Prepared(true)
	for _, c := range s.With {
		if c.Recursive {
			ds = ds.WithRecursive(p.cteName(c.Name), p.query(c.Query))
		} else {
			ds = ds.With(p.cteName(c.Name), p.query(c.Query))
		}
	}
	ds = ds.Select(p.columns(s.Columns)...)
	ds = p.distinct(ds, s)
	for _, j := range s.Joins {
		ds = p.join(ds, j)
	}
	if s.Where != nil {
		ds = ds.Where(p.pred(s.Where))
	}
	if len(s.GroupBy) > 0 {
		ds = ds.GroupBy(p.exprs(s.GroupBy)...)
	}
	if s.Having != nil {
		ds = ds.Having(p.pred(s.Having))
	}
	for _, u := range s.Union {
		if u.All {
			ds = ds.UnionAll(p.query(u.Query))
		} else {
			ds = ds.Union(p.query(u.Query))
		}
	}
	if len(s.OrderBy) > 0 { // an empty order would still make goqu wrap unions
		ds = ds.Order(p.orders(s.OrderBy)...)
	}
	return p.lock(p.limits(ds, s), s)
}

// cteName quotes the name of a CTE, which goqu writes as it is.
func (p *printer) cteName(name string) string {
	if err := checkIdentifier(name); err != nil {
		p.fail("%w", err)
	}
	return p.d.Quote(name)
}

func (p *printer) columns(cols []plan.Column) []any {
	out := make([]any, len(cols))
	for i, c := range cols {
		e := p.expr(c.Expr)
		if c.Name != "" {
			e = exp.NewAliasExpression(e, p.name(c.Name))
		}
		out[i] = e
	}
	return out
}

func (p *printer) distinct(ds *goqu.SelectDataset, s *plan.Select) *goqu.SelectDataset {
	switch {
	case len(s.DistinctOn) > 0 && !p.d.distinctOn:
		p.fail("%w: DISTINCT ON", ErrUnsupported)
		return ds
	case len(s.DistinctOn) > 0:
		return ds.Distinct(p.exprs(s.DistinctOn)...)
	case s.Distinct:
		return ds.Distinct()
	default:
		return ds
	}
}

func (p *printer) source(s plan.Source) exp.Expression {
	switch s := s.(type) {
	case *plan.Table:
		t := p.ident(s.Schema, s.Name, "")
		if s.Alias == s.Name && s.Schema == "" {
			return t
		}
		return exp.NewAliasExpression(t, p.name(s.Alias))
	case *plan.Derived:
		q := exp.Expression(p.query(s.Query))
		if s.Lateral {
			q = lit("LATERAL ?", q)
		}
		return exp.NewAliasExpression(q, p.name(s.Alias))
	default:
		p.fail("%w: unknown source %T", ErrQuery, s)
		return lit("x")
	}
}

func (p *printer) join(ds *goqu.SelectDataset, j *plan.Join) *goqu.SelectDataset {
	right := p.joinSource(j)
	on := exp.NewJoinOnCondition(p.pred(j.On))
	if j.Left {
		return ds.LeftJoin(right, on)
	}
	return ds.InnerJoin(right, on)
}

// joinSource is the right side of a join, in parentheses when joins are nested in it.
func (p *printer) joinSource(j *plan.Join) exp.Expression {
	right := p.source(j.Source)
	if len(j.Nested) == 0 {
		return right
	}
	format, args := "(?", []any{right}
	for _, n := range j.Nested {
		kind := " INNER JOIN "
		if n.Left {
			kind = " LEFT JOIN "
		}
		format += kind + "? ON ?"
		args = append(args, p.joinSource(n), p.pred(n.On))
	}
	return lit(format+")", args...)
}

func (p *printer) orders(orders []plan.Order) []exp.OrderedExpression {
	var out []exp.OrderedExpression
	for _, o := range orders {
		out = append(out, p.order(o)...)
	}
	return out
}

// order prints a sort key; where NULLs have a place the engine cannot name, a
// key before it sorts by whether there is a value.
func (p *printer) order(o plan.Order) []exp.OrderedExpression {
	dir := exp.AscDir
	if o.Desc {
		dir = exp.DescSortDir
	}
	e := p.sortKey(o)
	if o.Nulls == 0 || p.nullsByDefault(o) {
		return []exp.OrderedExpression{exp.NewOrderedExpression(e, dir, exp.NoNullsSortType)}
	}
	first := o.Nulls == nullsFirst
	if p.d.nullsOrder {
		sort := exp.NullsLastSortType
		if first {
			sort = exp.NullsFirstSortType
		}
		return []exp.OrderedExpression{exp.NewOrderedExpression(e, dir, sort)}
	}
	nulls := exp.AscDir
	if first {
		nulls = exp.DescSortDir
	}
	return []exp.OrderedExpression{
		exp.NewOrderedExpression(test("? IS NULL", e), nulls, exp.NoNullsSortType),
		exp.NewOrderedExpression(p.sortKey(o), dir, exp.NoNullsSortType),
	}
}

// nullsByDefault reports that the engine puts NULLs there unasked.
func (p *printer) nullsByDefault(o plan.Order) bool {
	last := o.Desc != p.d.nullsHigh
	return last == (o.Nulls != nullsFirst)
}

func (p *printer) sortKey(o plan.Order) exp.Expression {
	e := p.comparable(o.Expr)
	if o.Collation != "" {
		if err := checkIdentifier(o.Collation); err != nil {
			p.fail("%w", err)
		}
		return lit("? COLLATE ?", e, lit(p.d.Quote(o.Collation)))
	}
	return e
}

// greatest stands for "no limit" where OFFSET cannot stand alone.
const greatest = int64(^uint64(0) >> 1)

func (p *printer) limits(ds *goqu.SelectDataset, s *plan.Select) *goqu.SelectDataset {
	if s.Limit != nil {
		ds = ds.Limit(p.limit(s.Limit))
	} else if s.Offset != nil && p.d.offsetNeedsLimit {
		ds = ds.Limit(uint(p.number(Use{Slot: conditions.NoSlot, Const: greatest})))
	}
	if s.Offset != nil {
		ds = ds.Offset(p.limit(s.Offset))
	}
	return ds
}

// limit is the number of a use; goqu prints it as a placeholder too.
func (p *printer) limit(e plan.Expr) uint {
	switch e := e.(type) {
	case *plan.Arg:
		return uint(p.number(Use{Slot: e.Slot}))
	case plan.Number:
		return uint(p.number(Use{Slot: conditions.NoSlot, Const: int64(e)}))
	default:
		p.fail("%w: a limit cannot be %T", ErrQuery, e)
		return 1
	}
}

func (p *printer) lock(ds *goqu.SelectDataset, s *plan.Select) *goqu.SelectDataset {
	if s.Lock.Mode == 0 {
		return ds
	}
	if !p.d.rowLocks {
		if s.Lock.NoWait || s.Lock.SkipLocked {
			p.fail("%w: row locks with NOWAIT or SKIP LOCKED", ErrUnsupported)
		}
		return ds
	}
	wait := exp.Wait
	switch {
	case s.Lock.NoWait:
		wait = exp.NoWait
	case s.Lock.SkipLocked:
		wait = exp.SkipLocked
	}
	var of []exp.IdentifierExpression
	if p.d.lockOf {
		of = append(of, p.ident("", s.LockOf, ""))
	}
	if s.Lock.Mode == lockShare {
		return ds.ForShare(wait, of...)
	}
	return ds.ForUpdate(wait, of...)
}

func (p *printer) exprs(list []plan.Expr) []any {
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = p.comparable(e)
	}
	return out
}

// comparable is an expression as it is compared and sorted: native enums as text.
func (p *printer) comparable(e plan.Expr) exp.Expression {
	if r, ok := e.(*plan.Ref); ok && r.Type != nil && r.Type.NativeEnum != "" && p.d.enumText != "" {
		return lit(p.d.enumText, p.expr(e))
	}
	return p.expr(e)
}

func (p *printer) expr(e plan.Expr) exp.Expression {
	switch e := e.(type) {
	case *plan.Ref:
		return p.ident("", e.Alias, e.Name)
	case *plan.Arg:
		return p.arg(e)
	case *plan.Const:
		v, err := p.d.Encode(e.Type, e.Value)
		if err != nil {
			p.fail("%w", err)
		}
		return p.constant(v)
	case plan.Number:
		return lit(fmt.Sprint(int(e)))
	case *plan.Call:
		return p.call(e)
	case *plan.Sub:
		return p.query(e.Query)
	case *plan.Raw:
		return p.raw(e)
	case plan.Name:
		return p.name(string(e))
	case *plan.JSON:
		return p.d.json.value(p, e)
	case *plan.RowNumber:
		return p.rowNumber(e)
	case *plan.Minus:
		return lit("(? - ?)", p.expr(e.Left), p.expr(e.Right))
	default:
		p.fail("%w: unknown expression %T", ErrQuery, e)
		return lit("NULL")
	}
}

// arg is the placeholder of a value, cast where the engine would compare it as another type.
func (p *printer) arg(a *plan.Arg) exp.Expression {
	if a.Integer {
		return p.slot(a.Slot, nil)
	}
	if a.Type == nil {
		return p.slot(a.Slot, p.d.encodeUntyped)
	}
	ph := p.slot(a.Slot, p.d.encode(a.Type))
	if p.d.castDecimals && kindOf(a.Type) == mapper.DecimalKind {
		return lit(fmt.Sprintf("CAST(? AS DECIMAL(%d,%d))", max(a.Type.Precision, 1), a.Type.Scale), ph)
	}
	return ph
}

func (p *printer) call(c *plan.Call) exp.Expression {
	switch {
	case c.Arg == nil:
		return lit(c.Func + "(*)")
	case c.Distinct:
		return lit(c.Func+"(DISTINCT ?)", p.expr(c.Arg))
	default:
		return lit(c.Func+"(?)", p.expr(c.Arg))
	}
}

// raw alternates the developer's text, verbatim, with expressions. Question
// marks inside the text are not placeholders because the text is an argument itself.
func (p *printer) raw(r *plan.Raw) exp.LiteralExpression {
	var args []any
	for i, text := range r.Text {
		if text != "" {
			args = append(args, lit(text))
		}
		if i < len(r.Args) {
			args = append(args, p.expr(r.Args[i]))
		}
	}
	if len(args) == 0 {
		return lit("")
	}
	return lit(strings.Repeat("?", len(args)), args...)
}

func (p *printer) rowNumber(n *plan.RowNumber) exp.Expression {
	format, args := "ROW_NUMBER() OVER (", []any{}
	if len(n.Partition) > 0 {
		format += "PARTITION BY ? "
		args = append(args, exp.NewColumnListExpression(p.exprs(n.Partition)...))
	}
	var keys []any
	for _, o := range p.orders(n.OrderBy) {
		keys = append(keys, o)
	}
	args = append(args, exp.NewColumnListExpression(keys...))
	return lit(format+"ORDER BY ?)", args...)
}
