package orm

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/qb"
)

// Result runs a query and returns its rows as values of R, which are not managed. R
// is
//
//   - a struct: a column goes to the field of that name, in any case, or to the one
//     with the tag orm:"name". "b.title" is BTitle, or Title where that is the only one.
//     Columns without a name, Count() for one, go to the fields that are left over, in
//     order. A field without a column is an error, unless its tag is orm:"-", and so is
//     a column that was asked for and has no field;
//   - map[string]any: all columns by name, as canonical values; an aggregate without a
//     name has that of its call, "count(*)";
//   - any other type, for a query with a single column.
//
// Values are converted as those of properties are; pointers take NULL. A value that
// does not fit is an [*Error] of class driver.ErrScan that names the column.
//
// A write with Returning gives the rows it inserted, changed or deleted, where the
// engine can tell them, else a driver.ErrUnsupported; see [Exec] for the rest of it.
func Result[R any](ctx context.Context, em *EntityManager, q qb.Source) ([]R, error) {
	em = em.there()
	if em.guard.fault != nil {
		return nil, em.guard.fault
	}
	query, args, err := queryOf("result", q)
	if err != nil {
		return nil, err
	}
	if w, ok := query.(*qb.Write); ok {
		return returned[R](ctx, em, w, args)
	}
	var list []R
	err = eachResult(ctx, em, query.(*qb.Select), args, inside, func(value R, _ error) bool {
		list = append(list, value)
		return true
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// StreamResult is [Result] that yields row by row, without holding all of them. The
// manager may be used between two yields. Unlike [Stream] it holds its rows, and so a
// connection, until the loop ends, or until somebody waits for a connection and the pool
// has none left: then the rest of the rows is read aside, 4 MB into memory
// and what is more into a temporary file, which is logged as a
// warning. So it is inside a transaction, too, when something is asked in the loop. An
// error ends the iteration.
func StreamResult[R any](ctx context.Context, em *EntityManager, q qb.Source) iter.Seq2[R, error] {
	em = em.there()
	return func(yield func(R, error) bool) {
		sel, args, err := em.selection("stream", q)
		if err == nil {
			err = eachResult(ctx, em, sel, args, em.loop, yield)
		}
		if err != nil {
			var none R
			yield(none, err)
		}
	}
}

// between runs what is done with a row before the next one is read.
type between func(rows driver.Rows, body func())

// inside is between for what orm does itself.
func inside(_ driver.Rows, body func()) { body() }

// loop is between for the body of a user's loop, which may use the manager.
func (em *EntityManager) loop(rows driver.Rows, body func()) {
	session.Outside(rows, func() {
		_ = em.guard.outside(func() error { body(); return nil })
	})
}

func eachResult[R any](ctx context.Context, em *EntityManager, sel *qb.Select, args []any, run between, yield func(R, error) bool) error {
	if sel.Schema == "" {
		sel.Schema = em.scope.Schema
	}
	asked := !sel.Roots && !slices.ContainsFunc(sel.Joins, func(j *qb.Join) bool { return len(j.Output) > 0 })
	plan, err := planResult(reflect.TypeFor[R](), sel.Entity, sel.Columns(), asked)
	if err != nil {
		return err
	}
	if err := em.guard.enter("result"); err != nil {
		return err
	}
	defer em.guard.leave()
	p, err := em.db.engine.Compile(sel)
	if err != nil {
		return err
	}
	rows, err := em.scope.Query(ctx, p, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	return yieldRows(ctx, em, plan, rows, run, yield)
}

// yieldRows reads rows by a plan. It closes them at their end; until then the caller does.
func yieldRows[R any](ctx context.Context, em *EntityManager, plan *resultPlan, rows driver.Rows, run between, yield func(R, error) bool) error {
	for rows.Next() {
		if err := em.db.loads.Canceled(ctx); err != nil {
			return err
		}
		var value R
		if err := plan.read(rows, reflect.ValueOf(&value).Elem()); err != nil {
			return err
		}
		more := false
		run(rows, func() { more = yield(value, nil) })
		if !more {
			return nil
		}
	}
	return rows.Close()
}

// returned runs a write and gives what it returned.
func returned[R any](ctx context.Context, em *EntityManager, w *qb.Write, args []any) ([]R, error) {
	if len(w.Returning) == 0 {
		return nil, &Error{Class: ErrInvalidOption, Op: "result", Entity: w.Entity.Name, Detail: "the query writes and returns nothing; use Exec, or Returning"}
	}
	if c := w.Conflict; c != nil && len(c.Merge) == 0 && em.db.caps.ReturnsIgnored {
		return nil, &Error{Class: ErrUnsupported, Op: "result", Entity: w.Entity.Name,
			Detail: "Returning of an insert with Ignore: " + em.db.caps.Name + " gives back the rows that were in the way too; merge, or insert row by row and ask orm.IsUnique"}
	}
	plan, err := planResult(reflect.TypeFor[R](), w.Entity, w.Columns(), true)
	if err != nil {
		return nil, err
	}
	op, err := em.write(ctx, w, args)
	if err != nil {
		return nil, err
	}
	var list []R
	for _, row := range op.Returned {
		if row == nil { // an insert has ignored it
			continue
		}
		var value R
		copy(plan.cells, row)
		if err := plan.store(reflect.ValueOf(&value).Elem()); err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}

// resultPlan says where the columns of a result go.
type resultPlan struct {
	entity  *mapper.Entity
	columns []qb.Column
	// fields are the places in a struct, nil for a column that is dropped; whole says
	// that the row is one value, named that it is a map.
	fields       [][]int
	whole, named bool
	// lax says that a field without a column keeps its zero value.
	lax     bool
	cells   []any
	targets []any
}

func planResult(r reflect.Type, e *mapper.Entity, columns []qb.Column, all bool) (*resultPlan, error) {
	p := &resultPlan{entity: e, columns: columns}
	p.cells, p.targets = make([]any, len(columns)), make([]any, len(columns))
	for i := range p.cells {
		p.targets[i] = &p.cells[i]
	}
	switch {
	case r == reflect.TypeFor[map[string]any]():
		p.named = true
		return p, p.distinctNames()
	case isValue(r):
		p.whole = true
		if len(columns) != 1 {
			return nil, p.misfit("", fmt.Sprintf("the query has %d columns: %s takes one, a struct takes them all", len(columns), r))
		}
		return p, nil
	}
	return p, p.matchFields(r, all)
}

func (p *resultPlan) misfit(path, detail string) error {
	return &Error{Class: ErrInvalidOption, Op: "result", Entity: p.entity.Name, Path: path, Detail: detail}
}

// distinctNames refuses columns that a map cannot hold.
func (p *resultPlan) distinctNames() error {
	seen := map[string]bool{}
	for i, c := range p.columns {
		switch {
		case seen[c.Name] && c.Name == "":
			return p.misfit("", fmt.Sprintf("column %d has no name and is not the only one; name it with As", i+1))
		case seen[c.Name]:
			return p.misfit(c.Name, "two columns have this name; name them with As")
		}
		seen[c.Name] = true
	}
	return nil
}

// isValue reports a type that one column fills.
func isValue(r reflect.Type) bool {
	return r.Kind() != reflect.Struct || r == timeType || reflect.PointerTo(r).Implements(scannerType)
}

// matchFields finds the field for each column: by tag, by its whole name, by the last
// piece of it where only one column and one field have that, and for columns without a
// name by place among what is left. all says that no column may be left over.
func (p *resultPlan) matchFields(r reflect.Type, all bool) error {
	p.fields = make([][]int, len(p.columns))
	var free []reflect.StructField
	for _, f := range reflect.VisibleFields(r) {
		if f.IsExported() && !f.Anonymous && f.Tag.Get("orm") != "-" {
			free = append(free, f)
		}
	}
	take := func(i, at int) {
		p.fields[i] = free[at].Index
		free = slices.Delete(free, at, at+1)
	}
	for _, match := range []func(f reflect.StructField, column string) bool{
		func(f reflect.StructField, column string) bool { return f.Tag.Get("orm") == column },
		func(f reflect.StructField, column string) bool { return strings.EqualFold(f.Name, letters(column)) },
	} {
		for i, c := range p.columns {
			at := slices.IndexFunc(free, func(f reflect.StructField) bool { return c.Name != "" && match(f, c.Name) })
			if p.fields[i] == nil && at >= 0 {
				take(i, at)
			}
		}
	}
	if err := p.matchLast(&free); err != nil {
		return err
	}
	var nameless []int
	for i, c := range p.columns {
		if p.fields[i] == nil && (c.Name == "" || c.Computed) {
			nameless = append(nameless, i)
		}
	}
	if len(nameless) == len(free) {
		for _, i := range nameless {
			take(i, 0)
		}
	}
	return p.unmatched(r, free, all)
}

// matchLast matches columns such as "b.title" by the last piece of their names.
func (p *resultPlan) matchLast(free *[]reflect.StructField) error {
	last := func(c qb.Column) string { return letters(c.Name[strings.LastIndexByte(c.Name, '.')+1:]) }
	for i, c := range p.columns {
		at := slices.IndexFunc(*free, func(f reflect.StructField) bool { return strings.EqualFold(f.Name, last(c)) })
		if p.fields[i] != nil || c.Name == "" || c.Computed || at < 0 {
			continue
		}
		for k, other := range p.columns[i+1:] {
			if p.fields[i+1+k] == nil && strings.EqualFold(last(other), last(c)) {
				return p.misfit(c.Name, "both this column and "+other.Name+" could be field "+(*free)[at].Name+"; write the whole name, or a tag")
			}
		}
		p.fields[i] = (*free)[at].Index
		*free = slices.Delete(*free, at, at+1)
	}
	return nil
}

// unmatched tells which fields and columns have found no counterpart.
func (p *resultPlan) unmatched(r reflect.Type, free []reflect.StructField, all bool) error {
	var columns, fields []string
	for i, c := range p.columns {
		switch {
		case p.fields[i] != nil:
		case c.Name == "":
			columns = append(columns, fmt.Sprintf("column %d", i+1))
		default:
			columns = append(columns, c.Name)
		}
	}
	for _, f := range free {
		fields = append(fields, f.Name)
	}
	if p.lax {
		fields = nil
	}
	switch {
	case len(fields) > 0 && len(columns) > 0:
		return p.misfit(columns[0], fmt.Sprintf("%s of %s: no column; %s: no field. Name columns with As, or fields by tags", strings.Join(fields, ", "), r, strings.Join(columns, ", ")))
	case len(fields) > 0:
		return p.misfit("", fmt.Sprintf("%s of %s: no column; leave it out by the tag orm:\"-\"", strings.Join(fields, ", "), r))
	case len(columns) > 0 && all:
		return p.misfit(columns[0], fmt.Sprintf("no field of %s is called so; %s", r, strings.Join(columns, ", ")))
	}
	return nil
}

// letters keeps what can stand in the name of a field.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_.()* ", r) {
			return -1
		}
		return r
	}, name)
}

// read reads one row into dst.
func (p *resultPlan) read(rows driver.Rows, dst reflect.Value) error {
	if err := rows.Scan(p.targets); err != nil {
		return err
	}
	for i, c := range p.columns {
		if c.Type == nil {
			continue
		}
		v, err := c.Type.Decode(p.cells[i])
		if err != nil {
			return p.unfit(c, err.Error())
		}
		p.cells[i] = v
	}
	return p.store(dst)
}

// store puts the canonical values of a row into dst.
func (p *resultPlan) store(dst reflect.Value) error {
	if p.named {
		dst.Set(reflect.ValueOf(map[string]any{}))
	}
	for i, c := range p.columns {
		if err := p.put(dst, i, p.cells[i]); err != "" {
			return p.unfit(c, err)
		}
	}
	return nil
}

// put stores a canonical value; it returns what is wrong with it, or "".
func (p *resultPlan) put(dst reflect.Value, i int, v any) string {
	switch {
	case p.named:
		dst.Interface().(map[string]any)[p.columns[i].Name] = v
		return ""
	case p.whole:
		return assign(dst, v)
	case p.fields[i] == nil:
		return ""
	}
	return assign(dst.FieldByIndex(p.fields[i]), v)
}

func (p *resultPlan) unfit(c qb.Column, why string) error {
	return &Error{Class: driver.ErrScan, Op: "result", Entity: p.entity.Name, Path: c.Name, Detail: why}
}
