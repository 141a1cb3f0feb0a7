package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/qb"
)

// String returns the plan as text: a line for each constraint that is checked at the
// end, one for each step, one for each row. New rows are numbered among themselves, so
// that what else the unit of work holds does not show.
func (p *Plan) String() string { return p.Text(true) }

// Text is String, or the same with ? in place of each value.
func (p *Plan) Text(values bool) string {
	var b strings.Builder
	number := p.numbers()
	for _, u := range p.Deferred {
		fmt.Fprintf(&b, "deferred %s\n", u.Name)
	}
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "%d %s %s", i+1, s.Role, s.Ops[0].name())
		if len(s.Returning()) > 0 {
			fmt.Fprintf(&b, " returning %s", columnNames(s.Returning()))
		}
		if s.Ops[0].links == unsureLink {
			b.WriteString(" unless there")
		}
		b.WriteByte('\n')
		for _, op := range s.Ops {
			print := func(row []any) {
				b.WriteString("   ")
				printColumns(&b, " set", op.Set, row, number, values)
				printColumns(&b, " where", op.Match, row[len(op.Set):], number, values)
				b.WriteByte('\n')
			}
			if op.Lists() == nil {
				print(op.Values)
			}
			var row []any
			for _, l := range op.Lists() {
				for i := range l.Added {
					row = op.Link(row[:0], l, &l.Added[i])
					print(row)
				}
			}
		}
	}
	return b.String()
}

// numbers returns the numbers of the rows that the plan inserts, in order of arrival.
func (p *Plan) numbers() map[*changeset.Change]int {
	var list []*changeset.Change
	seen := map[*changeset.Change]int{}
	for _, s := range p.Steps {
		for _, op := range s.Ops {
			if c := op.Change; c != nil && c.Kind == changeset.Insert {
				if _, known := seen[c]; !known {
					seen[c] = 0
					list = append(list, c)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *changeset.Change) int { return a.Ordinal - b.Ordinal })
	for i, c := range list {
		seen[c] = i
	}
	return seen
}

func printColumns(b *strings.Builder, word string, columns []*mapper.Column, list []any, number map[*changeset.Change]int, values bool) {
	for i, c := range columns {
		if i == 0 {
			b.WriteString(word)
		}
		text := printValue(Binding{c, list[i]}, number)
		if !values && !isMade(list[i]) {
			text = "?"
		}
		fmt.Fprintf(b, " %s=%s", c.Name, text)
	}
}

// printValue prints a value; those of redacted properties stay out of plans.
func printValue(x Binding, number map[*changeset.Change]int) string {
	if p := x.Column.Property; p != nil && p.Redacted && x.Value != nil {
		return "(redacted)"
	}
	switch v := qb.Written(x.Value).(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%q", v)
	case mapper.Decimal:
		return string(v)
	case []byte:
		return fmt.Sprintf("x'%x'", v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case changeset.Handle:
		return "<" + v.Name(number[v.Of]) + ">"
	case fmt.Stringer:
		return "<" + v.String() + ">"
	default:
		return fmt.Sprint(v)
	}
}

// isMade reports what the flush itself makes, a key or a free value, which tells of no row.
func isMade(v any) bool {
	switch v.(type) {
	case changeset.Handle, *Free:
		return true
	}
	return false
}

func columnNames(columns []*mapper.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
