package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// String returns the plan as text: a line for each constraint that is checked at the
// end, one for each step, one for each row.
func (p *Plan) String() string {
	var b strings.Builder
	for _, u := range p.Deferred {
		fmt.Fprintf(&b, "deferred %s\n", u.Name)
	}
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "%d %s %s", i+1, s.Role, s.Ops[0].name())
		if len(s.Write.Returning) > 0 {
			fmt.Fprintf(&b, " returning %s", columnNames(s.Write.Returning))
		}
		if s.Write.Conflict != nil {
			b.WriteString(" unless there")
		}
		b.WriteByte('\n')
		for _, op := range s.Ops {
			b.WriteString("   ")
			printBindings(&b, " set", op.Set)
			printBindings(&b, " where", op.Match)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func printBindings(b *strings.Builder, word string, list []Binding) {
	for i, x := range list {
		if i == 0 {
			b.WriteString(word)
		}
		fmt.Fprintf(b, " %s=%s", x.Column.Name, printValue(x))
	}
}

// printValue prints a value; those of redacted properties stay out of plans.
func printValue(x Binding) string {
	if p := x.Column.Property; p != nil && p.Redacted && x.Value != nil {
		return "(redacted)"
	}
	switch v := x.Value.(type) {
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
	case fmt.Stringer:
		return "<" + v.String() + ">"
	default:
		return fmt.Sprint(v)
	}
}

func columnNames(columns []*mapper.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
