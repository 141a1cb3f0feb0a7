//go:build planted

package histories_test

import (
	"flag"
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/planted"
)

var plantedHistories = flag.Int("planted", 60, "how many histories to play for each planted fault")

// TestPlantedFaults plants faults inside the unit of work, one for each promise, and
// expects a history that is right without it to fail.
func TestPlantedFaults(t *testing.T) {
	p, registered := theatre(nil)
	s := openStage(t, sqlite.Memory(), p, registered)
	for _, f := range planted.All {
		t.Run(string(f), func(t *testing.T) {
			t.Cleanup(func() { planted.Current = "" })
			for seed := uint64(1); seed <= uint64(*plantedHistories); seed++ {
				planted.Current = f
				steps, failure := s.draw(t, seed, *length, kinds)
				planted.Current = ""
				if failure != "" && s.replayed(t, steps, seed%2 == 0) == "" {
					t.Logf("history %d: %s", seed, failure)
					return
				}
			}
			t.Errorf("not seen in %d histories", *plantedHistories)
		})
	}
}
