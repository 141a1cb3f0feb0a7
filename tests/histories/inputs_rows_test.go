package histories_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// rows reads all T in a unit of its own and writes the given fields of each, a line
// each, in the order of the text: "ann team1, bob -". A reference is the name of its
// target, - when it is null; a collection is the names of its items in brackets.
func rows[T any](w *world, fields string) string {
	w.Helper()
	em := w.em()
	names := strings.Fields(fields)
	found, err := orm.Find[T](w.ctx, em, nil, orm.Populate(relationsOf[T](w, names)...))
	w.ok(err)
	lines := make([]string, len(found))
	for i, x := range found {
		lines[i] = show(x, names...)
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// stored compares the rows of T with what they should be.
func stored[T any](w *world, fields, want string) {
	w.Helper()
	w.is(fmt.Sprintf("rows of %s", mapper.EntityOf[T](w.db.Registry()).Name), rows[T](w, fields), want)
}

// relationsOf picks the paths of relations among field names.
func relationsOf[T any](w *world, names []string) []string {
	var paths []string
	for _, r := range mapper.EntityOf[T](w.db.Registry()).Relations {
		if slices.Contains(names, r.Field) {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// show writes fields of an entity as rows does.
func show(entity any, names ...string) string {
	v := reflect.ValueOf(entity).Elem()
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = word(v.FieldByName(name))
	}
	return strings.Join(words, " ")
}

func word(v reflect.Value) string {
	switch {
	case v.CanAddr() && v.Addr().MethodByName("Items").IsValid():
		if !v.Addr().MethodByName("IsLoaded").Call(nil)[0].Bool() {
			return "unloaded"
		}
		return list(v.Addr().MethodByName("Items").Call(nil)[0])
	case v.MethodByName("Peek").IsValid():
		if v.MethodByName("IsNil").Call(nil)[0].Bool() {
			return "-"
		}
		out := v.MethodByName("Peek").Call(nil)
		if !out[1].Bool() {
			return "unloaded"
		}
		return word(out[0])
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Pointer:
		return list(v)
	case v.Kind() == reflect.Pointer && v.IsNil():
		return "-"
	case v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct:
		return fmt.Sprint(v.Elem().FieldByName("Name").Interface())
	case v.Kind() == reflect.Pointer:
		return fmt.Sprint(v.Elem().Interface())
	}
	return fmt.Sprint(v.Interface())
}

// list writes the names of items in order.
func list(items reflect.Value) string {
	names := make([]string, items.Len())
	for i := range names {
		names[i] = word(items.Index(i))
	}
	return "[" + strings.Join(names, " ") + "]"
}

// named reads the entity with a name.
func named[T any](w *world, em *orm.EntityManager, name string, opts ...orm.FindOption) *T {
	w.Helper()
	return get[T](w, em, orm.M{"name": name}, opts...)
}
