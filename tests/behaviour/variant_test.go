package behaviour_test

import (
	"errors"
	"testing"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// animal is what keepers have.
type animal interface{ sound() string }

type cat struct {
	Name    string
	CanMeow bool
	Size    int `orm:"cat_size"`
	Home    *den
	Born    time.Time
	Toys    []string
}

// dog is held by pointer: only that is an animal.
type dog struct {
	Name    string
	CanBark bool
	Size    string `orm:"dog_size"`
	Home    *den
	Chip    *string `orm:",required"`
}

type fish struct{}

type den struct {
	City string
	Zip  *string
}

func (c cat) sound() string  { return "meow " + c.Name }
func (d *dog) sound() string { return "woof " + d.Name }
func (f fish) sound() string { return "" }

type petOwner struct {
	ID    int64
	Name  string
	Pet   animal   `orm:",types=cat|dog:hound|fish"`
	Doc   animal   `orm:",json,types=cat|dog:hound"`
	Past  []animal `orm:",types=cat|dog:hound"`
	Other any      `orm:",types=cat|den,discriminator=other_kind,prefix=o_"`
	Work  *petOffice
}

type petOffice struct {
	Floor int
	Pet   animal `orm:",types=cat|fish"`
}

func petOwners() []any { return []any{petOwner{}, cat{}, dog{}, fish{}, den{}} }

func chip(s string) *string { return &s }

func writeOwners(t *testing.T, e engine) {
	t.Helper()
	em := e.db.Fork()
	born := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	em.Persist(
		&petOwner{Name: "Ann", Pet: cat{Name: "Tom", CanMeow: true, Size: 4, Home: &den{City: "Oslo"}, Born: born, Toys: []string{"ball"}}, Doc: cat{Name: "Docat", Size: 1}, Past: []animal{&dog{Name: "P", Chip: chip("2")}, cat{Name: "Q"}}, Other: cat{Name: "O"}},
		&petOwner{Name: "Bob", Pet: &dog{Name: "Rex", CanBark: true, Size: "big", Chip: chip("1")}, Doc: &dog{Name: "Dodog", Chip: chip("3")}, Work: &petOffice{Floor: 2, Pet: cat{Name: "W"}}},
		&petOwner{Name: "Cid", Pet: fish{}, Other: den{City: "Rome"}, Work: &petOffice{Floor: 3}},
		&petOwner{Name: "Dan"},
	)
	ok(t, em.Flush(t.Context()))
	idle(t, em)
}

func ownerCalled(t *testing.T, em *orm.EntityManager, name string, opts ...orm.FindOption) *petOwner {
	t.Helper()
	k, err := orm.FindOneOrFail[petOwner](t.Context(), em, orm.M{"name": name}, opts...)
	ok(t, err)
	return k
}

// TestVariants writes values of several types and reads them.
func TestVariants(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		em := e.db.Fork()
		ann, bob, cid, dan := ownerCalled(t, em, "Ann"), ownerCalled(t, em, "Bob"), ownerCalled(t, em, "Cid"), ownerCalled(t, em, "Dan")
		tom, isCat := ann.Pet.(cat)
		if !isCat || tom.Name != "Tom" || !tom.CanMeow || tom.Size != 4 || tom.Home == nil || tom.Home.City != "Oslo" || tom.Born.Year() != 2020 || len(tom.Toys) != 1 {
			t.Errorf("Ann has %#v", ann.Pet)
		}
		if d, isCat := ann.Doc.(cat); !isCat || d.Name != "Docat" || len(ann.Past) != 2 || ann.Past[0].sound() != "woof P" || ann.Past[1].sound() != "meow Q" {
			t.Errorf("Ann has %#v, %#v", ann.Doc, ann.Past)
		}
		if o, isCat := ann.Other.(cat); !isCat || o.Name != "O" || ann.Work != nil {
			t.Errorf("Ann has %#v, %#v", ann.Other, ann.Work)
		}
		rex, isDog := bob.Pet.(*dog)
		if !isDog || rex.Name != "Rex" || rex.Size != "big" || rex.Home != nil || *rex.Chip != "1" || bob.Doc.sound() != "woof Dodog" || bob.Work == nil || bob.Work.Pet.sound() != "meow W" {
			t.Errorf("Bob has %#v, %#v, %#v", bob.Pet, bob.Doc, bob.Work)
		}
		if _, isFish := cid.Pet.(fish); !isFish || cid.Other != (den{City: "Rome"}) || cid.Work == nil || cid.Work.Pet != nil {
			t.Errorf("Cid has %#v, %#v, %#v", cid.Pet, cid.Other, cid.Work)
		}
		if dan.Pet != nil || dan.Doc != nil || dan.Other != nil || dan.Work != nil {
			t.Errorf("Dan has %#v", dan)
		}
		idle(t, em)
	})
}

