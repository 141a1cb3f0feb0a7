package pretty_test

import (
	"testing"

	"github.com/weft-orm/weft/internal/pretty"
)

// FuzzLayout checks that laying out changes nothing but spaces.
func FuzzLayout(f *testing.F) {
	for _, seed := range []string{
		"SELECT a FROM b", `SELECT "a FROM b", '(SELECT x' FROM (SELECT 1 FROM t WHERE x IN (SELECT y FROM z)) AS e ORDER BY 1 LIMIT ?`, "((", "(SELECT ", "'", "/*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []string{text, text + " FROM " + text + " /* a comment of some length that makes the statement long enough to be broken into several lines */"} {
			if got := pretty.Layout(s); squeeze(got) != squeeze(s) {
				t.Fatalf("%q became %q", s, got)
			}
		}
	})
}

// squeeze takes all spaces out.
func squeeze(s string) string {
	var out []rune
	for _, r := range s {
		if r != ' ' && r != '\n' {
			out = append(out, r)
		}
	}
	return string(out)
}
