package mapper

import "strings"

// bracedItems reads the text PostgreSQL writes for an array of one dimension whose
// type the driver does not know, {a,"b c",NULL}; ok is false for any other text.
func bracedItems(s string) (items []any, ok bool) {
	s, open := strings.CutPrefix(s, "{")
	s, closed := strings.CutSuffix(s, "}")
	if !open || !closed {
		return nil, false
	}
	items = []any{}
	for s != "" {
		var item any
		if item, s, ok = bracedItem(s); !ok {
			return nil, false
		}
		items = append(items, item)
		if s == "" {
			break
		}
		if s[0] != ',' || len(s) == 1 {
			return nil, false
		}
		s = s[1:]
	}
	return items, true
}

// bracedItem reads the first item of a list.
func bracedItem(s string) (item any, rest string, ok bool) {
	if s[0] != '"' {
		end := strings.IndexByte(s, ',')
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		if word == "" || strings.ContainsAny(word, `{}"`) {
			return nil, "", false
		}
		if word == "NULL" {
			return nil, s[end:], true
		}
		return strings.ReplaceAll(word, `\`, ""), s[end:], true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) {
				return nil, "", false
			}
		}
		b.WriteByte(s[i])
	}
	return nil, "", false
}
