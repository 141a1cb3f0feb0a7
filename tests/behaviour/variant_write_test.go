package behaviour_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
)

// TestVariantData assigns, serializes and clones values of several types.
func TestVariantData(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		em := e.db.Fork()
		ann := ownerCalled(t, em, "Ann")
		dto, err := orm.ToDTO(em, ann)
		ok(t, err)
		pet := dto["pet"].(map[string]any)
		if pet["type"] != "cat" || pet["name"] != "Tom" || pet["size"] != int64(4) || pet["canMeow"] != true {
			t.Errorf("the DTO has %v", pet)
		}
		if _, other := pet["canBark"]; other {
			t.Errorf("a cat has what only dogs have: %v", pet)
		}
		text, err := orm.JSON(em, ownerCalled(t, em, "Dan"))
		ok(t, err)
		if !strings.Contains(string(text), `"pet":null`) {
			t.Errorf("JSON %s", text)
		}
		assign := func(data orm.M) {
			t.Helper()
			ok(t, orm.Assign(t.Context(), em, ann, data))
		}
		assign(orm.M{"pet": orm.M{"name": "Tim"}})
		if c := ann.Pet.(cat); c.Name != "Tim" || c.Size != 4 {
			t.Errorf("a new name: %#v", ann.Pet)
		}
		assign(orm.M{"pet": orm.M{"type": "hound", "size": "small", "chip": "9"}})
		if d, isDog := ann.Pet.(*dog); !isDog || d.Name != "" || d.Size != "small" || *d.Chip != "9" {
			t.Errorf("a dog: %#v", ann.Pet)
		}
		assign(orm.M{"doc": orm.M{"type": "hound", "Name": "Dd", "Chip": "5"}, "past": []any{orm.M{"type": "cat", "Name": "z"}}})
		if ann.Doc.sound() != "woof Dd" || len(ann.Past) != 1 || ann.Past[0].sound() != "meow z" {
			t.Errorf("documents: %#v, %#v", ann.Doc, ann.Past)
		}
		assign(orm.M{"other": cat{Name: "given"}, "work": orm.M{"pet": orm.M{"type": "fish"}}})
		if ann.Other.(cat).Name != "given" || ann.Work.Pet != (fish{}) {
			t.Errorf("a value: %#v, %#v", ann.Other, ann.Work)
		}
		ok(t, em.Flush(t.Context()))
		for wrong, class := range map[*orm.M]error{
			{"pet": orm.M{"type": "hond"}}:                           mapper.ErrValue,
			{"pet": orm.M{"type": "cat", "canBark": true}}:           orm.ErrUnknownProperty,
			{"pet": bird{}}:                                          mapper.ErrValue,
			{"pet": orm.M{"chip": nil, "canBark": "x"}}:              mapper.ErrValue,
			{"doc": orm.M{"type": "hond"}}:                           mapper.ErrValue,
			{"doc": bird{}}:                                          mapper.ErrValue,
			{"work": orm.M{"pet": orm.M{"type": "hound"}}}:           mapper.ErrValue,
			{"pet": orm.M{"type": "cat", "dog": orm.M{"size": "x"}}}: orm.ErrUnknownProperty,
		} {
			if err := orm.Assign(t.Context(), em, ann, *wrong); !errors.Is(err, class) {
				t.Errorf("%v: %v", *wrong, err)
			}
		}
		idle(t, em)
		clone, err := orm.Clone(t.Context(), em, ann)
		ok(t, err)
		clone.Name = "Eve"
		if clone.Pet == ann.Pet || !reflect.DeepEqual(clone.Pet, ann.Pet) {
			t.Errorf("the clone has %#v", clone.Pet)
		}
		em.Persist(clone)
		ok(t, em.Flush(t.Context()))
		assign(orm.M{"pet": nil})
		ok(t, em.Flush(t.Context()))
		em = e.db.Fork()
		if ann, eve := ownerCalled(t, em, "Ann"), ownerCalled(t, em, "Eve"); ann.Pet != nil || eve.Pet.(*dog).Size != "small" || eve.Other.(cat).Name != "given" {
			t.Errorf("read %#v, %#v", ann.Pet, eve.Pet)
		}
		k, err := orm.Create[petOwner](t.Context(), em, orm.M{"name": "Fay", "past": []any{}, "pet": orm.M{"type": "cat", "name": "C", "cat": orm.M{"size": 2}}})
		ok(t, err)
		if c := k.Pet.(cat); c.Size != 2 || c.Name != "C" {
			t.Errorf("created %#v", k.Pet)
		}
	})
}

