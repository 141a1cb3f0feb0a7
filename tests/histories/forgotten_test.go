package histories_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// TestForgottenAndReadAgain forgets rows that others in the unit lead to: what is read of them
// again knows those others, whichever side and style the relation is.
func TestForgottenAndReadAgain(t *testing.T) {
	onStages(t, func(t *testing.T, _ string, s *stage) {
		s.clean(t)
		ok := must(t)
		ctx, em := t.Context(), s.db.Fork()
		star := &actor{H: 1, Name: "N1", Email: "E1"}
		stand := &actor{H: 2, Name: "N2", Email: "E2", Understudy: star}
		box := &locker{H: 3, Code: "C3", Actor: rel.To(star)}
		first := &board{H: 4, Name: "N4"}
		call := &cue{H: 6, Label: "L6", Board: rel.To(first)}
		em.Persist(star, stand, box, first, call)
		ok(em.Flush(ctx))
		em.Forget(star, first)
		again, err := orm.FindOneOrFail[actor](ctx, em, orm.M{"h": 1}, orm.Populate("locker", "understudyOf"))
		ok(err)
		if again == star || again.Locker.Get() != box || again.UnderstudyOf != stand {
			t.Errorf("read again it has the locker %v and is the understudy of %v", again.Locker, again.UnderstudyOf)
		}
		shown, err := orm.FindOneOrFail[board](ctx, em, orm.M{"h": 4}, orm.Populate("cues"))
		ok(err)
		if items := shown.Cues.Items(); len(items) != 1 || items[0] != call {
			t.Errorf("read again it has the cues %v", items)
		}
		ok(em.Flush(ctx))
		em.Forget(again, stand)
		again.Name, stand.Name = "N8", "N9"
		box.Code = "C4"
		second := &locker{H: 7, Code: "C7", Actor: rel.To(stand)} // the former instance means its row
		third := &actor{H: 8, Name: "N8", Email: "E8", Understudy: stand}
		em.Persist(second, third)
		ok(em.Flush(ctx))
		found, err := orm.FindOneOrFail[actor](ctx, em, orm.M{"h": 2})
		ok(err)
		if found == stand || found.Name != "N2" || second.Actor.Get() != found || third.Understudy != found {
			t.Errorf("read again, %v and %v do not lead to it", second.Actor, third.Understudy)
		}
		again, err = orm.FindOneOrFail[actor](ctx, em, orm.M{"h": 1})
		ok(err)
		if again.Name != "N1" || box.Actor.Get() != again {
			t.Errorf("read again, %v does not lead to it", box.Actor)
		}
		ok(em.Flush(ctx))
		other := s.db.Fork()
		kept, err := orm.FindOneOrFail[locker](ctx, other, orm.M{"h": 3})
		ok(err)
		if kept.Actor.Key() != again.ID {
			t.Errorf("the flush has left the locker with %v", kept.Actor)
		}
	})
}
