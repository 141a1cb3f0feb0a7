package mapper_test

import (
	"errors"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/mapper"
)

// FuzzTag feeds tags to the parser: it never panics, and what it refuses is an
// ErrMapping with a position.
func FuzzTag(f *testing.F) {
	for _, tag := range []string{
		"", "-", "name", ",pk", "name,length=3,unique", ",check='a in (1,2)'", ",check='it''s'", ",check='", ",=x", ",,,",
		",enum=a|b|", ",sqlType=postgres:citext|mysql:x", ",onDelete=set null", ",uniqe", ",type=decimal,precision=3,scale=9",
		"table=x,index=a|b", ",orderBy", ",cascade=all|nothing", ",formula='length(?.a)'", "a=b", "'", "\x00,\xff=\xfe",
	} {
		f.Add(tag)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		for _, name := range []string{"Value", "_"} {
			info := describe(name, tag)
			_, err := mapper.BuildFrom(mapper.Options{}, info)
			if err == nil {
				continue
			}
			var mistakes *mapper.MappingError
			if !errors.As(err, &mistakes) || !errors.Is(err, mapper.ErrMapping) {
				t.Fatalf("%T", err)
			}
			for _, p := range mistakes.Problems {
				if p.Position == "" || p.Message == "" {
					t.Errorf("%q", p)
				}
			}
		}
	})
}

// describe is a struct of a key and one field with that tag.
func describe(name, tag string) *mapper.StructInfo {
	text := &mapper.TypeRef{Name: "string", Text: "string", Kind: reflect.String}
	number := &mapper.TypeRef{Name: "int64", Text: "int64", Kind: reflect.Int64}
	self := &mapper.TypeRef{Package: "example.org/library", Name: "Author", Text: "library.Author", Kind: reflect.Struct}
	info := &mapper.StructInfo{Type: self, Fields: []*mapper.FieldInfo{
		{Name: "ID", Type: number, Exported: true},
		{Name: name, Type: text, Exported: true, Tag: tag, Tagged: true},
	}}
	self.Struct = func() *mapper.StructInfo { return info }
	return info
}

func TestBuildFromDescriptors(t *testing.T) {
	info := describe("Name", "label,unique")
	def := mapper.DefineFrom(info, func(e *mapper.EntityBuilder) { e.Field("Name").Length(5) })
	reg, err := mapper.BuildDefinitions(mapper.Options{}, def)
	if err != nil {
		t.Fatal(err)
	}
	want := `entity Author (example.org/library.Author) table authors
  key id (id)
  scalar id (ID) leaf 0 int64 primary generated auto-increment columns id
  scalar name (Name) leaf 1 string(5) unique columns label
  column 0 authors.id int64 auto-increment
  column 1 authors.label string(5)
`
	if got := reg.Dump(); got != want {
		t.Errorf("got\n%s", got)
	}
	if e := reg.Entity("Author"); e.GoType != nil || e.Property("name").Access.Value != nil {
		t.Error("there is no memory behind a registry built from descriptors")
	}
}

// TestValuesSurvive stores random values and reads them back.
func TestValuesSurvive(t *testing.T) {
	e := kindsEntity(t)
	rapid.Check(t, func(t *rapid.T) {
		k := &Kinds{
			Int: rapid.Int().Draw(t, "int"), I8: rapid.Int8().Draw(t, "i8"), U64: rapid.Uint64().Draw(t, "u64"),
			F64: rapid.Float64().Draw(t, "f64"), F32: rapid.Float32().Draw(t, "f32"), Str: rapid.String().Draw(t, "str"),
			Bytes: rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"), Wait: time.Duration(rapid.Int64().Draw(t, "wait")),
			Time:   time.Unix(rapid.Int64Range(-1<<33, 1<<33).Draw(t, "s"), rapid.Int64Range(0, 1e9-1).Draw(t, "ns")),
			Strs:   rapid.SliceOf(rapid.String()).Draw(t, "strs"),
			PInt:   rapid.Ptr(rapid.Int(), true).Draw(t, "pInt"),
			DecStr: rapid.StringMatching(`-?[0-9]{1,8}(\.[0-9]{0,4})?`).Draw(t, "dec"),
			Text36: "0190163d-8694-739b-aea5-966c26f8ad91",
			Point:  Point{X: rapid.Int().Draw(t, "x"), Tags: rapid.SliceOf(rapid.StringMatching("[a-z]*")).Draw(t, "tags")},
		}
		src := reflect.ValueOf(k).UnsafePointer()
		dst := e.New()
		for _, p := range e.Leaves {
			v := p.Access.Value(src)
			if err := p.Access.Store(dst, v); err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
			if !p.Access.Equal(src, dst) || !reflect.DeepEqual(p.Access.Value(dst), v) && p.Type.Kind != mapper.Float {
				t.Fatalf("%s: %#v became %#v", p.Name, v, p.Access.Value(dst))
			}
		}
	})
}

// FuzzDecimal compares the canonical form with the text it came from.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0", "1.5", ".5", "5.", "1e3", "1.25e-2", "-9.999", "00012.3400", "", "1e", "1.2.3", "+7", "9.995"} {
		f.Add(s)
	}
	typ := &mapper.Type{Kind: mapper.DecimalKind, GoName: "decimal", Precision: 30, Scale: 2}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := typ.Decode(s)
		if err != nil {
			if !errors.Is(err, mapper.ErrValue) {
				t.Fatalf("%T", err)
			}
			return
		}
		again, err := typ.Decode(v)
		if err != nil || again != v || !utf8.ValidString(string(v.(mapper.Decimal))) {
			t.Errorf("%q gives %q, which gives %q, %v", s, v, again, err)
		}
	})
}
