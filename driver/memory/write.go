package memory

import (
	"context"
	"errors"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

// writeProgram implements driver.Program: the write itself.
type writeProgram struct {
	write  *qb.Write
	schema *schema
	// defaults make the values of columns an insert leaves out, by position; nil makes NULL.
	defaults []func() any
}

// String returns a description; there is no language to print.
func (p *writeProgram) String() string {
	verbs := map[qb.WriteKind]string{qb.Insert: "insert into", qb.Update: "update", qb.Delete: "delete from", qb.Truncate: "truncate"}
	text := verbs[p.write.Kind] + " " + p.write.Table.Name
	for _, c := range p.write.Set {
		text += " " + c.Name
	}
	return text
}

// table is the table written.
func (p *writeProgram) table() *table {
	if e := p.write.Entity; e != nil {
		return p.schema.of(e)
	}
	return p.schema.table(p.write.Table)
}

// check refuses what the engine cannot do.
func (p *writeProgram) check() error {
	w := p.write
	if err := qb.CheckFilters(w.Filters); err != nil {
		return err
	}
	if w.Conflict != nil && w.Conflict.Where != nil {
		return unsupported("a condition on merging")
	}
	if w.From != nil {
		return unsupported("an insert from a query")
	}
	if w.Kind == qb.Insert {
		if err := p.prepareDefaults(); err != nil {
			return err
		}
	}
	for _, a := range w.Assign {
		switch a.Value.(type) {
		case conditions.Slot, conditions.Field:
		default:
			return unsupported("an assigned value of type %T", a.Value)
		}
	}
	return nil
}

// prepareDefaults finds what makes the values of columns that an insert leaves out.
func (p *writeProgram) prepareDefaults() error {
	t := p.schema.table(p.write.Table)
	for i, c := range t.columns {
		if c.Default == "" && c.Generated == "" || slices.Contains(p.write.Set, c) {
			continue
		}
		made, ok := c.DefaultMaker()
		if !ok {
			return unsupported("the value of %s.%s, which SQL makes", t.name, c.Name)
		}
		if p.defaults == nil {
			p.defaults = make([]func() any, len(t.columns))
		}
		p.defaults[i] = made
	}
	return nil
}

// run runs operations on a state.
func run(ctx context.Context, s *state, ops []*driver.Op) error {
	for i, op := range ops {
		p, ok := op.P.(*writeProgram)
		if !ok {
			return unsupported("%T is not a write of this engine", op.P)
		}
		op.Affected, op.Returned, op.Sent = op.Affected[:0], nil, 1
		w := &writer{state: s, program: p, table: p.table(), op: op}
		if err := w.run(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// writer runs one operation.
type writer struct {
	state   *state
	program *writeProgram
	table   *table
	op      *driver.Op
}

func (w *writer) run(ctx context.Context, index int) error {
	q := w.program.write
	bulk := q.Where != nil || q.All || len(q.Assign) > 0 || q.Kind == qb.Truncate
	for i, values := range w.op.Rows {
		err := canceled(ctx)
		switch {
		case err != nil:
		case bulk:
			err = w.bulk(values)
		case q.Kind == qb.Insert:
			err = w.insert(values)
		default:
			err = w.change(values)
		}
		if e, ok := errors.AsType[*driver.Error](err); ok {
			return e.At(w.program.String(), index, i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// done records what one argument row did.
func (w *writer) done(n int, last record) {
	w.op.Affected = append(w.op.Affected, int64(n))
	if last == nil && len(w.program.write.Returning) > 0 {
		w.op.Returned = append(w.op.Returned, nil)
		return
	}
	w.returned(last)
}

// returned takes what a row returns.
func (w *writer) returned(last record) {
	returning := w.program.write.Returning
	if len(returning) == 0 {
		return
	}
	row := make([]any, len(returning))
	for i, at := range w.table.positions(returning) {
		row[i] = last[at]
	}
	w.op.Returned = append(w.op.Returned, row)
}

// insert stores a new row, or treats a conflict as asked.
func (w *writer) insert(values []any) error {
	q, t := w.program.write, w.table
	d := w.state.write(t)
	r := make(record, len(t.columns))
	for at, made := range w.program.defaults {
		if made != nil {
			r[at] = made()
		}
	}
	for i, at := range t.positions(q.Set) {
		r[at] = values[i]
	}
	if t.auto >= 0 {
		if id, ok := r[t.auto].(int64); ok {
			d.last = max(d.last, id)
		} else if r[t.auto] == nil {
			d.last++
			r[t.auto] = d.last
		}
	}
	if q.Conflict != nil {
		if at, ok := w.conflict(d, r); ok {
			return w.merge(d, at, r)
		}
	}
	if err := w.store(len(d.rows), r); err != nil {
		return err
	}
	w.done(1, r)
	return nil
}

// conflict returns the row that stands in the way of r.
func (w *writer) conflict(d *data, r record) (int, bool) {
	on := w.table.positions(w.program.write.Conflict.On)
	for i, u := range w.table.unique {
		if len(on) > 0 && !slices.Equal(on, u.columns) {
			continue
		}
		if v, ok := valueOf(r, u.columns); ok {
			if at, taken := d.unique[i][v]; taken {
				return at, true
			}
		}
	}
	return 0, false
}

func (w *writer) merge(d *data, at int, r record) error {
	merge := w.program.write.Conflict.Merge
	if len(merge) == 0 {
		w.done(0, nil)
		return nil
	}
	merged := slices.Clone(d.rows[at])
	for _, i := range w.table.positions(merge) {
		merged[i] = r[i]
	}
	for _, i := range w.table.positions(w.program.write.Conflict.Count) {
		if n, ok := d.rows[at][i].(int64); ok {
			merged[i] = n + 1
		}
	}
	if err := w.store(at, merged); err != nil {
		return err
	}
	w.done(1, merged)
	return nil
}

// change updates or deletes the rows that match.
func (w *writer) change(values []any) error {
	q, t := w.program.write, w.table
	set, match := values[:len(q.Set)], values[len(q.Set):]
	found := slices.Clone(w.state.write(t).find(t, t.positions(q.Match), match))
	var last record
	for _, at := range found {
		var err error
		if q.Kind == qb.Delete {
			err = w.remove(t, at)
		} else {
			last, err = w.assign(at, t.positions(q.Set), set)
		}
		if err != nil {
			return err
		}
	}
	w.done(len(found), last)
	return nil
}

func (w *writer) assign(at int, columns []int, values []any) (record, error) {
	r := slices.Clone(w.state.write(w.table).rows[at])
	for i, c := range columns {
		r[c] = values[i]
	}
	return r, w.store(at, r)
}

// bulk changes the rows that satisfy a condition.
func (w *writer) bulk(args []any) error {
	q := w.program.write
	v := &view{schema: w.program.schema, tables: w.state.tables, filters: q.Filters}
	v.evaluator = &conditions.Evaluator{Args: args}
	d := w.state.write(w.table)
	var found []int
	for at, r := range d.rows {
		if r == nil {
			continue
		}
		x, err := v.visible(q.Entity, nil, w.table, r)
		if err != nil {
			return err
		}
		if x == nil {
			continue
		}
		if q.Alias != "" {
			v.evaluator.Aliases = map[string]conditions.Row{q.Alias: x}
		}
		ok, err := v.evaluator.Matches(q.Where, x)
		if err != nil {
			return unsupported("%w", err)
		}
		if ok {
			found = append(found, at)
		}
	}
	for _, at := range found {
		last := w.state.write(w.table).rows[at]
		if err := w.bulkRow(v, at, args); err != nil {
			return err
		}
		if q.Kind == qb.Update {
			last = w.state.write(w.table).rows[at]
		}
		w.returned(last)
	}
	w.op.Affected = append(w.op.Affected, int64(len(found)))
	return nil
}

func (w *writer) bulkRow(v *view, at int, args []any) error {
	q := w.program.write
	if q.Kind != qb.Update {
		return w.remove(w.table, at)
	}
	x := &row{v, q.Entity, w.table, w.state.write(w.table).rows[at]}
	var columns []int
	var values []any
	for _, a := range q.Assign {
		columns = append(columns, w.table.at(a.Column))
		switch o := a.Value.(type) {
		case conditions.Slot:
			values = append(values, args[o])
		case conditions.Field:
			value, err := x.Value(o.Property)
			if err != nil {
				return err
			}
			values = append(values, value)
		}
	}
	_, err := w.assign(at, columns, values)
	return err
}
