package behaviour_test

import (
	"errors"
	"strings"
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

// TestErrorsInEmbeddedValues: mistakes behind a relation inside an embedded value name the whole path.
func TestErrorsInEmbeddedValues(t *testing.T) {
	engines(t, []any{nestPerson{}, nestStreet{}, nestCity{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		find := func(cond any, opts ...orm.FindOption) error {
			_, err := orm.Find[nestPerson](t.Context(), em, cond, opts...)
			return err
		}
		result := func(q *orm.Query[nestPerson]) error {
			_, err := orm.Result[map[string]any](t.Context(), em, q)
			return err
		}
		for want, err := range map[string]error{
			"nestPerson.home.place.street.nmae: ":           find(orm.M{"home.place.street.nmae": 1}),
			"nestPerson.home.place.street.city.nmae: ":      find(orm.M{"home": orm.M{"place": orm.M{"street.city": orm.M{"nmae": 1}}}}),
			"nestPerson.home.place.street.name: ":           find(orm.M{"home.place.street.name": 1}),
			"nestPerson.home.place.street.city.id: ":        find(orm.M{"home.place.street.city.id >": "x"}),
			"nestPerson.home.place.street $like: ":          find(orm.M{"home.place.street:like": "x"}),
			"nestPerson.home.place.street.city: ":           find(orm.M{"home.place.street.city": "x"}),
			"nestPerson.friend.home.place.street.nmae: ":    find(orm.M{"friend": orm.M{"home.place.street": orm.M{"nmae": 1}}}),
			"nestPerson.home.place.nubmer: ":                find(orm.M{"home.place.nubmer": 1}),
			"nestPerson.home.place.street.name $nin: ":      find(orm.M{"home.place.street": orm.M{"name": orm.M{"$nin": 1}}}),
			"nestPerson.home.place.street.nmae: unknown":    find(nil, orm.OrderBy("home.place.street.nmae")),
			"nestPerson.home.place.street.city.nmae: unk":   find(nil, orm.Fields("home.place.street.city.nmae")),
			"nestPerson.home.place.street.ctiy: ":           find(nil, orm.Populate("home.place.street.ctiy")),
			"nestPerson.home.place.street.city.nmae: unkn":  result(orm.QB[nestPerson](em, "p").Select("home.place.street.city.nmae")),
			"nestPerson.count(home.place.street.nmae): unk": result(orm.QB[nestPerson](em, "p").Select("count(home.place.street.nmae)")),
			`nestPerson.p.home.place.stret: unknown prope`:  result(orm.QB[nestPerson](em, "p").Join("p.home.place.stret", "s")),
			`street: unknown property (did you mean "home.`: result(orm.QB[nestPerson](em, "p").Join("street", "s")),
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s\n got %v", want, err)
			}
		}
	})
}

// TestJoinsInEmbeddedValues: a relation inside an embedded value is joined and read by its path, and known by it.
func TestJoinsInEmbeddedValues(t *testing.T) {
	engines(t, []any{nestPerson{}, nestStreet{}, nestCity{}}, func(t *testing.T, e engine) {
		ctx := t.Context()
		if e.caps.Name == "memory" {
			t.Skip("it has no joins")
		}
		em := e.db.Fork()
		oslo := &nestCity{Name: "Oslo"}
		elm, ash := &nestStreet{Name: "Elm", City: orm.To(oslo)}, &nestStreet{Name: "Ash"}
		ann := &nestPerson{Name: "Ann", Home: nestHome{1, nestPlace{7, orm.To(elm), ash}}, Work: &nestPlace{Number: 3, Street: orm.To(ash)}}
		bob := &nestPerson{Name: "Bob", Home: nestHome{2, nestPlace{Number: 8}}, Friend: orm.To(ann)}
		em.Persist(oslo, elm, ash, ann, bob)
		ok(t, em.Flush(ctx))
		for _, path := range []string{"home.place.street", "p.home.place.street"} {
			em := e.db.Fork()
			list, err := orm.QB[nestPerson](em, "p").LeftJoinAndSelect(path, "s").LeftJoinAndSelect("s.city", "c").OrderBy("name").All(ctx)
			ok(t, err)
			if len(list) != 2 || list[0].Home.Place.Street.Get().City.Get().Name != "Oslo" || !list[1].Home.Place.Street.IsNil() {
				t.Fatalf("%s: %v", path, list)
			}
			for property, want := range map[string]bool{"home.place.street": true, "home.place.near": false, "work.street": false, "home.place.number": true, "home": true} {
				if got, err := orm.IsLoaded(em, list[0], property); err != nil || got != want {
					t.Errorf("%s is loaded: %t, %v", property, got, err)
				}
			}
			for property, want := range map[string]any{"home.place.street": elm.ID, "home.place.near": ash.ID, "work.street": ash.ID} {
				if got, err := orm.Key(em, list[0], property); err != nil || got != want {
					t.Errorf("the key of %s: %v, %v", property, got, err)
				}
			}
			if got, err := orm.Key(em, list[1], "work.street"); err != nil || got != nil {
				t.Errorf("the key of what is absent: %v, %v", got, err)
			}
			idle(t, em)
		}
		em = e.db.Fork()
		names, err := orm.Result[string](ctx, em, orm.QB[nestPerson](em, "p").Join("home.place.street", "s", orm.M{"name": "Elm"}).Select("name"))
		if err != nil || len(names) != 1 || names[0] != "Ann" {
			t.Errorf("inner join: %v, %v", names, err)
		}
		names, err = orm.Result[string](ctx, em, orm.QB[nestPerson](em, "p").Join("friend", "f").Join("f.work.street", "s").Where(orm.M{"s.name": "Ash"}).Select("p.name"))
		if err != nil || len(names) != 1 || names[0] != "Bob" {
			t.Errorf("from an alias: %v, %v", names, err)
		}
		list, err := orm.Find[nestPerson](ctx, em, nil, orm.Fields("name", "home.floor"), orm.OrderBy("name"))
		ok(t, err)
		for property, want := range map[string]bool{"home.place": false, "home": false, "home.floor": true, "home.place.street": false} {
			if got, err := orm.IsLoaded(em, list[0], property); err != nil || got != want {
				t.Errorf("in part, %s is loaded: %t, %v", property, got, err)
			}
		}
		em = e.db.Fork()
		list, err = orm.Find[nestPerson](ctx, em, nil, orm.Fields("name"), orm.OrderBy("name"))
		ok(t, err)
		if key, err := orm.Key(em, list[0], "home.place.street"); err != nil || key != elm.ID {
			t.Errorf("in part, the key: %v, %v", key, err)
		}
		if _, err := orm.IsLoaded(em, list[0], "home.place.stret"); !errors.Is(err, orm.ErrUnknownProperty) || !strings.Contains(err.Error(), `home.place.street`) {
			t.Errorf("unknown: %v", err)
		}
	})
}
