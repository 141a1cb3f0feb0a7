package mapper

import (
	"reflect"
	"strconv"
	"strings"
)

// scalarType is an answer of scalar.
type scalarType struct {
	typ      *Type
	nullable bool
}

// scalar finds the value type of a field; nil when it is none. It reports
// nothing, so that it can be asked what a field might be. Fields of one Go type
// that nothing is said about share one value type, but for JSON, whose type
// describes the inside of one property.
func (b *builder) scalar(t *TypeRef, f *facts) (typ *Type, nullable bool) {
	if f != &noFacts {
		return b.newScalar(t, f)
	}
	known, ok := b.scalars[t]
	if !ok {
		known.typ, known.nullable = b.newScalar(t, f)
		if known.typ == nil || known.typ.Kind != JSON {
			b.scalars[t] = known
		}
	}
	return known.typ, known.nullable
}

// newScalar is scalar that remembers nothing.
func (b *builder) newScalar(t *TypeRef, f *facts) (typ *Type, nullable bool) {
	if custom := b.customType(t, f); custom != nil {
		return b.settled(&Type{Kind: Custom, GoName: t.Text, Custom: custom}, t), f.nullable
	}
	if elem, ok := nullWrapper(t); ok && !f.json {
		inner, _ := b.scalar(elem, f)
		return inner, true
	}
	if t.Kind == reflect.Pointer && !f.json {
		if t.Elem.Kind == reflect.Pointer {
			return nil, false
		}
		inner, _ := b.scalar(t.Elem, f)
		return inner, true
	}
	typ = b.valueType(t, f)
	if typ == nil {
		return nil, false
	}
	typ.GoName = t.Text
	return b.settled(typ, t), f.nullable || f.json && t.Kind == reflect.Pointer
}

// settled sets what follows from the kind of a type, its Go type and the database's limits.
func (b *builder) settled(typ *Type, t *TypeRef) *Type {
	switch typ.databaseKind() {
	case Uint:
		typ.MaxUint = b.limits.Uint
	case Time, Date:
		typ.Years = b.limits.Years
		if typ.Layout != "" {
			typ.Years = textYears
		}
	}
	isSlice := t.Kind == reflect.Slice || t.Kind == reflect.Array
	typ.SliceValue = isSlice && (typ.Kind == Custom || typ.Kind == String)
	return typ
}

// customType is the custom type declared for the field or for its Go type.
func (b *builder) customType(t *TypeRef, f *facts) CustomType {
	if f.custom != nil {
		return f.custom
	}
	return b.custom[t.id()]
}

// nullWrapper returns the value type inside sql.Null[T], rel.Opt[T], sql.NullString
// and what other packages have of that form, uuid.NullUUID and decimal.NullDecimal.
func nullWrapper(t *TypeRef) (elem *TypeRef, ok bool) {
	switch {
	case t.is("database/sql", "Null"), t.is(relPackage, "Opt"):
		return t.Elem, t.Elem != nil
	case t.Kind != reflect.Struct || !t.Traits.Has(ScanValuer) || !strings.HasPrefix(t.Name, "Null"):
		return nil, false
	}
	fields := t.structs().Fields
	if len(fields) == 2 && fields[1].Name == "Valid" && fields[1].Type.Kind == reflect.Bool {
		return fields[0].Type, true
	}
	return nil, false
}

// valueType is the value type of a Go type that is not nullable by itself.
func (b *builder) valueType(t *TypeRef, f *facts) *Type {
	if f.json {
		return &Type{Kind: JSON}
	}
	if f.typ != "json" && t.isList() {
		return b.sliceType(t, f) // the option type is that of the elements
	}
	if typ := b.declaredType(t, f); typ != nil {
		return typ
	}
	if typ := b.wellKnown(t, f); typ != nil {
		return typ
	}
	if t.Traits.Has(ScanValuer) || t.Traits.Has(Texter) {
		return &Type{Kind: String}
	}
	return b.basicType(t, f)
}

