package sql

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// insert compiles an insert of rows.
func (wr *writer) insert() (*WriteStatement, error) {
	w := wr.w
	if len(w.Match) > 0 {
		return nil, fmt.Errorf("%w: an insert matches nothing", ErrQuery)
	}
	if err := wr.mergeWhere(); err != nil {
		return nil, err
	}
	ws := &WriteStatement{MaxRows: wr.chunkRows(len(w.Set)), Copy: wr.copyForm(), bind: wr.rowMajor, binds: wr.rowMajor}
	ws.one = Chunk{Returns: len(w.Returning) > 0 && wr.d.writes.returning}
	ws.many = func(n int) Chunk {
		return Chunk{Text: wr.insertText(n), Returns: len(w.Returning) > 0 && wr.d.writes.returning}
	}
	wr.readBack(ws)
	ws.one.Text = wr.insertText(1)
	switch {
	case len(w.Set) == 0 || ws.one.ReadBack != "" || ws.one.LastInsertID && !wr.d.writes.returning:
		ws.MaxRows = 1
	case wr.d.writes.insert == eachRow && w.Conflict == nil:
		ws.MaxRows = min(ws.MaxRows, preparedRows(len(w.Set)))
	case wr.d.writes.insert == eachRow || w.Conflict != nil && len(w.Conflict.Merge) == 0 && ws.one.Returns:
		ws.MaxRows = 1 // ignored rows return nothing, and nothing tells which they were
	case wr.d.writes.insert == unnested:
		ws.MaxRows = maxRows
		u := wr.unnest()
		ws.binds = u.bind
		ws.many = anyNumber(func() Chunk { return Chunk{Text: u.insertText(), Returns: ws.one.Returns} })
	}
	if wr.where != nil {
		ws.bind, ws.binds = wr.where.behind(ws.bind, w.Conflict.Args), wr.where.behind(ws.binds, w.Conflict.Args)
	}
	return ws, nil
}

// someRows is how many rows of an insert go into a statement where there is no way for
// any number of them: more would not be faster, and a prepared statement keeps memory for each.
const someRows = 64

// preparedRows is someRows, and more of them where rows are narrow: what a statement costs by
// itself weighs more there, and what is kept are its values.
func preparedRows(width int) int {
	const values = 8 * someRows
	n := someRows
	for width > 0 && 2*n*width <= values {
		n *= 2
	}
	return n
}

// readBack decides how generated values come back: RETURNING, the last insert
// id, or a query by key. The last insert id also serves one row on engines with RETURNING
// whose statements stay prepared, because it spares them a result set.
func (wr *writer) readBack(ws *WriteStatement) {
	w := wr.w
	if len(w.Returning) == 0 {
		return
	}
	lone := len(w.Returning) == 1 && w.Returning[0].AutoIncrement
	if lone && w.Conflict == nil && (!ws.one.Returns || wr.d.writes.insert == eachRow) {
		ws.one.LastInsertID, ws.one.Returns = true, false
		return
	}
	if ws.one.Returns || w.Entity == nil {
		return
	}
	t := wr.newText(128)
	t.WriteString("SELECT ")
	t.names(wr, w.Returning)
	t.WriteString(" FROM " + wr.table + " WHERE ")
	t.equals(wr, w.Entity.KeyColumns, " AND ")
	ws.one.ReadBack = t.String()
	for _, k := range w.Entity.KeyColumns {
		for i, c := range w.Set {
			if c.Name == k.Name {
				ws.one.ReadBackKey = append(ws.one.ReadBackKey, i)
			}
		}
	}
}

// insertText is INSERT with n rows of VALUES.
func (wr *writer) insertText(n int) string {
	w := wr.w
	t := wr.newText(64 + (16+4*n)*len(w.Set))
	t.WriteString("INSERT INTO " + wr.table)
	if len(w.Set) == 0 {
		t.WriteString(wr.d.writes.emptyRow)
	} else {
		t.WriteString(" (")
		t.names(wr, w.Set)
		t.WriteString(") VALUES ")
		for i := range n {
			if i > 0 {
				t.WriteString(", ")
			}
			t.tuple(len(w.Set))
		}
	}
	wr.conflict(t)
	if wr.d.writes.returning && !(n == 1 && wr.lastInsertID()) {
		t.returning(wr, "", "")
	}
	return t.String()
}

// lastInsertID reports one row whose key the last insert id tells although the engine has RETURNING.
func (wr *writer) lastInsertID() bool {
	w := wr.w
	return wr.d.writes.insert == eachRow && len(w.Returning) == 1 && w.Returning[0].AutoIncrement && w.Conflict == nil
}

// conflict writes what happens to a row whose key exists. IGNORE forms are not
// used: they turn other errors into warnings.
func (wr *writer) conflict(t *text) {
	c := wr.w.Conflict
	if c == nil {
		return
	}
	if wr.d.writes.onConflict {
		wr.onConflict(t)
		return
	}
	if len(c.Merge) > 0 && wr.d.writes.newRow != "" {
		t.WriteString(wr.d.writes.newRow)
	}
	t.WriteString(" ON DUPLICATE KEY UPDATE ")
	if len(c.Merge) == 0 {
		key := wr.anyKey()
		t.WriteString(key + " = " + key)
		return
	}
	t.each(c.Merge, ", ", func(_ int, col *mapper.Column) {
		name := wr.quote(col.Name)
		if slices.Contains(c.Count, col) {
			wr.count(t, col)
			return
		}
		if wr.d.writes.newRow != "" {
			t.WriteString(name + " = weft_new." + name)
			return
		}
		t.WriteString(name + " = VALUES(" + name + ")")
	})
}

// anyKey is a column whose assignment to itself changes nothing.
func (wr *writer) anyKey() string {
	switch w := wr.w; {
	case len(w.Conflict.On) > 0:
		return wr.table + "." + wr.quote(w.Conflict.On[0].Name)
	case len(w.Set) > 0:
		return wr.table + "." + wr.quote(w.Set[0].Name)
	default:
		return wr.table + "." + wr.quote(w.Entity.KeyColumns[0].Name)
	}
}

func (wr *writer) onConflict(t *text) {
	c := wr.w.Conflict
	t.WriteString(" ON CONFLICT")
	if len(c.On) > 0 {
		t.WriteString(" (")
		t.names(wr, c.On)
		t.WriteByte(')')
	}
	if len(c.Merge) == 0 {
		t.WriteString(" DO NOTHING")
		return
	}
	t.WriteString(" DO UPDATE SET ")
	t.each(c.Merge, ", ", func(_ int, col *mapper.Column) {
		name := wr.quote(col.Name)
		if slices.Contains(c.Count, col) {
			wr.count(t, col)
			return
		}
		t.WriteString(name + " = excluded." + name)
	})
	if wr.where != nil {
		t.WriteString(" WHERE ")
		wr.where.write(t)
	}
}

// count makes a column of the existing row one greater.
func (wr *writer) count(t *text, col *mapper.Column) {
	name := wr.quote(col.Name)
	t.WriteString(name + " = " + wr.quote(wr.w.Table.Name) + "." + name + " + 1")
}
