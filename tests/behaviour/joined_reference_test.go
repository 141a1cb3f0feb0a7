package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestJoinedReference: a reference that is joined leads to what its row says in entities that the rows
// make, and to what the user has put there in those that were known.
func TestJoinedReference(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx := t.Context()
		storeProfiles(t, e)
		for _, strategy := range strategyNames {
			em := e.db.Fork(orm.WithFlushMode(orm.FlushCommit))
			bob, err := orm.FindOneOrFail[model.Author](ctx, e.db.Fork(), orm.M{"name": "Bob"})
			ok(t, err)
			known, err := orm.FindOneOrFail[model.Book](ctx, em, orm.M{"title": "first"})
			ok(t, err)
			known.Author, known.Publisher = orm.ToKey[model.Author](bob.ID), orm.Ref[model.Publisher]{}
			list, err := orm.Find[model.Book](ctx, em, nil, orm.Populate("author", "publisher"), orm.Strategy(strategy), orm.OrderBy("title"))
			ok(t, err)
			if len(list) != 2 || list[0] != known {
				t.Fatalf("%s: %d books", strategy, len(list))
			}
			for i, want := range []string{"Bob", "Ann"} {
				if a, loaded := list[i].Author.Peek(); !loaded || a.Name != want {
					t.Errorf("%s: the author of %s is %v, want %s", strategy, list[i].Title, a, want)
				}
				if !list[i].Publisher.IsNil() {
					t.Errorf("%s: %s has a publisher", strategy, list[i].Title)
				}
			}
		}
	})
}

// TestJoinedReferenceGoesOn: finds that share the statement of a joined reference go along it as far as
// each of them wants to.
func TestJoinedReferenceGoesOn(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		storeProfiles(t, e)
		hints := []orm.Hint{{Path: "tags", Strategy: "select-in"}, {Path: "tags.books", Strategy: "select-in"}, {Path: "tags.books.author", Strategy: "joined"}, {Path: "tags.books.author.profile", Strategy: "select-in"}}
		for _, n := range []int{3, 4, 3, 4} {
			list, err := orm.Find[model.Book](t.Context(), e.db.Fork(), orm.M{"title": "first"}, orm.PopulateHint(hints[:n]...))
			ok(t, err)
			a, loaded := list[0].Author.Peek()
			if !loaded || a.Name != "Ann" {
				t.Fatalf("%d hints: the author is %v", n, a)
			}
			if _, loaded := a.Profile.Peek(); loaded != (n == 4) {
				t.Errorf("%d hints: the profile is loaded: %t", n, loaded)
			}
		}
	})
}
