package mapper

import "strings"

// tagItem is one comma-separated piece of a tag.
type tagItem struct {
	name, value string
	hasValue    bool
}

// splitTag splits "column,opt,opt=value" into its pieces. The first is the
// column. A value may be quoted with single quotes, in which a comma is plain
// text and two quotes are one; so is a comma in parentheses. Quotes of a default
// are those of an SQL text and stay.
func splitTag(tag string) (column string, items []tagItem, err error) {
	first := true
	for rest := tag; first || rest != ""; first = false {
		var piece string
		piece, rest, err = cutPiece(rest)
		if err != nil {
			return "", nil, err
		}
		if first && !strings.Contains(piece, "=") {
			column = strings.TrimSpace(piece)
			continue
		}
		name, value, hasValue := strings.Cut(piece, "=")
		name = strings.TrimSpace(name)
		if name == "" {
			if hasValue {
				return "", nil, errTagName
			}
			continue
		}
		value = strings.TrimSpace(value)
		if name != "default" {
			value = unquote(value)
		}
		items = append(items, tagItem{name: name, value: value, hasValue: hasValue})
	}
	return column, items, nil
}

// cutPiece cuts s at the first comma outside of quotes and parentheses.
func cutPiece(s string) (piece, rest string, err error) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\'':
			n := strings.IndexByte(s[i+1:], '\'')
			if n < 0 {
				return "", "", errTagQuote
			}
			i += n + 1
		case '(':
			i += group(s[i:])
		case ',':
			return s[:i], s[i+1:], nil
		}
	}
	return s, "", nil
}

// group returns the distance from the parenthesis s begins with to the one that
// closes it, 0 when none does: then it is plain text.
func group(s string) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case quoted:
		case s[i] == '(':
			depth++
		case s[i] == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// unquote takes the quotes off a value that is quoted as a whole: 'a' || 'b' is not.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '\'' || s[len(s)-1] != '\'' {
		return s
	}
	inner := s[1 : len(s)-1]
	if strings.Contains(strings.ReplaceAll(inner, "''", ""), "'") {
		return s
	}
	return strings.ReplaceAll(inner, "''", "'")
}

// list splits a value at bars.
func list(s string) []string {
	parts := strings.Split(s, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
