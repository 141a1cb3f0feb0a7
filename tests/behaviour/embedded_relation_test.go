package behaviour_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
)

// nestStreet is what references inside embedded values lead to.
type nestStreet struct {
	ID   int64
	Name string `orm:",length=20"`
	City orm.Ref[nestCity]
}

type nestCity struct {
	ID   int64
	Name string `orm:",length=20"`
}

// nestPlace is an embedded value with a reference, in Ref and in pointer style; nestHome
// embeds it again.
type nestPlace struct {
	Number int
	Street orm.Ref[nestStreet]
	Near   *nestStreet
}

type nestHome struct {
	Floor int
	Place nestPlace
}

type nestPerson struct {
	ID     int64
	Name   string `orm:",length=20"`
	Home   nestHome
	Work   *nestPlace
	Friend orm.Ref[nestPerson]
}

// TestRelationsInEmbeddedValues: a relation inside an embedded value is populated, read
// in part, loaded and ordered by its path, in every strategy.
func TestRelationsInEmbeddedValues(t *testing.T) {
	engines(t, []any{nestPerson{}, nestStreet{}, nestCity{}}, func(t *testing.T, e engine) {
		ctx := t.Context()
		ok(t, e.refused)
		em := e.db.Fork()
		oslo := &nestCity{Name: "Oslo"}
		elm, ash := &nestStreet{Name: "Elm", City: orm.To(oslo)}, &nestStreet{Name: "Ash"}
		ann := &nestPerson{Name: "Ann", Home: nestHome{1, nestPlace{7, orm.To(elm), ash}}, Work: &nestPlace{Number: 3, Street: orm.To(ash)}}
		bob := &nestPerson{Name: "Bob", Home: nestHome{2, nestPlace{Number: 8, Street: orm.To(ash)}}, Friend: orm.To(ann)}
		em.Persist(oslo, elm, ash, ann, bob)
		ok(t, em.Flush(ctx))
		check := func(what string, em *orm.EntityManager, list []*nestPerson) {
			t.Helper()
			ann, bob := list[0], list[1]
			street, loaded := ann.Home.Place.Street.Peek()
			if !loaded || street.Name != "Elm" || street.City.Get().Name != "Oslo" {
				t.Fatalf("%s: home is %+v", what, ann.Home)
			}
			if ann.Home.Place.Near == nil || ann.Home.Place.Near.Name != "Ash" || ann.Work.Street.Get().Name != "Ash" {
				t.Errorf("%s: near %+v, work %+v", what, ann.Home.Place.Near, ann.Work)
			}
			if bob.Work != nil || bob.Home.Place.Near != nil || bob.Home.Place.Street.Get().Name != "Ash" {
				t.Errorf("%s: Bob: %+v", what, bob)
			}
			idle(t, em)
		}
		paths := orm.Populate("home.place.street.city", "home.place.near", "work.street")
		for _, strategy := range strategyNames {
			em := e.db.Fork()
			list, err := orm.Find[nestPerson](ctx, em, nil, paths, orm.Strategy(strategy), orm.OrderBy("name"))
			ok(t, err)
			check(strategy, em, list)
			em = e.db.Fork()
			list, err = orm.Find[nestPerson](ctx, em, nil, orm.Populate("home.*", "work.*", "home.place.street.city"), orm.Strategy(strategy), orm.OrderBy("name"))
			ok(t, err)
			check(strategy+" *", em, list)
			em = e.db.Fork()
			list, err = orm.Find[nestPerson](ctx, em, nil, paths, orm.Strategy(strategy), orm.OrderBy("home.place.street.name desc"),
				orm.Fields("name", "home.place.street.name", "home.place.street.city.name", "home.place.near.name", "work.street.name"))
			ok(t, err)
			check(strategy+" in part", em, list)
			if list[0].Home.Floor != 0 {
				t.Errorf("%s: the floor was read", strategy)
			}
			em = e.db.Fork()
			friend, err := orm.FindOneOrFail[nestPerson](ctx, em, orm.M{"name": "Bob"}, orm.Populate("friend.home.place.street", "friend.work.street"), orm.Strategy(strategy))
			ok(t, err)
			if f := friend.Friend.Get(); f.Home.Place.Street.Get().Name != "Elm" || f.Work.Street.Get().Name != "Ash" {
				t.Errorf("%s: the friend is %+v", strategy, f)
			}
			idle(t, em)
		}
		em = e.db.Fork()
		list, err := orm.Find[nestPerson](ctx, em, orm.M{"home.place.street.name": []string{"Elm", "Ash"}}, orm.OrderBy("name"))
		ok(t, err)
		ok(t, orm.PopulateAll(ctx, em, list, paths))
		check("PopulateAll", em, list)
		em = e.db.Fork()
		list, err = orm.Find[nestPerson](ctx, em, orm.M{"home": orm.M{"place": orm.M{"street": orm.M{"name": "Elm"}}}}, orm.Populate("$infer"))
		ok(t, err)
		if len(list) != 1 || !list[0].Home.Place.Street.IsLoaded() {
			t.Errorf("$infer: %v", list)
		}
		ok(t, orm.Load(ctx, em, list[0], "work.street"))
		if list[0].Work.Street.Get().Name != "Ash" {
			t.Error("orm.Load does not load it")
		}
		page, err := orm.FindByCursor[nestPerson](ctx, em, nil, orm.Window{First: 1}, orm.OrderBy("home.place.street.name"), paths)
		ok(t, err)
		if len(page.Items) != 1 || page.Items[0].Name != "Bob" {
			t.Errorf("the first by street is %v", page.Items)
		}
	})
}

// TestUnknownRelationsInEmbeddedValues: hints lead into embedded values.
func TestUnknownRelationsInEmbeddedValues(t *testing.T) {
	engines(t, []any{nestPerson{}, nestStreet{}, nestCity{}}, func(t *testing.T, e engine) {
		for path, want := range map[string]string{
			"street":            `populate: nestPerson.street: unknown relation (did you mean "home.place.street"?)`,
			"home.place.stret":  `populate: nestPerson.home.place.stret: unknown relation (did you mean "street"?)`,
			"home.place":        `populate: nestPerson.home.place: unknown relation: nestPerson.home.place is no relation, nor lazy`,
			"home.place.number": `populate: nestPerson.home.place.number: unknown relation: nestPerson.home.place.number is no relation, nor lazy`,
		} {
			_, err := orm.Find[nestPerson](t.Context(), e.db.Fork(), nil, orm.Populate(path))
			if err == nil || err.Error() != want {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}
