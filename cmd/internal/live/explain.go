package live

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/table"
	"github.com/weft-orm/weft/driver"
)

// explains are the words that ask each engine for its plan.
var explains = map[string]string{
	"sqlite": "EXPLAIN QUERY PLAN ", "postgres": "EXPLAIN ", "mysql": "EXPLAIN FORMAT=TREE ", "mariadb": "EXPLAIN ",
}

// Explain asks for the plan of a statement whose parameters are all known. The
// error matches driver.ErrUnsupported where the engine has no such thing.
func Explain(ctx context.Context, engine driver.Engine, st *compile.Statement) (*table.Table, error) {
	t, err := explain(ctx, engine, st, explains[st.Target])
	if err == nil { // MySQL and MariaDB give text as bytes
		for _, row := range t.Rows {
			for i, cell := range row {
				if raw, ok := cell.([]byte); ok {
					row[i] = string(raw)
				}
			}
		}
	}
	if err == nil && st.Target == "sqlite" {
		t = sqlitePlan(t)
	}
	return t, err
}

// sqlitePlan turns the rows of SQLite's plan (id, parent, -, detail) into an
// indented list: the numbers mean nothing.
func sqlitePlan(t *table.Table) *table.Table {
	depth := map[any]int{}
	out := &table.Table{Columns: []string{"plan"}, More: t.More}
	for _, row := range t.Rows {
		if len(row) != 4 {
			return t
		}
		level := 0
		if d, ok := depth[row[1]]; ok {
			level = d + 1
		}
		depth[row[0]] = level
		out.Rows = append(out.Rows, []any{fmt.Sprintf("%*s%v", 2*level, "", row[3])})
	}
	return out
}

// explained returns the rows of a plan.
func explained(ctx context.Context, engine driver.Engine, st *compile.Statement, words string) ([][]any, error) {
	t, err := explain(ctx, engine, st, words)
	if err != nil {
		return nil, err
	}
	return t.Rows, nil
}

func explain(ctx context.Context, engine driver.Engine, st *compile.Statement, words string) (*table.Table, error) {
	s, err := engine.Session(ctx, driver.SessionOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer s.End(ctx, false)
	q, ok := s.(driver.TextQueryer)
	if !ok || words == "" {
		return nil, fmt.Errorf("%w: %s has no plans that can be asked for here; --run shows the rows", driver.ErrUnsupported, st.Target)
	}
	args := make([]any, len(st.Params))
	for i, p := range st.Params {
		args[i] = p.Value
	}
	rows, err := q.QueryText(ctx, words+st.Text, args...)
	if err != nil {
		return nil, err
	}
	return read(rows, rows.Columns(), maxRows)
}
