package pretty

import "strings"

// width is how long a statement may be before it is broken into lines.
const width = 100

// clauses begin a new line in a statement that is broken up.
var clauses = []string{
	"SELECT ", "FROM ", "LEFT JOIN ", "INNER JOIN ", "CROSS JOIN ", "WHERE ", "GROUP BY ", "HAVING ", "ORDER BY ", "LIMIT ", "OFFSET ",
	"UNION ", "FOR UPDATE", "FOR SHARE",
}

// Layout breaks a long SQL statement before its clauses; those of a sub-query are
// indented when the sub-query is long itself. Only spaces outside of quotes change.
func Layout(text string) string {
	if len(text) <= width {
		return text
	}
	l := &sqlLayout{text: text}
	l.run(0, len(text), 0)
	lines := strings.Split(l.out.String(), "\n")
	for i, line := range lines {
		lines[i] = wrap(line)
	}
	return strings.Join(lines, "\n")
}

// wrap breaks a long line after commas outside of quotes, and indents what follows.
func wrap(line string) string {
	if len(line) <= width {
		return line
	}
	indent := strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " "))+2)
	var b strings.Builder
	start, comma := 0, -1
	for i := 0; i < len(line); {
		if strings.IndexByte("'\"`", line[i]) >= 0 {
			i += QuoteEnd(line[i:])
		} else {
			i++
		}
		if i-start > width && comma > start {
			b.WriteString(line[start:comma] + "\n" + indent)
			start = comma + 1
		}
		if strings.HasPrefix(line[i:], ", ") {
			comma = i + 1
		}
	}
	return b.String() + line[start:]
}

type sqlLayout struct {
	text string
	out  strings.Builder
}

// run writes text[from:to] at an indentation.
func (l *sqlLayout) run(from, to, indent int) {
	depth := 0
	for i := from; i < to; {
		rest := l.text[i:to]
		switch {
		case strings.IndexByte("'\"`", rest[0]) >= 0 || strings.HasPrefix(rest, "/*"):
			n := QuoteEnd(rest)
			l.out.WriteString(rest[:n])
			i += n
		case startsSubquery(rest) && l.parenthesis(i, to) > 0:
			n := l.parenthesis(i, to)
			l.subquery(i, i+n, indent)
			i += n
		case depth == 0 && i > from && l.text[i-1] == ' ' && startsClause(rest):
			l.trimSpace()
			l.newline(indent)
			n := strings.IndexByte(rest+" ", ' ')
			l.out.WriteString(rest[:n])
			i += n
		default:
			switch rest[0] {
			case '(':
				depth++
			case ')':
				depth--
			}
			l.out.WriteByte(rest[0])
			i++
		}
	}
}

// subquery writes a sub-query with its parentheses.
func (l *sqlLayout) subquery(from, to, indent int) {
	if to-from <= width {
		l.out.WriteString(l.text[from:to])
		return
	}
	l.out.WriteByte('(')
	l.newline(indent + 2)
	l.run(from+1, to-1, indent+2)
	l.newline(indent)
	l.out.WriteByte(')')
}

// parenthesis is the length of the parenthesised piece that starts at from, 0
// when it is not closed.
func (l *sqlLayout) parenthesis(from, to int) int {
	depth := 0
	for i := from; i < to; {
		switch c := l.text[i]; {
		case strings.IndexByte("'\"`", c) >= 0 || strings.HasPrefix(l.text[i:to], "/*"):
			i += QuoteEnd(l.text[i:to])
			continue
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i + 1 - from
			}
		}
		i++
	}
	return 0
}

func (l *sqlLayout) newline(indent int) {
	l.out.WriteByte('\n')
	l.out.WriteString(strings.Repeat(" ", indent))
}

// trimSpace takes the space before a clause off the output.
func (l *sqlLayout) trimSpace() {
	s := strings.TrimRight(l.out.String(), " ")
	l.out.Reset()
	l.out.WriteString(s)
}

func startsSubquery(rest string) bool {
	return strings.HasPrefix(rest, "(SELECT ") || strings.HasPrefix(rest, "(WITH ")
}

func startsClause(rest string) bool {
	for _, c := range clauses {
		if strings.HasPrefix(rest, c) {
			return true
		}
	}
	return false
}

// QuoteEnd is the length of the quoted piece or comment that text begins with.
func QuoteEnd(text string) int {
	closing, from := text[:1], 1
	if strings.HasPrefix(text, "/*") {
		closing, from = "*/", 2
	}
	if i := strings.Index(text[from:], closing); i >= 0 {
		return from + i + len(closing)
	}
	return len(text)
}
