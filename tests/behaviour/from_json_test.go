package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

func TestFromJSON(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		shelf(t, e)
		em := e.db.Fork()
		policy := orm.Policy{Paths: []string{"name", "books.title", "books.pages"}}
		cond, err := orm.FromJSON[model.Author](e.db, []byte(`{"name": {"$ne": "x"}, "books": {"pages": {"$gte": 100}, "title": "Waves"}}`), policy)
		ok(t, err)
		authors, err := orm.Find[model.Author](t.Context(), em, cond, orm.Populate("books"), orm.PopulateWhere(orm.Infer))
		if err != nil || shelves(authors) != "Ann: Waves" {
			t.Errorf("authors %s %v", shelves(authors), err)
		}
		_, err = orm.FromJSON[model.Author](e.db, []byte(`{"$and": [{"email": "x"}]}`), policy)
		var mistake *conditions.Error
		if !errors.Is(err, conditions.ErrPolicy) || !errors.As(err, &mistake) || mistake.Pointer() != "/$and/0/email" {
			t.Errorf("error %v", err)
		}
		if _, err = orm.FromJSON[strange](e.db, []byte(`{}`), policy); !errors.Is(err, orm.ErrUnknownEntity) {
			t.Errorf("error %v", err)
		}
	})
}

// strange is no entity.
type strange struct{ ID int }
