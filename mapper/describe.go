package mapper

import (
	"reflect"
	"strings"
)

// StructInfo describes a struct type that is to be mapped. Descriptors are all
// that the builder decides by; they come from reflection or from Go source.
type StructInfo struct {
	// Type is the struct's own type.
	Type *TypeRef
	// Fields are all fields in declaration order, unexported and blank ones included.
	Fields []*FieldInfo
}

// Field returns the field with a name, nil when the struct itself has none.
func (s *StructInfo) Field(name string) *FieldInfo {
	for _, f := range s.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// FieldInfo describes one field of a struct.
type FieldInfo struct {
	// Name is the Go name, "_" for a blank field.
	Name string
	// Type is the field's type.
	Type *TypeRef
	// Tag is the value of the struct tag's key "orm".
	Tag string
	// Tagged tells an absent tag from an empty one.
	Tagged bool
	// Embedded and Exported are as in Go.
	Embedded, Exported bool
	// JSON is the name encoding/json gives the field, "-" when it leaves it out.
	JSON string

	offset uintptr
}

// NewField describes a field by what is written in its struct: both type sources
// make fields here, so that a tag is read in one place. Embedded and Exported are
// the caller's to set.
func NewField(name string, t *TypeRef, tag reflect.StructTag) *FieldInfo {
	f := newField(name, t, tag)
	return &f
}

func newField(name string, t *TypeRef, tag reflect.StructTag) FieldInfo {
	orm, tagged := tag.Lookup("orm")
	return FieldInfo{Name: name, Type: t, Tag: orm, Tagged: tagged, JSON: jsonName(name, tag.Get("json"))}
}

// HasKey reports whether the struct names a primary key: a field ID or one with
// the option pk, its own or that of an embedded struct.
func (s *StructInfo) HasKey() bool {
	for _, f := range s.Fields {
		facts := parseTag(f.Tag, func(string) {})
		switch {
		case f.Name == "_" || facts.skip || !f.Exported && !f.Embedded && !f.Tagged:
		case facts.primary, strings.EqualFold(f.Name, "id") && !facts.virtual && facts.formula == "":
			return true
		case f.Embedded && f.Type.Kind == reflect.Struct && f.Type.structs().HasKey():
			return true
		}
	}
	return false
}

// HasInheritance reports whether the struct declares itself the base of a hierarchy.
func (s *StructInfo) HasInheritance() bool { return s.entityFacts().inheritance != NoInheritance }

// IsReadOnly reports whether the struct declares itself a view, a query or otherwise
// read-only: such an entity needs no key.
func (s *StructInfo) IsReadOnly() bool { return s.entityFacts().readOnly }

func (s *StructInfo) entityFacts() (facts entityFacts) {
	for _, f := range s.Fields {
		if f.Name == "_" && f.Tagged {
			parseEntityTag(&facts, f.Tag, func(string) {})
		}
	}
	return facts
}

// Target returns the struct that the field refers to when it is a relation, else
// nil. Whether a plain pointer is one depends on its target being an entity.
func (f *FieldInfo) Target() *TypeRef {
	facts := parseTag(f.Tag, func(string) {})
	t := f.Type
	switch {
	case facts.skip || facts.json || !f.Exported && !f.Tagged:
		return nil
	case t.isRef(), t.isCollection():
		return t.Elem
	case t.Kind == reflect.Slice && t.Elem.Kind == reflect.Pointer:
		t = t.Elem.Elem
	case t.Kind == reflect.Pointer:
		t = t.Elem
	default:
		return nil
	}
	if t.Kind != reflect.Struct {
		return nil
	}
	return t
}

// TargetNames returns the names of the structs that the field's tag says it leads to or holds: the
// entities of a polymorphic reference, the types of a polymorphic embedded value; none for other fields.
func (f *FieldInfo) TargetNames() []string {
	facts := parseTag(f.Tag, func(string) {})
	words := facts.types
	switch {
	case facts.skip:
		return nil
	case f.Type.isAny():
		words = facts.targets
	}
	names := make([]string, len(words))
	for i, word := range words {
		names[i], _, _ = strings.Cut(strings.TrimPrefix(word, "*"), ":")
	}
	return names
}

// TypeRef describes a Go type in the words the mapping needs.
type TypeRef struct {
	// Package and Name identify a named type; Name has no type arguments. Both
	// are empty for unnamed types, Package also for predeclared ones.
	Package, Name string
	// Text is the type as written outside its package, "time.Time".
	Text string
	// Kind is the kind of the underlying type.
	Kind reflect.Kind
	// Elem is the element of a pointer, slice, array or map, and the type
	// argument of a generic type that weft knows (rel.Ref, rel.Collection, rel.Opt, sql.Null).
	Elem *TypeRef
	// Key is the key type of a map.
	Key *TypeRef
	// Len is the length of an array.
	Len int
	// Traits are the methods that matter.
	Traits Traits
	// Struct returns the fields of a struct type, nil for other kinds. It is
	// called only where they matter, and gives the same descriptor every time.
	Struct func() *StructInfo

	typ reflect.Type // nil when built from source
}

// Traits is the set of interfaces a type, or a pointer to it, implements.
type Traits uint8

// The interfaces that matter to a mapping.
const (
	// Texter is encoding.TextMarshaler with encoding.TextUnmarshaler.
	Texter Traits = 1 << iota
	// ScanValuer is sql.Scanner with driver.Valuer.
	ScanValuer
	// JSONer is json.Marshaler with json.Unmarshaler.
	JSONer
	// Equaler has a method Equal(T) bool.
	Equaler
	// Opaque is an interface type with methods: what stands in it tells no type, so that it can be written but
	// not read.
	Opaque
)

// Has reports whether all of what are in t.
func (t Traits) Has(what Traits) bool { return t&what == what }

const relPackage = "github.com/weft-orm/weft/rel"

// is reports a named type of that package and name.
func (t *TypeRef) is(pkg, name string) bool { return t.Package == pkg && t.Name == name }

// isRef, isCollection and isAny recognise the relation types of package rel.
func (t *TypeRef) isRef() bool        { return t.is(relPackage, "Ref") }
func (t *TypeRef) isCollection() bool { return t.is(relPackage, "Collection") }
func (t *TypeRef) isAny() bool        { return t.is(relPackage, "Any") }

// structs returns the fields of a struct type, nil for other kinds.
func (t *TypeRef) structs() *StructInfo {
	if t.Struct == nil {
		return nil
	}
	return t.Struct()
}

// typeID identifies a type among those of one build.
type typeID struct{ pkg, text string }

// id identifies a type among those of one build.
func (t *TypeRef) id() typeID { return typeID{t.Package, t.Text} }
