package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestPopulateOfAReassignedTargetReadInPart: what an earlier read has left of the new target
// is read, by every strategy.
func TestPopulateOfAReassignedTargetReadInPart(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		ben := &model.Author{Name: "Ben", Email: "b"}
		em.Persist(ben, &model.Book{Title: "One", Author: orm.To(&model.Author{Name: "Ann", Email: "a"})})
		ok(t, em.Flush(ctx))
		for _, strategy := range []string{"select-in", "joined", "balanced"} {
			em := e.db.Fork()
			em.SetFlushMode(orm.FlushCommit)
			book, err := orm.FindOneOrFail[model.Book](ctx, em, orm.M{"title": "One"})
			ok(t, err)
			part, err := orm.FindOneOrFail[model.Author](ctx, em, ben.ID, orm.Fields("email"))
			ok(t, err)
			book.Author = orm.To(part)
			_, err = orm.Find[model.Book](ctx, em, orm.M{"title": "One"}, orm.Populate("author"), orm.Strategy(strategy))
			ok(t, err)
			if part.Name != "Ben" {
				t.Errorf("%s: the name is %q", strategy, part.Name)
			}
		}
	})
}

// TestPopulateOfAReassignedReference: a reference that was given another target by its key is
// populated as it is now, with what is below, by every strategy.
func TestPopulateOfAReassignedReference(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx, db := t.Context(), e.db
		em := db.Fork()
		ann, ben := &model.Author{Name: "Ann", Email: "a"}, &model.Author{Name: "Ben", Email: "b"}
		one, two := &model.Book{Title: "One", Author: orm.To(ann)}, &model.Book{Title: "Two", Author: orm.To(ben)}
		em.Persist(ann, ben, one, two)
		if err := em.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		for _, strategy := range []string{"select-in", "joined", "balanced"} {
			em := db.Fork()
			em.SetFlushMode(orm.FlushCommit)
			book, err := orm.FindOneOrFail[model.Book](ctx, em, orm.M{"title": "One"})
			if err != nil {
				t.Fatal(err)
			}
			book.Author = orm.ToKey[model.Author](ben.ID)
			list, err := orm.Find[model.Book](ctx, em, orm.M{"title": "One"}, orm.Populate("author.books"), orm.Strategy(strategy))
			if err != nil || len(list) != 1 || list[0] != book {
				t.Fatal(list, err)
			}
			author := book.Author.Get()
			if author == nil || author.Name != "Ben" {
				t.Errorf("%s: the author is %v", strategy, author)
				continue
			}
			if !author.Books.IsLoaded() || author.Books.Len() < 1 {
				t.Errorf("%s: the books of the new author are not loaded", strategy)
			}
		}
	})
}
