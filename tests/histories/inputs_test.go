package histories_test

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// inputs are single histories; each stands for its kind: both sides, all styles, all
// engines. A number names the kind, in whatever file it stands; a sub-test that cannot
// have a form (a plain slice that was not read, say) leaves it out and says why.
var inputs = slices.Concat(ownerInputs, pairInputs, linkInputs, takingBackInputs, putBackInputs,
	keyInputs, naturalKeyInputs, carriedKeyInputs, valueInputs, freeValueInputs, readInputs, unitInputs, ruleInputs)

// input is one of them, with the entities it is about.
type input struct {
	name     string
	entities []any
	run      func(w *world)
}

// TestInputs runs them: go test ./tests/histories -run 'TestInputs/sqlite/07'.
func TestInputs(t *testing.T) {
	t.Parallel()
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			connector := inputConnector(t, e)
			for _, in := range inputs {
				t.Run(in.name, func(t *testing.T) {
					defer recovers(t)
					if in.entities == nil { // it opens its own
						in.run(&world{T: t, ctx: t.Context(), connector: connector(t), units: new([]*orm.EntityManager)})
						return
					}
					w, refused := openWorld(t, connector(t), in.entities)
					w.ok(refused)
					in.run(w)
				})
			}
		})
	}
}