// TestVariantBulk writes values of several types past the unit of work.
func TestVariantBulk(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		em := e.db.Fork()
		ok(t, orm.BulkInsert(t.Context(), em, []*petOwner{{ID: 1, Name: "Ann", Pet: cat{Name: "a", Size: 1}}, {ID: 2, Name: "Bob", Pet: &dog{Name: "b", Chip: chip("1")}}, {ID: 3, Name: "Cid"}}))
		_, err := orm.NativeUpdate[petOwner](t.Context(), em, orm.M{"pet.type": "cat"}, orm.M{"pet.name": "aa", "pet.cat.size": 5})
		ok(t, err)
		_, err = orm.NativeUpdate[petOwner](t.Context(), em, orm.M{"pet.type": "hound"}, orm.M{"pet": cat{Name: "bb"}, "doc": &dog{Name: "dd"}})
		ok(t, err)
		_, err = orm.NativeUpdate[petOwner](t.Context(), em, orm.M{"pet": nil}, orm.M{"pet": orm.M{"type": "cat", "name": "c"}})
		ok(t, err)
		_, err = orm.NativeUpdate[petOwner](t.Context(), em, orm.M{"pet.name": "c"}, orm.M{"pet": orm.M{"type": "fish"}})
		ok(t, err)
		if n, err := orm.Count[petOwner](t.Context(), em, orm.M{"pet.name": "c"}); err != nil || n != 0 {
			t.Errorf("%d fish kept the name of a cat, %v", n, err)
		}
		qbed, err := orm.QB[petOwner](em, "o").Select("o.id", "o.pet.name").Where(orm.M{"o.id": 1}).All(t.Context())
		if ok(t, err); len(qbed) != 1 || qbed[0].Pet.sound() != "meow aa" || qbed[0].Pet.(cat).Size != 5 {
			t.Errorf("a query read %#v", qbed[0].Pet)
		}
		for _, wrong := range []any{bird{}, &dog{Name: "no chip"}, 7} {
			if _, err := orm.NativeUpdate[petOwner](t.Context(), em, nil, orm.M{"pet": wrong}); err == nil {
				t.Errorf("%#v was written", wrong)
			}
		}
		_, err = orm.NativeInsert[petOwner](t.Context(), em, orm.M{"id": 4, "name": "Dan", "pet": fish{}, "past": []any{}}, orm.M{"id": 5, "name": "Eve", "pet": cat{Name: "e"}, "past": []animal{cat{Name: "f"}}})
		ok(t, err)
		ok(t, orm.BulkUpsert(t.Context(), em, []*petOwner{{ID: 1, Name: "Ann", Pet: &dog{Name: "up", Size: "m", Chip: chip("2")}}, {ID: 6, Name: "Fay", Pet: fish{}}}))
		em = e.db.Fork()
		want := map[string]animal{"Ann": &dog{Name: "up", Size: "m", Chip: chip("2")}, "Bob": cat{Name: "bb"}, "Cid": fish{}, "Dan": fish{}, "Eve": cat{Name: "e"}, "Fay": fish{}}
		for k, err := range orm.Stream[petOwner](t.Context(), em, nil) {
			ok(t, err)
			if c, isCat := k.Pet.(cat); isCat {
				c.Born = cat{}.Born
				c.Toys = nil
				k.Pet = c
			}
			if !reflect.DeepEqual(k.Pet, want[k.Name]) {
				t.Errorf("%s has %#v", k.Name, k.Pet)
			}
			if k.Name == "Eve" && (len(k.Past) != 1 || k.Past[0].sound() != "meow f") {
				t.Errorf("Eve had %#v", k.Past)
			}
			delete(want, k.Name)
		}
		if len(want) > 0 {
			t.Errorf("not read: %v", want)
		}
		counts, err := orm.CountBy[petOwner](t.Context(), em, "pet.type", nil)
		ok(t, err)
		if len(counts) != 3 || counts["cat"] != 2 || counts["hound"] != 1 || counts["fish"] != 3 {
			t.Errorf("groups %v", counts)
		}
	})
}

// loosePets is the table of kennels without its rules.
type loosePets struct {
	_    struct{} `orm:"table=pet_kennels"`
	ID   int64    `orm:",assigned"`
	Type *string  `orm:"pet_type"`
	Name *string  `orm:"pet_name"`
	Bark *bool    `orm:"pet_can_bark"`
}

type petKennel struct {
	ID  int64 `orm:",assigned"`
	Pet any   `orm:",types=kennelCat|kennelDog"`
}

type kennelCat struct{ Name string }

type kennelDog struct {
	Name    string
	CanBark bool
}

