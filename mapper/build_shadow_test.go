package mapper_test

import (
	"reflect"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

// Parcel and Letter are a hierarchy whose root keeps the shadow values.
type Parcel struct {
	_  struct{} `orm:"inheritance=single"`
	ID int64
	rel.Shadows
}

type Crate struct {
	Parcel
	Wood string
}

func TestShadowsOfAHierarchy(t *testing.T) {
	parcel := mapper.Define(func(e *mapper.Builder[Parcel]) { e.Shadow("sender").Column("from_whom") })
	crate := mapper.Define(func(e *mapper.Builder[Crate]) { e.Shadow("weight").Type("int").Comment("kg") })
	reg, err := mapper.Build(mapper.Options{}, parcel, crate)
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entity("Crate")
	c := &Crate{}
	p := reflect.ValueOf(c).UnsafePointer()
	sender, weight := e.Property("sender"), e.Property("weight")
	for prop, v := range map[*mapper.Property]any{sender: "ada", weight: int64(7)} {
		if err := prop.Access.Store(p, v); err != nil {
			t.Fatal(err)
		}
	}
	snapshot := e.NewSlab().Take(p)
	if err := sender.Access.Store(p, "bob"); err != nil {
		t.Fatal(err)
	}
	if sender.Access.Value(snapshot) != "ada" || sender.Access.Value(p) != "bob" || weight.Access.Value(p) != int64(7) {
		t.Errorf("%v, %v, %v", sender.Access.Value(snapshot), sender.Access.Value(p), weight.Access.Value(p))
	}
	if sender.Access.Equal(p, snapshot) || !weight.Access.Equal(p, snapshot) {
		t.Error("only the sender changed")
	}
	if got := sender.Columns[0].Name + " " + weight.Columns[0].Comment; got != "from_whom kg" || !weight.Columns[0].Nullable {
		t.Errorf("columns %s", got)
	}
	var w uint8
	if err := weight.ShadowValue(&w, int64(7)); err != nil || w != 7 {
		t.Errorf("%d, %v", w, err)
	}
	if err := weight.ShadowValue(&w, nil); err != nil || w != 0 {
		t.Errorf("%d, %v", w, err)
	}
	var opt rel.Opt[int]
	if err := weight.ShadowValue(&opt, int64(7)); err != nil || opt != rel.Some(7) {
		t.Errorf("%v, %v", opt, err)
	}
}

func TestShadowMistakes(t *testing.T) {
	twin := mapper.Define(func(e *mapper.Builder[Hotel]) {
		e.Shadow("stars").Type("number")
		e.Shadow("id")
	})
	parcel := mapper.Define(func(e *mapper.Builder[Parcel]) { e.Shadow("key").PrimaryKey() })
	_, err := mapper.Build(mapper.Options{}, twin, parcel)
	want := `mapper: 6 mistakes in the mapping
	mapper_test.Hotel.stars: option "type": "number" is none of string, text, bool, int, float, decimal, bytes, time, date, duration, uuid, ulid, objectid, json
	mapper_test.Hotel.stars: a shadow property needs an embedded rel.Shadows in mapper_test.Hotel
	mapper_test.Hotel.id: a shadow property needs an embedded rel.Shadows in mapper_test.Hotel
	mapper_test.Hotel.id: has the same property name as ID: id
	mapper_test.Hotel.id: has the column id of ID
	mapper_test.Parcel.key: a shadow property can be neither the key nor the version nor virtual`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
