package behaviour_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/cache"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// TestVariantCached: answers from a cache give values of their own.
func TestVariantCached(t *testing.T) {
	enginesWith(t, []orm.Option{orm.ResultCache(cache.Memory(0), orm.CacheAll(time.Minute))}, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		read := func(want bool, opts ...orm.FindOption) ([]*petOwner, *orm.EntityManager) {
			t.Helper()
			em := e.db.Fork()
			ctx, stats := orm.WithStats(t.Context())
			list, err := orm.Find[petOwner](ctx, em, nil, append(opts, orm.OrderBy("name"))...)
			if ok(t, err); stats.Queries() > 0 != want {
				t.Errorf("%d queries", stats.Queries())
			}
			return list, em
		}
		asked, _ := read(true)
		kept, em := read(false)
		if !reflect.DeepEqual(asked, kept) {
			t.Errorf("the cache gave %+v", kept)
		}
		idle(t, em)
		kept[1].Pet.(*dog).Name = "Max"
		if again, _ := read(false); again[1].Pet.sound() != "woof Rex" {
			t.Errorf("a change that is not flushed is in the cache: %#v", again[1].Pet)
		}
		ok(t, em.Flush(t.Context()))
		if again, _ := read(true); again[1].Pet.sound() != "woof Max" {
			t.Errorf("a stale answer: %#v", again[1].Pet)
		}
		asked, _ = read(true, orm.Fields("name", "pet.name"))
		kept, em = read(false, orm.Fields("name", "pet.name"))
		if !reflect.DeepEqual(asked, kept) {
			t.Errorf("the cache gave a part as %+v", kept)
		}
		idle(t, em)
	})
}

// TestVariantCursors pages by parts of values as a find orders by them.
func TestVariantCursors(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		for _, order := range []string{"pet.name", "-pet.name", "pet.type", "pet.canBark", "pet.dog.size", "work.pet.name"} {
			after, got, want := "", "", ""
			for range 6 {
				page, err := orm.FindByCursor[petOwner](t.Context(), e.db.Fork(), nil, orm.Window{First: 1, After: after}, orm.OrderBy(order, "id"))
				ok(t, err)
				if len(page.Items) == 0 {
					break
				}
				got += page.Items[0].Name + " "
				after = page.End()
			}
			all, err := orm.Find[petOwner](t.Context(), e.db.Fork(), nil, orm.OrderBy(order, "id"))
			ok(t, err)
			for _, k := range all {
				want += k.Name + " "
			}
			if got != want {
				t.Errorf("by %s: pages %q, a find %q", order, got, want)
			}
		}
	})
}

// TestVariantMerged merges and upserts entities with another value.
func TestVariantMerged(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		detached := *ownerCalled(t, e.db.Fork(), "Bob")
		detached.Pet = cat{Name: "Tim", Size: 9}
		em := e.db.Fork()
		there := ownerCalled(t, em, "Bob")
		merged, err := orm.Merge(em, &detached)
		ok(t, err)
		ok(t, em.Flush(t.Context()))
		if merged != there || ownerCalled(t, e.db.Fork(), "Bob").Pet.sound() != "meow Tim" {
			t.Errorf("merged %#v", merged.Pet)
		}
		up, err := orm.UpsertEntity(t.Context(), em, &petOwner{ID: there.ID, Name: "Bob", Pet: &dog{Name: "Up", Chip: chip("7")}, Past: []animal{}})
		ok(t, err)
		if up != there || there.Pet.sound() != "woof Up" {
			t.Errorf("upserted %#v", there.Pet)
		}
		idle(t, em)
		ok(t, orm.BulkUpsert(t.Context(), e.db.Fork(), []*petOwner{{ID: there.ID, Name: "Rob", Pet: cat{Name: "X"}, Past: []animal{}}}, orm.MergeExcept("pet")))
		if kept := ownerCalled(t, e.db.Fork(), "Rob").Pet; kept.sound() != "woof Up" {
			t.Errorf("the upsert left out the pet and wrote %#v", kept)
		}
	})
}

