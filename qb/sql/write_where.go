package sql

import (
	"fmt"
	"strings"

	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql/internal/plan"
)

// mergeCondition is the condition of an upsert on the row in the way, with
// placeholders of its own.
type mergeCondition struct{ st *Statement }

// mergeWhere compiles the condition of an upsert: that of a bulk write on the table.
func (wr *writer) mergeWhere() error {
	c := wr.w.Conflict
	if c == nil || c.Where == nil {
		return nil
	}
	if !wr.d.writes.onConflict {
		return fmt.Errorf("%w: %s has no condition on the merge of an upsert", ErrUnsupported, wr.d.name)
	}
	b, err := plan.BuildBulk(&qb.Write{Registry: wr.w.Registry, Kind: qb.Delete, Entity: wr.w.Entity, Table: wr.w.Table,
		Where: c.Where, Slots: c.Slots, Schema: wr.w.Schema}, wr.d.planOptions())
	if err != nil {
		return err
	}
	p := newPrinter(wr.d, len(c.Slots))
	st, err := p.bulk(b)
	if p.err != nil {
		err = p.err
	}
	if err != nil {
		return err
	}
	_, st.Text, _ = strings.Cut(st.Text, " WHERE ")
	wr.where = &mergeCondition{st}
	return nil
}

// write writes the condition with the next placeholders of t. Those of its own text
// are found outside of quotes.
func (m *mergeCondition) write(t *text) {
	for s := m.st.Text; s != ""; {
		switch c := s[0]; {
		case c == '\'' || c == '"' || c == '`':
			end := strings.IndexByte(s[1:], c) + 2
			t.WriteString(s[:end])
			s = s[end:]
		case c == '?' && !t.numbered:
			t.placeholder()
			s = s[1:]
		case c == '$' && t.numbered:
			t.placeholder()
			s = strings.TrimLeft(s[1:], "0123456789")
		default:
			t.WriteByte(c)
			s = s[1:]
		}
	}
}

// behind binds the values of the condition after those of the rows.
func (m *mergeCondition) behind(rows rowBinder, args []any) rowBinder {
	if rows == nil {
		return nil
	}
	return func(dst []any, list [][]any) ([]any, error) {
		dst, err := rows(dst, list)
		if err != nil {
			return dst, err
		}
		return m.st.Bind(dst, args)
	}
}
