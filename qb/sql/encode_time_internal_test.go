package sql

import (
	"testing"
	"time"
)

// TestPlainTime writes times as time.Format does, in every layout of the engines' own.
func TestPlainTime(t *testing.T) {
	times := []time.Time{
		{}, time.Unix(0, 0), time.Date(2024, 2, 29, 23, 59, 59, 999_999_999, time.UTC), time.Date(999, 1, 1, 0, 0, 0, 1, time.UTC),
		time.Date(9999, 12, 31, 23, 0, 9, 123_456_000, time.UTC), time.Date(12345, 1, 2, 3, 4, 5, 6, time.UTC), time.Date(-5, 6, 7, 8, 9, 10, 11, time.UTC),
	}
	for precision := range 10 {
		for _, layout := range []string{sqliteLayout(precision), mysqlLayout(precision)} {
			for _, at := range times {
				if got, want := plainTime(at.UTC(), layout), at.UTC().Format(layout); got != want {
					t.Errorf("%s: %s, want %s", layout, got, want)
				}
			}
		}
	}
}
