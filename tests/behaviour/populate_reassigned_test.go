package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

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
