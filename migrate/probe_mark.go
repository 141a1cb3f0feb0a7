package migrate

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/schema"
)

// Probe is the query of a mark "-- weft:probe books(isbn): select ...", asked before the
// statement it stands before: it gives the number of rows in its way, where no row is 0.
// It is SQL of the file, as the statement is, run with the same rights.
type Probe struct {
	schema.Probe
	// Step is what the statement does to these rows, Remedy how to go about it instead; both may be "".
	Step, Remedy string
	// Destroys reports that it loses values of theirs; without it the statement fails.
	Destroys bool
	// Line is where the mark stands.
	Line int
	// rules says that the query counts the documents that break a validator, by field.
	rules bool
}

var (
	// isQuery finds what a probe begins with.
	isQuery  = regexp.MustCompile(`(?i)^(?:select|with)\b`)
	bareName = regexp.MustCompile(`^[\pL\pN_.$]+`)
)

// read takes the text of a mark apart.
func (p *Probe) read(text string) error {
	var ok bool
	if p.Table, text, ok = cutName(text); !ok {
		return errProbe
	}
	if rest, columns := strings.CutPrefix(text, "("); columns {
		for {
			var name string
			if name, rest, ok = cutName(strings.TrimSpace(rest)); !ok {
				return errProbe
			}
			p.Columns = append(p.Columns, name)
			if after, more := strings.CutPrefix(rest, ","); more {
				rest = after
				continue
			}
			if text, ok = strings.CutPrefix(rest, ")"); !ok {
				return errProbe
			}
			break
		}
	}
	if text, ok = strings.CutPrefix(text, ":"); !ok {
		return errProbe
	}
	p.SQL = strings.TrimRight(strings.TrimSpace(text), "; ")
	if !isQuery.MatchString(p.SQL) {
		return errProbe
	}
	return nil
}

// cutName cuts a name off, which is in quotes where it is more than letters, digits, and dots.
func cutName(text string) (name, rest string, ok bool) {
	if quoted, err := strconv.QuotedPrefix(text); err == nil && quoted[0] == '"' {
		name, err = strconv.Unquote(quoted)
		return name, text[len(quoted):], err == nil
	}
	name = bareName.FindString(text)
	return name, text[len(name):], name != ""
}

func writeName(name string) string {
	if bareName.FindString(name) == name && name != "" {
		return name
	}
	return strconv.QuoteToGraphic(name)
}

// probeMark is what stands in a file about a probe, "" where it cannot be said in a line.
func probeMark(p *schema.Probe) string {
	if p == nil {
		return ""
	}
	query, ok := queryInLine(p.SQL)
	if !ok {
		return ""
	}
	var columns []string
	for _, c := range p.Columns {
		columns = append(columns, writeName(c))
	}
	about := writeName(p.Table)
	if len(columns) > 0 {
		about += "(" + strings.Join(columns, ", ") + ")"
	}
	return about + ": " + query
}

// queryInLine writes a query in one line, which it cannot be where a line ends in a text, or
// a comment does.
func queryInLine(query string) (string, bool) {
	if !strings.ContainsAny(query, "\r\n") {
		return strings.TrimSpace(query), true
	}
	if strings.Contains(query, "--") || strings.ContainsAny(query, `#\`) {
		return "", false // a backslash may stand before a quote that ends no text
	}
	var b strings.Builder
	quote := rune(0)
	for _, r := range query {
		switch {
		case quote == 0 && strings.ContainsRune("'\"`", r):
			quote = r
		case r == quote:
			quote = 0
		case r == '\n' || r == '\r':
			if quote != 0 {
				return "", false
			}
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String()), quote == 0
}
