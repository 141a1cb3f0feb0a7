package mapper_test

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/tests/model"
)

// identity is a resolver that remembers what it was asked for.
type identity map[*mapper.Entity]map[any]*slot.Entry

func (m identity) Resolve(target *mapper.Entity, key any) *slot.Entry {
	if m[target] == nil {
		m[target] = map[any]*slot.Entry{}
	}
	if m[target][key] == nil {
		m[target][key] = &slot.Entry{Key: key}
	}
	return m[target][key]
}

func (m identity) ResolveInt(target *mapper.Entity, key int64) *slot.Entry {
	return m.Resolve(target, key)
}

// scan gives values to targets the way a native driver does.
func scan(t testing.TB, targets []any, values ...any) {
	t.Helper()
	if len(targets) != len(values) {
		t.Fatalf("%d targets, %d values", len(targets), len(values))
	}
	for i, v := range values {
		switch d := targets[i].(type) {
		case interface{ Scan(any) error }:
			if err := d.Scan(v); err != nil {
				t.Fatalf("column %d: %v", i, err)
			}
		case *int64:
			*d = v.(int64)
		case *int:
			*d = int(v.(int64))
		case *string:
			*d = v.(string)
		case *bool:
			*d = v.(bool)
		case *float64:
			*d = v.(float64)
		default:
			t.Fatalf("column %d: unexpected target %T", i, d)
		}
	}
}

func library(t testing.TB) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func TestHydrate(t *testing.T) {
	reg := library(t)
	e := reg.Entity("Book")
	for _, native := range []bool{false, true} {
		ids := identity{}
		row := mapper.NewHydrator(e, e.Leaves, mapper.HydrateOptions{Native: native}).Row()
		var books []*model.Book
		for _, author := range []int64{7, 7, 8} {
			b := &model.Book{}
			row.Bind(unsafe.Pointer(b))
			scan(t, row.Targets(), int64(len(books)+1), "Winter", nil, int64(300), 9.5, author, []byte("acme"))
			if key, ok := row.Key(); !ok || key != int64(len(books)+1) {
				t.Fatalf("Key = %v, %v", key, ok)
			}
			if err := row.Finish(ids); err != nil {
				t.Fatal(err)
			}
			books = append(books, b)
		}
		if books[0].Author != books[1].Author || books[0].Author == books[2].Author {
			t.Error("references to one author must share their entry")
		}
		if key := books[2].Author.Key(); key != int64(8) {
			t.Errorf("author key %v", key)
		}
		if key := books[0].Publisher.Key(); key != "acme" {
			t.Errorf("publisher key %v", key)
		}
		if books[0].Title != "Winter" || books[0].ISBN != nil || books[0].Pages != 300 || books[0].Price != 9.5 {
			t.Errorf("%+v", books[0])
		}
	}
}

