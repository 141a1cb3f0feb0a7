package sql

import "github.com/weft-orm/weft/conditions"

// Form returns the statement that is best for the first of rows, and how many of
// them it takes at once, at least one: w itself, or one for rows that agree in all
// columns but the last, such as the links of one owner.
func (w *WriteStatement) Form(rows [][]any) (*WriteStatement, int) {
	if w.alike != nil && len(rows) > w.MaxRows {
		if n := alike(rows[:min(len(rows), w.alike.MaxRows)]); n > w.MaxRows {
			return w.alike, n
		}
	}
	return w, min(len(rows), w.MaxRows)
}

// alike returns how many of the first rows agree in all values but the last. NULL
// agrees with nothing.
func alike(rows [][]any) int {
	for n, row := range rows {
		if len(row) != len(rows[0]) {
			return n
		}
		for k := range len(row) - 1 {
			a, b := rows[0][k], row[k]
			if a == nil || b == nil {
				return max(n, 1)
			}
			if c, ok := conditions.Order(a, b); c != 0 || !ok {
				return n
			}
		}
	}
	return len(rows)
}

// deleteAlike is a delete of rows that agree in all columns but the last.
func (wr *writer) deleteAlike(one Chunk) *WriteStatement {
	ws := &WriteStatement{one: one, bind: wr.rowMajor, binds: wr.bindAlike, MaxRows: wr.listedRows(1, 1), pads: wr.d.writes.longList}
	ws.many = func(n int) Chunk { return Chunk{Text: wr.deleteAlikeText(n)} }
	return ws
}

// deleteAlikeText is DELETE of n rows that differ in the last column.
func (wr *writer) deleteAlikeText(n int) string {
	last := len(wr.w.Match) - 1
	t := wr.newText(96 + 4*n)
	t.WriteString("DELETE FROM " + wr.table + " WHERE ")
	t.equals(wr, wr.w.Match[:last], " AND ")
	t.WriteString(" AND ")
	t.names(wr, wr.w.Match[last:])
	t.WriteString(" IN ")
	t.tuple(n)
	return t.String()
}

// bindAlike binds what the rows share once, then the last value of each.
func (wr *writer) bindAlike(dst []any, rows [][]any) ([]any, error) {
	last := len(wr.w.Match) - 1
	for i, row := range rows {
		from := last
		if i == 0 {
			from = 0
		}
		for k := from; k <= last; k++ {
			p, err := encodeCell(wr.encs[k], row[k])
			if err != nil {
				return dst, cellError(i, wr.cols[k], err)
			}
			dst = append(dst, p)
		}
	}
	return dst, nil
}
