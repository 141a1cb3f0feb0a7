package sql

import "strings"

// harmless takes apart what would end a comment early, or open another.
var harmless = strings.NewReplacer("*/", "* /", "/*", "/ *", "\x00", "", "?", "")

// comments writes query comments before a statement.
func comments(list []string) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString("/* " + harmless.Replace(c) + " */ ")
	}
	return b.String()
}
