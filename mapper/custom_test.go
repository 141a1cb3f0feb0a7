package mapper_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

// Money is mapped by a custom type onto cents.
type Money struct {
	Cents    int64
	Currency string
}

type moneyType struct{}

func (moneyType) Kind() mapper.ValueKind { return mapper.Int }

func (moneyType) ToDatabase(v any) (any, error) {
	m, ok := v.(Money)
	if !ok {
		return nil, fmt.Errorf("%T is no Money", v)
	}
	return m.Cents, nil
}

func (moneyType) FromDatabase(v any) (any, error) {
	if v.(int64) < 0 {
		return nil, errors.New("debts are not money")
	}
	return Money{v.(int64), "EUR"}, nil
}

func (moneyType) EqualValues(a, b any) bool { return a.(Money).Cents == b.(Money).Cents }

func (moneyType) ColumnTypes() map[string]string { return map[string]string{"postgres": "money_cents"} }

// Words knows how to store itself.
type Words []string

func (w Words) Value() (driver.Value, error) { return strings.Join(w, " "), nil }

func (w *Words) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("%T is not text", src)
	}
	*w = strings.Fields(s)
	return nil
}

type Wallet struct {
	ID    int64
	Money Money
	Words Words
	Limit rel.Opt[int32] `orm:",default=5,required"`
	Note  rel.Opt[string]
}

func TestCustomTypes(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{Custom: map[reflect.Type]mapper.CustomType{reflect.TypeFor[Money](): moneyType{}}}, Wallet{})
	if err != nil {
		t.Fatal(err)
	}
	e := mapper.EntityOf[Wallet](reg)
	w := &Wallet{Money: Money{250, "EUR"}, Words: Words{"a", "b"}}
	p, q := reflect.ValueOf(w).UnsafePointer(), e.New()
	for name, want := range map[string]any{"money": int64(250), "words": "a b", "limit": nil, "note": nil} {
		prop := e.Property(name)
		if got := prop.Access.Value(p); got != want {
			t.Errorf("%s: %#v, want %#v", name, got, want)
		}
		if err := prop.Access.Store(q, prop.Access.Value(p)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !prop.Access.Equal(p, q) {
			t.Errorf("%s differs after a round trip", name)
		}
	}
	money := e.Property("money")
	if got := (*Wallet)(q).Money; got != (Money{250, "EUR"}) {
		t.Errorf("%+v", got)
	}
	(*Wallet)(q).Money.Currency = "USD"
	if !money.Access.Equal(p, q) {
		t.Error("the custom type says what is equal")
	}
	if got := money.Columns[0].SQLType["postgres"]; got != "money_cents" {
		t.Errorf("column type %q", got)
	}
	if got, err := money.Type.Convert(Money{Cents: 3}); err != nil || got != int64(3) {
		t.Errorf("Convert: %v, %v", got, err)
	}
	if err := money.Access.Store(q, int64(-1)); err == nil || err.Error() != "debts are not money" {
		t.Errorf("Store: %v", err)
	}
	snapshot := e.NewSlab().Take(p)
	w.Words[0] = "c"
	if e.Property("words").Access.Equal(p, snapshot) {
		t.Error("the snapshot shares the words")
	}
}

func TestOpt(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{Custom: map[reflect.Type]mapper.CustomType{reflect.TypeFor[Money](): moneyType{}}}, Wallet{})
	if err != nil {
		t.Fatal(err)
	}
	e := mapper.EntityOf[Wallet](reg)
	limit, note := e.Property("limit"), e.Property("note")
	if !limit.Optional || limit.Nullable || !note.Nullable {
		t.Error("an Opt is left out of inserts while unassigned; required forbids NULL")
	}
	w := &Wallet{}
	p := reflect.ValueOf(w).UnsafePointer()
	if !limit.Access.IsZero(p) {
		t.Error("unassigned")
	}
	w.Limit.Set(0)
	if limit.Access.IsZero(p) || limit.Access.Value(p) != int64(0) {
		t.Error("zero is assigned")
	}
	if err := note.Access.Store(p, "x"); err != nil || w.Note != rel.Some("x") {
		t.Errorf("%v, %v", err, w.Note)
	}
	if err := note.Access.Store(p, nil); err != nil || w.Note != (rel.Opt[string]{}) {
		t.Errorf("%v, %v", err, w.Note)
	}
}

