package mongo_test

import (
	"sync"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/tests/model"
)

type M = conditions.M

// registry is the shared model as it is mapped for MongoDB.
var registry = sync.OnceValue(func() *mapper.Registry {
	precision := 3
	reg, err := mapper.Build(mapper.Options{Naming: naming.Mongo{}, TimePrecision: &precision}, model.All()...)
	if err != nil {
		panic(err)
	}
	return reg
})

func entity(t testing.TB, name string) *mapper.Entity {
	t.Helper()
	e := registry().Entity(name)
	if e == nil {
		t.Fatalf("no entity %s", name)
	}
	return e
}

// selection is a select under construction, with its arguments.
type selection struct {
	qb.Select
	args []any
}

// newSelection reads the key of the entities that match a condition.
func newSelection(t testing.TB, name string, cond any, order ...any) *selection {
	t.Helper()
	e := entity(t, name)
	s := &selection{Select: qb.Select{
		Registry: registry(), Entity: e, Output: e.Key,
		Limit: conditions.NoSlot, Offset: conditions.NoSlot,
	}}
	s.Where = s.parse(t, e, cond)
	var err error
	if s.OrderBy, err = qb.ParseOrder(conditions.Env{Registry: registry(), Entity: e}, order...); err != nil {
		t.Fatalf("order: %v", err)
	}
	return s
}

// parse parses a condition about e, appending its values to the arguments.
func (s *selection) parse(t testing.TB, e *mapper.Entity, cond any) conditions.Node {
	t.Helper()
	if cond == nil {
		return nil
	}
	tree, values, err := conditions.Compile(conditions.Env{Registry: registry(), Entity: e}, cond, conditions.Slot(len(s.args)))
	if err != nil {
		t.Fatalf("condition: %v", err)
	}
	s.args = append(s.args, values...)
	return tree.Root
}

// slot appends an argument.
func (s *selection) slot(v any) conditions.Slot {
	s.args = append(s.args, v)
	return conditions.Slot(len(s.args) - 1)
}

// text compiles and binds a query, and returns its text, or that of the error.
func text(q qb.Query, args []any) string {
	cmd, err := mongo.Compile(q)
	if err != nil {
		return "error: " + err.Error()
	}
	request, err := cmd.Bind(args)
	if err != nil {
		return "error: " + err.Error()
	}
	return cmd.Text(request)
}
