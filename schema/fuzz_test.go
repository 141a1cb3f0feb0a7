package schema

import "testing"

// FuzzEquivalent looks for panics, and for expressions that are not equal to
// what databases make of them.
func FuzzEquivalent(f *testing.F) {
	for _, seed := range []string{"", "a > 5", "'it''s'", "`a` in ('x')", "= ANY (ARRAY['a'::text])", "::", "'", "a::timestamp with time zone[]", "_utf8mb4'x'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		if !equivalent(expr, expr) {
			t.Errorf("%q is not equivalent to itself", expr)
		}
		if !equivalent(expr, " ( "+expr+" ) ") {
			t.Errorf("%q is not equivalent to itself in parentheses", expr)
		}
	})
}
