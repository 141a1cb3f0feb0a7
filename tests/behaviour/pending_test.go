package behaviour_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestFindOneSeesPending: a new entity is found by its key and by unique properties before
// it is flushed, in every flush mode, and one that is to be removed is not.
func TestFindOneSeesPending(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		storeProfiles(t, e)
		for name, mode := range map[string]orm.FlushMode{"auto": orm.FlushAuto, "always": orm.FlushAlways, "commit": orm.FlushCommit} {
			ctx := t.Context()
			run := func(em *orm.EntityManager) {
				em.SetFlushMode(mode)
				house := &model.Publisher{Code: "new" + name, Name: "x"}
				tag := &model.Tag{Name: "tag" + name}
				cid := &model.Author{Name: "Cid", Email: "cid" + name}
				book := &model.Book{Title: "b", Author: orm.To(cid), ISBN: &[]string{"isbn" + name}[0]}
				em.Persist(house, cid)
				book.Tags.Add(tag)
				cid.Books.Add(book)
				if got, err := orm.FindOne[model.Publisher](ctx, em, "new"+name); err != nil || got != house {
					t.Errorf("%s: by key: %v, %v", name, got, err)
				}
				if got, err := orm.FindOne[model.Publisher](ctx, em, orm.M{"code": "new" + name, "name": "x"}, orm.Populate("books")); err != nil || got != house {
					t.Errorf("%s: by a map of the key: %v, %v", name, got, err)
				}
				if got, err := orm.FindOne[model.Author](ctx, em, orm.M{"email": "cid" + name}); err != nil || got != cid {
					t.Errorf("%s: by a unique property: %v, %v", name, got, err)
				}
				if got, err := orm.FindOne[model.Tag](ctx, em, orm.M{"name": "tag" + name}); err != nil || got != tag {
					t.Errorf("%s: reached by cascades: %v, %v", name, got, err)
				}
				if got, err := orm.FindOneOrFail[model.Book](ctx, em, orm.M{"isbn": "isbn" + name}); err != nil || got != book {
					t.Errorf("%s: by a nullable unique property: %v, %v", name, got, err)
				}
				bob, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"email": "bob"})
				ok(t, err)
				em.Remove(bob)
				if got, err := orm.FindOne[model.Author](ctx, em, bob.ID); err != nil || got != nil {
					t.Errorf("%s: a removed one by key: %v, %v", name, got, err)
				}
				if got, err := orm.FindOne[model.Author](ctx, em, orm.M{"email": "bob"}); err != nil || got != nil {
					t.Errorf("%s: a removed one by a unique property: %v, %v", name, got, err)
				}
			}
			em := e.db.Fork()
			if !e.caps.Transactions {
				if mode == orm.FlushCommit {
					run(em)
				}
				continue
			}
			_ = em.Transactional(ctx, func(_ context.Context, em *orm.EntityManager) error {
				run(em)
				return orm.ErrInvalidOption // so that nothing stays
			})
		}
	})
}

// TestFindOneLeavesNothingBehind: what a read of one row brings together to see what is
// pending is taken back, also where views contradict each other, which only the flush tells.
func TestFindOneLeavesNothingBehind(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		ann, bob, cat := &model.Employee{Name: "ann"}, &model.Employee{Name: "bob"}, &model.Employee{Name: "cat"}
		em.Persist(ann, bob, cat)
		ok(t, em.Flush(ctx))
		em.SetFlushMode(orm.FlushCommit)
		look := func() {
			if got, err := orm.FindOne[model.Employee](ctx, em, 4711); err != nil || got != nil {
				t.Errorf("got %v, %v", got, err)
			}
		}
		dan := &model.Employee{Name: "dan"}
		ann.Reports = append(ann.Reports, dan)
		bob.Manager = ann
		look()
		if em.Contains(dan) || dan.Manager != nil || len(ann.Reports) != 1 {
			t.Errorf("after a read dan is managed: %t, his manager is %v, and ann has %d reports", em.Contains(dan), dan.Manager, len(ann.Reports))
		}
		cat.Reports = append(cat.Reports, bob)
		look()
		if em.Contains(dan) || dan.Manager != nil || len(ann.Reports) != 1 {
			t.Errorf("after a contradiction dan is managed: %t, his manager is %v, and ann has %d reports", em.Contains(dan), dan.Manager, len(ann.Reports))
		}
		if err := em.Flush(ctx); !errors.Is(err, orm.ErrConflict) {
			t.Fatalf("a contradiction: %v", err)
		}
		bob.Manager = cat
		ok(t, em.Flush(ctx))
		if dan.Manager != ann || dan.ID == 0 || len(cat.Reports) != 1 {
			t.Errorf("got %s and %s", encode(t, ann), encode(t, cat))
		}
	})
}
