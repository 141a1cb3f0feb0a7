package behaviour_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	// Score has a unique code, a version, movements of its own and shared tags.
	Score struct {
		ID        int64
		Code      string `orm:",unique,length=20"`
		Title     string
		Plays     int32  `orm:",default=7,optional"`
		Version   int64  `orm:",version"`
		Long      string `orm:",lazy"`
		Key       *ScoreKey
		Composer  rel.Ref[Composer]        `orm:",nullable"`
		Movements rel.Collection[Movement] `orm:",mappedBy=Score"`
		Marks     rel.Collection[Mark]
	}
	// ScoreKey is kept in columns of the score.
	ScoreKey struct{ Note, Mode string }
	// Composer is referred to.
	Composer struct {
		ID   int64
		Name string
	}
	// Movement belongs to a score, and may follow another one.
	Movement struct {
		ID      int64
		Name    string
		Score   rel.Ref[Score]
		Follows rel.Ref[Movement] `orm:",nullable"`
	}
	// Mark is shared by scores.
	Mark struct {
		ID   int64
		Name string
	}
)

func scores() []any { return []any{Score{}, Composer{}, Movement{}, Mark{}} }

// score stores a score with two movements, a composer and a mark, and returns its key.
func score(t *testing.T, e engine) int64 {
	t.Helper()
	em := e.db.Fork()
	s := &Score{Code: "op1", Title: "First", Long: "text", Key: &ScoreKey{"C", "minor"}, Composer: orm.To(&Composer{Name: "Ann"})}
	one := &Movement{Name: "Allegro"}
	s.Movements.Add(one, &Movement{Name: "Adagio", Follows: orm.To(one)})
	s.Marks.Add(&Mark{Name: "loud"})
	em.Persist(s)
	ok(t, em.Flush(t.Context()))
	return s.ID
}

func TestClone(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		ctx := t.Context()
		id := score(t, e)
		em := e.db.Fork()
		s, err := orm.FindOneOrFail[Score](ctx, em, id, orm.Populate("long", "movements", "marks"))
		ok(t, err)
		c, err := orm.Clone(ctx, em, s, orm.CloneDeep("movements"), orm.CloneSet(orm.M{"code": "op2"}))
		ok(t, err)
		if c.ID != 0 || c.Version != 0 || c.Title != "First" || c.Long != "text" || *c.Key != *s.Key || c.Key == s.Key || c.Composer.Key() != s.Composer.Key() {
			t.Errorf("the clone is %+v", c)
		}
		em.Persist(c)
		ok(t, em.Flush(ctx))
		idle(t, em)
		back, err := orm.FindOneOrFail[Score](ctx, e.db.Fork(), c.ID, orm.Populate("movements.follows", "marks"))
		ok(t, err)
		one, two := back.Movements.Items()[0], back.Movements.Items()[1]
		if back.Marks.Len() != 1 || back.Movements.Len() != 2 || two.Follows.Get() != one || one.Name != "Allegro" || one.ID == s.Movements.Items()[0].ID {
			t.Errorf("movements %+v %+v, %d marks", one, two, back.Marks.Len())
		}
		again, err := orm.FindOneOrFail[Score](ctx, e.db.Fork(), id, orm.Populate("movements", "marks"))
		ok(t, err)
		if again.Movements.Len() != 2 || again.Marks.Len() != 1 {
			t.Error("the original lost items")
		}
	})
}

// TestCloneNeedsWhatItCopies names what was not read, and takes names for what not to copy.
func TestCloneNeedsWhatItCopies(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		ctx := t.Context()
		id := score(t, e)
		em := e.db.Fork()
		s, err := orm.FindOneOrFail[Score](ctx, em, id)
		ok(t, err)
		_, err = orm.Clone(ctx, em, s, orm.CloneDeep("movements", "composer"))
		for _, path := range []string{"long", "marks", "movements", "composer"} {
			if !errors.Is(err, orm.ErrNotLoaded) || !strings.Contains(err.Error(), "."+path+":") {
				t.Errorf("%s: %v", path, err)
			}
		}
		c, err := orm.Clone(ctx, em, s, orm.CloneExcept("long", "marks", "code", "key.mode"))
		ok(t, err)
		if c.Code != "" || c.Title != "First" || *c.Key != (ScoreKey{Note: "C"}) || c.Movements.Len() != 0 {
			t.Errorf("the clone is %+v", c)
		}
		for _, opt := range []orm.CloneOption{orm.CloneDeep("movments"), orm.CloneExcept("key.mod"), orm.CloneDeep("movements.name"), orm.CloneDeep("title")} {
			if _, err := orm.Clone(ctx, em, s, opt); !errors.Is(err, orm.ErrUnknownProperty) && !errors.Is(err, orm.ErrUnknownPath) {
				t.Error(err)
			}
		}
		fresh, err := orm.Clone(ctx, em, &Score{ID: 9, Title: "new"})
		ok(t, err)
		if fresh.ID != 0 || fresh.Title != "new" {
			t.Errorf("the clone is %+v", fresh)
		}
	})
}

