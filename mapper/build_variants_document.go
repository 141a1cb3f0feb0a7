package mapper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/weft-orm/weft/internal/suggest"
)

// variantCodec writes and reads documents that hold one of several structs, or a list of them: each
// is the object that encoding/json makes of the struct, with a member more that tells which it is.
type variantCodec struct {
	member   string
	variants []*variantDraft
}

// variantsDocument makes a polymorphic embedded value one that is stored as a document.
func (b *builder) variantsDocument(p *propDraft, list bool) {
	codec := &variantCodec{member: p.facts.discriminator, variants: p.variants}
	if codec.member == "" {
		codec.member = "type"
	}
	for _, o := range []string{"prefix", "inline"} {
		if p.facts.has(o) {
			b.report(p.pos(), `option "`+o+`" is for a value in columns, not for a document`)
		}
	}
	p.prop.Kind, p.prop.Type = Document, &Type{Kind: JSON, GoName: p.typ.Text, List: list, variants: codec}
	p.prop.Nullable = p.facts.nullable || !list
	kind := &Property{Entity: p.prop.Entity, Parent: p.prop, Name: codec.member, Path: p.prop.Path + "." + codec.member, Field: p.prop.Field + "." + codec.member, Index: -1, Kind: Scalar, Type: &Type{Kind: String, GoName: "string"}}
	for _, v := range p.variants {
		kind.Type.Enum = append(kind.Type.Enum, v.Value)
	}
	shape := []*Property{kind}
	for _, v := range p.variants {
		if v.of.Traits.Has(JSONer) || v.of.Traits.Has(Texter) {
			b.report(p.pos(), "types: "+v.of.Text+" has a JSON form of its own, which cannot take the member "+codec.member+" that tells the type; use a plain struct")
			return
		}
		if !b.readable(p, v.of) {
			return
		}
		v.needs = requiredMembers(v)
		for _, member := range b.shape(p, v.of, nil) {
			if member.Name == codec.member {
				b.report(p.pos(), "types: the member "+codec.member+" of "+v.of.Text+" would tell the type; name it otherwise, or that which tells the type: discriminator=")
				return
			}
			i := slices.IndexFunc(shape, func(q *Property) bool { return q.Name == member.Name })
			switch {
			case i < 0:
				shape = append(shape, member)
			case shape[i].Kind != member.Kind || !sameColumnType(shape[i].Type, member.Type):
				shape[i].Kind, shape[i].Type, shape[i].Embedded = Scalar, &Type{Kind: JSON, GoName: "any"}, nil
			}
		}
	}
	p.prop.Type.Shape, p.prop.Embedded, p.prop.byName = shape, shape, nameIndex(shape)
	b.scalarFacts(p)
}

// variantsAccess is the access of a document that holds one of several structs, or a list of them.
func variantsAccess(s accessSpec, codec *variantCodec) Access {
	typ, off, t, null := s.ref.typ, s.off, s.typ, s.null
	field := func(e unsafe.Pointer) reflect.Value { return reflect.NewAt(typ, unsafe.Add(e, off)).Elem() }
	a := Access{Offset: off, zero: zeroer(s), IsZero: zeroTest(s)}
	a.Value = func(e unsafe.Pointer) any {
		v := field(e)
		if v.IsNil() && (null || !t.List) {
			return nil
		}
		raw, err := codec.encode(v)
		switch {
		case err != nil:
			return err
		case string(raw) == "null" && !t.List:
			return nil // a nil pointer
		}
		return json.RawMessage(raw)
	}
	a.Store = func(e unsafe.Pointer, src any) error {
		v := field(e)
		if src == nil {
			if !null {
				return t.notNull()
			}
			v.SetZero()
			return nil
		}
		raw, err := decodeJSON(t, src)
		if err != nil {
			return err
		}
		made := reflect.New(typ).Elem()
		if err := codec.decode(raw, made); err != nil {
			return &ValueError{Type: t.GoName, GoType: "JSON", Reason: err.Error()}
		}
		v.Set(made)
		return nil
	}
	a.Equal = func(x, y unsafe.Pointer) bool {
		if reflect.DeepEqual(field(x).Interface(), field(y).Interface()) {
			return !isError(a.Value(x))
		}
		r, ok1 := a.Value(x).(json.RawMessage)
		q, ok2 := a.Value(y).(json.RawMessage)
		return ok1 && ok2 && bytes.Equal(r, q) || a.Value(x) == nil && a.Value(y) == nil
	}
	a.Clone = func(dst, src unsafe.Pointer) { field(dst).Set(deepCopy(field(src))) }
	return a
}

