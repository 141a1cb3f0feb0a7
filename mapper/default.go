package mapper

import (
	"strings"
	"time"
)

// DefaultMaker returns what makes the value of the column's default, in
// canonical form, for engines that have no SQL to do it: a literal (a number, a
// quoted text, true, false, null) or the current time; nothing declared makes
// NULL. ok is false for any other expression, and for a generated column.
func (c *Column) DefaultMaker() (make func() any, ok bool) {
	if c.Generated != "" {
		return nil, false
	}
	text := strings.TrimSpace(c.Default)
	switch strings.ToLower(text) {
	case "", "null":
		return func() any { return nil }, true
	case "now()", "current_timestamp", "current_timestamp()":
		if c.Type.Kind == Time || c.Type.Kind == Date {
			return func() any { return c.Type.normalTime(time.Now()) }, true
		}
		return nil, false
	}
	if quoted, found := strings.CutPrefix(text, "'"); found {
		inner, closed := strings.CutSuffix(quoted, "'")
		text = strings.ReplaceAll(inner, "''", "'")
		if !closed || strings.Contains(strings.ReplaceAll(inner, "''", ""), "'") {
			return nil, false
		}
	} else if isText(c.Type.databaseKind()) {
		return nil, false
	}
	v, err := c.Type.Decode(text)
	if err != nil {
		return nil, false
	}
	return func() any { return v }, true
}

// isText reports kinds whose literals are always quoted.
func isText(k ValueKind) bool { return k == String || k == JSON || k == Array || k == Bytes }