func TestHydrateAbsentRow(t *testing.T) {
	e := library(t).Entity("Book")
	row := mapper.NewHydrator(e, e.Leaves, mapper.HydrateOptions{Native: true, Nullable: true}).Row()
	b := &model.Book{}
	row.Bind(unsafe.Pointer(b))
	scan(t, row.Targets(), nil, nil, nil, nil, nil, nil, nil)
	if key, ok := row.Key(); ok {
		t.Errorf("Key = %v", key)
	}
	if !reflect.DeepEqual(*b, model.Book{}) {
		t.Errorf("something was written: %+v", b)
	}
	row.Bind(unsafe.Pointer(b))
	scan(t, row.Targets(), int64(1), nil, nil, int64(1), 1.0, nil, nil)
	want := "mapper: Book.title: cannot use NULL as string: the property is not nullable"
	if err := row.Finish(identity{}); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestHydrateCompositeKeyAndReference(t *testing.T) {
	reg := library(t)
	e := reg.Entity("OrderLine")
	row := mapper.NewHydrator(e, e.Leaves, mapper.HydrateOptions{}).Row()
	line := &model.OrderLine{}
	row.Bind(unsafe.Pointer(line))
	scan(t, row.Targets(), int64(1), int64(2), int64(5), nil)
	want := mapper.NewTuple([]any{int64(1), int64(2)})
	if key, ok := row.Key(); !ok || key != want {
		t.Errorf("Key = %v", key)
	}
	if err := row.Finish(identity{}); err != nil {
		t.Fatal(err)
	}
	if key, ok := e.KeyOf(unsafe.Pointer(line)); !ok || key != want {
		t.Errorf("KeyOf = %v, %v", key, ok)
	}
	s := reg.Entity("Shipment")
	row = mapper.NewHydrator(s, s.Leaves, mapper.HydrateOptions{}).Row()
	ship := &model.Shipment{}
	for _, tt := range []struct {
		order, product, want any
	}{{int64(1), int64(2), want}, {nil, int64(2), nil}, {nil, nil, nil}} {
		row.Bind(unsafe.Pointer(ship))
		scan(t, row.Targets(), int64(3), tt.order, tt.product, nil)
		if got := row.Reference(1); got != tt.want {
			t.Errorf("Reference = %v, want %v", got, tt.want)
		}
		if err := row.Finish(identity{}); err != nil {
			t.Fatal(err)
		}
		if ship.First.Key() != tt.want {
			t.Errorf("First = %v", ship.First.Key())
		}
	}
}

func TestHydrateNullableEmbeddable(t *testing.T) {
	e := library(t).Entity("Customer")
	work := e.Property("work")
	leaves := append(append([]*mapper.Property{}, e.Key...), work.Embedded...)
	row := mapper.NewHydrator(e, leaves, mapper.HydrateOptions{}).Row()
	c := &model.Customer{}
	row.Bind(unsafe.Pointer(c))
	scan(t, row.Targets(), make([]byte, 16), nil, nil, nil)
	if err := row.Finish(identity{}); err != nil || c.Work != nil {
		t.Errorf("%v, Work = %+v", err, c.Work)
	}
	row.Bind(unsafe.Pointer(c))
	scan(t, row.Targets(), make([]byte, 16), nil, "Rome", nil)
	if err := row.Finish(identity{}); err != nil || c.Work == nil || c.Work.City != "Rome" {
		t.Errorf("%v, Work = %+v", err, c.Work)
	}
	p := unsafe.Pointer(c)
	snapshot := e.NewSlab().Take(p)
	c.Work.City = "Oslo"
	city := work.Sub("city")
	if city.Access.Equal(p, snapshot) || city.Access.Value(snapshot) != "Rome" {
		t.Error("the snapshot shares the embeddable")
	}
	c.Work = nil
	if city.Access.Value(p) != nil || city.Access.Equal(p, snapshot) {
		t.Error("an absent embeddable reads as NULL")
	}
}

func TestKeyFrom(t *testing.T) {
	reg := library(t)
	author, line, customer := reg.Entity("Author"), reg.Entity("OrderLine"), reg.Entity("Customer")
	id := [16]byte{1, 2}
	pair := mapper.NewTuple([]any{int64(1), int64(2)})
	tests := []struct {
		e    *mapper.Entity
		key  any
		want any
		err  string
	}{
		{author, 7, int64(7), ""},
		{author, int32(7), int64(7), ""},
		{author, map[string]any{"id": 7}, int64(7), ""},
		{author, &model.Author{ID: 7}, int64(7), ""},
		{author, struct{ ID int }{7}, nil, "mapper: Author.id: cannot use struct { ID int } as int64: must be an integer"},
		{author, "7", nil, "mapper: Author.id: cannot use string as int64: must be an integer"},
		{author, nil, nil, "mapper: cannot use this value as the key of Author: the key cannot be nil"},
		{author, &model.Author{}, nil, "mapper: cannot use this value as the key of Author: the key is not known yet: the entity is new"},
		{author, map[string]any{"idd": 7}, nil, "mapper: cannot use this value as the key of Author: the key lacks id"},
		{line, []any{1, 2}, pair, ""},
		{line, []int{1, 2}, pair, ""},
		{line, [2]int64{1, 2}, pair, ""},
		{line, pair, pair, ""},
		{line, map[string]any{"order": 1, "product": 2}, pair, ""},
		{line, struct{ Order, Product int }{1, 2}, pair, ""},
		{line, []any{1}, nil, "mapper: cannot use this value as the key of OrderLine: the key has 2 parts, not 1"},
		{line, 1, nil, "mapper: cannot use this value as the key of OrderLine: the key has 2 parts, so int cannot be one"},
		{customer, id, mapper.UUID(id), ""},
		{customer, "01020000-0000-0000-0000-000000000000", mapper.UUID(id), ""},
	}
	for _, tt := range tests {
		got, err := tt.e.KeyFrom(tt.key)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("KeyFrom(%v): error %v, want %s", tt.key, err, tt.err)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("KeyFrom(%v) = %v, %v; want %v", tt.key, got, err, tt.want)
		}
	}
}

