package sql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// unnest writes many rows as one array parameter for each column, so that the
// text does not depend on the number of rows.
type unnest struct {
	wr *writer
	// from is unnest($1::bigint[], ...), refs are its columns cast to the columns' types.
	from  string
	names []string
	refs  []string
	encs  []Encoding
}

func (wr *writer) unnest() *unnest {
	u := &unnest{wr: wr}
	var b strings.Builder
	b.WriteString("unnest(")
	for i, c := range wr.cols {
		if i > 0 {
			b.WriteString(", ")
		}
		name := "c" + strconv.Itoa(i)
		array, cast, enc := wr.unnestColumn(c)
		b.WriteString("$" + strconv.Itoa(i+1) + "::" + array)
		u.names = append(u.names, name)
		u.refs = append(u.refs, "v."+name+cast)
		u.encs = append(u.encs, enc)
	}
	b.WriteByte(')')
	u.from = b.String()
	return u
}

// unnestColumn gives the array type a column's values travel in, the cast of
// one of them to the column's type, and the encoding of the list of them.
// Arrays, documents, decimals and enums travel as text: arrays of arrays would
// be flattened, and the driver has no binary form for the others.
func (wr *writer) unnestColumn(c *mapper.Column) (array, cast string, enc Encoding) {
	typ := wr.d.ColumnType(c)
	switch kindOf(c.Type) {
	case mapper.Array:
		return "text[]", "::" + typ, textArray(arrayText(arrayElement(c.Type.Elem)))
	case mapper.JSON:
		return "text[]", "::" + typ, textArray(encodeJSON)
	case mapper.DecimalKind:
		return "text[]", "::" + typ, textArray(encodeDecimalText)
	}
	enc = encodeArrayPostgres(c.Type)
	if c.Type.NativeEnum != "" {
		return "text[]", "::" + typ, textArray(nil)
	}
	if base := wr.d.columnType(c.Type, false); base != typ {
		return base + "[]", "::" + typ, enc
	}
	if kindOf(c.Type) == mapper.String {
		return "text[]", "", enc
	}
	return typ + "[]", "", enc
}

// arrayElement encodes an element of an array as the text of an array holds it.
func arrayElement(elem *mapper.Type) Encoding {
	enc := postgresEncode(elem)
	return func(v any) (any, error) {
		if enc != nil {
			var err error
			if v, err = enc(v); err != nil {
				return nil, err
			}
		}
		return postgresText(v)
	}
}

// textArray makes a []string of a list whose elements enc turns into text.
func textArray(enc Encoding) Encoding {
	strings := sliceOf[string, string](func(s string) string { return s })
	return func(v any) (any, error) {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%w: %T where a list is expected", ErrArgument, v)
		}
		if enc == nil {
			return strings(list)
		}
		out := make([]any, len(list))
		for i, x := range list {
			var err error
			if out[i], err = encodeCell(enc, x); err != nil {
				return nil, err
			}
		}
		return strings(out)
	}
}

// bind gives one array for each column.
func (u *unnest) bind(dst []any, rows [][]any) ([]any, error) {
	column := make([]any, len(rows))
	for k := range u.wr.cols {
		for i, row := range rows {
			column[i] = row[k]
		}
		p, err := u.encs[k](column)
		if err != nil {
			return dst, fmt.Errorf("sql: column %s: %w", u.wr.cols[k].Name, err)
		}
		dst = append(dst, p)
	}
	return dst, nil
}

func (u *unnest) insertText() string {
	wr := u.wr
	t := wr.newText(256)
	t.WriteString("INSERT INTO " + wr.table + " (")
	t.names(wr, wr.w.Set)
	t.WriteString(") SELECT " + strings.Join(u.refs, ", ") + " FROM " + u.from +
		" WITH ORDINALITY AS v(" + strings.Join(u.names, ", ") + ", n) ORDER BY v.n")
	t.params = len(wr.w.Set) // one array for each column
	wr.conflict(t)
	t.returning(wr, "", "")
	return t.String()
}

// updateText is UPDATE of many rows, which returns the numbers of those it found when
// they are to be counted.
func (u *unnest) updateText(counted bool) string {
	wr := u.wr
	t := wr.newText(256)
	t.WriteString("UPDATE " + wr.table + " AS t SET ")
	t.each(wr.w.Set, ", ", func(i int, c *mapper.Column) { t.WriteString(wr.quote(c.Name) + " = " + u.refs[i]) })
	t.WriteString(" FROM " + u.from)
	u.match(t, counted)
	return t.String()
}

// deleteText is DELETE of many rows, as updateText.
func (u *unnest) deleteText(counted bool) string {
	wr := u.wr
	t := wr.newText(256)
	if !counted && len(u.refs) == 1 && u.refs[0] == "v.c0" {
		list, _ := strings.CutPrefix(u.from, "unnest(")
		t.WriteString("DELETE FROM " + wr.table + " WHERE ")
		t.names(wr, wr.w.Match)
		t.WriteString(" = ANY(" + list)
		return t.String()
	}
	t.WriteString("DELETE FROM " + wr.table + " AS t USING " + u.from)
	u.match(t, counted)
	return t.String()
}

// match names the unnested columns and ties them to the table's. Counted rows have a
// number, which is returned.
func (u *unnest) match(t *text, counted bool) {
	wr := u.wr
	if counted {
		defer t.returning(wr, "v.n", "t.")
		t.WriteString(" WITH ORDINALITY")
	}
	t.WriteString(" AS v(" + strings.Join(u.names, ", "))
	if counted {
		t.WriteString(", n")
	}
	t.WriteString(") WHERE ")
	set := len(wr.w.Set)
	t.each(wr.w.Match, " AND ", func(i int, c *mapper.Column) {
		t.WriteString("t." + wr.quote(c.Name) + " = " + u.refs[set+i])
	})
}
