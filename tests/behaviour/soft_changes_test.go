package behaviour_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
)

// inkPress keeps one sheet, and prints many.
type inkPress struct {
	ID     int64
	Name   string
	Sheet  orm.Ref[inkSheet]        `orm:",oneToOne,mappedBy=On,orphanRemoval"`
	Prints orm.Collection[inkSheet] `orm:",mappedBy=Press,orphanRemoval"`
}

// inkSheet tells when and by whom it was removed.
type inkSheet struct {
	ID        int64
	Name      string
	Note      string
	DeletedAt *time.Time `orm:",softDelete"`
	DeletedBy orm.Ref[inkClerk]
	On        orm.Ref[inkPress] `orm:",oneToOne"`
	Press     orm.Ref[inkPress]
	Version   int `orm:",version"`
}

type inkClerk struct {
	ID   int64
	Name string
}

var inkEntities = []any{inkPress{}, inkSheet{}, inkClerk{}}

// markedSheet reads a sheet by its name, whether it was removed or not.
func markedSheet(t *testing.T, e engine, name string) *inkSheet {
	t.Helper()
	s, err := orm.FindOneOrFail[inkSheet](t.Context(), e.db.Fork(), orm.M{"name": name}, orm.WithoutFilter(orm.SoftDeleteFilter))
	ok(t, err)
	return s
}

// TestSoftRemoveWritesChanges: what else was changed of a row that is marked as removed is written
// with the mark, references to what is new in the same flush included.
func TestSoftRemoveWritesChanges(t *testing.T) {
	engines(t, inkEntities, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		em.Persist(&inkSheet{Name: "a", Note: "first"})
		ok(t, em.Flush(ctx))
		em = e.db.Fork()
		s, err := orm.FindOneOrFail[inkSheet](ctx, em, orm.M{"name": "a"})
		ok(t, err)
		clerk := &inkClerk{Name: "Ann"}
		em.Persist(clerk)
		failure := errors.New("no")
		if e.caps.Transactions {
			err := em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
				s.Note, s.DeletedBy = "torn", orm.To(clerk)
				em.Remove(s)
				ok(t, em.Flush(ctx))
				return failure
			})
			if !errors.Is(err, failure) || s.DeletedAt != nil {
				t.Fatalf("%v, %v", err, s.DeletedAt)
			}
			if s := markedSheet(t, e, "a"); s.Note != "first" || s.DeletedAt != nil {
				t.Errorf("after the rollback: %+v", s)
			}
		} else {
			s.Note, s.DeletedBy = "torn", orm.To(clerk)
			em.Remove(s)
		}
		ok(t, em.Flush(ctx)) // the removal and the changes are still the user's
		if s := markedSheet(t, e, "a"); s.Note != "torn" || s.DeletedAt == nil || s.DeletedBy.Key() != clerk.ID || s.Version != 2 {
			t.Errorf("%+v, version %d, by %v, want %d", s.Note, s.Version, s.DeletedBy.Key(), clerk.ID)
		}
	})
}

// TestSoftOrphanKeepsOwner: an orphan that is marked still tells whose it was, but for the place
// of a one-to-one relation that another has taken.
func TestSoftOrphanKeepsOwner(t *testing.T) {
	engines(t, inkEntities, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		press := &inkPress{Name: "p", Sheet: orm.To(&inkSheet{Name: "one"})}
		press.Prints.Add(&inkSheet{Name: "many"})
		em.Persist(press, press.Sheet.Get(), press.Prints.Items()[0])
		ok(t, em.Flush(ctx))
		em = e.db.Fork()
		press, err := orm.FindOneOrFail[inkPress](ctx, em, orm.M{"name": "p"}, orm.Populate("sheet", "prints"))
		ok(t, err)
		press.Prints.RemoveAll()
		press.Sheet = orm.Ref[inkSheet]{}
		ok(t, em.Flush(ctx))
		for _, name := range []string{"one", "many"} {
			if s := markedSheet(t, e, name); s.DeletedAt == nil || s.On.Key() != press.ID && s.Press.Key() != press.ID {
				t.Errorf("%s: removed %v, on %v, of %v", name, s.DeletedAt, s.On.Key(), s.Press.Key())
			}
		}
		_, err = orm.NativeDeleteHard[inkSheet](ctx, em, orm.M{"name": "one"}, orm.WithoutSoftDelete())
		ok(t, err)

		press.Sheet = orm.To(&inkSheet{Name: "two"})
		em.Persist(press.Sheet.Get())
		ok(t, em.Flush(ctx))
		press.Sheet = orm.To(&inkSheet{Name: "three"})
		em.Persist(press.Sheet.Get())
		ok(t, em.Flush(ctx))
		if s := markedSheet(t, e, "two"); s.DeletedAt == nil || !s.On.IsNil() {
			t.Errorf("two: removed %v, on %v", s.DeletedAt, s.On.Key())
		}
		if s := markedSheet(t, e, "three"); s.DeletedAt != nil || s.On.Key() != press.ID {
			t.Errorf("three: removed %v, on %v", s.DeletedAt, s.On.Key())
		}
	})
}

// TestSoftRemoveWritesWhatIsEmptied: a reference that was emptied before the row was marked is
// written as well, so that what it led to can go; an orphan still leads to what it belonged to.
func TestSoftRemoveWritesWhatIsEmptied(t *testing.T) {
	engines(t, inkEntities, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		press := &inkPress{Name: "p"}
		a := &inkSheet{Name: "a", DeletedBy: orm.To(&inkClerk{Name: "gone"}), Press: orm.To(press)}
		b := &inkSheet{Name: "b", DeletedBy: orm.To(&inkClerk{Name: "stays"}), Press: orm.To(press)}
		em.Persist(a, b)
		ok(t, em.Flush(ctx))

		gone := a.DeletedBy.Get()
		a.DeletedBy, b.DeletedBy = orm.Ref[inkClerk]{}, orm.Ref[inkClerk]{}
		press.Prints.Remove(b)
		em.Remove(a, b, gone)
		ok(t, em.Flush(ctx))
		idle(t, em)
		for _, name := range []string{"a", "b"} {
			s := markedSheet(t, e, name)
			if s.DeletedAt == nil || !s.DeletedBy.IsNil() || s.Press.Key() != press.ID {
				t.Errorf("%s is removed at %v by %v, and belongs to %v", name, s.DeletedAt, s.DeletedBy, s.Press)
			}
		}
	})
}
