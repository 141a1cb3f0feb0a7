package conditions

import (
	"fmt"
	"testing"
	"time"
)

// TestDistinct leaves repeats out wherever they come, and keeps the order.
func TestDistinct(t *testing.T) {
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct{ in, want []any }{
		{nil, nil},
		{[]any{int64(1), int64(2), int64(3)}, []any{int64(1), int64(2), int64(3)}},
		{[]any{int64(1), int64(1)}, []any{int64(1)}},
		{[]any{int64(1), int64(3), int64(2), int64(3), int64(1), int64(4), int64(4)}, []any{int64(1), int64(3), int64(2), int64(4)}},
		{[]any{"a", "b", "a", "c", "b"}, []any{"a", "b", "c"}},
		{[]any{int64(1), "1", int64(1), "1", 1.0}, []any{int64(1), "1", 1.0}},
		{[]any{[]byte("a"), []byte("b"), []byte("a")}, []any{[]byte("a"), []byte("b")}},
		{[]any{[]any{int64(1), "a"}, []any{int64(1), "b"}, []any{int64(1), "a"}}, []any{[]any{int64(1), "a"}, []any{int64(1), "b"}}},
		{[]any{at, at.Add(1), at}, []any{at, at.Add(1)}},
	} {
		var d distinct
		for _, v := range c.in {
			d.add(v)
		}
		if fmt.Sprintf("%#v", d.values) != fmt.Sprintf("%#v", c.want) {
			t.Errorf("%v: %v, want %v", c.in, d.values, c.want)
		}
	}
}
