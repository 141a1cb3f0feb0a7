package migrate

import (
	"regexp"
	"slices"
	"strings"
)

// destructive finds statements that destroy data, where nothing marks them; comments are no part of them.
var (
	destructive = regexp.MustCompile(`(?is)\b(?:drop\s+(?:table|schema|database|column)\b\s*(?:if\s+exists\s+)?[^\s,;]+|truncate\b(?:\s+table)?\s+[^\s,;]+|delete\s+from\s+[^\s,;]+\s*$)`)
	comments    = regexp.MustCompile(`(?m)--.*$`)
)

// Destroys lists what data the way up destroys. Where people wrote the file, the
// statements themselves are looked at.
func (f *File) Destroys() []string { return destroys(f.Up, f.Generated) }

func destroys(list []Statement, marked bool) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.Destroys...)
		asked := slices.ContainsFunc(s.Probes, func(p Probe) bool { return p.Destroys })
		if !marked && len(s.Destroys) == 0 && !asked {
			if text := destructive.FindString(withoutComments(s.SQL)); text != "" {
				out = append(out, strings.Join(strings.Fields(text), " "))
			}
		}
	}
	return out
}

func withoutComments(sql string) string { return comments.ReplaceAllString(sql, "") }
