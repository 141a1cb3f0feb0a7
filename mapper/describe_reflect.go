package mapper

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// describer makes descriptors from reflection, one for each type.
type describer struct {
	types   map[reflect.Type]*TypeRef
	structs map[reflect.Type]*StructInfo
}

func newDescriber() *describer {
	return &describer{types: map[reflect.Type]*TypeRef{}, structs: map[reflect.Type]*StructInfo{}}
}

// typeRef describes t.
func (d *describer) typeRef(t reflect.Type) *TypeRef {
	if r, ok := d.types[t]; ok {
		return r
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	r := &TypeRef{Package: t.PkgPath(), Name: name, Text: t.String(), Kind: t.Kind(), Traits: traits(t), typ: t}
	d.types[t] = r
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		r.Elem = d.typeRef(t.Elem())
	case reflect.Array:
		r.Elem, r.Len = d.typeRef(t.Elem()), t.Len()
	case reflect.Map:
		r.Elem, r.Key = d.typeRef(t.Elem()), d.typeRef(t.Key())
	case reflect.Struct:
		if arg := typeArgument(t); arg != nil {
			r.Elem = d.typeRef(arg)
			r.Text = shortName(t, arg)
		}
		r.Struct = func() *StructInfo { return d.structInfo(t) }
	}
	return r
}

// structInfo describes the fields of struct type t.
func (d *describer) structInfo(t reflect.Type) *StructInfo {
	if s, ok := d.structs[t]; ok {
		return s
	}
	s := &StructInfo{Type: d.typeRef(t), Fields: make([]*FieldInfo, t.NumField())}
	d.structs[t] = s
	fields := make([]FieldInfo, len(s.Fields))
	for i := range s.Fields {
		f, info := t.Field(i), &fields[i]
		*info = newField(f.Name, d.typeRef(f.Type), f.Tag)
		info.Embedded, info.Exported, info.offset = f.Anonymous, f.IsExported(), f.Offset
		s.Fields[i] = info
	}
	return s
}

// jsonName is the member name encoding/json uses for a field.
func jsonName(field, tag string) string {
	if tag == "-" {
		return "-"
	}
	if name, _, _ := strings.Cut(tag, ","); name != "" {
		return name
	}
	return field
}

// typeArgument returns T of the generic struct types weft knows, else nil.
func typeArgument(t reflect.Type) reflect.Type {
	name, _, generic := strings.Cut(t.Name(), "[")
	switch {
	case !generic:
		return nil
	case t.PkgPath() == relPackage && name == "Opt":
		return t.Field(0).Type
	case t.PkgPath() == relPackage:
		if target, ok := reflect.New(t).Interface().(interface{ TargetType() reflect.Type }); ok {
			return target.TargetType()
		}
	case t.PkgPath() == "database/sql" && name == "Null":
		return t.Field(0).Type
	}
	return nil
}

// shortName writes a generic type the way it is written in source, "rel.Ref[library.Author]".
func shortName(t, arg reflect.Type) string {
	name, _, _ := strings.Cut(t.String(), "[")
	return name + "[" + arg.String() + "]"
}

var (
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	sqlScanner      = reflect.TypeFor[sql.Scanner]()
	sqlValuer       = reflect.TypeFor[driver.Valuer]()
	jsonMarshaler   = reflect.TypeFor[json.Marshaler]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
)

// traits finds the interfaces of t and *t.
func traits(t reflect.Type) Traits {
	if t.Kind() == reflect.Interface {
		if t.NumMethod() > 0 {
			return Opaque
		}
		return 0
	}
	if t.Name() == "" || t.PkgPath() == "" {
		return 0
	}
	p := reflect.PointerTo(t)
	if p.NumMethod() == 0 && t.NumMethod() == 0 {
		return 0
	}
	var out Traits
	if p.Implements(textMarshaler) && p.Implements(textUnmarshaler) {
		out |= Texter
	}
	if p.Implements(sqlScanner) && p.Implements(sqlValuer) {
		out |= ScanValuer
	}
	if p.Implements(jsonMarshaler) && p.Implements(jsonUnmarshaler) {
		out |= JSONer
	}
	if m, ok := t.MethodByName("Equal"); ok && m.Type.NumIn() == 2 && m.Type.In(1) == t &&
		m.Type.NumOut() == 1 && m.Type.Out(0).Kind() == reflect.Bool {
		out |= Equaler
	}
	return out
}
