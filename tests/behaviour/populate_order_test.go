package behaviour_test

import (
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestItemsComeByTheirKeys: without an order of its own a collection comes in that of the keys,
// however the database has the rows, for each owner.
func TestItemsComeByTheirKeys(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		ann, ben := &model.Author{Name: "Ann", Email: "a"}, &model.Author{Name: "Ben", Email: "b"}
		em.Persist(ann, ben)
		ok(t, em.Flush(ctx))
		tag := &model.Tag{Name: "all"}
		for i, key := range []int64{30, 25, 10, 15, 20} { // one flush each: the rows are stored in this order
			book := &model.Book{ID: key, Title: "a book", Author: orm.To([]*model.Author{ann, ben}[i%2])}
			book.Tags.Add(tag)
			em.Persist(book)
			ok(t, em.Flush(ctx))
		}
		keys := func(list []*model.Book) (keys []int64) {
			for _, b := range list {
				keys = append(keys, b.ID)
			}
			return keys
		}
		strategies(t, func(t *testing.T, strategy orm.FindOption) {
			em := e.db.Fork()
			authors, err := orm.Find[model.Author](ctx, em, nil, orm.Populate("books"), orm.OrderBy("name"), strategy)
			ok(t, err)
			if got := keys(authors[0].Books.Items()); !slices.Equal(got, []int64{10, 20, 30}) {
				t.Errorf("the books of Ann: %v", got)
			}
			if got := keys(authors[1].Books.Items()); !slices.Equal(got, []int64{15, 25}) {
				t.Errorf("the books of Ben: %v", got)
			}
			tags, err := orm.Find[model.Tag](ctx, e.db.Fork(), nil, orm.Populate("books"), strategy)
			ok(t, err)
			if got := keys(tags[0].Books.Items()); !slices.Equal(got, []int64{10, 15, 20, 25, 30}) {
				t.Errorf("the books of the tag: %v", got)
			}
		})
	})
}
