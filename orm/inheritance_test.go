package orm_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// TestSingleTable writes two subtypes and reads each of them as itself.
func TestSingleTable(t *testing.T) {
	b := newBench(t, model.Shop()...)
	trick := "sit"
	em := b.db.Fork()
	dog := &model.Dog{Animal: model.Animal{Name: "Rex"}, Trick: &trick}
	cat := &model.Cat{Animal: model.Animal{Name: "Tom"}, Lives: 9}
	dog.Friends.Add(cat)
	em.Persist(dog)
	b.flush(em)

	em = b.db.Fork()
	dogs, err := orm.Find[model.Dog](b.ctx, em, orm.M{"friends.lives": 9}, orm.Populate("friends"))
	b.ok(err)
	if len(dogs) != 1 || dogs[0].Name != "Rex" || *dogs[0].Trick != "sit" {
		t.Fatalf("dogs: %+v", dogs)
	}
	if friends := dogs[0].Friends.Items(); len(friends) != 1 || friends[0].Lives != 9 {
		t.Errorf("friends: %+v", friends)
	}
	animals, err := orm.Find[model.Animal](b.ctx, em, orm.M{}, orm.OrderBy("name"))
	b.ok(err)
	if len(animals) != 2 || animals[0] != &dogs[0].Animal {
		t.Fatalf("animals: %+v", animals)
	}

	em = b.db.Fork()
	animals, err = orm.Find[model.Animal](b.ctx, em, orm.M{}, orm.OrderBy("name"))
	b.ok(err)
	rex, ok := orm.As[model.Dog](em, animals[0])
	if !ok || *rex.Trick != "sit" {
		t.Errorf("the first animal is no dog that sits: %+v, %v", rex, ok)
	}
	if _, ok := orm.As[model.Cat](em, animals[0]); ok {
		t.Error("the first animal is a cat as well")
	}
	if _, ok := orm.As[model.Dog](b.db.Fork(), animals[0]); ok {
		t.Error("a manager that never saw the animal knows it")
	}
	rex.Name = "Max"
	b.flush(em)
	if n, err := orm.Count[model.Dog](b.ctx, b.db.Fork(), orm.M{"name": "Max"}); err != nil || n != 1 {
		t.Errorf("%d dogs are called Max, %v", n, err)
	}

	em = b.db.Fork()
	if _, err := orm.Find[model.Animal](b.ctx, em, orm.M{}); err != nil {
		t.Fatal(err)
	}
	if none, err := orm.FindOne[model.Dog](b.ctx, em, cat.ID); err != nil || none != nil {
		t.Errorf("a cat was found as the dog %+v, %v", none, err)
	}
}
