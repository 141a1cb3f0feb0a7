package mapper

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Field describes the field that sel selects:
//
//	mapper.Field(e, func(a *Author) *string { return &a.Name }).Unique()
//
// sel is called once, on a value made for the purpose, and must return the
// address of a field of it; embedded structs and structs behind pointers may be
// stepped through.
func Field[T, F any](e *Builder[T], sel func(*T) *F) *FieldBuilder {
	selector, err := selected(sel)
	if err != nil {
		e.def.mistake("", err.Error())
		return &FieldBuilder{}
	}
	return e.def.field(selector)
}

// selected finds the field whose address sel returns.
func selected[T, F any](sel func(*T) *F) (selector string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a field selector panics: %v", r)
		}
	}()
	probe := new(T)
	root := reflect.ValueOf(probe).Elem()
	if root.Kind() != reflect.Struct {
		return "", fmt.Errorf("%s is not a struct", root.Type())
	}
	populate(root, 3)
	want := reflect.TypeFor[F]()
	if path, ok := findField(root, unsafe.Pointer(sel(probe)), want, 4); ok {
		return path, nil
	}
	return "", fmt.Errorf("a field selector of type %s does not return the address of a field of %s", want, root.Type())
}

// populate fills pointers to structs, so that selectors can step through them.
func populate(v reflect.Value, depth int) {
	for i := range v.NumField() {
		f := reflect.NewAt(v.Field(i).Type(), v.Field(i).Addr().UnsafePointer()).Elem()
		switch {
		case f.Kind() == reflect.Struct:
			populate(f, depth)
		case depth > 0 && f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Struct:
			f.Set(reflect.New(f.Type().Elem()))
			populate(f.Elem(), depth-1)
		}
	}
}

// findField finds the path of the field of that type at an address.
func findField(v reflect.Value, address unsafe.Pointer, want reflect.Type, depth int) (string, bool) {
	for i := range v.NumField() {
		f, info := v.Field(i), v.Type().Field(i)
		if f.Addr().UnsafePointer() == address && info.Type == want && info.Name != "_" {
			return info.Name, true
		}
		inner := f
		if f.Kind() == reflect.Pointer && depth > 0 && !f.IsNil() {
			inner = f.Elem()
		}
		if inner.Kind() != reflect.Struct {
			continue
		}
		if path, ok := findField(inner, address, want, depth-1); ok {
			return info.Name + "." + path, true
		}
	}
	return "", false
}
