package memory

import (
	"encoding/json"
	"fmt"
	"maps"
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
	// last is the last generated key.
	last int64
	live int
}

// snapshot is the state of a database, by table.
type snapshot map[*table]*data

func newData(t *table) *data {
	d := &data{unique: make([]map[any]int, len(t.unique))}
	for i := range d.unique {
		d.unique[i] = map[any]int{}
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
	if d.rows[at] == nil {
		d.live++
	}
	d.rows[at] = r
	for i, u := range t.unique {
		if v, ok := valueOf(r, u.columns); ok {
			d.unique[i][v] = at
		}
	}
}

// drop removes the row at a position from the table and its indexes.
func (d *data) drop(t *table, at int) {
	r := d.rows[at]
	d.rows[at] = nil
	d.live--
	for i, u := range t.unique {
		if v, ok := valueOf(r, u.columns); ok {
			delete(d.unique[i], v)
		}
	}
}

// tuple is a comparable value of several columns.
type tuple struct{ head, tail any }

// valueOf returns a comparable form of some columns; ok is false when one is NULL.
func valueOf(r record, columns []int) (v any, ok bool) {
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