// TestVariantChanges changes parts of values, and their types.
func TestVariantChanges(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		em := e.db.Fork()
		ann, bob := ownerCalled(t, em, "Ann"), ownerCalled(t, em, "Bob")
		changed := func(want string) {
			t.Helper()
			got := ""
			changes, err := orm.Changes(t.Context(), em)
			ok(t, err)
			for _, c := range changes {
				for _, p := range c.Properties {
					got += p.Path + " "
				}
			}
			if got != want {
				t.Errorf("changed %q, want %q", got, want)
			}
			ok(t, em.Flush(t.Context()))
			idle(t, em)
		}
		tom := ann.Pet.(cat)
		tom.Name = "Tim"
		ann.Pet = tom
		changed("pet.name ")
		ann.Pet = &tom // the same value in another form
		changed("")
		bob.Pet.(*dog).CanBark = false
		changed("pet.canBark ")
		bob.Pet = cat{Name: "Rex", Size: 3}
		changed("pet.type pet.canMeow pet.cat.size pet.dog.size pet.born pet.toys pet.canBark pet.chip ")
		ann.Pet = nil
		changed("pet.type pet.name pet.canMeow pet.cat.size pet.home.city pet.born pet.toys ")
		ann.Doc, ann.Past[0] = &dog{Name: "D", Chip: chip("4")}, cat{Name: "R"}
		changed("doc past ")
		bob.Work.Pet = fish{}
		changed("work.pet.type work.pet.name work.pet.canMeow work.pet.size work.pet.born work.pet.toys ")
		em = e.db.Fork()
		ann, bob = ownerCalled(t, em, "Ann"), ownerCalled(t, em, "Bob")
		if c, isCat := bob.Pet.(cat); !isCat || c.Name != "Rex" || c.Size != 3 || ann.Pet != nil || ann.Doc.sound() != "woof D" || ann.Past[0].sound() != "meow R" {
			t.Errorf("read %#v, %#v, %#v", bob.Pet, ann.Pet, ann.Doc)
		}
		if bob.Work.Pet != (fish{}) {
			t.Errorf("read %#v", bob.Work.Pet)
		}
		other := e.db.Fork()
		theirs := ownerCalled(t, other, "Bob")
		theirs.Pet = &dog{Name: "Max", Chip: chip("2")}
		ok(t, other.Flush(t.Context()))
		ok(t, em.Refresh(t.Context(), bob))
		if d, isDog := bob.Pet.(*dog); !isDog || d.Name != "Max" {
			t.Errorf("refreshed %#v", bob.Pet)
		}
		idle(t, em)
	})
}

