package conditions_test

import (
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/tests/model"
)

type M = conditions.M

// registry maps the whole shared model, which no test changes.
func registry(t testing.TB) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func env(t testing.TB, entity string) conditions.Env {
	t.Helper()
	reg := registry(t)
	e := reg.Entity(entity)
	if e == nil {
		t.Fatalf("no entity %s", entity)
	}
	return conditions.Env{Registry: reg, Entity: e}
}
