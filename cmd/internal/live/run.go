package live

import (
	"bytes"
	"context"
	"fmt"

	"github.com/weft-orm/weft/cmd/internal/plan"
	"github.com/weft-orm/weft/cmd/internal/table"
	"github.com/weft-orm/weft/driver"
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
	t, err := read(rows, names(step.Query), limit)
	if err != nil {
		return nil, err
	}
	return t, decode(t, step.Query.Columns())
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

func names(q *qb.Select) []string {
	var names []string
	for _, c := range q.Columns() {
		names = append(names, c.Name)
	}
	return names
}

// decode turns what a driver delivers into the values of properties.
func decode(t *table.Table, columns []qb.Column) error {
	for _, row := range t.Rows {
		for i, c := range columns {
			if c.Type == nil {
				continue
			}
			v, err := c.Type.Decode(row[i])
			if err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
			row[i] = v
		}
	}
	return nil
}