// isList reports a slice or array of values that knows no form of its own.
func (t *TypeRef) isList() bool {
	return (t.Kind == reflect.Slice || t.Kind == reflect.Array) && t.Elem.Kind != reflect.Uint8 && !t.Traits.Has(ScanValuer) && !t.Traits.Has(Texter)
}

// declaredType follows the option type.
func (b *builder) declaredType(t *TypeRef, f *facts) *Type {
	switch f.typ {
	case "decimal":
		return b.decimal(f)
	case "date":
		return &Type{Kind: Date, Layout: f.layout}
	case "time":
		return b.timeType(f)
	case "duration":
		return &Type{Kind: Duration}
	case "uuid":
		return &Type{Kind: UUIDKind}
	case "ulid":
		return &Type{Kind: ULIDKind}
	case "objectid":
		return &Type{Kind: ObjectIDKind}
	case "json":
		return &Type{Kind: JSON}
	case "string", "text":
		return &Type{Kind: String}
	case "bytes":
		return &Type{Kind: Bytes}
	case "bool":
		return &Type{Kind: Bool}
	case "int":
		return &Type{Kind: Int, Bits: 64}
	case "float":
		return &Type{Kind: Float, Bits: 64}
	}
	return generatedType(t, f)
}

// generatedType follows the generator of a key kept in bytes or as text.
func generatedType(t *TypeRef, f *facts) *Type {
	size := 0
	if t.Kind == reflect.Array && t.Elem.Kind == reflect.Uint8 {
		size = t.Len
	}
	text := t.Kind == reflect.String
	switch g := f.generate; {
	case (g == "uuid" || g == "uuid4") && (size == 16 || text):
		return &Type{Kind: UUIDKind}
	case g == "ulid" && (size == 16 || text):
		return &Type{Kind: ULIDKind}
	case g == "objectid" && (size == 12 || text):
		return &Type{Kind: ObjectIDKind}
	}
	return nil
}

// wellKnown recognises types by package and name, without importing them.
func (b *builder) wellKnown(t *TypeRef, f *facts) *Type {
	bytes := func(n int) bool { return t.Kind == reflect.Array && t.Len == n && t.Elem.Kind == reflect.Uint8 }
	switch {
	case t.is("time", "Time"):
		return b.timeType(f)
	case t.is("time", "Duration"):
		return &Type{Kind: Duration}
	case t.is("math/big", "Int"):
		typ := &Type{Kind: DecimalKind, Precision: b.limits.digits(65)}
		if f.hasPrecision {
			typ.Precision = f.precision
		}
		return typ
	case t.is("encoding/json", "RawMessage"):
		return &Type{Kind: JSON}
	case t.Name == "UUID" && bytes(16):
		return &Type{Kind: UUIDKind}
	case t.Name == "ULID" && bytes(16):
		return &Type{Kind: ULIDKind}
	case t.Name == "ObjectID" && bytes(12):
		return &Type{Kind: ObjectIDKind}
	case t.Name == "Decimal" && t.Kind == reflect.Struct && t.Traits.Has(Texter):
		return b.decimal(f)
	}
	return nil
}

func (b *builder) timeType(f *facts) *Type {
	typ := &Type{Kind: Time, Precision: 6, Layout: f.layout}
	if b.opts.TimePrecision != nil {
		typ.Precision = *b.opts.TimePrecision
	}
	typ.Precision = b.limits.timePrecision(typ.Precision)
	if f.hasPrecision {
		typ.Precision = f.precision
	}
	return typ
}

func (b *builder) decimal(f *facts) *Type {
	typ := &Type{Kind: DecimalKind, Precision: b.limits.digits(19), Scale: f.scale}
	if f.hasPrecision {
		typ.Precision = f.precision
	} else if !f.has("scale") {
		typ.Scale = 4
	}
	return typ
}

