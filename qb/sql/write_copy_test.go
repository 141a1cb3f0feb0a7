package sql

import (
	"math"
	"testing"
	"time"
)

// TestCopyValues holds the direct form of values to what the encoding makes of them.
func TestCopyValues(t *testing.T) {
	for _, v := range []any{
		"", "plain", "a\tb\\c\nd\re", true, false, int64(0), int64(math.MinInt64), 0.1, 1e300, math.Inf(1), math.NaN(), math.Copysign(0, -1),
		[]byte{}, []byte{0, 1, 255}, time.Date(2024, 2, 29, 23, 59, 59, 999999000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600)),
	} {
		text, err := postgresText(v)
		if err != nil {
			t.Fatal(err)
		}
		want := string(appendCopyText(nil, text.(string)))
		got, ok := appendCopyValue(nil, v)
		if !ok || string(got) != want {
			t.Errorf("%v: got %q, want %q", v, got, want)
		}
	}
	if _, ok := appendCopyValue(nil, [16]byte{}); ok {
		t.Error("a UUID has no direct form")
	}
}