// TestVariantConditions asks for the type, for what types have in common, and for what one has.
func TestVariantConditions(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		for i, c := range []struct {
			cond any
			want string
		}{
			{orm.M{"pet.type": "cat"}, "Ann "},
			{orm.M{"pet": orm.M{"type": "hound", "name": "Rex"}}, "Bob "},
			{orm.M{"pet.type": []string{"cat", "fish"}}, "Ann Cid "},
			{orm.M{"pet.name:in": []string{"Tom", "Rex"}}, "Ann Bob "},
			{orm.M{"pet.canBark": true}, "Bob "},
			{orm.M{"pet.dog.canBark": true}, "Bob "},
			{orm.M{"pet.cat.size >": 3}, "Ann "},
			{orm.M{"pet.dog.size": "big"}, "Bob "},
			{orm.M{"pet.home.city": "Oslo"}, "Ann "},
			{orm.M{"pet": nil}, "Dan "},
			{orm.M{"pet": orm.M{"$ne": nil}}, "Ann Bob Cid "},
			{orm.M{"pet": orm.M{"$exists": true}}, "Ann Bob Cid "},
			{orm.M{"other.type": "den"}, "Cid "},
			{orm.M{"work.pet.name": "W"}, "Bob "},
			{orm.M{"work.pet": nil}, "Ann Cid Dan "},
			{orm.M{"doc.type": "hound"}, "Bob "},
			{orm.M{"doc.Name": "Docat"}, "Ann "},
			{orm.M{"doc": nil}, "Cid Dan "},
			{orm.M{"past": orm.M{"$elemMatch": orm.M{"type": "hound", "Name": "P"}}}, "Ann "},
			{orm.M{"past.Name": "Q"}, "Ann "},
			{orm.M{"past": orm.M{"type": "cat", "Name": "P"}}, ""},
			{orm.M{"$not": orm.M{"pet.canBark": true}}, ""},
		} {
			found, err := orm.Find[petOwner](t.Context(), e.db.Fork(), c.cond, orm.OrderBy("name"))
			ok(t, err)
			got := ""
			for _, k := range found {
				got += k.Name + " "
			}
			if got != c.want {
				t.Errorf("%d: %v found %q, want %q", i, c.cond, got, c.want)
			}
		}
		found, err := orm.Find[petOwner](t.Context(), e.db.Fork(), orm.M{"pet.name !=": nil}, orm.OrderBy("-pet.name"), orm.Fields("name", "pet.name"))
		ok(t, err)
		if len(found) != 2 || found[0].Name != "Ann" || found[0].Pet.sound() != "meow Tom" || found[1].Pet.sound() != "woof Rex" || found[0].Doc != nil {
			t.Errorf("found %+v", found)
		}
		_, err = orm.Find[petOwner](t.Context(), e.db.Fork(), orm.M{"pet.size": 3})
		if !errors.Is(err, conditions.ErrAmbiguous) {
			t.Errorf("an ambiguous name: %v", err)
		}
		_, err = orm.Find[petOwner](t.Context(), e.db.Fork(), orm.M{"pet.canMiaow": true})
		if !errors.Is(err, conditions.ErrUnknownProperty) {
			t.Errorf("an unknown name: %v", err)
		}
	})
}

// bird is an animal that keepers cannot have.
type bird struct{}

func (bird) sound() string { return "tweet" }

// TestVariantRefusals: what is none of the types is refused when it is written and when it is read.
func TestVariantRefusals(t *testing.T) {
	engines(t, petOwners(), func(t *testing.T, e engine) {
		writeOwners(t, e)
		em := e.db.Fork()
		bob := ownerCalled(t, em, "Bob")
		for _, wrong := range []func(){
			func() { bob.Pet = bird{} },
			func() { bob.Doc = bird{} },
			func() { bob.Past = []animal{bird{}} },
		} {
			before := *bob
			wrong()
			if err := em.Flush(t.Context()); !errors.Is(err, mapper.ErrValue) {
				t.Errorf("a bird: %v", err)
			}
			*bob = before
		}
		bob.Pet.(*dog).Chip = nil
		if err := em.Flush(t.Context()); !errors.Is(err, orm.ErrRequired) {
			t.Errorf("a dog without a chip: %v", err)
		}
		bob.Pet = cat{}
		ok(t, em.Flush(t.Context()))
	})
}
