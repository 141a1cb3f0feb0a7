package render

import (
	"testing"
	"time"

	"github.com/weft-orm/weft/cmd/internal/compile"
)

func TestLiteral(t *testing.T) {
	when := time.Date(2024, 5, 6, 7, 8, 9, 120, time.UTC)
	for _, c := range []struct {
		value  any
		target string
		want   string
	}{
		{nil, "sqlite", "NULL"},
		{"it's", "sqlite", "'it''s'"},
		{`a\'b`, "mysql", `'a\\''b'`},
		{int64(-5), "sqlite", "-5"},
		{uint64(1 << 63), "mysql", "9223372036854775808"},
		{1.5, "postgres", "1.5"},
		{true, "postgres", "TRUE"},
		{[]byte{1, 255}, "sqlite", "x'01ff'"},
		{[]byte{1, 255}, "postgres", `'\x01ff'`},
		{when, "postgres", "'2024-05-06 07:08:09.00000012Z'"},
		{[16]byte{15: 1}, "postgres", "'00000000-0000-0000-0000-000000000001'"},
		{[]int64{1, 2}, "postgres", "ARRAY[1, 2]"},
		{[]string{"a'b"}, "postgres", "ARRAY['a''b']"},
		{[]any{int64(1), nil}, "postgres", "ARRAY[1, NULL]"},
		{`say "x"`, "mongo", `"say \"x\""`},
	} {
		if got := literal(compile.Param{Value: c.value}, c.target); got != c.want {
			t.Errorf("%T for %s: got %s, want %s", c.value, c.target, got, c.want)
		}
	}
	if got := literal(compile.Param{Name: "$owners"}, "sqlite"); got != "$owners" {
		t.Errorf("a name became %s", got)
	}
}

func TestInline(t *testing.T) {
	for _, c := range []struct {
		st   *compile.Statement
		want string
	}{
		{&compile.Statement{Target: "sqlite", Text: `select '?', "a?" /* ? */ from t where x = ? and y = ?`,
			Params: []compile.Param{{Placeholder: "?", Value: "?"}, {Placeholder: "?", Value: int64(2)}}},
			`select '?', "a?" /* ? */ from t where x = '?' and y = 2`},
		{&compile.Statement{Target: "postgres", Text: "x = $1 and y = ANY($2)",
			Params: []compile.Param{{Placeholder: "$1", Value: "$2"}, {Placeholder: "$2", Name: "$owners"}}},
			"x = '$2' and y = ANY($owners)"},
	} {
		if got := inline(c.st); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