// basicType follows the kind of the underlying type.
func (b *builder) basicType(t *TypeRef, f *facts) *Type {
	switch t.Kind {
	case reflect.Bool:
		return &Type{Kind: Bool}
	case reflect.Int, reflect.Int64:
		return &Type{Kind: Int, Bits: 64}
	case reflect.Int8, reflect.Int16, reflect.Int32:
		return &Type{Kind: Int, Bits: 8 << (t.Kind - reflect.Int8)}
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return &Type{Kind: Uint, Bits: 64}
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return &Type{Kind: Uint, Bits: 8 << (t.Kind - reflect.Uint8)}
	case reflect.Float32:
		return &Type{Kind: Float, Bits: 32}
	case reflect.Float64:
		return &Type{Kind: Float, Bits: 64}
	case reflect.String:
		return &Type{Kind: String, Length: f.length}
	case reflect.Slice:
		return b.sliceType(t, f)
	case reflect.Array:
		if t.Elem.Kind == reflect.Uint8 {
			return &Type{Kind: Bytes, Length: t.Len, Fixed: true}
		}
		return b.sliceType(t, f)
	case reflect.Map, reflect.Interface:
		return &Type{Kind: JSON}
	}
	return nil
}

// sliceType is an array of scalars, or JSON for anything else.
func (b *builder) sliceType(t *TypeRef, f *facts) *Type {
	if t.Elem.Kind == reflect.Uint8 && t.Kind == reflect.Slice {
		return &Type{Kind: Bytes, Length: f.length}
	}
	elemFacts := &facts{typ: f.typ, precision: f.precision, scale: f.scale, hasPrecision: f.hasPrecision, used: f.used, length: f.length}
	elem, nullable := b.scalar(t.Elem, elemFacts)
	if elem == nil || nullable || elem.Kind == JSON || elem.Kind == Array {
		return &Type{Kind: JSON}
	}
	return &Type{Kind: Array, Elem: elem}
}

// scalarFacts checks and copies the facts of a scalar's type.
func (b *builder) scalarFacts(p *propDraft) {
	f, t := p.facts, p.prop.Type
	if f.required {
		p.prop.Nullable = false
	}
	p.prop.solid = !p.prop.Nullable
	if p.via != nil {
		p.prop.Nullable = true // an absent embeddable is NULL in all its columns
	}
	if f != &noFacts { // which all registries share
		if f.defaultSQL = strings.TrimSpace(f.defaultSQL); strings.EqualFold(f.defaultSQL, "null") {
			f.defaultSQL = "" // what a column has without one
		}
	}
	if p.typ.is(relPackage, "Opt") || p.typ.Kind == reflect.Pointer && f.defaultSQL != "" {
		p.prop.Optional = true
	}
	if f.length > 0 {
		t.Length = f.length
	}
	if len(f.enum) > 0 {
		b.enum(p)
	}
	t.NativeEnum = f.nativeEnum
	if f.generated != "" {
		p.prop.Generated = ByDatabase
	}
	if f.generate != "" && f.generate != "auto" && f.generate != "assigned" {
		p.prop.Generated = ByClient
		p.prop.OnCreate = b.generator(p, f.generate, f.generate)
	}
	b.hooks(p)
	b.typeFacts(p)
}

// enum reads the allowed values.
func (b *builder) enum(p *propDraft) {
	t := p.prop.Type
	elem := t
	if t.Kind == Array {
		elem = t.Elem
	}
	for _, word := range p.facts.enum {
		switch elem.Kind {
		case String:
			elem.Enum = append(elem.Enum, word)
		case Int:
			n, err := strconv.ParseInt(word, 10, 64)
			if err != nil {
				b.report(p.pos(), `option "enum": "`+word+`" is not a number`)
			}
			elem.Enum = append(elem.Enum, n)
		case Uint:
			n, err := strconv.ParseUint(word, 10, 64)
			if err != nil {
				b.report(p.pos(), `option "enum": "`+word+`" is not a number`)
			}
			elem.Enum = append(elem.Enum, n)
		default:
			b.report(p.pos(), `option "enum" needs a string or an integer, not `+p.typ.Text)
			return
		}
	}
}
