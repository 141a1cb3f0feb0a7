package mapper

import "strings"

// tagItem is one comma-separated piece of a tag.
type tagItem struct {
	name, value string
	hasValue    bool
}

// splitTag splits "column,opt,opt=value" into its pieces. The first is the
// column. A value may be quoted with single quotes, in which a comma is plain
// text and two quotes are one.
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
		items = append(items, tagItem{name: name, value: unquote(value), hasValue: hasValue})
	}
	return column, items, nil
}

// cutPiece cuts s at the first comma outside of quotes.
func cutPiece(s string) (piece, rest string, err error) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			return s[:i], s[i+1:], nil
		}
	}
	if quoted {
		return "", "", errTagQuote
	}
	return s, "", nil
}

// unquote takes the quotes off a value that is quoted as a whole.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
	}
	return s
}

// list splits a value at bars.
func list(s string) []string {
	parts := strings.Split(s, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
