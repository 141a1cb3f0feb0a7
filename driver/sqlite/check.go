package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	weftsql "github.com/weft-orm/weft/qb/sql"
)

// checkedRows is how many rows of a table are looked at.
const checkedRows = 20

// CheckRegistry implements driver.RegistryChecker: SQLite keeps times as text, and
// compares them as text. Times in another layout than the column's would be found by
// no condition, without an error.
func (e *engine) CheckRegistry(ctx context.Context, reg *mapper.Registry) error {
	s, err := e.Session(ctx, driver.SessionOptions{})
	if err != nil {
		return err
	}
	defer s.End(ctx, false)
	var problems []mapper.Problem
	for _, entity := range reg.Entities() {
		if entity.Table.Query != "" || entity.Table.Schema == "*" {
			continue
		}
		times := timesOf(entity)
		if len(times) == 0 {
			continue
		}
		found, err := misplaced(ctx, s.(driver.TextQueryer), entity.Table, times)
		if err != nil {
			return err
		}
		for i, text := range found {
			if text != "" {
				problems = append(problems, mapper.Problem{Position: times[i].Property.String(), Message: "the column " + times[i].Name + " " + text})
			}
		}
	}
	if len(problems) > 0 {
		return &mapper.MappingError{Problems: problems}
	}
	return nil
}

// timesOf lists the columns of an entity's own table that hold times as text.
func timesOf(e *mapper.Entity) (times []*mapper.Column) {
	for _, c := range e.Columns {
		if c.Type.Kind == mapper.Time && c.Property != nil && c.Property.Entity == e && c.Table == e.Table && c.References == nil {
			times = append(times, c)
		}
	}
	return times
}

// misplaced says what is wrong with each column, "" where nothing is. A table that
// is not there yet has no rows.
func misplaced(ctx context.Context, s driver.TextQueryer, t *mapper.Table, times []*mapper.Column) ([]string, error) {
	d := weftsql.SQLite()
	names := make([]string, len(times))
	for i, c := range times {
		names[i] = d.Quote(c.Name)
	}
	table := d.Quote(t.Name)
	if t.Schema != "" {
		table = d.Quote(t.Schema) + "." + table
	}
	rows, err := s.QueryText(ctx, fmt.Sprintf("select %s from %s limit %d", strings.Join(names, ", "), table, checkedRows))
	if errors.Is(err, driver.ErrUndefined) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := make([]string, len(times))
	values, dest := make([]any, len(times)), make([]any, len(times))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		for i, v := range values {
			if found[i] == "" {
				found[i] = complaint(times[i].Type, v)
			}
		}
	}
	return found, rows.Close()
}

// complaint says what is wrong with a stored time.
func complaint(t *mapper.Type, v any) string {
	if v == nil {
		return ""
	}
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	text, ok := v.(string)
	if !ok {
		return fmt.Sprintf("holds %T where times are text", v)
	}
	layout := weftsql.SQLiteTimeLayout(t)
	if at, err := time.Parse(layout, text); err == nil && at.Format(layout) == text {
		return ""
	}
	if near := weftsql.SQLiteLayoutOf(text); near != "" {
		return fmt.Sprintf("holds times of the layout %q, not %q, so that none of them would be found; declare layout=%s", near, layout, near)
	}
	return fmt.Sprintf("holds times that are not of the layout %q, so that none of them would be found", layout)
}
