package behaviour_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// kinds writes rows, reads them back equal and clean, and asks for them by the
// value of every property they have, in every way the property's kind allows.
// The rows have the ids 1, 2, 3 and so on.
func kinds[T any](t *testing.T, e engine, rows []*T) {
	t.Helper()
	roundTrip(t, e, rows)
	p := probe[T]{t, e, rows, mapper.EntityOf[T](e.db.Registry())}
	for _, leaf := range p.meta.Leaves {
		if leaf.Kind == mapper.Scalar && len(leaf.Columns) > 0 {
			p.property(leaf)
		}
	}
}

// probe compares what the engine finds with what the naive evaluator decides.
type probe[T any] struct {
	*testing.T
	engine
	rows []*T
	meta *mapper.Entity
}

func (p probe[T]) property(leaf *mapper.Property) {
	for i, row := range p.rows {
		v, found := fieldValue(row, leaf)
		if !found {
			continue
		}
		stored := leaf.Access.Value(reflect.ValueOf(row).UnsafePointer())
		for _, where := range questions(leaf, v, p.rows) {
			p.compare(where, i, stored != nil && strings.HasSuffix(firstKey(where), ":eq"))
		}
	}
	if ordered(leaf) {
		p.order(leaf)
	}
}

// questions are the conditions that can be asked about a property with a value.
func questions[T any](leaf *mapper.Property, v any, rows []*T) []orm.M {
	path := leaf.Path
	out := []orm.M{{path + ":exists": true}, {path + ":exists": false}}
	kind := kindOf(leaf.Type)
	if kind == mapper.JSON {
		return out
	}
	first, _ := fieldValue(rows[0], leaf)
	out = append(out, orm.M{path + ":eq": v}, orm.M{path + ":ne": v}, orm.M{path + ":in": []any{v, first}}, orm.M{path + ":nin": []any{v, nil}},
		orm.M{"$not": orm.M{path: v}})
	if kind == mapper.Array {
		return append(out, orm.M{path + ":contains": v}, orm.M{path + ":contained": v}, orm.M{path + ":overlap": v}, orm.M{path + ":size": 0})
	}
	if ordered(leaf) {
		out = append(out, orm.M{path + ":gt": v}, orm.M{path + ":gte": v}, orm.M{path + ":lt": v}, orm.M{path + ":lte": v})
	}
	return out
}

func firstKey(where orm.M) string {
	for k := range where {
		return k
	}
	return ""
}

func kindOf(t *mapper.Type) mapper.ValueKind {
	if t.Kind == mapper.Custom {
		return t.Custom.Kind()
	}
	return t.Kind
}

func ordered(leaf *mapper.Property) bool {
	switch kindOf(leaf.Type) {
	case mapper.JSON, mapper.Array, mapper.Bytes:
		return false
	}
	return true
}

// compare finds the rows of a condition; self says that row i must be among them.
func (p probe[T]) compare(where orm.M, i int, self bool) {
	p.Helper()
	name := fmt.Sprintf("row %d: %v", i+1, where)
	var want []string
	for k, row := range p.rows {
		match, err := conditions.Matches(p.db.Registry(), where, row)
		if err != nil {
			p.Errorf("%s: the evaluator: %v", name, err)
			return
		}
		if self && k == i && !match {
			p.Errorf("%s: the evaluator does not find the row itself", name)
		}
		if match {
			want = append(want, fmt.Sprint(k+1))
		}
	}
	found, err := orm.Find[T](p.Context(), p.db.Fork(), where, orm.OrderBy("id"))
	if err != nil {
		p.Errorf("%s: %v", name, err)
		return
	}
	if got := p.ids(found); got != strings.Join(want, " ") {
		p.Errorf("%s: rows %q, want %q", name, got, want)
	}
}

// order sorts by a property and compares with the order of canonical values.
func (p probe[T]) order(leaf *mapper.Property) {
	p.Helper()
	rows := slices.Clone(p.rows)
	value := func(row *T) any { return leaf.Access.Value(reflect.ValueOf(row).UnsafePointer()) }
	slices.SortStableFunc(rows, func(x, y *T) int {
		a, b := value(x), value(y)
		switch {
		case a == nil && b == nil:
			return 0
		case a == nil:
			return -1
		case b == nil:
			return 1
		}
		c, _ := conditions.Order(a, b)
		return c
	})
	found, err := orm.Find[T](p.Context(), p.db.Fork(), nil, orm.OrderBy(leaf.Path, "id"), orm.NullsLowest())
	if err != nil {
		p.Errorf("order by %s: %v", leaf.Path, err)
		return
	}
	if got, want := p.ids(found), p.ids(rows); got != want {
		p.Errorf("order by %s: %s, want %s", leaf.Path, got, want)
	}
}

func (p probe[T]) ids(rows []*T) string {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = fmt.Sprint(p.meta.Key[0].Access.Value(reflect.ValueOf(row).UnsafePointer()))
	}
	return strings.Join(ids, " ")
}

// fieldValue is what the user has in a field: the Go value, or the canonical one
// of a field that reflection may not read, and nil for a custom type's NULL. An
// absent embeddable has none.
func fieldValue(row any, leaf *mapper.Property) (v any, found bool) {
	at := reflect.ValueOf(row).Elem()
	for name := range strings.SplitSeq(leaf.Field, ".") {
		if at.Kind() == reflect.Pointer {
			if at.IsNil() {
				return nil, false
			}
			at = at.Elem()
		}
		at = at.FieldByName(name)
	}
	stored := leaf.Access.Value(reflect.ValueOf(row).UnsafePointer())
	if !at.CanInterface() || stored == nil && leaf.Type.Kind == mapper.Custom {
		return stored, true
	}
	return at.Interface(), true
}
