//go:build planted

package histories_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/planted"
)

var tries = flag.Int("tries", 100, "how many histories may miss a planted fault before the inputs are asked")

// plantedVariable names the fault of a process of its own.
const plantedVariable = "WEFT_PLANTED"

func init() { planted.Current = planted.Fault(os.Getenv(plantedVariable)) }

// TestPlantedFaults plants faults inside the unit of work, one for each promise, and
// expects a history that is right without it, or one of the inputs, to fail:
//
//	go test -tags planted ./tests/histories -run TestPlantedFaults
func TestPlantedFaults(t *testing.T) {
	if planted.Current != "" {
		t.Skip("a fault is planted already")
	}
	p, registered := theatre(nil)
	s := openStage(t, sqlite.Memory(), p, registered)
	for _, f := range planted.All {
		t.Run(string(f), func(t *testing.T) {
			if !s.seen(t, f) && !seenByInputs(t, f) {
				t.Errorf("neither %d histories nor the inputs see it", *tries)
			}
		})
	}
}

// seen reports a history that fails because of a fault.
func (s *stage) seen(t *testing.T, f planted.Fault) bool {
	t.Helper()
	defer func() { planted.Current = "" }()
	for seed := uint64(1); seed <= uint64(*tries); seed++ {
		planted.Current = f
		steps, failure := s.draw(t, seed, *length, kinds)
		planted.Current = ""
		if failure != "" && s.replayed(t, steps, seed%2 == 0) == "" {
			t.Logf("history %d: %s", seed, failure)
			return true
		}
	}
	return false
}

// seenByInputs runs the inputs in another process, where the fault is planted all along.
func seenByInputs(t *testing.T, f planted.Fault) bool {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestInputs$/^sqlite$")
	c.Env = append(os.Environ(), plantedVariable+"="+string(f))
	err := c.Run()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Logf("the inputs: %v", failed)
		return true
	}
	if err != nil {
		t.Error(err)
	}
	return false
}
