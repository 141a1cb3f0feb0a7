package plan

import (
	"fmt"
	"iter"

	"github.com/weft-orm/weft/conditions/check"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
)

// Free stands for a value that a row holds in a unique column while another row takes
// its own: one that no row of the flush has. Execution chooses one that no row of the
// table has either.
type Free struct {
	// Unique is the key that is given up, Column the column that holds the value.
	Unique *constraint.Unique
	Column *mapper.Column
	// Change is the change of the row.
	Change *changeset.Change

	room  constraint.Room
	fits  func(v any) bool // the checks allow it
	other map[any]bool     // values of the column in rows of the flush
	slots func(v any) bool // a row of the flush has the key as a whole with it
}

// String returns the name of the value in plans.
func (f *Free) String() string { return "free value" }

// Candidates returns the first n values to choose from, the best first; within allows
// those that other rows of the flush have beside other values of the key.
func (f *Free) Candidates(n int, within bool) []any {
	var list []any
	for v := range f.values(within) {
		if list = append(list, v); len(list) == n {
			break
		}
	}
	return list
}

// Beside returns the other columns of the key with the values they hold meanwhile, nil
// when one is not known before the flush is sent.
func (f *Free) Beside() []Binding {
	list := make([]Binding, 0, len(f.Unique.Columns))
	for i, c := range f.Unique.Columns {
		if c == f.Column {
			continue
		}
		cell, ok := f.Change.Cell(c)
		v := cell.Before
		if !ok && f.Unique.Primary {
			v, ok = f.Change.KeyPart(i), true
		}
		if _, handle := v.(changeset.Handle); !ok || handle || v == nil {
			return nil
		}
		list = append(list, Binding{c, v})
	}
	return list
}

func (f *Free) values(within bool) iter.Seq[any] {
	return func(yield func(any) bool) {
		seen := map[any]bool{}
		for v := range f.room.Candidates() {
			plain := constraint.Plain(v)
			if seen[plain] || f.other[plain] && !within || within && f.slots(v) || !f.fits(v) {
				continue
			}
			seen[plain] = true
			if !yield(v) {
				return
			}
		}
	}
}

// releases decides how rows give up unique values. It lives as long as one Build.
type releases struct {
	in     *Input
	chosen table[deferral, release]
	// values are the values of columns in rows of the flush, slots those of unique keys.
	values table[*mapper.Column, *columnValues]
	slots  table[*constraint.Unique, map[any]bool]
}

// release is how a row gives up a unique value: NULL when free is nil.
type release struct {
	column *mapper.Column
	free   *Free
}

// columnValues are the values of a column in rows of the flush.
type columnValues struct {
	list []any
	has  map[any]bool
}

// choose decides what the row of d holds meanwhile; why tells that nothing is free.
func (r *releases) choose(d deferral) (why string) {
	var reasons []string
	for _, written := range [2]bool{true, false} {
		for _, column := range d.unique.Spare {
			if (column.Nullable || d.change.Writes([]*mapper.Column{column})) != written {
				continue
			}
			if _, known := d.change.Cell(column); !known && d.change.Kind == changeset.Update && !d.unique.Primary {
				continue // it could not be written again
			}
			found, reason := r.column(d, column)
			if found != nil {
				r.chosen.put(d, *found)
				return ""
			}
			reasons = append(reasons, reason)
		}
	}
	if len(reasons) == 0 {
		reasons = []string{"nothing can stand for " + d.unique.Name + " meanwhile, its columns refer to other rows"}
	}
	return reasons[0] + "; " + mend(d.unique)
}