func TestUpsertEntity(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork()
		fresh := &Score{Code: "op1", Title: "First"}
		got, err := orm.UpsertEntity(ctx, em, fresh, orm.ConflictOn("code"))
		ok(t, err)
		if got != fresh || !em.Contains(fresh) || fresh.ID == 0 || fresh.Plays != 7 || fresh.Version == 0 {
			t.Errorf("the entity is %+v", fresh)
		}
		idle(t, em)
		fresh.Title = "Mended"
		ok(t, em.Flush(ctx))

		other := e.db.Fork()
		second := &Score{Code: "op1", Title: "Taken", Plays: 9}
		got, err = orm.UpsertEntity(ctx, other, second, orm.ConflictOn("code"), orm.MergeOnly("title"))
		ok(t, err)
		if got != second || got.ID != fresh.ID || got.Title != "Taken" || got.Plays != 7 {
			t.Errorf("the entity is %+v", got)
		}
		idle(t, other)

		third := &Score{Code: "op1", Title: "Third"}
		got, err = orm.UpsertEntity(ctx, em, third, orm.ConflictOn("code"))
		ok(t, err)
		if got != fresh || fresh.Title != "Third" {
			t.Errorf("the managed entity is %+v", fresh)
		}
		fresh.Title = "Fourth"
		ok(t, em.Flush(ctx))
		if _, err := orm.UpsertEntity(ctx, em, fresh); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("a managed entity: %v", err)
		}
		if _, err := orm.UpsertEntity[Score](ctx, em, nil); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("nil: %v", err)
		}
		if n, err := orm.Count[Score](ctx, em, nil); n != 1 || err != nil {
			t.Error(n, err)
		}
	})
}

// TestUpsertedEntityAfterRollback is forgotten, as its row is.
func TestUpsertedEntityAfterRollback(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		em := e.db.Fork()
		s := &Score{Code: "op1", Title: "First"}
		stop := errors.New("stop")
		err := em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			_, err := orm.UpsertEntity(ctx, em, s, orm.ConflictOn("code"))
			return errors.Join(err, stop)
		})
		if !errors.Is(err, stop) || em.Contains(s) {
			t.Errorf("%v, managed %t", err, em.Contains(s))
		}
	})
}

// TestReadAgainAfterRollback: what a refresh, a find with Overwrite and a lock read of a row that
// was written past the unit is not stored once that is rolled back, so that assigning it is a change.
func TestReadAgainAfterRollback(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		reads := map[string]func(ctx context.Context, em *orm.EntityManager, s *Score) error{
			"refresh": func(ctx context.Context, em *orm.EntityManager, s *Score) error { return em.Refresh(ctx, s) },
			"overwrite": func(ctx context.Context, em *orm.EntityManager, s *Score) error {
				_, err := orm.FindOneOrFail[Score](ctx, em, s.ID, orm.Overwrite())
				return err
			},
		}
		if e.caps.RowLocks {
			reads["lock"] = func(ctx context.Context, em *orm.EntityManager, s *Score) error { return em.Lock(ctx, s) }
		}
		for name, read := range reads {
			em := e.db.Fork()
			s := &Score{Code: name, Title: "First"}
			em.Persist(s)
			ok(t, em.Flush(t.Context()))
			stop := errors.New("stop")
			err := em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				_, err := orm.NativeUpdate[Score](ctx, em, s.ID, orm.M{"title": "Past"})
				ok(t, err)
				ok(t, read(ctx, em, s))
				if s.Title != "Past" {
					t.Errorf("%s: the title is %q inside", name, s.Title)
				}
				return stop
			})
			if !errors.Is(err, stop) || s.Title != "First" {
				t.Errorf("%s: %v, the title is %q", name, err, s.Title)
			}
			s.Title = "Past"
			ok(t, em.Flush(t.Context()))
			if stored, err := orm.FindOneOrFail[Score](t.Context(), e.db.Fork(), s.ID); err != nil || stored.Title != "Past" {
				t.Errorf("%s: %v, stored is %+v", name, err, stored)
			}
		}
	})
}

