package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
)

type closedNote struct {
	ID   int64
	Text string
}

// TestClosed: whatever is asked of a database that was closed is an error of one class, and leaves entities as
// they were.
func TestClosed(t *testing.T) {
	engines(t, []any{closedNote{}}, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		note := &closedNote{Text: "a"}
		em.Persist(note)
		ok(t, em.Flush(ctx))
		ok(t, e.db.Close())
		other := &closedNote{Text: "b"}
		em.Persist(other)
		note.Text = "c"
		for name, ask := range map[string]func() error{
			"find":  func() error { _, err := orm.Find[closedNote](ctx, e.db.Fork(), nil); return err },
			"count": func() error { _, err := orm.Count[closedNote](ctx, e.db.Fork(), nil); return err },
			"stream": func() (err error) {
				for _, failed := range orm.Stream[closedNote](ctx, e.db.Fork(), nil) {
					err = failed
				}
				return err
			},
			"refresh": func() error { return em.Refresh(ctx, note) },
			"flush":   func() error { return em.Flush(ctx) },
			"transaction": func() error {
				return em.Transactional(ctx, func(context.Context, *orm.EntityManager) error { return nil })
			},
			"bulk": func() error { return orm.BulkInsert(ctx, e.db.Fork(), []*closedNote{{Text: "d"}}) },
			"ping": func() error { return e.db.Ping(ctx) },
		} {
			if err := ask(); !errors.Is(err, orm.ErrConnection) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if other.ID != 0 || note.Text != "c" || em.InTransaction() {
			t.Errorf("left %+v, %+v", note, other)
		}
	})
}
