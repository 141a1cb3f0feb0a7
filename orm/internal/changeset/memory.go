package changeset

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// memory is what the values of many changes lie in: each is computed in memory that the
// next one uses again, and keeps what it found in pieces for many of them, once, behind a
// list of columns that it shares with others of its shape.
type memory struct {
	columns       []*mapper.Column
	after, before []any
	free          []any
	carried, kept []Cell
	shapes        [][]*mapper.Column
	last          int // of shapes, where the change before was found
}

// lend gives a change memory to be computed in.
func (m *memory) lend(c *Change) {
	if n := len(c.Entity.Columns); c.Kind == Insert && cap(m.after) < n {
		m.columns, m.after = make([]*mapper.Column, 0, n), make([]any, 0, n)
	}
	c.Columns, c.After, c.was, c.Carried = m.columns[:0], m.after[:0], nil, m.carried[:0]
	if c.Kind != Insert {
		c.was = m.before[:0]
	}
}

// settle takes the memory back and lets the change keep what it found; rows is how many
// changes may follow. Behind the values of an existing row there is room for what it is found by.
func (m *memory) settle(c *Change, rows int) {
	if rows <= 1 {
		*m = memory{} // nobody else needs it
		return
	}
	m.columns, m.after, m.carried = c.Columns, c.After, c.Carried
	if c.was != nil {
		m.before = c.was
	}
	n, found := len(c.After), 0
	if c.Kind == Update && n == 0 {
		c.Columns, c.After, c.was, c.Carried = nil, nil, nil, nil
		return
	}
	if c.Kind != Insert {
		if found = len(c.Entity.KeyColumns) + len(c.Checks); c.Lock != nil {
			found++
		}
	}
	c.Columns = m.shape(c.Columns)
	values := m.take(n+found, rows)
	copy(values, c.After)
	c.After = values[:n]
	if c.was != nil {
		values = m.take(n, rows)
		copy(values, c.was)
		c.was = values
	}
	c.Carried = nil
	if n := len(m.carried); n > 0 {
		if len(m.kept) < n {
			m.kept = make([]Cell, n*min(rows, mostRows))
		}
		c.Carried, m.kept = m.kept[:n:n], m.kept[n:]
		copy(c.Carried, m.carried)
	}
	clear(m.after)
	clear(m.before)
	clear(m.carried)
}

// mostRows is how many rows lie in a piece.
const mostRows = 128

// shape returns the list that changes with these columns share.
func (m *memory) shape(columns []*mapper.Column) []*mapper.Column {
	const most = 16 // changes of more shapes than that have lists of their own
	if len(columns) == 0 {
		return nil
	}
	for i := range m.shapes {
		at := (m.last + i) % len(m.shapes)
		if slices.Equal(m.shapes[at], columns) {
			m.last = at
			return m.shapes[at]
		}
	}
	own := slices.Clip(slices.Clone(columns))
	if len(m.shapes) < most {
		m.last, m.shapes = len(m.shapes), append(m.shapes, own)
	}
	return own
}

// take returns memory for n values; as many times as much is likely to be asked for.
func (m *memory) take(n, rows int) []any {
	if len(m.free) < n {
		m.free = make([]any, n*min(rows, mostRows))
	}
	values := m.free[:n:n]
	m.free = m.free[n:]
	return values
}
