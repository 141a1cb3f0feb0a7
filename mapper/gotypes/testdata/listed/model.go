// Package listed lists its entities in a call of orm.Entities.
package listed

import (
	"slices"

	"github.com/weft-orm/weft/mapper/gotypes/testdata/defined"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

type Tag struct {
	ID   int64
	_    struct{} `orm:"name=Tag2"`
	Name string
}

// Unlisted has a key but is not in the list.
type Unlisted struct{ ID int64 }

var first = []any{&model.Tag{}}

// Options are what Open is called with.
func Options() any { return orm.Entities(slices.Concat(first, defined.Mappings, rest())...) }

func rest() []any {
	return append([]any{model.Author{}, new(model.Profile), (*model.Book)(nil), model.Publisher{}}, Tag{})
}