// TestVariantRaw: statements in SQL read values as a whole, or not at all.
func TestVariantRaw(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		if _, tables := driver.EngineAs[driver.SQLHandle](e.db.Engine()); !tables {
			t.Skip("the engine has no SQL")
		}
		writeOwners(t, e)
		em := e.db.Fork()
		all, err := orm.Map[petOwner](t.Context(), em, "select * from pet_owners order by id")
		ok(t, err)
		if all[0].Pet.sound() != "meow Tom" || all[1].Pet.sound() != "woof Rex" || all[2].Pet != (fish{}) || all[3].Pet != nil {
			t.Errorf("read %+v", all)
		}
		idle(t, em)
		em = e.db.Fork()
		all, err = orm.Map[petOwner](t.Context(), em, "select id, name from pet_owners order by id")
		if ok(t, err); all[0].Pet != nil {
			t.Errorf("read %#v", all[0].Pet)
		}
		idle(t, em)
		for query, missing := range map[string]string{
			"select id, pet_type from pet_owners":                  "pet_name",
			"select id, pet_name from pet_owners":                  "pet_type",
			"select id, o_name, o_city from pet_owners":            "other_kind",
			"select id, work_floor, work_pet_name from pet_owners": "work_pet_type",
		} {
			_, err := orm.Map[petOwner](t.Context(), e.db.Fork(), query)
			if !errors.Is(err, orm.ErrNotLoaded) || !strings.Contains(err.Error(), missing) {
				t.Errorf("%s: %v", query, err)
			}
		}
	})
}

// TestVariantPolicy: a policy knows one spelling of what one type alone has.
func TestVariantPolicy(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		for _, c := range []struct {
			path, cond string
			allowed    bool
		}{
			{"pet.type", `{"pet.type": "cat"}`, true},
			{"pet.type", `{"pet": {"type": "cat"}}`, true},
			{"pet.type", `{"pet.name": "Tom"}`, false},
			{"pet.type", `{"pet": null}`, false},
			{"pet.name", `{"pet.type": "cat"}`, false},
			{"pet.canBark", `{"pet.canBark": true}`, true},
			{"pet.canBark", `{"pet.dog.canBark": true}`, true},
			{"pet.canBark", `{"pet": {"dog": {"canBark": true}}}`, true},
			{"pet.canMeow", `{"pet.dog.canBark": true}`, false},
			{"pet.cat.size", `{"pet.cat.size": 4}`, true},
			{"pet.cat.size", `{"pet.dog.size": "big"}`, false},
			{"pet.*", `{"pet.cat.size": 4}`, true},
			{"pet.*", `{"pet.dog.canBark": true}`, true},
			{"pet.*", `{"pet.home.city": "Oslo"}`, false},
			{"past", `{"past.Name": "P"}`, true},
			{"pet.*", `{"past.Name": "P"}`, false},
		} {
			cond, err := orm.FromJSON[petOwner](e.db, []byte(c.cond), orm.Policy{Paths: []string{c.path}})
			if !c.allowed {
				if !errors.Is(err, conditions.ErrPolicy) {
					t.Errorf("%s of %s: %v", c.cond, c.path, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s of %s: %v", c.cond, c.path, err)
				continue
			}
			if n, err := orm.Count[petOwner](t.Context(), e.db.Fork(), cond); err != nil || n != 1 {
				t.Errorf("%s found %d, %v", c.cond, n, err)
			}
		}
	})
}

// TestVariantShared: nil pointers are no value, and a struct in two fields is one value for both.
func TestVariantShared(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		var none *dog
		k := &petOwner{Name: "Nil", Pet: none, Doc: none, Past: []animal{none, nil, cat{Name: "x"}}}
		em.Persist(k)
		ok(t, em.Flush(t.Context()))
		k.Pet, k.Doc = nil, nil
		idle(t, em)
		if read := ownerCalled(t, e.db.Fork(), "Nil"); read.Pet != nil || read.Doc != nil || len(read.Past) != 3 || read.Past[0] != nil || read.Past[2].sound() != "meow x" {
			t.Errorf("read %#v", read)
		}
		d := &dog{Name: "one", Chip: chip("1")}
		a, b := &petOwner{Name: "Ann", Pet: d, Doc: d, Past: []animal{d}}, &petOwner{Name: "Bob", Pet: d}
		em.Persist(a, b)
		ok(t, em.Flush(t.Context()))
		d.Name = "both"
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		ra, rb := ownerCalled(t, e.db.Fork(), "Ann"), ownerCalled(t, e.db.Fork(), "Bob")
		for _, pet := range []animal{ra.Pet, rb.Pet, ra.Doc, ra.Past[0]} {
			if pet.sound() != "woof both" {
				t.Errorf("stored %#v", pet)
			}
		}
	})
}

