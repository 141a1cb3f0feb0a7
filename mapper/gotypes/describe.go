package gotypes

import (
	"go/token"
	"go/types"
	"reflect"

	"github.com/weft-orm/weft/mapper"
)

const relPath = "github.com/weft-orm/weft/rel"

// describer makes the descriptors of package mapper from go/types, one for each type.
type describer struct {
	types   map[string]*mapper.TypeRef
	structs map[string]*mapper.StructInfo
	fields  map[*mapper.FieldInfo]token.Position
	// fset resolves the positions of the package at hand; those of imported
	// packages were recorded in the same set.
	fset *token.FileSet
}

func newDescriber(fset *token.FileSet) *describer {
	return &describer{types: map[string]*mapper.TypeRef{}, structs: map[string]*mapper.StructInfo{}, fields: map[*mapper.FieldInfo]token.Position{}, fset: fset}
}

// typeRef describes t.
func (d *describer) typeRef(t types.Type) *mapper.TypeRef {
	t = types.Unalias(t)
	id := fullText(t)
	if r, ok := d.types[id]; ok {
		return r
	}
	r := &mapper.TypeRef{Text: textOf(t), Kind: kindOf(t), Traits: traitsOf(t)}
	r.Package, r.Name = nameOf(t)
	d.types[id] = r
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		r.Elem = d.typeRef(u.Elem())
	case *types.Slice:
		r.Elem = d.typeRef(u.Elem())
	case *types.Array:
		r.Elem, r.Len = d.typeRef(u.Elem()), int(u.Len())
	case *types.Map:
		r.Elem, r.Key = d.typeRef(u.Elem()), d.typeRef(u.Key())
	case *types.Struct:
		if arg := typeArgument(t); arg != nil {
			r.Elem = d.typeRef(arg)
			r.Text = t.(*types.Named).Obj().Pkg().Name() + "." + r.Name + "[" + textOf(arg) + "]"
		}
		r.Struct = func() *mapper.StructInfo { return d.structInfo(t) }
	}
	return r
}

// nameOf identifies a named or predeclared type.
func nameOf(t types.Type) (pkg, name string) {
	switch t := t.(type) {
	case *types.Named:
		if p := t.Obj().Pkg(); p != nil {
			pkg = pathOf(p)
		}
		return pkg, t.Obj().Name()
	case *types.Basic:
		return "", basicKinds[t.Kind()].String()
	}
	return "", ""
}

// pathOf is the import path as the running program knows it.
func pathOf(p *types.Package) string {
	if p.Name() == "main" {
		return "main"
	}
	return p.Path()
}

// typeArgument returns T of the generic struct types weft knows, else nil.
func typeArgument(t types.Type) types.Type {
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.TypeArgs().Len() != 1 {
		return nil
	}
	switch path := named.Obj().Pkg().Path(); {
	case path == relPath, path == "database/sql" && named.Obj().Name() == "Null":
		return named.TypeArgs().At(0)
	}
	return nil
}

// structInfo describes the fields of struct type t.
func (d *describer) structInfo(t types.Type) *mapper.StructInfo {
	id := fullText(t)
	if s, ok := d.structs[id]; ok {
		return s
	}
	u := t.Underlying().(*types.Struct)
	s := &mapper.StructInfo{Type: d.typeRef(t), Fields: make([]*mapper.FieldInfo, u.NumFields())}
	d.structs[id] = s
	for i := range s.Fields {
		v := u.Field(i)
		f := mapper.NewField(v.Name(), d.typeRef(v.Type()), reflect.StructTag(u.Tag(i)))
		f.Embedded, f.Exported = v.Embedded(), v.Exported()
		s.Fields[i] = f
		d.fields[f] = short(d.fset.Position(v.Pos()))
	}
	return s
}
