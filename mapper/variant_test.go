package mapper

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"
)

type vPet interface{ vPet() }

type vCat struct {
	Name    string
	CanMeow bool
	Legs    int `orm:"cat_legs"`
	Home    *vHome
	Tags    []string
	Born    time.Time
}

type vDog struct {
	Name    string
	CanBark bool
	Legs    string `orm:"dog_legs"`
	Home    *vHome
	Kind    string `orm:",enum=big|small"`
}

// vWord is held by an interface as itself: it is one pointer.
type vWord struct{ Of *int64 }

type vHome struct {
	City string
	Zip  *string
}

func (vCat) vPet()  {}
func (*vDog) vPet() {}
func (vWord) vPet() {}

type vOwner struct {
	ID   int64
	Pet  vPet   `orm:",types=vCat|vDog:hound|vWord"`
	Docs []vPet `orm:",types=vCat|*vWord:w,discriminator=kind"`
	In   *struct {
		Pet any `orm:"beast,types=vCat|vWord,discriminator=beast_kind"`
	}
}

func vRegistry(t *testing.T) *Entity {
	t.Helper()
	reg, err := Build(Options{}, vOwner{}, vCat{}, vDog{}, vWord{})
	if err != nil {
		t.Fatal(err)
	}
	if len(reg.Entities()) != 1 {
		t.Fatalf("%d entities", len(reg.Entities()))
	}
	return reg.Entity("vOwner")
}

// TestVariantColumns: what types have alike shares a column, and each property has its place in the paths.
func TestVariantColumns(t *testing.T) {
	e := vRegistry(t)
	var got []string
	for _, p := range e.Leaves {
		got = append(got, p.Path+"="+p.Columns[0].Name)
		if p.Path != "id" && p.Path != "docs" && !p.Columns[0].Nullable {
			t.Errorf("%s is not nullable", p.Path)
		}
	}
	want := "id=id pet.type=pet_type pet.name=pet_name pet.canMeow=pet_can_meow pet.vCat.legs=pet_cat_legs pet.vDog.legs=pet_dog_legs " +
		"pet.home.city=pet_home_city pet.home.zip=pet_home_zip pet.tags=pet_tags pet.born=pet_born pet.canBark=pet_can_bark pet.kind=pet_kind pet.of=pet_of docs=docs " +
		"in.pet.type=beast_kind in.pet.name=in_beast_name in.pet.canMeow=in_beast_can_meow in.pet.legs=in_beast_cat_legs in.pet.home.city=in_beast_home_city " +
		"in.pet.home.zip=in_beast_home_zip in.pet.tags=in_beast_tags in.pet.born=in_beast_born in.pet.of=in_beast_of"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("leaves\n%s\nwant\n%s", text, want)
	}
	pet := e.Property("pet")
	for path, want := range map[string]string{"name": "pet.name", "CanBark": "pet.canBark", "vCat.canMeow": "pet.canMeow", "vDog.legs": "pet.vDog.legs", "type": "pet.type", "vCat.name": "", "legs": ""} {
		p := pet
		for piece := range strings.SplitSeq(path, ".") {
			if p = p.Sub(piece); p == nil {
				break
			}
		}
		if p == nil && want != "" || p != nil && p.Path != want {
			t.Errorf("%s leads to %v, want %s", path, p, want)
		}
	}
	if _, found, remedy := pet.SubMeaning("legs"); found != "vCat and vDog have this name for columns of their own" || remedy != `write "pet.vCat.legs" or "pet.vDog.legs"` {
		t.Errorf("legs: %s; %s", found, remedy)
	}
}

// leafAt finds a leaf by its path.
func leafAt(t *testing.T, e *Entity, path string) *Property {
	t.Helper()
	for _, p := range e.Leaves {
		if p.Path == path {
			return p
		}
	}
	t.Fatalf("no leaf %s", path)
	return nil
}