type Left struct {
	ID     int64
	Rights []*Right
}

type Right struct {
	ID    int64
	Lefts []*Left
}

func TestBothSidesOwn(t *testing.T) {
	_, err := mapper.Build(mapper.Options{}, Left{}, Right{})
	want := `mapper: 2 mistakes in the mapping
	mapper_test.Left.Rights: both this and Right.lefts own a many-to-many relation; give one of them mappedBy, or each a pivot
	mapper_test.Right.Lefts: both this and Left.rights own a many-to-many relation; give one of them mappedBy, or each a pivot`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// Visit has an embeddable with a reference that may be absent as a whole.
type Visit struct {
	ID   int64
	Stay *Stay
}

type Stay struct {
	Days  int
	Hotel rel.Ref[Hotel]
}

type Hotel struct{ ID int64 }

func TestReferenceInsideAnEmbeddable(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, Visit{}, Hotel{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entity("Visit")
	hotel := e.Property("stay").Sub("hotel")
	if hotel.Columns[0].Name != "stay_hotel_id" || !hotel.Columns[0].Nullable || !slices.Contains(e.Relations, hotel) {
		t.Errorf("column %v", hotel.Columns[0])
	}
	v := &Visit{}
	p := reflect.ValueOf(v).UnsafePointer()
	if entry, target := hotel.Reference(p); entry != nil || target != nil {
		t.Error("an absent embeddable refers to nothing")
	}
	hotel.SetReference(p, nil, nil)
	if v.Stay != nil {
		t.Error("a nil reference makes no embeddable")
	}
	row := mapper.NewHydrator(e, e.Leaves, mapper.HydrateOptions{}).Row()
	row.Bind(p)
	scan(t, row.Targets(), int64(1), nil, int64(9))
	if err := row.Finish(identity{}); err != nil || v.Stay == nil || v.Stay.Hotel.Key() != int64(9) {
		t.Errorf("%v, %+v", err, v.Stay)
	}
}

func TestTablePerType(t *testing.T) {
	reg := richModel(t)
	car, base := reg.Entity("Car"), reg.Entity("Vehicle")
	if k := car.TableKey[0]; k.Name != "id" || k.Table.Name != "cars" || k.References != base.KeyColumns[0] {
		t.Errorf("table key %+v", k)
	}
	if base.TypeOf("auto") != car || base.TypeOf("bus") != nil || base.Meaning("doors").Property != car.Property("doors") {
		t.Error("TypeOf, Meaning")
	}
	p := car.New()
	if v := car.Property("sort").Access.Value(p); v != "auto" {
		t.Errorf("the discriminator of a car is %v", v)
	}
	row := mapper.NewHydrator(base, base.HierarchyLeaves(), mapper.HydrateOptions{}).Row()
	scan(t, row.Targets(), int64(1), "auto", int64(4), int64(5), nil)
	if typ, err := row.Type(); err != nil || typ != car {
		t.Fatalf("%v, %v", typ, err)
	}
	row.Bind(p)
	if err := row.Finish(identity{}); err != nil {
		t.Fatal(err)
	}
	if c := (*Car)(p); c.Sort != "auto" || c.Wheel != 4 || c.Doors != 5 {
		t.Errorf("%+v", c)
	}
}

func TestGenerators(t *testing.T) {
	var before string
	for range 5000 {
		u := mapper.NewUUID()
		if s := u.String(); s <= before || s[14] != '7' || !strings.ContainsRune("89ab", rune(s[19])) {
			t.Fatalf("%s after %s", s, before)
		} else {
			before = s
		}
	}
	if s := mapper.NewUUID4().String(); s[14] != '4' {
		t.Error(s)
	}
	if a, b := mapper.NewULID().String(), mapper.NewULID().String(); a >= b || len(a) != 26 {
		t.Error(a, b)
	}
	if a, b := mapper.NewObjectID(), mapper.NewObjectID(); a.String()[:18] != b.String()[:18] && a.String()[8:18] != b.String()[8:18] || a == b {
		t.Error(a, b)
	}
}
