package sql

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/weft-orm/weft/mapper"
)

// update compiles an update of rows by their Match columns.
func (wr *writer) update() (*WriteStatement, error) {
	w := wr.w
	if len(w.Set) == 0 || len(w.Match) == 0 {
		return nil, fmt.Errorf("%w: an update of rows needs columns to set and to match", ErrQuery)
	}
	if len(w.Returning) > 0 && (!wr.d.writes.returning || wr.d.writes.update == manyRows || wr.d.writes.update == joinedRows) {
		return nil, fmt.Errorf("%w: RETURNING of an update", ErrUnsupported)
	}
	ws := &WriteStatement{MaxRows: 1, bind: wr.rowMajor}
	ws.one = Chunk{Text: wr.updateText(), Returns: len(w.Returning) > 0}
	switch wr.d.writes.update {
	case eachRow:
		if len(w.Returning) == 0 {
			ws.uncounted = &WriteStatement{one: ws.one, MaxRows: min(wr.chunkRows(len(wr.cols)), someRows), bind: wr.rowMajor, binds: wr.rowMajor}
			ws.uncounted.many = func(n int) Chunk { return Chunk{Text: wr.updateFromText(n)} }
		}
	case unnested:
		u := wr.unnest()
		ws.MaxRows, ws.binds = maxRows, u.bind
		ws.many = anyNumber(func() Chunk { return Chunk{Text: u.updateText(true), Returns: true, Numbered: true} })
		if len(w.Returning) == 0 {
			ws.uncounted = &WriteStatement{one: ws.one, MaxRows: maxRows, bind: ws.bind, binds: u.bind}
			ws.uncounted.many = anyNumber(func() Chunk { return Chunk{Text: u.updateText(false)} })
		}
	case joinedRows:
		j := wr.joined()
		ws.MaxRows, ws.binds = maxRows, j.bind
		ws.many = func(int) Chunk { return Chunk{Text: j.text, Steady: true} }
	case manyRows:
		if c := wr.cases(); c != nil {
			ws.MaxRows, ws.binds = wr.listedRows(c.params(), len(w.Match)), c.bind
			ws.many = func(n int) Chunk { return Chunk{Text: c.text(n)} }
		}
	}
	return ws, nil
}

// updateText is UPDATE of one row.
func (wr *writer) updateText() string {
	t := wr.newText(128)
	t.WriteString("UPDATE " + wr.table + " SET ")
	t.equals(wr, wr.w.Set, ", ")
	t.WriteString(" WHERE ")
	t.equals(wr, wr.w.Match, " AND ")
	t.returning(wr, "", "")
	return t.String()
}

// updateFromText is UPDATE of n rows from their values, each with its key.
func (wr *writer) updateFromText(n int) string {
	w := wr.w
	t := wr.newText(128 + 4*n*len(wr.cols))
	t.WriteString("UPDATE " + wr.table + " AS t SET ")
	t.each(w.Set, ", ", func(i int, c *mapper.Column) { t.WriteString(wr.quote(c.Name) + " = v.column" + strconv.Itoa(i+1)) })
	t.WriteString(" FROM (VALUES ")
	for i := range n {
		if i > 0 {
			t.WriteString(", ")
		}
		t.tuple(len(wr.cols))
	}
	t.WriteString(") AS v WHERE ")
	t.each(w.Match, " AND ", func(i int, c *mapper.Column) {
		t.WriteString("t." + wr.quote(c.Name) + " = v.column" + strconv.Itoa(len(w.Set)+i+1))
	})
	return t.String()
}

// delete compiles a delete of rows by their Match columns.
func (wr *writer) delete() (*WriteStatement, error) {
	w := wr.w
	if len(w.Match) == 0 || len(w.Set) > 0 {
		return nil, fmt.Errorf("%w: a delete of rows needs columns to match and none to set", ErrQuery)
	}
	if len(w.Returning) > 0 {
		return nil, fmt.Errorf("%w: RETURNING of a delete", ErrUnsupported)
	}
	ws := &WriteStatement{MaxRows: 1, bind: wr.rowMajor, binds: wr.rowMajor}
	ws.one = Chunk{Text: wr.deleteText()}
	switch wr.d.writes.delete {
	case eachRow:
		ws.uncounted = wr.deleteListed(ws.one)
	case unnested:
		u := wr.unnest()
		ws.MaxRows, ws.binds = maxRows, u.bind
		ws.many = anyNumber(func() Chunk { return Chunk{Text: u.deleteText(true), Returns: true, Numbered: true} })
		ws.uncounted = &WriteStatement{one: ws.one, MaxRows: maxRows, bind: ws.bind, binds: u.bind}
		ws.uncounted.many = anyNumber(func() Chunk { return Chunk{Text: u.deleteText(false)} })
	case manyRows:
		ws.MaxRows = wr.listedRows(len(w.Match), len(w.Match))
		if most := wr.d.writes.maxTuples; most > 0 && len(w.Match) > 1 {
			ws.MaxRows, ws.alike = min(ws.MaxRows, most), wr.deleteAlike(ws.one)
		} else if wr.d.writes.pieceOfList > 0 {
			ws.MaxRows = wr.chunkRows(1) // none of its lists is too long
		}
		ws.many = func(n int) Chunk { return Chunk{Text: wr.deleteInText(n)} }
	}
	return ws, nil
}