// TestVariantAccess reads, writes, copies and compares values of all forms.
func TestVariantAccess(t *testing.T) {
	e := vRegistry(t)
	kind, name, zip, of := leafAt(t, e, "pet.type"), leafAt(t, e, "pet.name"), leafAt(t, e, "pet.home.zip"), leafAt(t, e, "pet.of")
	n, code := int64(7), "0150"
	for _, x := range []struct {
		pet                 vPet
		kind, name, zip, of any
	}{
		{nil, nil, nil, nil, nil},
		{(*vCat)(nil), nil, nil, nil, nil},
		{vCat{Name: "Tom"}, "v_cat", "Tom", nil, nil},
		{&vCat{Name: "Tom", Home: &vHome{Zip: &code}}, "v_cat", "Tom", code, nil},
		{&vDog{Name: "Rex"}, "hound", "Rex", nil, nil},
		{vWord{&n}, "v_word", nil, nil, n},
		{&vWord{&n}, "v_word", nil, nil, n},
		{vWord{}, "v_word", nil, nil, nil},
	} {
		owner := &vOwner{Pet: x.pet}
		at := unsafe.Pointer(owner)
		for p, want := range map[*Property]any{kind: x.kind, name: x.name, zip: x.zip, of: x.of} {
			if got := p.Access.Value(at); got != want {
				t.Errorf("%#v: %s is %v, want %v", x.pet, p.Path, got, want)
			}
		}
		copied := new(vOwner)
		e.Copy(unsafe.Pointer(copied), at)
		if !e.Unchanged(unsafe.Pointer(copied), at) {
			t.Errorf("a copy of %#v is %#v", x.pet, copied.Pet)
		}
		row := new(vOwner)
		for _, p := range e.Leaves {
			if err := p.Access.Store(unsafe.Pointer(row), p.Access.Value(at)); err != nil {
				t.Error(err)
			}
		}
		for _, p := range e.Leaves {
			if !p.Access.Equal(unsafe.Pointer(row), at) {
				t.Errorf("%s of %#v differs from what was stored, %#v", p.Path, x.pet, row.Pet)
			}
		}
	}
}

// TestVariantsAreNotShared: what an interface holds by value may stand in others too.
func TestVariantsAreNotShared(t *testing.T) {
	e := vRegistry(t)
	shared := vPet(vCat{Name: "Tom", Tags: []string{"a"}})
	owner := &vOwner{Pet: shared}
	at := unsafe.Pointer(owner)
	snap := new(vOwner)
	e.Copy(unsafe.Pointer(snap), at)
	if err := leafAt(t, e, "pet.name").Access.Store(at, "Tim"); err != nil {
		t.Fatal(err)
	}
	if owner.Pet.(vCat).Name != "Tim" || shared.(vCat).Name != "Tom" || snap.Pet.(vCat).Name != "Tom" {
		t.Errorf("%v, %v, %v", owner.Pet, shared, snap.Pet)
	}
	owner.Pet.(vCat).Tags[0] = "b"
	if snap.Pet.(vCat).Tags[0] != "a" || leafAt(t, e, "pet.tags").Access.Equal(at, unsafe.Pointer(snap)) {
		t.Errorf("the snapshot has %v", snap.Pet)
	}
	dog := &vDog{Name: "Rex"}
	owner.Pet = dog
	e.Copy(unsafe.Pointer(snap), at)
	dog.Name = "Max"
	if e.Unchanged(at, unsafe.Pointer(snap)) || snap.Pet.(*vDog).Name != "Rex" {
		t.Error("the snapshot follows the pointer")
	}
	if err := leafAt(t, e, "pet.type").Access.Store(at, "v_cat"); err != nil {
		t.Fatal(err)
	}
	if got := owner.Pet; !reflect.DeepEqual(got, vCat{Name: "Max"}) || dog.Name != "Max" {
		t.Errorf("a cat in the place of a dog: %#v", got)
	}
	if err := leafAt(t, e, "pet.type").Access.Store(at, "v_cta"); !errors.Is(err, ErrValue) || !strings.Contains(err.Error(), `did you mean "v_cat"?`) {
		t.Errorf("an unknown type: %v", err)
	}
}

// vStranger is no vPet.
type vStranger struct{ Name string }

type vTyped struct{ Type string }

type vKeyed struct {
	ID int64 `orm:",pk"`
}

type vWide struct{ CanMeow string }

type vLoop struct {
	Pet any `orm:",types=vLoop"`
}

func (vTyped) vPet() {}
func (vKeyed) vPet() {}
func (vWide) vPet()  {}