// column tries one column.
func (r *releases) column(d deferral, column *mapper.Column) (found *release, why string) {
	checks := r.checks(d.change.Entity, column)
	if column.Nullable && !d.unique.Primary {
		if allowed(checks, d.change, column, nil) {
			return &release{column: column}, ""
		}
	}
	values := r.valuesOf(column)
	f := &Free{Unique: d.unique, Column: column, Change: d.change, other: values.has}
	f.room = constraint.Room{Column: column, Seed: seed(d.change, column), Like: values.list}
	for _, c := range checks {
		f.room.Bounds = append(f.room.Bounds, c.Constants()...)
		f.room.Cautious = f.room.Cautious || c.Root() == nil
	}
	f.fits = func(v any) bool { return allowed(checks, d.change, column, v) }
	f.slots = func(v any) bool { return r.slotsOf(d.unique)[r.slot(d, column, v)] }
	if len(f.Candidates(1, false)) > 0 || len(d.unique.Columns) > 1 && len(f.Candidates(1, true)) > 0 {
		return &release{column, f}, ""
	}
	return nil, nothingFree(column, checks)
}

// nothingFree says why no value of a column is free.
func nothingFree(column *mapper.Column, checks []*check.Check) string {
	name := column.Name
	if column.Property != nil {
		name = column.Property.String()
	}
	switch {
	case column.Type.Kind == mapper.Bool:
		return "no value of " + name + " is free: true and false are both taken"
	case len(column.Type.Enum) > 0:
		return fmt.Sprintf("no value of %s is free: all of %v are taken", name, column.Type.Enum)
	case len(checks) > 0:
		return fmt.Sprintf("no value of %s is free under its check (%s)", name, checks[0])
	}
	return "no value of " + name + " is free"
}

// checks returns the checks a column has a part in.
func (r *releases) checks(e *mapper.Entity, column *mapper.Column) []*check.Check {
	var list []*check.Check
	for _, c := range r.in.Model.Of(e).Checks {
		if c.Mentions(column) {
			list = append(list, c)
		}
	}
	return list
}

// allowed decides the checks for a row with a value in a column; what only the database
// can decide is allowed.
func allowed(checks []*check.Check, c *changeset.Change, column *mapper.Column, v any) bool {
	for _, declared := range checks {
		if ok, _ := declared.Allows(row(c, column, v)); !ok {
			return false
		}
	}
	return true
}

// row is the row of a change before it is written, with another value in one column.
func row(c *changeset.Change, column *mapper.Column, v any) check.Values {
	return func(asked *mapper.Column) (any, bool) {
		if asked == column {
			return v, true
		}
		return c.Stored(asked)
	}
}

// seed names a row, the same in every flush.
func seed(c *changeset.Change, column *mapper.Column) string {
	return fmt.Sprint(c.Entity.Name, ".", column.Name, " ", c.Key)
}

// valuesOf collects the values of a column in rows of the flush.
func (r *releases) valuesOf(column *mapper.Column) *columnValues {
	if v := r.values[column]; v != nil {
		return v
	}
	values := &columnValues{has: map[any]bool{}}
	r.values.put(column, values)
	add := func(v any) {
		if _, handle := v.(changeset.Handle); v == nil || handle || values.has[constraint.Plain(v)] {
			return
		}
		values.has[constraint.Plain(v)] = true
		if len(values.list) < 16 {
			values.list = append(values.list, v)
		}
	}
	for _, c := range r.in.Changes {
		if cell, ok := c.Cell(column); ok {
			add(cell.Before)
			add(cell.After)
		}
	}
	return values
}

// slotsOf collects the values of a unique key in rows of the flush.
func (r *releases) slotsOf(u *constraint.Unique) map[any]bool {
	if s := r.slots[u]; s != nil {
		return s
	}
	s := map[any]bool{}
	r.slots.put(u, s)
	for _, c := range r.in.Changes {
		for _, side := range []func(changeset.Cell) any{before, after} {
			if slot, ok := (&wiring{}).slotOf(u, c, side); ok {
				s[slot.value] = true
			}
		}
	}
	return s
}

// slot is the key of the row of d with another value in one column.
func (r *releases) slot(d deferral, column *mapper.Column, v any) any {
	values := make([]any, len(d.unique.Columns))
	for i, c := range d.unique.Columns {
		if c == column {
			values[i] = v
			continue
		}
		cell, ok := d.change.Standing(c)
		if !ok && d.unique.Primary {
			cell.Before = d.change.FoundPart(i)
		}
		values[i] = cell.Before
	}
	key, _ := keyOf(values)
	return key
}
