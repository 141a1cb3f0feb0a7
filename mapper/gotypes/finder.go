package gotypes

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"

	"github.com/weft-orm/weft/mapper"
)

const (
	ormPath    = "github.com/weft-orm/weft/orm"
	mapperPath = "github.com/weft-orm/weft/mapper"
)

// finder finds the entities of a package.
type finder struct {
	loader    *loader
	root      *source
	describer *describer
	report    *Report
	// recorder is told of every call of a builder's method; nil for nobody.
	recorder func(target reflect.Value, method string, args, results []reflect.Value)
}

// found is an entity: its struct, and the mapping made in code where there is one.
type found struct {
	info *mapper.StructInfo
	typ  *types.Named
	pos  token.Position
	def  *definition
}

func newFinder(l *loader, root *source) *finder {
	report := &Report{Package: root.types.Path(), Name: root.types.Name()}
	return &finder{loader: l, root: root, describer: newDescriber(root.fset), report: report}
}

// find returns the entities in registration order.
func (f *finder) find(names []string) ([]*found, error) {
	list, err := f.listed(names)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, &Error{Class: ErrNoEntities, Dir: f.loader.given, Details: []string{
			"entities are the arguments of orm.Entities(...), else structs with a field ID, the option pk, or that are read-only"}}
	}
	return list, nil
}

// listed applies the four ways to list entities, in their order of precedence.
func (f *finder) listed(names []string) ([]*found, error) {
	if len(names) > 0 {
		f.report.Origin = FromNames
		var list []*found
		for _, name := range names {
			e := f.named(name)
			if e == nil {
				return nil, f.unknownEntity(name)
			}
			list = add(list, e)
		}
		return f.completed(list, f.definitions()), nil
	}
	if args := f.calls(); len(f.report.Calls) > 0 {
		f.report.Origin = FromCalls
		return args, nil
	}
	if list := f.function(); len(list) > 0 {
		f.report.Origin = FromFunction
		return list, nil
	}
	f.report.Origin = FromKeys
	list, defs := f.keyed(), f.definitions()
	for _, d := range defs {
		list = add(list, d)
	}
	return f.completed(list, defs), nil
}

// completed adds what entities reach, sorts, and attaches mappings made in code.
func (f *finder) completed(list, definitions []*found) []*found {
	list = f.order(f.reached(list))
	attach(list, definitions)
	return list
}

// calls returns the arguments of all calls of orm.Entities, each type once.
func (f *finder) calls() []*found {
	var list []*found
	for _, file := range f.root.files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !f.root.calls(call, ormPath, "Entities") {
				return true
			}
			f.report.Calls = append(f.report.Calls, f.root.at(call.Pos()))
			e := &evaluator{finder: f}
			for _, arg := range e.arguments(f.root, call.Args, call.Ellipsis.IsValid()) {
				list = add(list, arg)
			}
			return true
		})
	}
	return list
}

// function returns what the function Entities of the package lists, if it has one: what
// programs give to orm.Entities. One that cannot be read to its end is no list.
func (f *finder) function() []*found {
	fn, ok := f.root.types.Scope().Lookup("Entities").(*types.Func)
	if !ok || fn.Signature().Params().Len() > 0 || fn.Signature().Results().Len() != 1 {
		return nil
	}
	list, ok := types.Unalias(fn.Signature().Results().At(0).Type()).(*types.Slice)
	if !ok || !types.IsInterface(list.Elem()) {
		return nil
	}
	decl := f.root.funcs[fn]
	if decl == nil {
		return nil
	}
	before := len(f.report.Unknown)
	result := soleResult(decl)
	if result == nil {
		f.unknown(f.root, decl.Name, "what this function lists is known only at run time; the structs that have a key were taken")
		return nil
	}
	all := (&evaluator{finder: f}).list(f.root, result)
	if len(f.report.Unknown) > before {
		return nil
	}
	return all
}

// add appends e unless its type is in the list.
func add(list []*found, e *found) []*found {
	for _, other := range list {
		if other.info == e.info {
			return list
		}
	}
	return append(list, e)
}

// entity describes a struct type as an entity.
func (f *finder) entity(t types.Type) *found {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || kindOf(named) != kindOfStruct {
		return nil
	}
	return &found{info: f.describer.structInfo(named), typ: named, pos: f.root.at(named.Obj().Pos())}
}

// named finds a struct of the package by name.
func (f *finder) named(name string) *found {
	obj, ok := f.root.types.Scope().Lookup(name).(*types.TypeName)
	if !ok || isGeneric(obj) {
		return nil
	}
	return f.entity(obj.Type())
}

