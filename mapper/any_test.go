package mapper_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
)

type (
	anyPost struct {
		ID   int64
		Name string
	}
	anyPhoto struct {
		ID   int64
		Name string
	}
	anyText struct {
		ID   string
		Name string
	}
	anyPair struct {
		A, B int64 `orm:",pk"`
	}
	anyBase struct {
		_  struct{} `orm:"inheritance=single"`
		ID int64
	}
	anyLeft  struct{ anyBase }
	anyRight struct{ anyBase }
)

// TestAnyRefusals: every mistake in the mapping of a polymorphic reference says what to write.
func TestAnyRefusals(t *testing.T) {
	type named interface{ called() string }
	rest := []any{anyPost{}, anyPhoto{}, anyText{}, anyPair{}, anyBase{}, anyLeft{}, anyRight{}}
	type none struct {
		ID int64
		Of rel.Any[any]
	}
	type unknown struct {
		ID int64
		Of rel.Any[any] `orm:",targets=anyPost|anyFoto"`
	}
	type kinds struct {
		ID int64
		Of rel.Any[any] `orm:",targets=anyPost|anyText"`
	}
	type composite struct {
		ID int64
		Of rel.Any[any] `orm:",targets=anyPost|anyPair"`
	}
	type hierarchy struct {
		ID int64
		Of rel.Any[any] `orm:",targets=anyLeft|anyRight"`
	}
	type values struct {
		ID int64
		Of rel.Any[any] `orm:",targets=anyPost:a|anyPhoto:a"`
	}
	type unfit struct {
		ID int64
		Of rel.Any[named] `orm:",targets=anyPost"`
	}
	type concrete struct {
		ID int64
		Of rel.Any[anyPost] `orm:",targets=anyPost"`
	}
	type ruled struct {
		ID int64
		Of rel.Any[any] `orm:",targets=anyPost,onDelete=cascade"`
	}
	type shared struct {
		ID     int64
		OfID   int64
		OfType string
		Of     rel.Any[any] `orm:",targets=anyPost"`
	}
	type plain struct {
		ID int64
		Of rel.Ref[anyPost] `orm:",targets=anyPost"`
	}
	type scalar struct {
		ID int64
		Of string `orm:",discriminator=of"`
	}
	for _, c := range []struct {
		entity any
		want   string
	}{
		{none{}, "name what it may lead to, as in targets=Post|Photo"},
		{unknown{}, `targets: there is no entity "anyFoto"; did you mean "anyPhoto"?`},
		{kinds{}, "the keys of anyPost.id (int64) and anyText.id (string) are of different kinds and cannot share a column"},
		{composite{}, "the key of anyPair is composite"},
		{hierarchy{}, "anyLeft and anyRight are of one hierarchy; name what both extend, anyBase"},
		{values{}, "anyPost and anyPhoto have the same value a"},
		{unfit{}, "*mapper_test.anyPost does not implement mapper_test.named"},
		{concrete{}, "a polymorphic reference takes an interface that its targets implement, or any; rel.Ref is for one type"},
		{ruled{}, `option "onDelete" needs a foreign key, and one to several tables cannot be; give the inverse sides of the targets cascade=remove`},
		{shared{}, "has the property name ofType of the type of a polymorphic reference"},
		{shared{}, "shares the column of_id with OfID; take that field away"},
		{plain{}, `option "targets" is for polymorphic references, rel.Any`},
		{scalar{}, `option "discriminator" is for relations`},
	} {
		_, err := mapper.Build(mapper.Options{}, append([]any{c.entity}, rest...)...)
		if !errors.Is(err, mapper.ErrMapping) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v\n\twant %s", c.entity, err, c.want)
		}
	}
}

// AnyShelf and AnyBox have other sides of a polymorphic reference.
type AnyShelf struct {
	ID    int64
	Items []*AnyItem              `orm:",mappedBy=In"`
	Big   rel.Collection[AnyItem] `orm:",mappedBy=In,where={\"size >\": 3}"`
}

type AnyBox struct {
	ID    int32
	Items rel.Collection[AnyItem] `orm:",mappedBy=In"`
}

type AnyItem struct {
	ID   int64
	Size int
	In   rel.Any[any]
}

// TestAnyBuilder: a mapping in code says the same as tags, and the registry tells it.
func TestAnyBuilder(t *testing.T) {
	item := mapper.Define(func(e *mapper.Builder[AnyItem]) {
		mapper.Field(e, func(x *AnyItem) *rel.Any[any] { return &x.In }).Targets("AnyShelf", "AnyBox:crate").Discriminator("in_what").JoinColumns("in_key").Required()
	})
	reg, err := mapper.Build(mapper.Options{}, AnyShelf{}, AnyBox{}, item)
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entity("AnyItem")
	p := e.Property("in")
	if p.Columns[0].Name != "in_what" || p.Columns[1].Name != "in_key" || p.Columns[1].Type.Bits != 64 || p.Columns[0].Nullable || p.Relation.Target.Targets[1].Value != "crate" {
		t.Errorf("%s", reg.Dump())
	}
	if typ := e.Property("inType"); typ == nil || typ.TypeOf() != p || len(e.Indexes) != 1 || len(e.Indexes[0].Columns) != 2 {
		t.Errorf("%s", reg.Dump())
	}
	box := &AnyBox{ID: 4}
	for _, v := range []any{box, rel.ToAny[any](box), rel.ToAnyKey[any, AnyBox](4), map[string]any{"AnyBox": 4}, []any{"crate", int64(4)}, rel.To(box)} {
		key, err := p.Relation.Target.KeyFrom(v)
		if err != nil || key != (mapper.Tuple{Head: "crate", Tail: int64(4)}) {
			t.Errorf("the key from %T is %v, %v", v, key, err)
		}
	}
	for _, v := range []any{nil, 4, "crate", &anyPost{ID: 1}, map[string]any{"AnyBag": 4}, &AnyBox{}, rel.Any[any]{}, map[string]any{}} {
		if key, err := p.Relation.Target.KeyFrom(v); !errors.Is(err, mapper.ErrValue) && v != any(&AnyBox{}) {
			t.Errorf("the key from %T is %v, %v", v, key, err)
		}
	}
}
