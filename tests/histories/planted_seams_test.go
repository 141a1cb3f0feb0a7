//go:build planted

package histories_test

import (
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/planted"
)

// Faults inside the unit of work, one for each promise. Each name is asked for at one
// place in orm, which then leaves out what keeps the promise.
var seams = []string{
	"sync: a changed reference does not move the collection",
	"sync: a changed collection does not move the reference",
	"sync: what was mirrored counts as changed",
	"sync: two changed views are not compared",
	"sync: an unread view is not a view",
	"orphans: other owners are not asked",
	"orphans: only the owner's side is looked at",
	"removal: cascades follow the edges before",
	"removal: cascades go one step",
	"taking back: keys stay",
	"taking back: snapshots stay",
	"taking back: mirrored views stay",
	"taking back: baselines stay",
	"taking back: a wipe is forgotten",
	"taking back: a removal is forgotten",
	"taking back: inner scopes stay",
	"publish: versions are not raised in memory",
	"publish: wipes are not over",
	"plan: unique values are not released",
	"plan: a released value is not written again",
	"plan: deletes are not ordered",
	"plan: a link is written once for both sides' views",
}

// TestPlantedFaults plants them one by one.
func TestPlantedFaults(t *testing.T) {
	p, registered := theatre(nil)
	s := openStage(t, sqlite.Memory(), p, registered)
	for _, name := range seams {
		t.Run(name, func(t *testing.T) {
			t.Cleanup(func() { planted.Fault = "" })
			for seed := uint64(1); seed <= uint64(howMany("sqlite")); seed++ {
				planted.Fault = name
				steps, failure := s.draw(t, seed, *length, kinds)
				planted.Fault = ""
				if failure != "" && s.replayed(t, steps, seed%2 == 0) == "" {
					t.Logf("history %d: %s", seed, failure)
					return
				}
			}
			t.Errorf("not seen in %d histories", howMany("sqlite"))
		})
	}
}
