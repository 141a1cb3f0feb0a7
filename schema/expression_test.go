package schema

import (
	"testing"

	"ariga.io/atlas/sql/schema"
)

func TestEquivalent(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"age > 5", "age > 5", true},
		{"age > 5", "age >= 5", false},
		{"age > 5", "(`AGE` > 5)", true},
		{"age > 5", `("age" > 5)`, true},
		{`"status" in ('a', 'b')`, `((status = ANY (ARRAY['a'::text, 'b'::text])))`, true},
		{`"status" in ('a', 'b')`, `((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`, true},
		{`"status" in ('a', 'b')`, `((status = ANY (ARRAY['a'::text, 'b'::text, 'c'::text])))`, false},
		{"`status` in ('a', 'b')", "`status` in (_utf8mb4'a',_utf8mb4'b')", true},
		{"price * 2", "(price * (2)::double precision)", true},
		{"price != 2", "(price <> (2)::numeric(10,2))", true},
		{"name = 'A'", "name = 'a'", false},
		{"name = 'a  b'", "name = 'a b'", false},
		{"at < now()", "at < now()", true},
		{"at > '2020-01-01'", "(at > '2020-01-01 00:00:00'::timestamp without time zone)", false},
		{"age between 1 and 5", "((age >= 1) AND (age <= 5))", true},
		{"age between 1 and 5", "((age >= 1) AND (age < 5))", false},
		{"name like 'a%' and code not like 'b%'", "((name ~~ 'a%'::text) AND (code !~~ 'b%'::text))", true},
		{"first || ' ' || last", "((first || ' '::text) || last)", true},
		{"a = any(b)", "a in (b)", false},
	}
	for _, tt := range tests {
		if got := equivalent(tt.a, tt.b); got != tt.want {
			t.Errorf("equivalent(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestDefaultExpr(t *testing.T) {
	for text, literal := range map[string]bool{
		"0": true, "-1.5": true, "'x'": true, "'it''s'": true, "TRUE": true, "null": true,
		"now()": false, "current_timestamp": false, "1 + 1": false, "'a' || 'b'": false,
	} {
		if _, got := defaultExpr(text).(*schema.Literal); got != literal {
			t.Errorf("defaultExpr(%q): literal = %v, want %v", text, got, literal)
		}
	}
}