// requiredMembers are the fields of a variant kept in a document that must hold a value.
func requiredMembers(v *variantDraft) (out []*FieldInfo) {
	for _, f := range v.of.structs().Fields {
		if !f.Exported || f.JSON == "-" {
			continue
		}
		required := parseTag(f.Tag, func(string) {}).required
		if v.draft.def != nil {
			if said := v.draft.def.fields[f.Name]; said != nil {
				required = required || slices.ContainsFunc(said.items, func(i tagItem) bool { return i.name == "required" })
			}
		}
		if required {
			out = append(out, f)
		}
	}
	return out
}

// lackingAt is lacking of a field; nil where no variant requires anything.
func (c *variantCodec) lackingAt(typ reflect.Type, field func(unsafe.Pointer) unsafe.Pointer) func(unsafe.Pointer) string {
	if !slices.ContainsFunc(c.variants, func(v *variantDraft) bool { return len(v.needs) > 0 }) {
		return nil
	}
	return func(e unsafe.Pointer) string {
		at := field(e)
		if at == nil {
			return ""
		}
		return c.lacking(reflect.NewAt(typ, at).Elem())
	}
}

// lacking returns the member that a value, or one in a list, requires and does not have.
func (c *variantCodec) lacking(v reflect.Value) string {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			if name := c.lacking(v.Index(i)); name != "" {
				return name
			}
		}
		return ""
	}
	for _, variant := range c.variants {
		if variant.typ != v.Type() {
			continue
		}
		for _, f := range variant.needs {
			if isNil(v.FieldByName(f.Name)) {
				return f.JSON
			}
		}
	}
	return ""
}

// isNil reports a field without a value: nil, or one of a type like sql.Null or rel.Opt, whose JSON says so.
func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	case reflect.Struct:
		raw, err := json.Marshal(v.Interface())
		return err == nil && string(raw) == "null"
	}
	return false
}

// marshal is marshalDocument of a value that may be, or hold in a list, one of the structs.
func (c *variantCodec) marshal(v any) ([]byte, error) {
	r := reflect.ValueOf(v)
	if c == nil || !r.IsValid() {
		return marshalDocument(v)
	}
	t := r.Type()
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	held := t.Kind() == reflect.Interface && t.NumMethod() > 0 || slices.ContainsFunc(c.variants, func(x *variantDraft) bool { return x.typ == t })
	if !held && t.Kind() != reflect.Interface {
		return marshalDocument(v)
	}
	return c.encode(r)
}

// encode writes a struct, or a list of them, as JSON.
func (c *variantCodec) encode(v reflect.Value) ([]byte, error) {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return []byte("null"), nil
		}
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8 {
		return c.encodeList(v)
	}
	for _, variant := range c.variants {
		if variant.typ != v.Type() {
			continue
		}
		raw, err := marshalDocument(v.Interface())
		if err != nil {
			return nil, err
		}
		member, _ := json.Marshal(map[string]string{c.member: variant.Value})
		if inside := raw[1:]; len(inside) > 1 {
			return append(append(member[:len(member)-1], ','), inside...), nil
		}
		return member, nil
	}
	if v.Kind() == reflect.Map { // a document as it is, in a condition or assigned
		return marshalDocument(v.Interface())
	}
	return nil, fmt.Errorf("a %s is none of the types %s", v.Type(), strings.Join(c.names(), ", "))
}

func (c *variantCodec) encodeList(v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return []byte("null"), nil
	}
	out := []byte{'['}
	for i := range v.Len() {
		raw, err := c.encode(v.Index(i))
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, raw...)
	}
	return append(out, ']'), nil
}

// decode reads JSON into a field of the interface type, or a slice of it.
func (c *variantCodec) decode(raw []byte, into reflect.Value) error {
	if string(bytes.TrimSpace(raw)) == "null" {
		into.SetZero()
		return nil
	}
	if into.Kind() == reflect.Slice {
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return err
		}
		into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
		for i, item := range items {
			if err := c.decode(item, into.Index(i)); err != nil {
				return fmt.Errorf("element %d: %w", i, err)
			}
		}
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	var value string
	if kind, ok := members[c.member]; !ok || json.Unmarshal(kind, &value) != nil {
		return fmt.Errorf("the member %s, which tells the type, is missing; it is one of %s", c.member, strings.Join(c.values(), ", "))
	}
	for _, v := range c.variants {
		if v.Value != value {
			continue
		}
		made := reflect.New(v.typ)
		if err := DecodeDocument(raw, made.Interface()); err != nil {
			return err
		}
		if v.pointer {
			into.Set(made)
		} else {
			into.Set(made.Elem())
		}
		return nil
	}
	return fmt.Errorf("the %s %q is none of %s%s", c.member, value, strings.Join(c.values(), ", "), suggest.Hint(value, c.values()))
}

func (c *variantCodec) values() (out []string) {
	for _, v := range c.variants {
		out = append(out, v.Value)
	}
	return out
}

func (c *variantCodec) names() (out []string) {
	for _, v := range c.variants {
		out = append(out, v.Name)
	}
	return out
}
