package gotypes

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"github.com/weft-orm/weft/mapper"
)

// Checked is a package that somebody else parsed and type-checked, as the driver of
// an analyzer does.
type Checked struct {
	Fset  *token.FileSet
	Types *types.Package
	Info  *types.Info
	Files []*ast.File
}

// Descriptors describes types that were checked elsewhere, for mapper.BuildDefinitions.
// One serves one registry; it belongs to one goroutine at a time.
type Descriptors struct{ finder *finder }

// NewDescriptors returns an empty set.
func NewDescriptors(c Checked) *Descriptors {
	return &Descriptors{newFinder(&loader{}, &source{fset: c.Fset, types: c.Types, info: c.Info})}
}

// Struct describes a named struct type, nil for any other.
func (d *Descriptors) Struct(t types.Type) *mapper.StructInfo {
	if named, ok := types.Unalias(t).(*types.Named); ok && kindOf(named) == kindOfStruct {
		return d.finder.describer.structInfo(named)
	}
	return nil
}

// Targets returns the entities that the fields of a struct type refer to, those of
// embedded values included.
func (d *Descriptors) Targets(t *types.Named) []*types.Named {
	var list []*types.Named
	for _, f := range d.finder.targets(t, nil) {
		list = append(list, f.typ)
	}
	return list
}

// Mapping is a call of mapper.Define as far as it is written plainly. It holds no
// types and can be written down (encoding/gob), for packages that see the entity and not the call.
type Mapping struct {
	// Type is the entity's struct type, "example.org/library.Book".
	Type string
	// Steps are the calls of the builder, in order.
	Steps []Step
	// Unclear reports that a part of the mapping is known only at run time.
	Unclear bool
}

// Step is a call of a method of a builder.
type Step struct {
	// Field is the Go selector of the field that the method describes, "" for the
	// entity; Shadow says that it is the name of a shadow property.
	Field  string
	Shadow bool
	Method string
	// Args are the arguments as JSON; a function is null.
	Args []json.RawMessage
}

// Mappings reads the calls of mapper.Define in a package.
func Mappings(c Checked) []Mapping {
	s := &source{fset: c.Fset, types: c.Types, info: c.Info, files: c.Files}
	s.index()
	f := newFinder(&loader{}, s)
	var list []Mapping
	for _, e := range f.definitions() {
		m := Mapping{Type: fullText(e.typ)}
		before := len(f.report.Unknown)
		mapper.DefineFrom(e.info, func(b *mapper.EntityBuilder) { f.record(e.def, b, &m) })
		m.Unclear = len(f.report.Unknown) > before
		list = append(list, m)
	}
	return list
}

// record runs a definition and keeps its steps.
func (f *finder) record(d *definition, b *mapper.EntityBuilder, m *Mapping) {
	names := map[any]Step{}
	f.recorder = func(target reflect.Value, method string, args []reflect.Value, results []reflect.Value) {
		step := names[target.Interface()]
		step.Method = method
		for _, arg := range args {
			step.Args = append(step.Args, encode(arg))
		}
		if target.Interface() == any(b) && (method == "Field" || method == "Shadow") {
			names[results[0].Interface()] = Step{Field: args[0].String(), Shadow: method == "Shadow"}
		}
		m.Steps = append(m.Steps, step)
	}
	f.interpret(d, b)
	f.recorder = nil
}

// encode writes an argument of a builder's method; what cannot be written is a function.
func encode(v reflect.Value) json.RawMessage {
	if filter, ok := v.Interface().(mapper.Filter); ok {
		v = reflect.ValueOf(struct {
			Name    string
			Default bool
		}{filter.Name, filter.Default})
	}
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return json.RawMessage("null")
	}
	return raw
}

// Apply runs the steps on a builder; custom stands for every custom type of fields.
func (m *Mapping) Apply(b *mapper.EntityBuilder, custom mapper.CustomType) {
	for _, s := range m.Steps {
		target := reflect.ValueOf(b)
		switch {
		case s.Shadow && s.Field != "":
			target = reflect.ValueOf(b.Shadow(s.Field))
		case s.Field != "":
			target = reflect.ValueOf(b.Field(s.Field))
		}
		if f, ok := target.Interface().(*mapper.FieldBuilder); ok && s.Method == "Custom" {
			f.Custom(custom)
		} else if method := target.MethodByName(s.Method); method.IsValid() {
			if args, ok := decodeArguments(method.Type(), s.Args); ok {
				method.Call(args)
			}
		}
	}
}

// decodeArguments reads the arguments of a step for a method of that type.
func decodeArguments(sig reflect.Type, raw []json.RawMessage) (args []reflect.Value, ok bool) {
	for i, text := range raw {
		t := sig.In(min(i, sig.NumIn()-1))
		if sig.IsVariadic() && i >= sig.NumIn()-1 {
			t = t.Elem()
		}
		v := reflect.New(t)
		switch {
		case t.Kind() == reflect.Func:
			v.Elem().Set(reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.Zero(t.Out(0))} }))
		case t == reflect.TypeFor[mapper.Filter]():
			filter := v.Interface().(*mapper.Filter)
			if json.Unmarshal(text, &struct {
				Name    *string
				Default *bool
			}{&filter.Name, &filter.Default}) != nil {
				return nil, false
			}
			filter.Where = func(mapper.Params) any { return nil }
		case json.Unmarshal(text, v.Interface()) != nil:
			return nil, false
		}
		args = append(args, v.Elem())
	}
	fixed := sig.NumIn()
	if sig.IsVariadic() {
		fixed--
	}
	return args, len(args) >= fixed
}
