package sql

import (
	"fmt"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// Compile translates a *qb.Select, a *qb.Write in condition form, or a *qb.Text. It is pure
// and safe for concurrent use; the same query gives the same statement.
func (d *Dialect) Compile(q qb.Query) (*Statement, error) {
	switch q := q.(type) {
	case *qb.Select:
		return d.compileSelect(q)
	case *qb.Write:
		return d.compileBulk(q)
	case *qb.Text:
		return d.compileText(q), nil
	case *qb.Pipeline:
		return nil, fmt.Errorf("sql: %w: aggregation pipelines; write SQL instead", ErrUnsupported)
	default:
		return nil, fmt.Errorf("sql: %w: unknown query %T", ErrQuery, q)
	}
}

func (d *Dialect) planOptions() plan.Options {
	return plan.Options{
		Lateral: d.lateral, WriteSubqueries: d.writeSubqueries, ExistsPerRow: d.existsPerRow, NestedWhole: d.nestedWhole,
		Collation: func(c *mapper.Column) string {
			collation, _ := d.actual(c)
			return collation
		},
	}
}

func (d *Dialect) compileSelect(q *qb.Select) (*Statement, error) {
	tree, err := plan.Build(q, d.planOptions())
	if err != nil {
		return nil, fmt.Errorf("sql: %s: %w", d.name, err)
	}
	p := newPrinter(d, len(q.Slots))
	text, numbers, err := p.query(tree).ToSQL()
	if err == nil {
		var st *Statement
		if st, err = p.statement(text, numbers); err == nil {
			st.Text = comments(tree.Comments) + st.Text
			st.long = p.longList(st)
			return st, nil
		}
	}
	if p.err != nil {
		err = p.err
	}
	return nil, fmt.Errorf("sql: %s: %w", d.name, err)
}

// Print translates a query with its arguments, for [qb.Builder.ToSQL] and tools.
func (d *Dialect) Print(q qb.Query, args []any) (qb.Statement, error) {
	if w, ok := q.(*qb.Write); ok && w.Where == nil && !w.All {
		return d.printRows(w, args)
	}
	st, err := d.Compile(q)
	if err != nil {
		return qb.Statement{}, err
	}
	params, err := st.Bind(nil, args)
	return qb.Statement{Text: st.Text, Args: params}, err
}

// printRows prints a write of rows whose values follow each other. Rows that
// the engine takes one by one are shown by their first statement.
func (d *Dialect) printRows(w *qb.Write, args []any) (qb.Statement, error) {
	ws, err := d.CompileWrite(w)
	if err != nil {
		return qb.Statement{}, err
	}
	width := max(len(w.Set)+len(w.Match), 1)
	var rows [][]any
	for len(args) >= width && len(rows) < ws.MaxRows {
		rows, args = append(rows, args[:width]), args[width:]
	}
	params, err := ws.Bind(nil, rows)
	return qb.Statement{Text: ws.Text(max(len(rows), 1)), Args: params}, err
}
