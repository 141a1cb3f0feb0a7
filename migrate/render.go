package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-orm/weft/schema"
)

// render writes a script as a file in the format of goose. alone: a transaction of
// goose's would undo the settings around it, so it has one of its own.
func render(s *schema.Script, alone bool) string {
	var b strings.Builder
	b.WriteString("-- weft:generated\n")
	for _, line := range wrapped(s.Tables, 100) {
		b.WriteString("-- weft:tables " + line + "\n")
	}
	for _, line := range wrapped(s.Views, 100) {
		b.WriteString("-- weft:views " + line + "\n")
	}
	if alone {
		b.WriteString("-- +goose NO TRANSACTION\n")
	}
	b.WriteString("\n-- +goose Up\n")
	statements(&b, s.Up.Statements, alone)
	b.WriteString("\n-- +goose Down\n")
	statements(&b, withoutProbes(s.Down.Statements), alone)
	return b.String()
}

// wrapped puts words into lines of about a length.
func wrapped(words []string, length int) []string {
	var lines []string
	for _, w := range words {
		if n := len(lines); n > 0 && len(lines[n-1])+len(w) < length {
			lines[n-1] += " " + w
			continue
		}
		lines = append(lines, w)
	}
	return lines
}

func statements(b *strings.Builder, list []schema.Statement, alone bool) {
	open := false
	for i, s := range list {
		setting := strings.HasPrefix(s.SQL, "PRAGMA ")
		if alone && !setting && !open {
			b.WriteString("BEGIN;\n")
			open = true
		}
		if alone && setting && open {
			b.WriteString("COMMIT;\n")
			open = false
		}
		statement(b, s)
		if alone && open && i == len(list)-1 {
			b.WriteString("COMMIT;\n")
		}
	}
}

func statement(b *strings.Builder, s schema.Statement) {
	if s.Comment != "" {
		b.WriteString("-- " + oneLine(s.Comment) + "\n")
	}
	for _, h := range s.Hazards {
		if h.Destroys {
			fmt.Fprintf(b, "-- weft:destroys %s\n", oneLine(h.String()))
		} else {
			fmt.Fprintf(b, "-- weft:hazard %s\n", oneLine(h.String()))
		}
		if h.Remedy != "" {
			fmt.Fprintf(b, "-- weft:remedy %s\n", oneLine(h.Remedy))
		}
		if text := probeMark(h.Probe); text != "" {
			fmt.Fprintf(b, "-- weft:probe %s\n", text)
		}
	}
	if needsFence(s.SQL) {
		b.WriteString("-- +goose StatementBegin\n" + s.SQL + ";\n-- +goose StatementEnd\n")
		return
	}
	b.WriteString(s.SQL + ";\n")
}

// withoutProbes are the statements of a way back, which nobody stops at rows: they are asked
// about on the way up alone.
func withoutProbes(list []schema.Statement) []schema.Statement {
	list = slices.Clone(list)
	for i := range list {
		list[i].Hazards = slices.Clone(list[i].Hazards)
		for j := range list[i].Hazards {
			list[i].Hazards[j].Probe = nil
		}
	}
	return list
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// needsFence reports a statement that a reader by lines would cut in two, or take for its own.
func needsFence(sql string) bool {
	lines := strings.Split(sql, "\n")
	for i, line := range lines {
		if i < len(lines)-1 && endsStatement(line) || strings.HasPrefix(strings.TrimSpace(line), "--") || strings.TrimSpace(line) == "" {
			return true
		}
	}
	return !endsStatement(lines[len(lines)-1] + ";")
}
