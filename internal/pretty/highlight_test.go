package pretty_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/weft-orm/weft/internal/pretty"
)

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestHighlight shows what is coloured; \x1b is written as ^.
func TestHighlight(t *testing.T) {
	s := pretty.NewStyle()
	readable := func(text string) string { return regexp.MustCompile("\x1b\\[").ReplaceAllString(text, "^") }
	for _, c := range []struct{ got, want string }{
		{s.SQL(`SELECT "x"."IN" FROM t WHERE a = $1 AND b > 1.5 /* c */`),
			`^93mSELECT^0m "x"."IN" ^93mFROM^0m t ^93mWHERE^0m a ^33m=^0m ^96m$1^0m ^93mAND^0m b ^33m>^0m ^95m1.5^0m ^34m/* c */^0m`},
		{s.SQL(`it's "open`), `it^91m's "open^0m`},
		{s.Command(`db.tag.find({"$or": [{"n": -1}, {"t": "a \"b\""}, {k: null}]})`),
			`db.tag.find({^93m"$or"^0m: [{^91m"n"^0m: ^95m-1^0m}, {^91m"t"^0m: ^91m"a \"b\""^0m}, {k: ^93mnull^0m}]})`},
		{(*pretty.Style)(nil).SQL("SELECT 1"), "SELECT 1"},
	} {
		if got := readable(c.got); got != c.want {
			t.Errorf("\n got %s\nwant %s", got, c.want)
		}
	}
}

// FuzzHighlight checks that colours are all that is added.
func FuzzHighlight(f *testing.F) {
	for _, seed := range []string{`SELECT "a" FROM b WHERE c = 'd' -- e`, "it's", `"`, "/*", `{"$a": "\`, "ä\n", "`"} {
		f.Add(seed)
	}
	s := pretty.NewStyle()
	f.Fuzz(func(t *testing.T, text string) {
		if escapes.MatchString(text) || !utf8.ValidString(text) || strings.Contains(text, "\r") {
			t.Skip("it has colours of its own, or is made valid text first")
		}
		for _, got := range []string{s.SQL(text), s.Command(text)} {
			if squeeze(escapes.ReplaceAllString(got, "")) != squeeze(text) {
				t.Fatalf("%q became %q", text, got)
			}
		}
	})
}
