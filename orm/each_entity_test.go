package orm_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

type conventional struct {
	ID        int64
	Name      string
	Secret    string
	DeletedAt *time.Time
}

type plainPlace struct {
	ID   int64
	Name string `orm:",length=10"`
}

// conventions are those of a program: times of deletion, secrets, and names of tables.
func conventions(s *mapper.StructInfo, e *mapper.EntityBuilder) {
	if s.Field("DeletedAt") != nil {
		e.Field("DeletedAt").SoftDelete()
	}
	if s.Field("Secret") != nil {
		e.Field("Secret").Hidden()
	}
	e.Table("app_" + strings.ToLower(s.Type.Text[strings.LastIndexByte(s.Type.Text, '.')+1:]))
}

// TestEachEntity adds conventions to every mapping, also one made in code, which stays as it is.
func TestEachEntity(t *testing.T) {
	def := mapper.Define(func(e *mapper.Builder[plainPlace]) { e.Comment("places"); e.Table("overruled") })
	for range 2 {
		db, err := orm.Open(t.Context(), memory.New(), orm.Entities(conventional{}, def), orm.EachEntity(conventions),
			orm.EachEntity(func(_ *mapper.StructInfo, e *mapper.EntityBuilder) { e.Field("Name").Length(40) }))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		first, second := db.Registry().Entities()[0], db.Registry().Entities()[1]
		if first.SoftDelete == nil || !first.Property("secret").Hidden || first.Table.Name != "app_conventional" {
			t.Errorf("the mapping is\n%s", db.Registry().Dump())
		}
		if second.Table.Name != "app_plainplace" || second.Comment != "places" || second.Property("name").Type.Length != 40 {
			t.Errorf("the mapping is\n%s", db.Registry().Dump())
		}
	}
	plain, err := mapper.Build(mapper.Options{}, def)
	if err != nil || plain.Entities()[0].Table.Name != "overruled" {
		t.Errorf("the definition was changed: %v", err)
	}
}

// TestEachEntityMistakes are told with those of the mapping.
func TestEachEntityMistakes(t *testing.T) {
	wrong := orm.EachEntity(func(_ *mapper.StructInfo, e *mapper.EntityBuilder) { e.Field("Nmae").Hidden() })
	if _, err := orm.Open(t.Context(), sqlite.Memory(), orm.Entities(conventional{}), wrong); !errors.Is(err, orm.ErrMapping) || !strings.Contains(err.Error(), "Nmae") {
		t.Errorf("a field that is not there: %v", err)
	}
	registry, err := mapper.Build(mapper.Options{}, conventional{})
	if err != nil {
		t.Fatal(err)
	}
	for what, opts := range map[string][]orm.Option{
		"a ready registry": {orm.Registry(registry), orm.EachEntity(conventions)},
		"nil":              {orm.Entities(conventional{}), orm.EachEntity(nil)},
	} {
		if _, err := orm.Open(t.Context(), sqlite.Memory(), opts...); !errors.Is(err, orm.ErrInvalidOption) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