// structs returns the struct types of the package in the order of declaration.
func (f *finder) structs() []*found {
	var list []*found
	for _, name := range f.root.types.Scope().Names() {
		if obj, ok := f.root.types.Scope().Lookup(name).(*types.TypeName); ok && !obj.IsAlias() {
			if e := f.named(name); e != nil {
				list = append(list, e)
			}
		}
	}
	return f.order(list)
}

// keyed returns the structs that have a key, or say that they need none, and are no
// mere bases of others.
func (f *finder) keyed() []*found {
	all := f.structs()
	bases := map[*mapper.TypeRef]bool{}
	for _, e := range all {
		for _, field := range e.info.Fields {
			if field.Embedded {
				bases[field.Type] = true
			}
		}
	}
	return slices.DeleteFunc(all, func(e *found) bool {
		return !e.info.HasKey() && !e.info.IsReadOnly() || bases[e.info.Type] && !e.info.HasInheritance()
	})
}

// reached adds what the relations of the entities lead to, and the subtypes of
// hierarchies among them.
func (f *finder) reached(list []*found) []*found {
	for i := 0; i < len(list); i++ {
		for _, target := range f.targets(list[i].typ, nil) {
			list = add(list, target)
		}
		if list[i].info.HasInheritance() {
			for _, sub := range f.structs() {
				if extends(sub.info, list[i].info.Type) {
					list = add(list, sub)
				}
			}
		}
	}
	return list
}

// targets returns the entities that the fields of a struct refer to.
func (f *finder) targets(t types.Type, stack []types.Type) []*found {
	info := f.describer.structInfo(t)
	fields := t.Underlying().(*types.Struct)
	var list []*found
	for i, field := range info.Fields {
		for _, name := range field.TargetNames() {
			if e := f.beside(t, name); e != nil {
				list = append(list, e)
			}
		}
		target := field.Target()
		inner := elemStruct(fields.Field(i).Type(), target != nil)
		switch {
		case inner == nil || slices.Contains(stack, inner):
		case target != nil && (target.Struct().HasKey() || field.Type.Kind == kindOfStruct):
			if e := f.entity(inner); e != nil && !isGeneric(e.typ.Obj()) {
				list = append(list, e)
			}
		case kindOf(inner) == kindOfStruct && field.Type.Package != relPath:
			list = append(list, f.targets(inner, append(stack, inner))...)
		}
	}
	return list
}

// beside finds a struct by its name in the package of another.
func (f *finder) beside(t types.Type, name string) *found {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return nil
	}
	obj, ok := named.Obj().Pkg().Scope().Lookup(name).(*types.TypeName)
	if !ok || isGeneric(obj) {
		return nil
	}
	return f.entity(obj.Type())
}

// elemStruct is the type argument of a relation type, or what stands behind
// slices and pointers; nil when that is no named struct.
func elemStruct(t types.Type, relation bool) types.Type {
	t = types.Unalias(t)
	if arg := typeArgument(t); arg != nil && relation {
		t = types.Unalias(arg)
	}
	for {
		switch u := t.(type) {
		case *types.Pointer:
			t = types.Unalias(u.Elem())
			continue
		case *types.Slice:
			t = types.Unalias(u.Elem())
			continue
		}
		break
	}
	if named, ok := t.(*types.Named); ok && kindOf(named) == kindOfStruct {
		return named
	}
	return nil
}

// extends reports that the first field of a struct embeds base.
func extends(info *mapper.StructInfo, base *mapper.TypeRef) bool {
	for _, f := range info.Fields {
		if f.Name != "_" {
			return f.Embedded && f.Type == base
		}
	}
	return false
}

// order sorts by declaration (files are parsed side by side, so that token.Pos
// says nothing about their order), the package's own structs first; others keep their order.
func (f *finder) order(list []*found) []*found {
	slices.SortStableFunc(list, func(a, b *found) int {
		ownA, ownB := a.typ.Obj().Pkg() == f.root.types, b.typ.Obj().Pkg() == f.root.types
		switch {
		case ownA && ownB:
			return cmp.Or(cmp.Compare(a.pos.Filename, b.pos.Filename), cmp.Compare(a.pos.Offset, b.pos.Offset))
		case ownA:
			return -1
		case ownB:
			return 1
		}
		return 0
	})
	return list
}

func isGeneric(obj *types.TypeName) bool {
	named, ok := obj.Type().(*types.Named)
	return !ok || named.TypeParams().Len() > named.TypeArgs().Len()
}

// unknownEntity is the error for a name that is no struct.
func (f *finder) unknownEntity(name string) error {
	var names []string
	for _, e := range f.structs() {
		names = append(names, e.info.Type.Name)
	}
	return &Error{Class: ErrUnknownEntity, Dir: f.loader.given, Name: name, Details: hint(name, names)}
}
