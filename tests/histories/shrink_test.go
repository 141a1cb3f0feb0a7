package histories_test

import (
	"slices"
	"testing"
)

// shrink looks for a shorter history that fails as well, whatever its failure.
func (s *stage) shrink(t *testing.T, steps []step, failure string) ([]step, string) {
	t.Helper()
	plans := false
	if s.replayed(t, steps, plans) == "" {
		if plans = true; s.replayed(t, steps, plans) == "" {
			return steps, failure + " (when it was drawn, and not again)"
		}
	}
	try := func(shorter []step) bool {
		if f := s.replayed(t, shorter, plans); f != "" {
			steps, failure = shorter, f
			return true
		}
		return false
	}
	for size := len(steps) / 2; size > 0; {
		shrunk := false
		for from := 0; from+size <= len(steps); {
			if try(slices.Delete(slices.Clone(steps), from, from+size)) {
				shrunk = true
			} else {
				from += size
			}
		}
		if !shrunk || size > len(steps)/2 {
			size /= 2
		}
	}
	for i := range steps {
		for len(steps[i].To) > 1 {
			fewer := slices.Clone(steps)
			fewer[i].To = fewer[i].To[:len(fewer[i].To)-1]
			if !try(fewer) {
				break
			}
		}
	}
	return steps, failure
}
