package pattern_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/weft-orm/weft/conditions/pattern"
)

func TestLikeDialects(t *testing.T) {
	for _, test := range []struct{ like, sql, glob, regexp string }{
		{"", "", "", `^(?![\s\S])`},
		{"a%", "a%", "a*", `^a[\s\S]*(?![\s\S])`},
		{"_b", "_b", "?b", `^[\s\S]b(?![\s\S])`},
		{`50\%!`, `50!%!!`, `50%!`, `^50%!(?![\s\S])`},
		{`\a\\`, `a\`, `a\`, `^a\\(?![\s\S])`},
		{"[*?]", "[*?]", "[[][*][?]]", `^\[\*\?\](?![\s\S])`},
		{"a.c-d", "a.c-d", "a.c-d", `^a\.c\-d(?![\s\S])`},
	} {
		l, err := pattern.ParseLike(test.like)
		if err != nil {
			t.Errorf("%q: %v", test.like, err)
			continue
		}
		if l.SQL() != test.sql || l.Glob() != test.glob || l.Regexp() != test.regexp {
			t.Errorf("%q:\n got %q %q %q\nwant %q %q %q", test.like, l.SQL(), l.Glob(), l.Regexp(), test.sql, test.glob, test.regexp)
		}
	}
}

func TestLikeMatch(t *testing.T) {
	for _, test := range []struct {
		like, text string
		want       bool
	}{
		{"", "", true}, {"", "a", false}, {"%", "", true}, {"_", "å", true}, {"_", "", false}, {"_", "\n", true},
		{"a%b%c", "aXbYbZc", true}, {"a%b%c", "acb", false}, {"%ab", "aab", true}, {"%_", "a", true}, {"a", "A", false},
		{`\%`, "%", true}, {`\%`, "x", false}, {"%a%a%", "a", false},
	} {
		l, err := pattern.ParseLike(test.like)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Match(test.text); got != test.want {
			t.Errorf("%q on %q: got %v", test.like, test.text, got)
		}
	}
	if !pattern.StartsWith("a%").Match("a%b") || pattern.StartsWith("a%").Match("ab") || !pattern.EndsWith("_").Match("a_") || !pattern.Containing("").Match("") {
		t.Error("literal text is taken for a pattern")
	}
	folded, _ := pattern.ParseLike("ÅS%")
	if !folded.Fold().Match(pattern.Fold("åSe")) {
		t.Error("folding does not reach both sides")
	}
}

func TestLoneBackslash(t *testing.T) {
	for _, bad := range []string{`\`, `a\`, `\\\`, `%\`} {
		if _, err := pattern.ParseLike(bad); !errors.Is(err, pattern.ErrPattern) {
			t.Errorf("%q: %v", bad, err)
		}
		if err := pattern.CheckLike(bad); !errors.Is(err, pattern.ErrPattern) {
			t.Errorf("%q: CheckLike %v", bad, err)
		}
	}
	if err := pattern.CheckLike(`a\\`); err != nil {
		t.Error(err)
	}
}

func TestRegexpDialects(t *testing.T) {
	for _, test := range []struct{ source, postgres, pcre string }{
		{"a.b$", `a[^\n]b$`, `a[^\n]b(?![\s\S])`},
		{"(?s)^.", `^(?:.|\n)`, `^[\s\S]`},
		{"(?i)k", `[Kk\u212A]`, "[Kk\u212a]"},
		{"[a-c_]+?", `[\u005Fa-c]+`, `[_a-c]+`},
		{"[^a]", `[^a]`, `[^a]`},
		{`\d{2,}|x`, `[0-9]{2,}|x`, `[0-9]{2,}|x`},
		{"(ab)*(c|d)", `(?:ab)*[cd]`, `(?:ab)*[cd]`},
		{"a(bc|de)f", `a(?:bc|de)f`, `a(?:bc|de)f`},
		{`\.\*`, `\u002E\u002A`, `\.\*`},
		{"😀", `\U0001F600`, "😀"},
		{"[]-]", `[\u002D\u005D]`, `[\-\]]`},
	} {
		r, err := pattern.ParseRegexp(test.source)
		if err != nil {
			t.Errorf("%q: %v", test.source, err)
			continue
		}
		if r.Postgres() != test.postgres || r.PCRE() != test.pcre {
			t.Errorf("%q:\n got %s  %s\nwant %s  %s", test.source, r.Postgres(), r.PCRE(), test.postgres, test.pcre)
		}
	}
}

func TestRegexpRefuses(t *testing.T) {
	for source, want := range map[string]string{
		`a\b`:         `word boundaries are not supported: \b`,
		`\Ba`:         `word boundaries are not supported: \B`,
		`(?m)^a`:      `flags other than a leading (?i) or (?s) are not supported: (?m)`,
		`a(?i)b`:      `flags other than a leading (?i) or (?s) are not supported: (?i)`,
		`(?i:a)`:      `flags other than a leading (?i) or (?s) are not supported: (?i:`,
		`(?U)a+`:      `flags other than a leading (?i) or (?s) are not supported: (?U)`,
		`\pL`:         `classes by \p are not supported: \p`,
		`[\p{Greek}]`: `classes by \p are not supported: \p`,
		`a{256}`:      `repeat counts above 255 are not supported: a{256}`,
		`a(`:          `missing closing ): a(`,
		`(?=a)`:       `flags other than a leading (?i) or (?s) are not supported: (?=a)`,
		`a{2000}`:     `invalid repeat count: {2000}`,
	} {
		_, err := pattern.ParseRegexp(source)
		if err == nil || err.Error() != want || !errors.Is(err, pattern.ErrPattern) {
			t.Errorf("%q:\n got %v\nwant %s", source, err, want)
		}
	}
	for _, fine := range []string{`\Qa\b\E`, `[\\]b`, `(?i)(?s)a`, `(?is)a`, `\\b`, `[]b]`, `(?P<n>a)`} {
		if _, err := pattern.ParseRegexp(fine); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
}

func FuzzLike(f *testing.F) {
	for _, seed := range []string{"", "%", `a\`, `_%\%`, "[*", "\xff"} {
		f.Add(seed, "a%b")
	}
	f.Fuzz(func(t *testing.T, like, text string) {
		l, err := pattern.ParseLike(like)
		if (err == nil) != (pattern.CheckLike(like) == nil) {
			t.Fatalf("%q: parsing and checking disagree: %v", like, err)
		}
		if err != nil || !utf8.ValidString(like) || !utf8.ValidString(text) {
			return
		}
		// Go knows no lookahead; \z says the same here.
		source := strings.TrimSuffix(l.Regexp(), `(?![\s\S])`) + `\z`
		want := regexp.MustCompile(strings.ReplaceAll(source, `\/`, "/")).MatchString(text)
		if got := l.Match(text); got != want {
			t.Errorf("%q on %q: got %v, %s says %v", like, text, got, source, want)
		}
	})
}

func FuzzRegexp(f *testing.F) {
	for _, seed := range []string{"", "a|b", "(?i)[a-k]+$", `\Q.\E`, "[^\\x00-\\x{10FFFF}]", "(a*){3}", "\xff", "(?", "[[:alpha:]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		r, err := pattern.ParseRegexp(source)
		if err != nil {
			if !errors.Is(err, pattern.ErrPattern) {
				t.Errorf("%q: untyped error %v", source, err)
			}
			return
		}
		if pg := r.Postgres(); !utf8.ValidString(pg) || strings.ContainsRune(pg, 0) {
			t.Errorf("%q gives %q", source, pg)
		}
		if pcre := r.PCRE(); !utf8.ValidString(pcre) || strings.ContainsRune(pcre, 0) {
			t.Errorf("%q gives %q", source, pcre)
		}
	})
}
