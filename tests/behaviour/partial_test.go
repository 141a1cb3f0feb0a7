package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

var strategyNames = []string{"select-in", "joined", "balanced"}

// storeProfiles stores Ann with a profile and two books, one with a publisher, and Bob
// without anything.
func storeProfiles(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	ann := &model.Author{Name: "Ann", Email: "ann", Rating: 4}
	em.Persist(ann, &model.Profile{Bio: "sea", Author: orm.To(ann)}, &model.Author{Name: "Bob", Email: "bob"})
	house := &model.Publisher{Code: "p", Name: "Penguin"}
	first := &model.Book{Title: "first", Pages: 10, Price: 1.5, Author: orm.To(ann), Publisher: orm.To(house)}
	first.Tags.Add(&model.Tag{Name: "t0"})
	em.Persist(house, first, &model.Book{Title: "second", Pages: 20, Author: orm.To(ann)})
	ok(t, em.Flush(t.Context()))
}

// TestPartialInverse: the inverse side of a one-to-one relation that was not read is
// unloaded, never null, and can be loaded in every way.
func TestPartialInverse(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx := t.Context()
		storeProfiles(t, e)
		for _, strategy := range strategyNames {
			em := e.db.Fork()
			list, err := orm.Find[model.Author](ctx, em, nil, orm.Fields("name", "profile.bio"), orm.Populate("profile"), orm.Strategy(strategy), orm.OrderBy("name"))
			ok(t, err)
			if p, loaded := list[0].Profile.Peek(); !loaded || p.Bio != "sea" || p.Author.Get() != list[0] {
				t.Errorf("%s: the profile is %v, %t", strategy, p, loaded)
			}
			if !list[1].Profile.IsNil() {
				t.Errorf("%s: Bob has a profile", strategy)
			}
			idle(t, em)
		}
		for name, load := range map[string]func(em *orm.EntityManager, a *model.Author) error{
			"Ref.Load": func(_ *orm.EntityManager, a *model.Author) error { _, err := a.Profile.Load(ctx); return err },
			"Load":     func(em *orm.EntityManager, a *model.Author) error { return orm.Load(ctx, em, a, "profile") },
			"PopulateAll": func(em *orm.EntityManager, a *model.Author) error {
				return orm.PopulateAll(ctx, em, []*model.Author{a}, orm.Populate("profile"))
			},
			"Find": func(em *orm.EntityManager, a *model.Author) error {
				_, err := orm.Find[model.Author](ctx, em, nil, orm.Populate("profile"), orm.Strategy("joined"))
				return err
			},
			"mixed": func(em *orm.EntityManager, a *model.Author) error {
				_, err := orm.Find[model.Author](ctx, em, orm.M{"name": "Bob"})
				if err == nil {
					_, err = orm.Find[model.Author](ctx, em, nil, orm.Fields("email"), orm.Populate("profile"))
				}
				return err
			},
		} {
			em := e.db.Fork()
			list, err := orm.Find[model.Author](ctx, em, nil, orm.Fields("name"), orm.OrderBy("name"))
			ok(t, err)
			copied := list[0].Profile
			for _, a := range list {
				if a.Profile.IsNil() || a.Profile.IsLoaded() || a.Profile.Key() != nil {
					t.Fatalf("%s: the profile of %s counts as read", name, a.Name)
				}
			}
			for _, a := range list {
				ok(t, load(em, a))
			}
			if p, loaded := list[0].Profile.Peek(); !loaded || p.Bio != "sea" {
				t.Errorf("%s: the profile is %v, %t", name, p, loaded)
			}
			if !list[1].Profile.IsNil() {
				t.Errorf("%s: Bob has a profile", name)
			}
			if p, err := copied.Load(ctx); err != nil || p == nil || p != list[0].Profile.Get() {
				t.Errorf("%s: a copy of the reference leads to %v, %v", name, p, err)
			}
			idle(t, em)
		}
	})
}

