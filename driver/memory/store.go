package memory

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// record is a row: canonical values by column position. Records are not changed
// once stored; an update stores another one.
type record []any

// data are the rows of a table. It is immutable once shared by snapshots.
type data struct {
	// rows are in order of insertion; deleted ones are nil.
	rows []record
	// unique are the positions in rows by value, for each unique constraint.
	unique []map[any]int
	// lookups are the positions in rows by value, in order, for each lookup.
	lookups []map[any][]int
	// last is the last generated key.
	last int64
	live int
}

// snapshot is the state of a database, by table.
type snapshot map[*table]*data

func newData(t *table) *data {
	d := &data{unique: make([]map[any]int, len(t.unique)), lookups: make([]map[any][]int, len(t.lookups))}
	for i := range d.unique {
		d.unique[i] = map[any]int{}
	}
	for i := range d.lookups {
		d.lookups[i] = map[any][]int{}
	}
	return d
}

// clone copies a table for writing, without the deleted rows.
func (d *data) clone(t *table) *data {
	c := newData(t)
	c.last = d.last
	c.rows = make([]record, 0, d.live)
	for _, r := range d.rows {
		if r != nil {
			c.put(t, len(c.rows), r)
		}
	}
	return c
}

// put stores a row at a position, the end included, and indexes it.
func (d *data) put(t *table, at int, r record) {
	if at == len(d.rows) {
		d.rows = append(d.rows, nil)
	}
	old := d.rows[at]
	if old == nil {
		d.live++
	}
	d.rows[at] = r
	d.index(t, at, old, r)
}

// drop removes the row at a position from the table and its indexes.
func (d *data) drop(t *table, at int) {
	old := d.rows[at]
	d.rows[at] = nil
	d.live--
	d.index(t, at, old, nil)
}

// index keeps the indexes in step with the row at a position; nil is no row. What
// keeps its value is left alone, so that an update of a long group costs nothing.
func (d *data) index(t *table, at int, old, r record) {
	for i, u := range t.unique {
		before, had := valueOf(old, u.columns)
		after, has := valueOf(r, u.columns)
		if had && before != after {
			delete(d.unique[i], before)
		}
		if has {
			d.unique[i][after] = at
		}
	}
	for i, columns := range t.lookups {
		before, had := valueOf(old, columns)
		after, has := valueOf(r, columns)
		if had && has && before == after {
			continue
		}
		if had {
			leave(d.lookups[i], before, at)
		}
		if has {
			join(d.lookups[i], after, at)
		}
	}
}

// leave takes a position out of a group. Rows mostly go in the order in which
// they came, so that the first position is not moved over.
func leave(groups map[any][]int, v any, at int) {
	group := groups[v]
	i, found := slices.BinarySearch(group, at)
	switch {
	case !found:
	case len(group) == 1:
		delete(groups, v)
	case i == 0:
		groups[v] = group[1:]
	default:
		groups[v] = slices.Delete(group, i, i+1)
	}
}

// join puts a position into a group, in order.
func join(groups map[any][]int, v any, at int) {
	group := groups[v]
	i, found := slices.BinarySearch(group, at)
	if !found {
		groups[v] = slices.Insert(group, i, at)
	}
}

// tuple is a comparable value of several columns.
type tuple struct{ head, tail any }

// valueOf returns a comparable form of some columns; ok is false when one is NULL.
// No row has no values.
func valueOf(r record, columns []int) (v any, ok bool) {
	if r == nil {
		return nil, false
	}
	for i := len(columns) - 1; i >= 0; i-- {
		part := r[columns[i]]
		if part == nil {
			return nil, false
		}
		part = comparable(part)
		if v == nil {
			v = part
		} else {
			v = tuple{part, v}
		}
	}
	return v, true
}

// comparable returns a form of a canonical value that can be a map key.
func comparable(v any) any {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case json.RawMessage:
		return string(v)
	case []any:
		return fmt.Sprintf("%q", v)
	case time.Time:
		return [2]int64{v.Unix(), int64(v.Nanosecond())}
	}
	return v
}

// state is a snapshot being written.
type state struct {
	tables snapshot
	// owned are the tables that no other snapshot shares.
	owned map[*table]bool
}

func newState(s snapshot) *state {
	return &state{tables: maps.Clone(s), owned: map[*table]bool{}}
}

// read returns the rows of a table, nil when there are none.
func (s snapshot) read(t *table) *data {
	if d := s[t]; d != nil {
		return d
	}
	return newData(t)
}

// write returns the rows of a table for changing them.
func (s *state) write(t *table) *data {
	if !s.owned[t] {
		s.tables[t] = s.tables.read(t).clone(t)
		s.owned[t] = true
	}
	return s.tables[t]
}

// share returns the snapshot and keeps it: what is written next is copied first.
func (s *state) share() snapshot {
	clear(s.owned)
	return maps.Clone(s.tables)
}

// restore goes back to a shared snapshot.
func (s *state) restore(to snapshot) {
	s.tables = maps.Clone(to)
	clear(s.owned)
}
