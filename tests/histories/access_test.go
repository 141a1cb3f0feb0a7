package histories_test

import (
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// What users do to the fields of entities, by the names of the model.

// handle reads the number of an entity.
func handle(x any) int { return int(field(x, "H").Int()) }

// at returns the address that an entity shares with its base.
func at(x any) unsafe.Pointer { return reflect.ValueOf(x).UnsafePointer() }

// as returns a pointer to an entity, or to the base it begins with, as a *T.
func as(x any, pointer reflect.Type) reflect.Value {
	return reflect.NewAt(pointer.Elem(), at(x))
}

// put assigns a scalar.
func (s *scalar) put(x any, value any) {
	f := field(x, s.name)
	switch s.kind {
	case text:
		f.SetString(value.(string))
	case number:
		f.SetInt(int64(value.(int)))
	case embedded:
		street, city, _ := strings.Cut(value.(string), "|")
		f.Set(reflect.ValueOf(address{street, city}))
	default:
		s.putMaybe(f, value)
	}
}

func (s *scalar) putMaybe(f reflect.Value, value any) {
	if value == nil {
		f.SetZero()
		return
	}
	f.Set(reflect.New(f.Type().Elem()))
	switch s.kind {
	case maybeText:
		f.Elem().SetString(value.(string))
	case maybeNumber:
		f.Elem().SetInt(int64(value.(int)))
	case maybeEmbedded:
		street, city, _ := strings.Cut(value.(string), "|")
		f.Elem().Set(reflect.ValueOf(address{street, city}))
	}
}

// value reads a scalar as the model holds it.
func (s *scalar) value(x any) any {
	f := field(x, s.name)
	if f.Kind() == reflect.Pointer {
		if f.IsNil() {
			return nil
		}
		f = f.Elem()
	}
	switch s.kind {
	case text, maybeText:
		return f.String()
	case number, maybeNumber:
		return int(f.Int())
	}
	a := f.Interface().(address)
	return a.Street + "|" + a.City
}

// point assigns a to-one view; a nil target empties it.
func (v *view) point(x, target any) {
	f := field(x, v.name)
	switch {
	case v.style == asRef:
		f.Set(reflect.ValueOf(v.to(target)))
	case target == nil:
		f.SetZero()
	case v.style == asScalar:
		id := field(target, "ID").Int()
		f.Set(reflect.ValueOf(&id))
	default:
		f.Set(as(target, f.Type()))
	}
}

// pointByKey assigns a Ref to what has a key.
func (v *view) pointByKey(x, key any) { field(x, v.name).Set(reflect.ValueOf(v.toKey(key))) }

// list returns the items of a slice, or those of a collection that is loaded.
func (v *view) list(x any) (items []any, loaded bool) {
	f := field(x, v.name)
	loaded = true
	if v.style == asCollection {
		out := f.Addr().MethodByName("Peek").Call(nil)
		f, loaded = out[0], out[1].Bool()
	}
	for i := range f.Len() {
		items = append(items, f.Index(i).Interface())
	}
	return items, loaded
}

// call calls a method of a collection with items.
func (v *view) call(x any, method string, items ...any) {
	m := field(x, v.name).Addr().MethodByName(method)
	var in []reflect.Value
	if m.Type().NumIn() > 0 {
		pointer := m.Type().In(0).Elem()
		for _, item := range items {
			in = append(in, as(item, pointer))
		}
	}
	m.Call(in)
}

// add puts items into a to-many view.
func (v *view) add(x any, items ...any) {
	if v.style == asCollection {
		v.call(x, "Add", items...)
		return
	}
	f := field(x, v.name)
	for _, item := range items {
		f.Set(reflect.Append(f.Slice3(0, f.Len(), f.Len()), as(item, f.Type().Elem())))
	}
}

// take takes items out of a to-many view.
func (v *view) take(x any, items ...any) {
	if v.style == asCollection {
		v.call(x, "Remove", items...)
		return
	}
	f := field(x, v.name)
	rest := reflect.MakeSlice(f.Type(), 0, f.Len())
	for i := range f.Len() {
		item := f.Index(i)
		if !slices.ContainsFunc(items, func(out any) bool { return at(out) == item.UnsafePointer() }) {
			rest = reflect.Append(rest, item)
		}
	}
	f.Set(rest)
}

// replace makes a to-many view hold these items.
func (v *view) replace(x any, items ...any) {
	if v.style == asCollection {
		v.call(x, "Set", items...)
		return
	}
	f := field(x, v.name)
	list := reflect.MakeSlice(f.Type(), 0, len(items))
	for _, item := range items {
		list = reflect.Append(list, as(item, f.Type().Elem()))
	}
	f.Set(list)
}

// empty empties a to-many view.
func (v *view) empty(x any) {
	if v.style == asCollection {
		v.call(x, "RemoveAll")
		return
	}
	field(x, v.name).SetZero()
}

// target reads a to-one view: what it holds in memory, nil when it is null or not loaded.
func (v *view) target(x any) any {
	f := field(x, v.name)
	switch v.style {
	case asRef:
		out := f.MethodByName("Peek").Call(nil)
		if !out[1].Bool() || out[0].IsNil() {
			return nil
		}
		return out[0].Interface()
	case asPointer:
		if f.IsNil() {
			return nil
		}
		return f.Interface()
	}
	return nil
}
