package constraint_test

import (
	"testing"

	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/tests/model"
	"github.com/weft-orm/weft/tests/model/fleet"
)

func TestModel(t *testing.T) {
	for name, entities := range map[string][]any{"library": model.Library(), "shop": model.Shop(), "fleet": fleet.Entities(mapper.TablePerType)} {
		t.Run(name, func(t *testing.T) {
			reg, err := mapper.Build(mapper.Options{}, entities...)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, name+".txt", constraint.New(reg).String())
		})
	}
}
