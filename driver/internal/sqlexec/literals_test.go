package sqlexec

import (
	"strings"
	"testing"
	"time"
)

func TestSpelled(t *testing.T) {
	cases := []struct {
		text   string
		params []any
		want   string // "" where the Go driver has to
	}{
		{"VALUES (?, ?), (?, ?)", []any{int64(-7), nil, uint64(1 << 63), true}, "VALUES (-7, NULL), (9223372036854775808, 1)"},
		{"VALUES (?, ?)", []any{"it's ''?''\x00\n", false}, "VALUES ('it''s ''''?''''\x00\n', 0)"},
		{"VALUES (?, ?, ?)", []any{[]byte("'\\?"), []byte{}, []byte(nil)}, "VALUES (_binary x'275c3f', _binary x'', NULL)"},
		{"VALUES (?, ?)", []any{0.1, -1e300}, "VALUES (0.1, -1e+300)"},
		{"VALUES (?)", []any{`back\slash`}, ""},
		{"VALUES (?)", []any{make([]byte, shortBytes+1)}, ""},
		{"VALUES (?)", []any{strings.Repeat("x", 101)}, ""}, // longer than a value may be
		{"VALUES (?)", []any{time.Time{}}, ""},
		{"INSERT INTO `a?` VALUES (?)", []any{int64(1)}, ""},
		{"VALUES (?, ?)", []any{int64(1)}, ""},
		{"VALUES (?, ?)", []any{strings.Repeat("x", 100), strings.Repeat("x", 100)}, ""}, // longer than a statement may be
	}
	for _, c := range cases {
		s := &Session{profile: &Profile{MaxValue: 100, MaxBytes: 200}, bindings: &bindings{params: c.params}}
		got, ok := s.spelled(c.text)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%q with %v is %q, want %q", c.text, c.params, got, c.want)
		}
	}
}
