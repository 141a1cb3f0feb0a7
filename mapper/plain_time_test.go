package mapper

import (
	"testing"
	"time"
)

// TestPlainTime holds the quick reading of times to what the layouts make of them.
func TestPlainTime(t *testing.T) {
	slow := func(s string) (time.Time, bool) {
		for _, l := range timeLayouts {
			for _, text := range []string{s, s + "Z"} { // parseTime cuts a Z
				if len(text) > 0 && text[len(text)-1] == 'Z' {
					text = text[:len(text)-1]
				}
				if v, err := time.ParseInLocation(l, text, time.UTC); err == nil {
					return v, true
				}
			}
		}
		return time.Time{}, false
	}
	quick := 0
	for _, day := range []string{"2024-02-29", "2023-02-29", "2023-04-31", "2023-12-31", "0000-01-01", "9999-12-31", "2024-00-10", "2024-13-01", "2024-1-01", "20a4-01-01", "2024-01-00"} {
		for _, between := range []string{" ", "T", "x", ""} {
			for _, clock := range []string{"00:00:00", "23:59:59", "24:00:00", "12:60:00", "12:00:60", "1:00:00", "12:00", "12-00-00"} {
				for _, fraction := range []string{"", ".", ".1", ".000001", ".123456789", ".1234567890", ",5", ".12a"} {
					for _, zone := range []string{"", "Z", "+00:00", "+02:00", "+00", "-00:00", "Z ", " "} {
						s := day + between + clock + fraction + zone
						got, ok := plainTime(s)
						if !ok {
							continue
						}
						quick++
						if want, known := slow(s); !known || !got.Equal(want) || got.Location() != time.UTC {
							t.Errorf("%q: got %v, want %v (%v)", s, got, want, known)
						}
					}
				}
			}
		}
	}
	if quick < 100 {
		t.Errorf("only %d texts were read quickly", quick)
	}
	for _, s := range []string{"2024-02-29 12:00:00", "2024-02-29T12:00:00.000001Z", "2024-02-29 12:00:00.5+00:00"} {
		if _, ok := plainTime(s); !ok {
			t.Errorf("%q is not read quickly", s)
		}
	}
}