// TestPartialInverseIsNoNull: a reference that was not read is no NULL where it is used.
func TestPartialInverseIsNoNull(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx := t.Context()
		storeProfiles(t, e)
		em := e.db.Fork()
		ann, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"name": "Ann"}, orm.Fields("name"))
		ok(t, err)
		if _, err := orm.Count[model.Author](ctx, em, orm.M{"profile": ann.Profile}); !errors.Is(err, orm.ErrValue) {
			t.Errorf("a condition on it: %v", err)
		}
		dto, err := orm.ToDTO(em, ann)
		ok(t, err)
		if v, there := dto["profile"]; there {
			t.Errorf("the profile is written as %v", v)
		}
		em.Persist(&model.Author{Name: "Cid", Email: "cid", Profile: ann.Profile})
		if err := em.Flush(ctx); !errors.Is(err, orm.ErrNotLoaded) {
			t.Errorf("a copy in another entity: %v", err)
		}
		em = e.db.Fork()
		bob, err := orm.FindOneOrFail[model.Author](ctx, em, orm.M{"name": "Bob"}, orm.Fields("name"))
		ok(t, err)
		bob.Profile = orm.To(&model.Profile{Bio: "new"})
		ok(t, em.Flush(ctx))
		idle(t, em)
		bob, err = orm.FindOneOrFail[model.Author](ctx, e.db.Fork(), orm.M{"name": "Bob"}, orm.Populate("profile"))
		ok(t, err)
		if p := bob.Profile.Get(); p == nil || p.Bio != "new" {
			t.Errorf("the profile assigned is %v", p)
		}
	})
}

// TestPartialThenWhole: a relation read in part and populated whole has everything.
func TestPartialThenWhole(t *testing.T) {
	engines(t, model.Library(), func(t *testing.T, e engine) {
		ctx := t.Context()
		storeProfiles(t, e)
		for _, first := range strategyNames {
			for name, whole := range map[string]func(em *orm.EntityManager, list []*model.Author) error{
				"select-in": func(em *orm.EntityManager, _ []*model.Author) error {
					_, err := orm.Find[model.Author](ctx, em, nil, orm.Populate("books.publisher", "books.tags"))
					return err
				},
				"joined": func(em *orm.EntityManager, _ []*model.Author) error {
					_, err := orm.Find[model.Author](ctx, em, nil, orm.Populate("books.publisher", "books.tags"), orm.Strategy("joined"))
					return err
				},
				"PopulateAll": func(em *orm.EntityManager, list []*model.Author) error {
					return orm.PopulateAll(ctx, em, list, orm.Populate("books.publisher", "books.tags"))
				},
				"other fields": func(em *orm.EntityManager, list []*model.Author) error {
					err := orm.PopulateAll(ctx, em, list, orm.PopulateHint(orm.Hint{Path: "books", Fields: []string{"pages"}}))
					if err == nil {
						_, err = orm.Find[model.Author](ctx, em, nil, orm.Populate("books.tags", "books.publisher"), orm.Fields("books.price", "books.publisher.name", "books.tags.name"))
					}
					return err
				},
			} {
				em := e.db.Fork()
				list, err := orm.Find[model.Author](ctx, em, nil, orm.Fields("name", "books.title", "books.publisher.code"), orm.Populate("books.publisher"), orm.Strategy(first), orm.OrderBy("name"))
				ok(t, err)
				books := list[0].Books.Items()
				if books[0].Pages != 0 || books[0].Publisher.IsNil() || !books[1].Publisher.IsNil() {
					t.Fatalf("%s, %s: read in part: %+v", first, name, books[0])
				}
				em.SetFlushMode(orm.FlushCommit)
				books[1].Title = "changed"
				ok(t, whole(em, list))
				if b := books[0]; b.Pages != 10 || b.Price != 1.5 || b.Publisher.Get().Name != "Penguin" || b.Tags.Len() != 1 || b.Tags.Items()[0].Name != "t0" {
					t.Errorf("%s, then %s: %+v", first, name, b)
				}
				if b := books[1]; b.Title != "changed" || b.Pages != 20 {
					t.Errorf("%s, then %s: %+v", first, name, b)
				}
				books[1].Title = "second"
				idle(t, em)
			}
		}
	})
}
