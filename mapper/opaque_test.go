package mapper_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
)

type noise interface{ Noise() string }

type opaqueField struct {
	ID  int64
	Pet noise
}

type opaqueJSON struct {
	ID  int64
	Pet noise `orm:",json"`
}

type opaqueList struct {
	ID  int64
	Pet []noise
}

type opaqueMap struct {
	ID  int64
	Pet map[string]noise
}

type opaqueInside struct {
	ID  int64
	Doc struct {
		Pets []struct{ Pet noise }
	} `orm:",json"`
}

type opaqueUnnamed struct {
	ID  int64
	Pet interface{ Noise() string }
}

type opaqueNowhere struct {
	ID    int64
	Any   any
	Many  []any
	Said  noise `orm:",virtual"`
	Left  noise `orm:"-"`
	Other struct {
		Pet noise `json:"-"`
		Any any
	} `orm:",json"`
}

// TestOpaque: what could be written as JSON and never read is refused when the registry is built, with where and what to do.
func TestOpaque(t *testing.T) {
	for at, entity := range map[string]any{
		"opaqueField.Pet":           opaqueField{},
		"opaqueJSON.Pet":            opaqueJSON{},
		"opaqueList.Pet":            opaqueList{},
		"opaqueMap.Pet":             opaqueMap{},
		"opaqueInside.Doc.Pets.Pet": opaqueInside{},
		"opaqueUnnamed.Pet":         opaqueUnnamed{},
	} {
		_, err := mapper.Build(mapper.Options{}, entity)
		if err == nil || !strings.Contains(err.Error(), at) || !strings.Contains(err.Error(), "types=Cat|Dog") {
			t.Errorf("%s: %v", at, err)
		}
	}
	if _, err := mapper.Build(mapper.Options{}, opaqueNowhere{}); err != nil {
		t.Error(err)
	}
}
