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
	rows          []written
	sides         []beside
	carried, kept []Cell
	shapes        [][]*mapper.Column
	last          int // of shapes, where the change before was found
}

// lend gives a change memory to be computed in. A row that is deleted writes nothing.
func (o *Options) lend(c *Change) {
	m := &o.memory
	c.written, c.beside, m.carried = nil, nil, m.carried[:0]
	if c.Kind == Delete && !c.Soft {
		return
	}
	if len(m.rows) == 0 {
		n := o.piece()
		if o.Passing {
			n = 1 // which serves the next change, too
		}
		m.rows = make([]written, n)
	}
	if n := len(c.Entity.Columns); c.Kind == Insert && cap(m.after) < n {
		m.columns, m.after = make([]*mapper.Column, 0, n), make([]any, 0, n)
	}
	c.written = &m.rows[0]
	*c.written = written{columns: m.columns[:0], after: m.after[:0]}
	if c.Kind != Insert {
		c.written.was = m.before[:0]
	}
}

// settle takes the memory back and lets the change keep what it found. Behind the values of
// an existing row there is room for what it is found by.
func (o *Options) settle(c *Change) {
	m := &o.memory
	if len(m.carried) > 0 {
		o.settleCarried(c)
	}
	w := c.written
	if w == nil {
		return
	}
	m.columns, m.after = w.columns, w.after
	if w.was != nil {
		m.before = w.was
	}
	n, found := len(w.after), 0
	if c.Kind == Update && n == 0 {
		c.written, c.beside = nil, nil
		return
	}
	if !o.Passing {
		m.rows = m.rows[1:]
	}
	if o.Rows <= 1 {
		m.columns, m.after, m.before = nil, nil, nil // nobody else needs them
		return
	}
	if c.Kind != Insert {
		if found = len(c.Entity.KeyColumns) + len(c.Checks()); c.Lock != nil {
			found++
		}
	}
	w.columns = m.shape(w.columns)
	values := m.take(n+found, o.piece())
	copy(values, w.after)
	w.after = values[:n]
	if w.was != nil {
		values = m.take(n, o.piece())
		copy(values, w.was)
		w.was = values
	}
	clear(m.after)
	clear(m.before)
}

// settleCarried lets the change keep what it carries.
func (o *Options) settleCarried(c *Change) {
	m := &o.memory
	n := len(m.carried)
	if c.beside == nil {
		if len(m.sides) == 0 {
			m.sides = make([]beside, o.piece())
		}
		c.beside, m.sides = &m.sides[0], m.sides[1:]
	}
	if len(m.kept) < n {
		m.kept = make([]Cell, n*o.piece())
	}
	c.beside.carried, m.kept = m.kept[:n:n], m.kept[n:]
	copy(c.beside.carried, m.carried)
	clear(m.carried)
}

// piece is for how many rows the next piece of memory is.
func (o *Options) piece() int { return max(1, min(o.Rows, mostRows)) }

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

// take returns memory for n values; rows times as much is likely to be asked for.
func (m *memory) take(n, rows int) []any {
	if len(m.free) < n {
		m.free = make([]any, n*rows)
	}
	values := m.free[:n:n]
	m.free = m.free[n:]
	return values
}
