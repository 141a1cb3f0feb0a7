package table

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Table is a list of rows with named columns.
type Table struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	// More reports that rows were left out.
	More bool `json:"more,omitempty"`
}

// Write prints the columns side by side, and the number of rows below. Bytes are
// printed in hexadecimal, line breaks and other control characters escaped.
func (t *Table) Write(w io.Writer) error {
	widths := make([]int, len(t.Columns))
	lines := [][]string{t.Columns, make([]string, len(t.Columns))}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = cell(v)
		}
		lines = append(lines, cells)
	}
	for _, line := range lines {
		for i, c := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for i := range t.Columns {
		lines[1][i] = strings.Repeat("-", widths[i])
	}
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(pad(line, widths) + "\n")
	}
	b.WriteString(t.summary() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// pad joins cells, each as wide as its column.
func pad(cells []string, widths []int) string {
	var b strings.Builder
	for i, c := range cells {
		b.WriteString(c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+2))
	}
	return strings.TrimRight(b.String(), " ")
}

func (t *Table) summary() string {
	rows := "rows"
	if len(t.Rows) == 1 {
		rows = "row"
	}
	if t.More {
		return fmt.Sprintf("(the first %d %s; --limit shows more)", len(t.Rows), rows)
	}
	return fmt.Sprintf("(%d %s)", len(t.Rows), rows)
}

// cell prints one value.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return escape(v)
	case []byte:
		return "x'" + hex.EncodeToString(v) + "'"
	case json.RawMessage:
		return escape(string(v))
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return escape(fmt.Sprint(v))
}

// escape keeps a value on one line and the terminal in order.
func escape(s string) string {
	if !strings.ContainsFunc(s, isControl) {
		return s
	}
	quoted := fmt.Sprintf("%q", s)
	return quoted[1 : len(quoted)-1]
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// Plain returns a value that JSON can hold; bytes become text, in base64 where
// they are not UTF-8.
func Plain(v any) any {
	if s, own := v.(fmt.Stringer); own {
		if _, isTime := v.(time.Time); !isTime {
			return s.String() // a UUID, say
		}
	}
	b, ok := v.([]byte)
	switch {
	case !ok:
		return v
	case utf8.Valid(b):
		return string(b)
	}
	return base64.StdEncoding.EncodeToString(b)
}
