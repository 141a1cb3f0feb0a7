package console

import (
	"fmt"
	"strings"
	"time"

	"github.com/weft-orm/weft/examples/internal/trace"
)

// Statements prints statements with their arguments. Of writes to many rows it
// prints the number of rows and the first.
func (c *Console) Statements(list []trace.Statement) {
	for _, s := range list {
		c.Code(s.SQL)
		switch {
		case len(s.Rows) > 1:
			c.Note("%d rows, the first: %s", len(s.Rows), Values(s.Rows[0]))
		case len(s.Rows) == 1 && len(s.Rows[0]) > 0:
			c.Note("with %s", Values(s.Rows[0]))
		case len(s.Args) > 0:
			c.Note("with %s", Values(s.Args))
		}
	}
}

// Values prints a list of canonical values; of a long list inside only the length.
func Values(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = value(v)
	}
	return strings.Join(texts, ", ")
}

func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "'" + Shorten(v, 40) + "'"
	case time.Time:
		return v.Format("2006-01-02 15:04:05")
	case []any:
		if len(v) > 5 {
			return fmt.Sprintf("[%s, … %d keys]", Values(v[:3]), len(v))
		}
		return "[" + Values(v) + "]"
	}
	return fmt.Sprint(v)
}