// TestAssignedAfterReadAgain: what was assigned after a refresh had read it for the first time, in
// a transaction that was rolled back, is written, the zero value too.
func TestAssignedAfterReadAgain(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		if !e.caps.Transactions {
			t.Skip("no transactions")
		}
		em := e.db.Fork()
		em.Persist(&Score{Code: "op1", Title: "First", Plays: 5})
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		s, err := orm.FindOneOrFail[Score](t.Context(), em, orm.M{"code": "op1"}, orm.Fields("code"))
		ok(t, err)
		stop := errors.New("stop")
		err = em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(&Score{Code: "op2"})
			ok(t, em.Flush(ctx))
			ok(t, em.Refresh(ctx, s))
			s.Plays = 0
			return stop
		})
		if !errors.Is(err, stop) {
			t.Error(err)
		}
		ok(t, em.Flush(t.Context()))
		if stored, err := orm.FindOneOrFail[Score](t.Context(), e.db.Fork(), s.ID); err != nil || stored.Plays != 0 || stored.Title != "First" {
			t.Errorf("%v, stored is %+v", err, stored)
		}
	})
}

func TestReference(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork()
		ann := &Composer{Name: "Ann"}
		em.Persist(ann)
		ok(t, em.Flush(ctx))
		if r := orm.Reference[Composer](em, ann.ID); !r.IsLoaded() || r.Get() != ann {
			t.Error("what is in memory is loaded")
		}
		em = e.db.Fork()
		s := &Score{Code: "op1", Composer: orm.Reference[Composer](em, ann.ID)}
		em.Persist(s)
		counted, stats := orm.WithStats(ctx)
		ok(t, em.Flush(counted))
		if stats.Queries() != 0 {
			t.Errorf("%d reads", stats.Queries())
		}
		got, err := s.Composer.Load(ctx)
		ok(t, err)
		if got.Name != "Ann" || !orm.Reference[Composer](em, nil).IsNil() {
			t.Errorf("%+v", got)
		}
		orm.Reference[Composer](em, "x")
		if err := em.Flush(ctx); !errors.Is(err, orm.ErrValue) {
			t.Errorf("a key that does not fit: %v", err)
		}
	})
}

// TestForkSettings sends batches, and flushes without a transaction.
func TestForkSettings(t *testing.T) {
	engines(t, scores(), func(t *testing.T, e engine) {
		ctx := t.Context()
		em := e.db.Fork(orm.BatchSize(2), orm.WithFlushMode(orm.FlushCommit)).Fork()
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			em.Persist(&Mark{Name: name})
		}
		if n, err := orm.Count[Mark](ctx, em, nil); n != 0 || err != nil {
			t.Errorf("%d rows before the flush, %v", n, err)
		}
		ok(t, em.Flush(ctx))
		list, err := orm.Find[Mark](ctx, e.db.Fork(), nil, orm.OrderBy("id"))
		ok(t, err)
		if len(list) != 5 || list[4].Name != "e" {
			t.Errorf("%d rows", len(list))
		}
		bad := e.db.Fork(orm.BatchSize(1))
		bad.Persist(&Score{Code: "x"}, &Score{Code: "y"}, &Score{Code: "x"})
		var violated *orm.ConstraintError
		if err := bad.Flush(ctx); !errors.As(err, &violated) || !orm.IsUnique(err, "code") {
			t.Errorf("a clash: %v", err)
		}
		if err := e.db.Fork(orm.BatchSize(-1)).Flush(ctx); !errors.Is(err, orm.ErrInvalidOption) {
			t.Error(err)
		}

		loose := e.db.Fork(orm.WithoutTransaction(), orm.BatchSize(1))
		m := &Mark{Name: "f"}
		loose.Persist(m)
		ok(t, loose.Flush(ctx))
		m.Name = "g"
		ok(t, loose.Flush(ctx))
		idle(t, loose)
		loose = e.db.Fork(orm.WithoutTransaction(), orm.BatchSize(1))
		loose.Persist(&Score{Code: "x"}, &Score{Code: "x"})
		if err := loose.Flush(ctx); !errors.Is(err, orm.ErrUniqueViolation) {
			t.Error(err)
		}
		if n, err := orm.Count[Score](ctx, e.db.Fork(), nil); err != nil || n > 1 {
			t.Error(n, err)
		}
	})
}