// deleteListed is a delete of rows by lists of their keys, where the engine would
// otherwise go row by row to count each; rows of several columns are listed as far as they agree in
// all but the last.
func (wr *writer) deleteListed(one Chunk) *WriteStatement {
	ws := &WriteStatement{one: one, MaxRows: 1, bind: wr.rowMajor, binds: wr.rowMajor}
	if len(wr.w.Match) > 1 {
		ws.alike = wr.deleteAlike(one)
		return ws
	}
	ws.MaxRows, ws.pads = wr.listedRows(1, 1), wr.d.writes.longList
	ws.many = func(n int) Chunk { return Chunk{Text: wr.deleteInText(n)} }
	return ws
}

// deleteText is DELETE of one row.
func (wr *writer) deleteText() string {
	t := wr.newText(96)
	t.WriteString("DELETE FROM " + wr.table + " WHERE ")
	t.equals(wr, wr.w.Match, " AND ")
	return t.String()
}

// deleteInText is DELETE of n rows, by several lists where one would be too long.
func (wr *writer) deleteInText(n int) string {
	m, piece := wr.w.Match, wr.d.writes.pieceOfList
	t := wr.newText(96 + 4*n*len(m))
	t.WriteString("DELETE FROM " + wr.table + " WHERE ")
	if len(m) > 1 {
		t.WriteByte('(')
		t.names(wr, m)
		t.WriteByte(')')
	} else {
		t.names(wr, m)
	}
	t.WriteString(" IN (")
	for i := range n {
		switch {
		case i == 0:
		case piece > 0 && i%piece == 0 && len(m) == 1:
			t.WriteString(") OR ")
			t.names(wr, m)
			t.WriteString(" IN (")
		default:
			t.WriteString(", ")
		}
		if len(m) > 1 {
			t.tuple(len(m))
		} else {
			t.placeholder()
		}
	}
	t.WriteByte(')')
	return t.String()
}

// cases writes an update of many rows as one statement that picks each row's
// values by its key.
type cases struct {
	wr *writer
	// keys are the indexes of the key columns among Match.
	keys []int
	// set are the indexes of the columns in Set in the order they are assigned: the
	// engine assigns from left to right, and what comes after a column reads its new
	// value, so that a key that changes comes last.
	set []int
}

// cases returns nil when the rows cannot be told apart by a key: there is none, or more
// than one part of it changes.
func (wr *writer) cases() *cases {
	c := &cases{wr: wr}
	for i, m := range wr.w.Match {
		if m.Property == nil {
			return nil
		}
		if m.Property.Primary {
			c.keys = append(c.keys, i)
		}
	}
	if len(c.keys) == 0 {
		return nil
	}
	var changed []int
	for i, column := range wr.w.Set {
		if slices.ContainsFunc(c.keys, func(k int) bool { return wr.w.Match[k].Name == column.Name }) {
			changed = append(changed, i)
		} else {
			c.set = append(c.set, i)
		}
	}
	if len(changed) > 1 {
		return nil
	}
	c.set = append(c.set, changed...)
	return c
}

// params is the number of parameters for one row.
func (c *cases) params() int {
	return len(c.wr.w.Set)*(len(c.keys)+1) + len(c.wr.w.Match)
}

func (c *cases) text(n int) string {
	w := c.wr.w
	t := c.wr.newText(128 + 24*n*c.params())
	t.WriteString("UPDATE " + c.wr.table + " SET ")
	for i, s := range c.set {
		if i > 0 {
			t.WriteString(", ")
		}
		t.WriteString(c.wr.quote(w.Set[s].Name) + " = CASE")
		if len(c.keys) == 1 {
			t.WriteString(" " + c.wr.quote(w.Match[c.keys[0]].Name))
		}
		for range n {
			t.WriteString(" WHEN ")
			c.key(t)
			t.WriteString(" THEN ")
			t.placeholder()
		}
		t.WriteString(" END")
	}
	t.WriteString(" WHERE ")
	if len(w.Match) == 1 {
		t.names(c.wr, w.Match)
	} else {
		t.WriteByte('(')
		t.names(c.wr, w.Match)
		t.WriteByte(')')
	}
	t.WriteString(" IN (")
	for i := range n {
		if i > 0 {
			t.WriteString(", ")
		}
		if len(w.Match) == 1 {
			t.placeholder()
		} else {
			t.tuple(len(w.Match))
		}
	}
	t.WriteByte(')')
	return t.String()
}

// key writes what tells a row by its key: the value alone, or one test for each part.
func (c *cases) key(t *text) {
	if len(c.keys) == 1 {
		t.placeholder()
		return
	}
	for i, k := range c.keys {
		if i > 0 {
			t.WriteString(" AND ")
		}
		t.WriteString(c.wr.quote(c.wr.w.Match[k].Name) + " = ")
		t.placeholder()
	}
}

func (c *cases) bind(dst []any, rows [][]any) ([]any, error) {
	set := len(c.wr.w.Set)
	cell := func(r, k int) error {
		p, err := encodeCell(c.wr.encs[k], rows[r][k])
		if err != nil {
			return cellError(r, c.wr.cols[k], err)
		}
		dst = append(dst, p)
		return nil
	}
	for _, s := range c.set {
		for r := range rows {
			for _, k := range c.keys {
				if err := cell(r, set+k); err != nil {
					return dst, err
				}
			}
			if err := cell(r, s); err != nil {
				return dst, err
			}
		}
	}
	for r := range rows {
		for k := set; k < len(rows[r]); k++ {
			if err := cell(r, k); err != nil {
				return dst, err
			}
		}
	}
	return dst, nil
}
