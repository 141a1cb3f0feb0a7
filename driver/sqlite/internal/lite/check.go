package lite

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
	"github.com/weft-orm/weft/mapper"
	weftsql "github.com/weft-orm/weft/qb/sql"
)

// checkedRows is how many rows of a table are looked at from either end, by its key. Time
// goes by with keys: what another program wrote in its own layout is seldom in the middle alone.
const checkedRows = 2000

// CheckRegistry implements driver.RegistryChecker: SQLite keeps times as text, and
// compares them as text. Times in another layout than the column's would be found by
// no condition, without an error.
func (e *engine) CheckRegistry(ctx context.Context, reg *mapper.Registry) error {
	var timed []*mapper.Entity
	for _, entity := range reg.Entities() {
		if entity.Table.Query == "" && entity.Table.Schema != "*" && len(timesOf(entity)) > 0 {
			timed = append(timed, entity)
		}
	}
	if len(timed) == 0 {
		return nil
	}
	there, err := e.tables(ctx)
	if err != nil {
		return err
	}
	timed = slices.DeleteFunc(timed, func(entity *mapper.Entity) bool { return !there[strings.ToLower(entity.Table.Name)] })
	if len(timed) == 0 {
		return nil // and no reader has to be opened
	}
	s, err := e.Session(ctx, driver.SessionOptions{})
	if err != nil {
		return err
	}
	defer s.End(ctx, false)
	var problems []mapper.Problem
	for _, entity := range timed {
		times := timesOf(entity)
		found, err := misplaced(ctx, s.(driver.TextQueryer), entity, times)
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

// tables lists what tables and views there are, in any schema, by names in lower case: of a
// table that is not there yet nothing has to be asked. It asks the connection that is open already.
func (e *engine) tables(ctx context.Context) (map[string]bool, error) {
	lease, err := e.acquire(ctx, sqlexec.ForWrite)
	if err != nil {
		return nil, asError(e.setup.binding, err)
	}
	defer lease.Release()
	rows, err := lease.QueryContext(ctx, "select name from pragma_table_list", nil)
	if err != nil {
		return nil, asError(e.setup.binding, err)
	}
	there := map[string]bool{}
	value := make([]sqldriver.Value, 1)
	var name string
	for err = rows.Next(value); err == nil; err = rows.Next(value) {
		if err = driver.Assign(&name, value[0]); err != nil {
			break
		}
		there[strings.ToLower(name)] = true
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err = errors.Join(err, rows.Close()); err != nil {
		return nil, asError(e.setup.binding, err)
	}
	return there, nil
}

// timesOf lists the columns of an entity's own table that hold times as text.
func timesOf(e *mapper.Entity) (times []*mapper.Column) {
	for _, c := range e.Columns {
		if (c.Type.Kind == mapper.Time || c.Type.Kind == mapper.Date) && c.Property != nil && c.Property.Entity == e && c.Table == e.Table && c.References == nil {
			times = append(times, c)
		}
	}
	return times
}

// misplaced says what is wrong with each column, "" where nothing is. A table that
// is not there yet has no rows.
func misplaced(ctx context.Context, s driver.TextQueryer, e *mapper.Entity, times []*mapper.Column) ([]string, error) {
	found := make([]string, len(times))
	for _, text := range questions(e, times) {
		err := complaints(ctx, s, text, times, found)
		if errors.Is(err, driver.ErrUndefined) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// questions ask for rows in which a time looks wrong, among those at either end of the table.
func questions(e *mapper.Entity, times []*mapper.Column) []string {
	d := weftsql.SQLite()
	var names, wrong []string
	for _, c := range times {
		name := d.Quote(c.Name)
		names = append(names, name)
		if glob := weftsql.SQLiteGlobOf(weftsql.SQLiteTimeLayout(c.Type)); glob != "" {
			wrong = append(wrong, fmt.Sprintf("typeof(%[1]s) not in ('null', 'text') or %[1]s not glob %[2]s", name, quoteText(glob)))
		} else {
			wrong = append(wrong, name+" is not null")
		}
	}
	table := d.Quote(e.Table.Name)
	if e.Table.Schema != "" {
		table = d.Quote(e.Table.Schema) + "." + table
	}
	ask := func(order string) string {
		return fmt.Sprintf("select %[1]s from (select %[1]s from %[2]s%[3]s limit %[4]d) where %[5]s limit %[4]d",
			strings.Join(names, ", "), table, order, checkedRows, strings.Join(wrong, " or "))
	}
	if len(e.TableKey) == 0 || e.ReadOnly {
		return []string{ask("")}
	}
	up, down := make([]string, len(e.TableKey)), make([]string, len(e.TableKey))
	for i, c := range e.TableKey {
		up[i], down[i] = d.Quote(c.Name), d.Quote(c.Name)+" desc"
	}
	return []string{ask(" order by " + strings.Join(up, ", ")), ask(" order by " + strings.Join(down, ", "))}
}

// complaints adds what is wrong in rows to what was found before.
func complaints(ctx context.Context, s driver.TextQueryer, text string, times []*mapper.Column, found []string) error {
	rows, err := s.QueryText(ctx, text)
	if err != nil {
		return err
	}
	values, dest := make([]any, len(times)), make([]any, len(times))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest); err != nil {
			return errors.Join(err, rows.Close())
		}
		for i, v := range values {
			if found[i] == "" {
				found[i] = complaint(times[i].Type, v)
			}
		}
	}
	return rows.Close()
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
