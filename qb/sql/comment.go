package sql

import "strings"

// comments writes query comments before a statement; what would end a comment
// early, or open another, is taken apart.
func comments(list []string) string {
	var b strings.Builder
	safe := strings.NewReplacer("*/", "* /", "/*", "/ *", "\x00", "", "?", "")
	for _, c := range list {
		b.WriteString("/* " + safe.Replace(c) + " */ ")
	}
	return b.String()
}
