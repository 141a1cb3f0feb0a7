package live

import (
	"bytes"
	"context"

	"github.com/weft-orm/weft/cmd/qbdebug/internal/plan"
	"github.com/weft-orm/weft/cmd/qbdebug/internal/table"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// maxRows is how many rows are shown.
const maxRows = 100

// Run runs a step whose values are all known, and returns its first rows.
func Run(ctx context.Context, engine driver.Engine, step *plan.Step) (*table.Table, error) {
	program, err := engine.Compile(step.Query)
	if err != nil {
		return nil, err
	}
	s, err := engine.Session(ctx, driver.SessionOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer s.End(ctx, false)
	rows, err := s.Query(ctx, program, step.Args)
	if err != nil {
		return nil, err
	}
	limit := maxRows
	if step.Query.Limit >= 0 {
		limit = int(step.Args[step.Query.Limit].(int64))
	}
	return read(rows, columns(step.Query), limit)
}

// read reads up to limit rows and closes them.
func read(rows driver.Rows, columns []string, limit int) (*table.Table, error) {
	t := &table.Table{Columns: columns, Rows: [][]any{}}
	cells := make([]value, len(columns))
	dest := make([]any, len(columns))
	for i := range cells {
		dest[i] = &cells[i]
	}
	for rows.Next() {
		if len(t.Rows) == limit {
			t.More = true
			break
		}
		if err := rows.Scan(dest); err != nil {
			rows.Close()
			return nil, err
		}
		row := make([]any, len(cells))
		for i := range cells {
			row[i] = cells[i].v
		}
		t.Rows = append(t.Rows, row)
	}
	return t, rows.Close()
}

// value keeps what a driver delivers.
type value struct{ v any }

// Scan keeps src, bytes as a copy.
func (c *value) Scan(src any) error {
	if b, ok := src.([]byte); ok {
		src = bytes.Clone(b)
	}
	c.v = src
	return nil
}

// columns names the columns of a query's rows, in the order that qb.Select documents.
func columns(q *qb.Select) []string {
	if q.Count {
		return []string{"count"}
	}
	names := properties(nil, "", q.Output)
	names = joinedColumns(names, q.Populate)
	for _, x := range q.Exprs {
		names = append(names, x.Name)
	}
	return names
}

func joinedColumns(names []string, nodes []*populate.Node) []string {
	for _, n := range nodes {
		names = properties(names, n.Path+".", n.Fields)
		names = joinedColumns(names, n.Children)
	}
	return names
}

// properties appends the names of the columns of properties.
func properties(names []string, prefix string, list []*mapper.Property) []string {
	for _, p := range list {
		keys := len(p.Columns)
		if r := p.Relation; r != nil && keys == 0 {
			keys = len(r.Target.KeyColumns)
		}
		if keys <= 1 {
			names = append(names, prefix+p.Path)
			continue
		}
		for _, c := range p.Relation.Target.KeyColumns {
			names = append(names, prefix+p.Path+"."+c.Name)
		}
	}
	return names
}