// TestVariantRequiredInDocuments: what a struct requires is required of a document, too.
func TestVariantRequiredInDocuments(t *testing.T) {
	engines(t, []any{petVet{}, chipped{}, cat{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		v := &petVet{Patient: chipped{Chip: chip("1")}, Past: []any{cat{}, &chipped{Chip: chip("2")}}, Room: &vetRoom{Doc: cat{}}}
		em.Persist(v)
		ok(t, em.Flush(t.Context()))
		for path, wrong := range map[string]func(){
			".patient.Chip":  func() { v.Patient = chipped{} },
			".past.Chip":     func() { v.Past = []any{cat{}, &chipped{}} },
			".room.doc.Chip": func() { v.Room = &vetRoom{Doc: &chipped{}} },
		} {
			before := *v
			wrong()
			if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrRequired) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %v", path, err)
			}
			*v = before
		}
		v.Patient = nil
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		em.Persist(&petVet{Patient: chipped{}})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrRequired) {
			t.Errorf("a new one: %v", err)
		}
	})
}

type petVet struct {
	ID      int64
	Patient any   `orm:",json,types=chipped|cat"`
	Past    []any `orm:",types=chipped|cat"`
	Room    *vetRoom
}

type vetRoom struct {
	Doc any `orm:",json,types=chipped|cat"`
}

type chipped struct {
	Chip *string `orm:",required"`
}

// boxed is generic, and only read through one instance of it.
type boxed[T any] struct{ Held T }

type unlike struct {
	Code string `orm:",unique"`
	Rank int    `orm:",index"`
}

type shelfOf struct {
	ID        int64
	Held      any        `orm:",types=boxed|unlike"`
	DeletedAt *time.Time `orm:",softDelete"`
}

// TestVariantInstances: one of the types is an instance of a generic one, another has an index and is unique.
func TestVariantInstances(t *testing.T) {
	engines(t, []any{shelfOf{}, boxed[int]{}, unlike{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		first := &shelfOf{Held: boxed[int]{3}}
		em.Persist(first, &shelfOf{Held: boxed[int]{3}}, &shelfOf{Held: unlike{"a", 1}}, &shelfOf{}, &shelfOf{})
		ok(t, em.Flush(t.Context()))
		found, err := orm.Find[shelfOf](t.Context(), e.db.Fork(), nil, orm.OrderBy("id"))
		ok(t, err)
		if len(found) != 5 || found[0].Held != (boxed[int]{3}) || found[2].Held != (unlike{"a", 1}) {
			t.Errorf("read %+v", found)
		}
		em.Remove(first)
		ok(t, em.Flush(t.Context()))
		if n, err := orm.Count[shelfOf](t.Context(), em, orm.M{"held.held": 3}); err != nil || n != 1 {
			t.Errorf("%d are left, %v", n, err)
		}
		if n, err := orm.Count[shelfOf](t.Context(), em, orm.M{"held.unlike": nil}); err != nil || n != 3 {
			t.Errorf("%d are not unlike, %v", n, err)
		}
		again := e.db.Fork()
		again.Persist(&shelfOf{Held: unlike{"a", 2}})
		if err := again.Flush(t.Context()); !errors.Is(err, orm.ErrUniqueViolation) {
			t.Errorf("a code twice: %v", err)
		}
		if _, tables := driver.EngineAs[driver.SQLHandle](e.db.Engine()); tables {
			plan, err := schema.Diff(t.Context(), e.db)
			if ok(t, err); !plan.IsEmpty() {
				t.Errorf("the schema that was created differs:\n%s", plan)
			}
		}
	})
}
