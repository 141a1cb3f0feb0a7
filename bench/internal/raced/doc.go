// Package raced keeps budgets of allocations away from the race detector, under which
// sync.Pool forgets at random, so that nothing counted is the same twice.
package raced

import "testing"

// Skip skips a test that counts allocations when the race detector is on; make budgets runs it without.
func Skip(tb testing.TB) {
	tb.Helper()
	if enabled {
		tb.Skip("the race detector is on, under which sync.Pool forgets at random: make budgets counts allocations")
	}
}