// TestVariantMistakes: each is told with the place and what to do.
func TestVariantMistakes(t *testing.T) {
	for _, c := range []struct {
		entity any
		more   []any
		want   string
	}{
		{struct {
			ID  int64
			Pet vPet `orm:",types=vCta"`
		}{}, []any{vCat{}}, `types: no struct "vCta" was given`},
		{struct {
			ID  int64
			Pet vPet `orm:",types=vCat"`
		}{}, nil, `list it beside the entities, as in orm.Entities(..., vCat{})`},
		{struct {
			ID  int64
			Pet vPet `orm:",types=vStranger"`
		}{}, []any{vStranger{}}, "types: mapper.vStranger does not implement mapper.vPet"},
		{struct {
			ID  int64
			Pet vPet `orm:",types=vCat:a|vDog:a"`
		}{}, []any{vCat{}, vDog{}}, "vCat and vDog have the same value a; give one of them its own, as in vDog:other"},
		{struct {
			ID  int64
			Pet vPet `orm:",types=vCat|vCat:b"`
		}{}, []any{vCat{}}, "vCat is named twice"},
		{struct {
			ID  int64
			Pet vPet `orm:",types="`
		}{}, nil, `option "types" needs a value`},
		{struct {
			ID  int64
			Pet vCat `orm:",types=vCat"`
		}{}, []any{vCat{}}, `option "types" is for a field of an interface type or a slice of it, not for mapper.vCat`},
		{struct {
			ID  int64
			Pet vPet `orm:",types=vCat|vWide"`
		}{}, []any{vCat{}, vWide{}}, "share the column pet_can_meow and are of different types; make them alike, or give one of them a column of its own"},
		{struct {
			ID  int64
			Pet vPet `orm:",types=vTyped"`
		}{}, []any{vTyped{}}, `has the property name pet.type, which tells the type of the value; name the field otherwise, or leave it out by "-"`},
		{struct {
			ID  int64
			Pet vPet `orm:",types=vKeyed"`
		}{}, []any{vKeyed{}}, `option "pk" cannot stand in a value of one of several types`},
		{struct {
			ID  int64
			Pet vPet `orm:",types=vCat,pk"`
		}{}, []any{vCat{}}, "cannot be a key"},
		{struct {
			ID  int64
			Pet any `orm:",types=vLoop"`
		}{}, []any{vLoop{}}, `option "types" cannot stand in a value of one of several types that is kept in columns; store the inner one with the option json`},
	} {
		_, err := Build(Options{}, append([]any{c.entity}, c.more...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
}

// TestVariantDocuments: a document tells the type by a member.
func TestVariantDocuments(t *testing.T) {
	e := vRegistry(t)
	docs := leafAt(t, e, "docs")
	n := int64(3)
	owner := &vOwner{Docs: []vPet{vCat{Name: "Tom"}, &vWord{&n}, nil}}
	v := docs.Access.Value(unsafe.Pointer(owner))
	want := `[{"kind":"v_cat","Name":"Tom","CanMeow":false,"Legs":0,"Home":null,"Tags":null,"Born":"0001-01-01T00:00:00Z"},{"kind":"w","Of":3},null]`
	if raw, isErr := v.(error); isErr {
		t.Fatal(raw)
	}
	if got := string(reflect.ValueOf(v).Bytes()); got != want {
		t.Errorf("stored %s", got)
	}
	read := new(vOwner)
	if err := docs.Access.Store(unsafe.Pointer(read), want); err != nil || !reflect.DeepEqual(read.Docs, owner.Docs) {
		t.Errorf("read %#v, %v", read.Docs, err)
	}
	for doc, want := range map[string]string{
		`[{"kind":"v_cta"}]`: `element 0: the kind "v_cta" is none of v_cat, w`,
		`[{"Name":"Tom"}]`:   "the member kind, which tells the type, is missing; it is one of v_cat, w",
	} {
		if err := docs.Access.Store(unsafe.Pointer(read), doc); !errors.Is(err, ErrValue) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", doc, err)
		}
	}
	if shape := docs.Type.Shape; shape[0].Name != "kind" || len(shape) != 8 {
		t.Errorf("%d members", len(shape))
	}
}