func TestKeyOfAndSetKey(t *testing.T) {
	reg := library(t)
	a := &model.Author{}
	e, p := reg.Entity("Author"), unsafe.Pointer(a)
	if key, ok := e.KeyOf(p); ok {
		t.Errorf("a new entity has the key %v", key)
	}
	if err := e.SetKey(p, int64(9)); err != nil || a.ID != 9 {
		t.Errorf("%v, ID = %d", err, a.ID)
	}
	if key, ok := e.KeyOf(p); !ok || key != int64(9) {
		t.Errorf("KeyOf = %v, %v", key, ok)
	}
	pub := &model.Publisher{}
	if key, ok := reg.Entity("Publisher").KeyOf(unsafe.Pointer(pub)); !ok || key != "" {
		t.Errorf("an assigned key may be empty: %v, %v", key, ok)
	}
}

func TestPlainPointersAndSlices(t *testing.T) {
	e := library(t).Entity("Employee")
	boss := &model.Employee{ID: 1}
	x := &model.Employee{ID: 2, Manager: boss, Reports: []*model.Employee{boss}}
	p := unsafe.Pointer(x)
	if entry, target := e.Property("manager").Reference(p); entry != nil || target != unsafe.Pointer(boss) {
		t.Error("Reference of a pointer field")
	}
	if key, ok := e.Property("manager").TargetKey(p); !ok || key != int64(1) {
		t.Errorf("TargetKey = %v", key)
	}
	e.Property("manager").SetReference(p, nil, nil)
	if x.Manager != nil {
		t.Error("SetReference")
	}
	if s := e.Property("reports").Slice(p); len(*s) != 1 || (*s)[0] != unsafe.Pointer(boss) {
		t.Error("Slice")
	}
}

func TestHydratePolymorphic(t *testing.T) {
	reg := library(t)
	e := reg.Entity("Animal")
	h := mapper.NewHydrator(e, e.HierarchyLeaves(), mapper.HydrateOptions{Native: true})
	var names []string
	for _, p := range h.Leaves() {
		names = append(names, p.String())
	}
	want := []string{"Animal.id", "Animal.name", "Animal.owner", "Animal.kind", "Dog.trick", "Cat.lives"}
	if !reflect.DeepEqual(names, want) || !h.Polymorphic() {
		t.Fatalf("leaves %v", names)
	}
	row := h.Row()
	scan(t, row.Targets(), int64(1), "Rex", nil, []byte("dog"), "sit", nil)
	typ, err := row.Type()
	if err != nil || typ != reg.Entity("Dog") {
		t.Fatalf("Type = %v, %v", typ, err)
	}
	if key, ok := row.Key(); !ok || key != int64(1) {
		t.Errorf("Key = %v", key)
	}
	p := typ.New()
	row.Bind(p)
	if err := row.Finish(identity{}); err != nil {
		t.Fatal(err)
	}
	if d := (*model.Dog)(p); d.ID != 1 || d.Name != "Rex" || d.Trick == nil || *d.Trick != "sit" {
		t.Errorf("%+v", d)
	}
	scan(t, row.Targets(), int64(2), "Tom", nil, "cat", nil, int64(9))
	p = reg.Entity("Cat").New()
	row.Bind(p)
	if err := row.Finish(identity{}); err != nil {
		t.Fatal(err)
	}
	if c := (*model.Cat)(p); c.Lives != 9 || c.Name != "Tom" {
		t.Errorf("%+v", c)
	}
	scan(t, row.Targets(), int64(3), "?", nil, "bird", nil, nil)
	if _, err := row.Type(); err == nil || err.Error() != "mapper: Animal.kind: the value names no type of Animal" {
		t.Errorf("got %v", err)
	}
	if v := reg.Entity("Cat").Property("kind").Access.Value(p); v != "cat" {
		t.Errorf("the discriminator of a cat is %v", v)
	}
}
