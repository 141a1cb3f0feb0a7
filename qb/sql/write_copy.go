package sql

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// Copy is an insert as the engine's loading protocol does it: the statement that
// opens it, and rows in its text format. It is immutable and safe for concurrent use.
type Copy struct {
	// Text is the COPY statement.
	Text string

	columns []*mapper.Column
	encs    []Encoding
	plain   []bool // of columns whose values are the text of their canonical form
}

// copyForm returns the loading form of an insert that returns nothing and meets
// no conflicts, nil where there is none.
func (wr *writer) copyForm() *Copy {
	w := wr.w
	if !wr.d.writes.copies || len(w.Returning) > 0 || w.Conflict != nil || len(w.Set) == 0 {
		return nil
	}
	t := wr.newText(64 + 16*len(w.Set))
	t.WriteString("COPY " + wr.table + " (")
	t.names(wr, w.Set)
	t.WriteString(") FROM STDIN")
	c := &Copy{Text: t.String(), columns: w.Set}
	for _, column := range w.Set {
		c.encs = append(c.encs, wr.textEncoding(column))
		c.plain = append(c.plain, kindOf(column.Type) != mapper.Array && postgresEncode(column.Type) == nil)
	}
	return c
}

// textEncoding turns a value into what the column's type reads from text.
func (wr *writer) textEncoding(c *mapper.Column) Encoding {
	switch kindOf(c.Type) {
	case mapper.Array:
		return arrayText(arrayElement(c.Type.Elem))
	case mapper.JSON:
		return encodeJSON
	case mapper.DecimalKind:
		return encodeDecimalText
	}
	return arrayElement(c.Type)
}

// Append appends rows in the text format of COPY to dst.
func (c *Copy) Append(dst []byte, rows [][]any) ([]byte, error) {
	for i, row := range rows {
		if len(row) != len(c.columns) {
			return dst, fmt.Errorf("sql: row %d: %w: %d values where %d are expected", i, ErrArgument, len(row), len(c.columns))
		}
		for j, v := range row {
			if j > 0 {
				dst = append(dst, '\t')
			}
			if v == nil {
				dst = append(dst, `\N`...)
				continue
			}
			if c.plain[j] {
				var ok bool
				if dst, ok = appendCopyValue(dst, v); ok {
					continue
				}
			}
			text, err := c.encs[j](v)
			if err != nil {
				return dst, cellError(i, c.columns[j], err)
			}
			s, ok := text.(string)
			if !ok {
				return dst, cellError(i, c.columns[j], fmt.Errorf("%w: %T has no text form", ErrArgument, text))
			}
			dst = appendCopyText(dst, s)
		}
		dst = append(dst, '\n')
	}
	return dst, nil
}

// appendCopyValue writes what postgresText makes of v without making it; false
// where it has to.
func appendCopyValue(dst []byte, v any) ([]byte, bool) {
	switch x := v.(type) {
	case string:
		return appendCopyText(dst, x), true
	case bool:
		return strconv.AppendBool(dst, x), true
	case int64:
		return strconv.AppendInt(dst, x, 10), true
	case float64:
		return strconv.AppendFloat(dst, x, 'g', -1, 64), true
	case []byte:
		return hex.AppendEncode(append(dst, `\\x`...), x), true
	case time.Time:
		return x.UTC().AppendFormat(dst, "2006-01-02 15:04:05.999999Z07:00"), true
	}
	return dst, false
}

// appendCopyText escapes what separates columns and rows.
func appendCopyText(dst []byte, s string) []byte {
	for i := range len(s) {
		switch b := s[i]; b {
		case '\\':
			dst = append(dst, `\\`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, b)
		}
	}
	return dst
}
