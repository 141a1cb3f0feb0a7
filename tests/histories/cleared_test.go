package histories_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// TestTakenOutOfWhatIsRolledBack takes a row out of a list that shows it only because of what a
// transaction had written before the unit was cleared: where it leads in the end is left alone.
func TestTakenOutOfWhatIsRolledBack(t *testing.T) {
	onStages(t, func(t *testing.T, _ string, s *stage) {
		s.clean(t)
		ok := must(t)
		ctx, em := t.Context(), s.db.Fork()
		first, second := &actor{H: 5, Email: "E5"}, &actor{H: 8, Email: "E8"}
		pupil := &actor{H: 6, Email: "E6", Mentor: rel.To(first)}
		em.Persist(first, second, pupil)
		ok(em.Flush(ctx))
		ok(em.Begin(ctx))
		pupil.Mentor = rel.To(second)
		ok(em.Flush(ctx))
		em.Clear()
		again, err := orm.FindOneOrFail[actor](ctx, em, orm.M{"h": 8}, orm.Populate("pupils"))
		ok(err)
		again.Pupils.Remove(again.Pupils.Items()[0])
		ok(em.Rollback(ctx))
		ok(em.Flush(ctx))
		stored, err := orm.FindOneOrFail[actor](ctx, s.db.Fork(), orm.M{"h": 6})
		ok(err)
		if stored.Mentor.Key() != first.ID {
			t.Errorf("it leads to %v, want %d", stored.Mentor.Key(), first.ID)
		}
	})
}
