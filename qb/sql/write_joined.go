package sql

import (
	"strconv"

	"github.com/weft-orm/weft/mapper"
)

// joined writes an update of many rows as one statement that joins their values, which
// come as one JSON document, so that the text does not depend on the number of rows.
//
// What is compared has the type and collation of its column. What is written travels as a
// whole number, a float or text, which cannot fail before it is assigned: a value that its
// column does not take is the same error as in a statement for one row.
type joined struct {
	wr   *writer
	text string
}

func (wr *writer) joined() *joined {
	w := wr.w
	t := wr.newText(256)
	t.WriteString("UPDATE JSON_TABLE(?, '$[*]' COLUMNS (")
	t.each(wr.cols, ", ", func(i int, c *mapper.Column) {
		typ := wr.d.jsonTableType(c.Type, c)
		if i < len(w.Set) {
			typ = carrier(c.Type)
		}
		t.WriteString("c" + strconv.Itoa(i) + " " + typ + " PATH '$[" + strconv.Itoa(i) + "]'")
	})
	// The order of the tables is that of the values: the server would read a small table
	// first, and lock rows that nobody writes.
	t.WriteString(")) AS v STRAIGHT_JOIN " + wr.table + " AS t ON ")
	ref := func(i int) string {
		v := "v.c" + strconv.Itoa(i)
		if kindOf(wr.cols[i].Type) == mapper.Bytes {
			return "UNHEX(" + v + ")"
		}
		return v
	}
	t.each(w.Match, " AND ", func(i int, c *mapper.Column) {
		t.WriteString("t." + wr.quote(c.Name) + " = " + ref(len(w.Set)+i))
	})
	t.WriteString(" SET ")
	t.each(w.Set, ", ", func(i int, c *mapper.Column) { t.WriteString("t." + wr.quote(c.Name) + " = " + ref(i)) })
	return &joined{wr: wr, text: t.String()}
}

// carrier is the type in which values of a column travel until they are assigned.
func carrier(t *mapper.Type) string {
	switch kindOf(t) {
	case mapper.Bool, mapper.Int, mapper.Duration:
		return "bigint"
	case mapper.Uint:
		return "bigint unsigned"
	case mapper.Float:
		return "double"
	case mapper.Bytes:
		return "longtext CHARACTER SET ascii"
	default:
		return "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
	}
}

// bind gives the document.
func (j *joined) bind(dst []any, rows [][]any) ([]any, error) {
	doc := make([]byte, 0, len(rows)*(2+12*len(j.wr.cols)))
	doc = append(doc, '[')
	for i, row := range rows {
		if i > 0 {
			doc = append(doc, ',')
		}
		for k, v := range row {
			doc = append(doc, "[,"[min(k, 1)])
			var err error
			if doc, err = appendElement(doc, v, j.wr.encs[k]); err != nil {
				return dst, cellError(i, j.wr.cols[k], err)
			}
		}
		doc = append(doc, ']')
	}
	return append(dst, string(append(doc, ']'))), nil
}
