package sql

import (
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// text builds one statement and numbers its placeholders.
type text struct {
	strings.Builder
	numbered bool
	params   int
}

// newText starts a statement for an engine; numbered placeholders are $1, $2, ...
func (wr *writer) newText(size int) *text {
	t := &text{numbered: wr.d.numbered}
	t.Grow(size)
	t.WriteString(comments(wr.w.Comments))
	return t
}

func (t *text) placeholder() {
	t.params++
	if !t.numbered {
		t.WriteByte('?')
		return
	}
	t.WriteByte('$')
	var b [8]byte
	t.Write(strconv.AppendInt(b[:0], int64(t.params), 10))
}

// each writes something for every column, with sep between.
func (t *text) each(cols []*mapper.Column, sep string, fn func(i int, c *mapper.Column)) {
	for i, c := range cols {
		if i > 0 {
			t.WriteString(sep)
		}
		fn(i, c)
	}
}

// names writes quoted column names.
func (t *text) names(wr *writer, cols []*mapper.Column) {
	t.each(cols, ", ", func(_ int, c *mapper.Column) { t.WriteString(wr.quote(c.Name)) })
}

// equals writes "a" = ?, with sep between.
func (t *text) equals(wr *writer, cols []*mapper.Column, sep string) {
	t.each(cols, sep, func(_ int, c *mapper.Column) {
		t.WriteString(wr.quote(c.Name) + " = ")
		t.placeholder()
	})
}

// tuple writes (?, ?, ...).
func (t *text) tuple(n int) {
	t.WriteByte('(')
	for i := range n {
		if i > 0 {
			t.WriteString(", ")
		}
		t.placeholder()
	}
	t.WriteByte(')')
}

// returning writes the RETURNING clause with what comes first before the columns.
func (t *text) returning(wr *writer, first, prefix string) {
	if first == "" && len(wr.w.Returning) == 0 {
		return
	}
	t.WriteString(" RETURNING " + first)
	for i, c := range wr.w.Returning {
		if i > 0 || first != "" {
			t.WriteString(", ")
		}
		t.WriteString(prefix + wr.quote(c.Name))
	}
}