// TestVariantRows reads rows that other programs wrote: an unknown type is an error that names row and value, and
// what stands in the columns of another type is nothing.
func TestVariantRows(t *testing.T) {
	engines(t, []any{loosePets{}}, func(t *testing.T, e engine) {
		if e.caps.Name == "memory" {
			t.Skip("the engine has the columns of its one registry")
		}
		bark := true
		em := e.db.Fork()
		em.Persist(&loosePets{ID: 1, Type: chip("kennel_cat"), Name: chip("Tom"), Bark: &bark}, &loosePets{ID: 2, Name: chip("Rex")}, &loosePets{ID: 3, Type: chip("kennel_dog")})
		ok(t, em.Flush(t.Context()))
		db, err := orm.Open(t.Context(), again{e.db.Engine()}, orm.Entities(petKennel{}, kennelCat{}, kennelDog{}))
		ok(t, err)
		found, err := orm.Find[petKennel](t.Context(), db.Fork(), nil, orm.OrderBy("id"))
		ok(t, err)
		if found[0].Pet != (kennelCat{"Tom"}) || found[1].Pet != nil || found[2].Pet != (kennelDog{}) {
			t.Errorf("read %#v %#v %#v", found[0].Pet, found[1].Pet, found[2].Pet)
		}
		em.Persist(&loosePets{ID: 4, Type: chip("kfish")})
		ok(t, em.Flush(t.Context()))
		_, err = orm.Find[petKennel](t.Context(), db.Fork(), orm.M{"id": 4})
		if !errors.Is(err, orm.ErrValue) || !strings.Contains(err.Error(), `"kfish" is none of the types kennel_cat, kennel_dog`) || !strings.Contains(err.Error(), "4") {
			t.Errorf("an unknown type: %v", err)
		}
	})
}

// zoo has what is in pens, each of which holds an animal always.
type zoo struct {
	ID   int64
	Name string
	Pens rel.Collection[pen] `orm:",mappedBy=Zoo,orderBy=id"`
}

type pen struct {
	ID      int64
	Zoo     rel.Ref[zoo]
	Version int    `orm:",version"`
	Pet     animal `orm:",required,types=cat|dog|fish"`
}

// TestVariantsRequired: one that must be there, read behind a collection by every strategy, and taken back.
func TestVariantsRequired(t *testing.T) {
	engines(t, []any{zoo{}, pen{}, cat{}, dog{}, fish{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		z := &zoo{Name: "Z"}
		z.Pens.Add(&pen{Pet: cat{Name: "Tom"}}, &pen{Pet: &dog{Name: "Rex", Chip: chip("1")}})
		em.Persist(z)
		ok(t, em.Flush(t.Context()))
		em.Persist(&pen{})
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrRequired) || !strings.Contains(err.Error(), "pet.type") {
			t.Errorf("an empty pen: %v", err)
		}
		for _, strategy := range []string{"select-in", "joined", "balanced"} {
			for _, readOnly := range []bool{false, true} {
				em := e.db.Fork()
				opts := []orm.FindOption{orm.Populate("pens"), orm.Strategy(strategy)}
				if readOnly {
					opts = append(opts, orm.ReadOnly())
				}
				found, err := orm.Find[zoo](t.Context(), em, orm.M{"pens.pet.name": "Rex"}, opts...)
				ok(t, err)
				if pens := found[0].Pens.Items(); len(pens) != 2 || pens[0].Pet.sound() != "meow Tom" || pens[1].Pet.sound() != "woof Rex" {
					t.Errorf("%s: %v", strategy, pens)
				}
				idle(t, em)
			}
		}
		em = e.db.Fork()
		found, err := orm.Find[zoo](t.Context(), em, nil, orm.Populate("pens"))
		ok(t, err)
		p := found[0].Pens.Items()[0]
		err = em.Transactional(t.Context(), func(ctx context.Context, em *orm.EntityManager) error {
			p.Pet = &dog{Name: "Max", Chip: chip("2")}
			if err := em.Flush(ctx); err != nil {
				return err
			}
			return errors.New("stop")
		})
		if err == nil || !strings.Contains(err.Error(), "stop") {
			t.Fatal(err)
		}
		p.Pet = cat{Name: "Kit"}
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		again := e.db.Fork()
		found, err = orm.Find[zoo](t.Context(), again, nil, orm.Populate("pens"))
		ok(t, err)
		if found[0].Pens.Items()[0].Pet.sound() != "meow Kit" {
			t.Errorf("stored %#v", found[0].Pens.Items()[0].Pet)
		}
		text, err := json.Marshal(found[0].Pens.Items()[1].Pet)
		ok(t, err)
		if strings.Contains(string(text), "type") {
			t.Errorf("plain JSON %s", text)
		}
		if _, tables := driver.EngineAs[driver.SQLHandle](e.db.Engine()); tables {
			plan, err := schema.Diff(t.Context(), e.db)
			if ok(t, err); !plan.IsEmpty() {
				t.Errorf("the schema that was created differs:\n%s", plan)
			}
		}
	})
}
