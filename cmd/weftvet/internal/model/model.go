package model

import (
	"errors"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
)

// Import paths of weft.
const (
	Module = "github.com/weft-orm/weft"
	Rel    = Module + "/rel"
	Mapper = Module + "/mapper"
	Orm    = Module + "/orm"
)

// Models makes registries for one package. It belongs to one goroutine at a time.
type Models struct {
	checked  gotypes.Checked
	mappings map[string]*gotypes.Mapping
	built    map[*types.Named]*Model
	locals   []*types.Named
}

// New returns the models of a package; mappings are those made in code that it sees.
func New(c gotypes.Checked, mappings []gotypes.Mapping) *Models {
	m := &Models{checked: c, mappings: map[string]*gotypes.Mapping{}, built: map[*types.Named]*Model{}}
	for i := range mappings {
		other := m.mappings[mappings[i].Type]
		m.mappings[mappings[i].Type] = &mappings[i]
		if other != nil { // which one counts is known only at run time
			mappings[i].Unclear = true
		}
	}
	m.locals = structsOf(c)
	return m
}

// structsOf are the struct types declared in a package, those inside functions
// included, in order of position.
func structsOf(c gotypes.Checked) []*types.Named {
	var list []*types.Named
	for _, file := range c.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.TypeParams != nil {
				return true
			}
			if obj := c.Info.Defs[spec.Name]; obj != nil {
				if named := Struct(obj.Type()); named != nil && named.Obj() == obj {
					list = append(list, named)
				}
			}
			return true
		})
	}
	return list
}

// Locals are the struct types that the package declares.
func (m *Models) Locals() []*types.Named { return m.locals }

// Struct returns the named struct type that t is or points to, nil for none.
func Struct(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return nil
	}
	if _, ok := named.Underlying().(*types.Struct); !ok {
		return nil
	}
	return named
}

// Model is a registry with an entity in the middle.
type Model struct {
	// Registry is nil when there are mistakes in the mapping.
	Registry *mapper.Registry
	// Entity is the one the model was made for.
	Entity *mapper.Entity
	// Problems are the mistakes in the mapping.
	Problems []mapper.Problem

	models *Models
	types  map[string]*types.Named // by mapper.Entity.GoName
	texts  map[string]*types.Named // by the text in positions
}

// Of returns the model around a struct type, nil when it has no key and no mapping
// in code, so that it is no entity as far as can be seen.
func (m *Models) Of(t types.Type) *Model {
	named := Struct(t)
	if named == nil || isGeneric(named) {
		return nil
	}
	if model, ok := m.built[named]; ok {
		return model
	}
	var model *Model
	if d := gotypes.NewDescriptors(m.checked); m.isEntity(d, named) {
		model = m.build(d, named)
	}
	m.built[named] = model
	return model
}

// Registered is Of for a type that somebody calls an entity, whether it can be one or not.
func (m *Models) Registered(t *types.Named) *Model {
	if model := m.Of(t); model != nil || isGeneric(t) {
		return model
	}
	return m.build(gotypes.NewDescriptors(m.checked), t)
}

// Mapped reports a type with a mapping in code that this package sees.
func (m *Models) Mapped(t *types.Named) bool { return m.mappings[t.String()] != nil }

// Listed returns the model of entities that are registered together, without what
// they lead to.
func (m *Models) Listed(list []*types.Named) *Model {
	d := gotypes.NewDescriptors(m.checked)
	return m.assemble(d, list)
}

func isGeneric(t *types.Named) bool { return t.TypeParams().Len() > t.TypeArgs().Len() }

// build makes the registry of an entity and of all that it leads to.
func (m *Models) build(d *gotypes.Descriptors, root *types.Named) *Model {
	list := []*types.Named{root}
	for i := 0; i < len(list); i++ {
		add := func(t *types.Named) {
			if t != nil && !isGeneric(t) && !slices.ContainsFunc(list, func(o *types.Named) bool { return types.Identical(o, t) }) {
				list = append(list, t)
			}
		}
		for _, target := range d.Targets(list[i]) {
			add(target)
		}
		for _, target := range m.mappedTargets(list[i]) {
			add(target)
		}
		add(m.base(d, list[i]))
		if m.hasInheritance(d, list[i]) {
			for _, sub := range m.subtypes(list[i]) {
				add(sub)
			}
		}
	}
	return m.assemble(d, list)
}

// mappedTargets are the structs with a mapping in code that plain pointers and slices
// of t lead to: what makes them entities does not show in them.
func (m *Models) mappedTargets(t *types.Named) []*types.Named {
	var list []*types.Named
	s := t.Underlying().(*types.Struct)
	for i := range s.NumFields() {
		at := types.Unalias(s.Field(i).Type())
		if slice, ok := at.(*types.Slice); ok {
			at = types.Unalias(slice.Elem())
		}
		if _, pointer := at.(*types.Pointer); !pointer {
			continue
		}
		if target := Struct(at); target != nil && m.Mapped(target) {
			list = append(list, target)
		}
	}
	return list
}

// isEntity reports a struct that can be one.
func (m *Models) isEntity(d *gotypes.Descriptors, t *types.Named) bool {
	info := d.Struct(t)
	return info != nil && (info.HasKey() || m.mappings[t.String()] != nil || m.base(d, t) != nil)
}

func (m *Models) hasInheritance(d *gotypes.Descriptors, t *types.Named) bool {
	if d.Struct(t).HasInheritance() {
		return true
	}
	if mapping := m.mappings[t.String()]; mapping != nil {
		return slices.ContainsFunc(mapping.Steps, func(s gotypes.Step) bool { return s.Method == "SingleTable" || s.Method == "TablePerType" })
	}
	return false
}

// embedded is the struct that the first field of t embeds, nil for none.
func embedded(t *types.Named) *types.Named {
	s := t.Underlying().(*types.Struct)
	for i := range s.NumFields() {
		f := s.Field(i)
		if f.Name() == "_" {
			continue
		}
		if !f.Embedded() {
			return nil
		}
		if _, pointer := types.Unalias(f.Type()).(*types.Pointer); pointer {
			return nil
		}
		return Struct(f.Type())
	}
	return nil
}

// base is the root or a type in the middle of a hierarchy that t extends.
func (m *Models) base(d *gotypes.Descriptors, t *types.Named) *types.Named {
	b := embedded(t)
	for at := b; at != nil; at = embedded(at) {
		if m.hasInheritance(d, at) {
			return b
		}
	}
	return nil
}

// subtypes are the structs that extend t, as far as this package sees them: in its
// own package, in this one, and in those this one imports.
func (m *Models) subtypes(t *types.Named) []*types.Named {
	var list []*types.Named
	seen := map[*types.Named]bool{}
	consider := func(s *types.Named) {
		if s != nil && !seen[s] && !isGeneric(s) {
			seen[s] = true
			for at := embedded(s); at != nil; at = embedded(at) {
				if types.Identical(at, t) {
					list = append(list, s)
					return
				}
			}
		}
	}
	packages := append([]*types.Package{t.Obj().Pkg()}, m.checked.Types.Imports()...)
	for _, p := range packages {
		if p == nil || p == m.checked.Types {
			continue
		}
		for _, name := range p.Scope().Names() {
			if obj, ok := p.Scope().Lookup(name).(*types.TypeName); ok && !obj.IsAlias() {
				consider(Struct(obj.Type()))
			}
		}
	}
	for _, s := range m.locals {
		consider(s)
	}
	return list
}

// assemble hands types to the mapper's builder. Where it cannot map the type of a
// field, a custom type given to orm.Open may: the field is taken for one of those then.
func (m *Models) assemble(d *gotypes.Descriptors, list []*types.Named) *Model {
	model := &Model{models: m, types: map[string]*types.Named{}, texts: map[string]*types.Named{}}
	infos := make([]*mapper.StructInfo, 0, len(list))
	for _, t := range list {
		info := d.Struct(t)
		infos = append(infos, info)
		model.texts[info.Type.Text] = t
		_, name, _ := strings.Cut(info.Type.Text, ".")
		model.types[info.Type.Package+"."+name] = t
	}
	problems := model.register(infos, nil)
	if custom := model.maybeCustom(problems); len(custom) > 0 {
		problems = model.register(infos, custom)
	}
	for _, t := range list {
		if mapping := m.mappings[t.String()]; mapping != nil && mapping.Unclear {
			problems = nil // what is not seen may mend them
		}
	}
	model.Problems = problems
	if model.Registry != nil {
		model.Entity = model.Registry.Entities()[0]
	}
	return model
}

// register builds the registry; custom are positions of fields with a custom type.
func (model *Model) register(infos []*mapper.StructInfo, custom map[string]bool) []mapper.Problem {
	defs := make([]*mapper.Definition, len(infos))
	for i, info := range infos {
		defs[i] = mapper.DefineFrom(info, func(b *mapper.EntityBuilder) {
			if mapping := model.models.mappings[model.texts[info.Type.Text].String()]; mapping != nil {
				mapping.Apply(b, Unseen{})
			}
			for _, position := range slices.Sorted(maps.Keys(custom)) {
				if selector, ok := strings.CutPrefix(position, info.Type.Text+"."); ok {
					b.Field(selector).Custom(Unseen{})
				}
			}
		})
	}
	registry, err := mapper.BuildDefinitions(mapper.Options{Limits: &mapper.Limits{}}, defs...) // which database it is for is not known
	model.Registry = registry
	var mistakes *mapper.MappingError
	if errors.As(err, &mistakes) {
		return mistakes.Problems
	}
	return nil
}

// maybeCustom are the positions of problems at fields whose types the application
// may have mapped by itself.
func (model *Model) maybeCustom(problems []mapper.Problem) map[string]bool {
	custom := map[string]bool{}
	for _, p := range problems {
		if f := model.Field(p.Position); f != nil && ownType(f.Type()) {
			custom[p.Position] = true
		}
	}
	return custom
}

// ownType reports a named type that is neither predeclared nor weft's, or a pointer to one.
func ownType(t types.Type) bool {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() != Rel
}

// Field returns the field at a position of the mapper, "library.Book.Author", nil
// for the position of an entity.
func (model *Model) Field(position string) *types.Var {
	t, selector := model.split(position)
	if t == nil || selector == "" {
		return nil
	}
	var field *types.Var
	at := t.Underlying()
	for name := range strings.SplitSeq(selector, ".") {
		if p, ok := at.(*types.Pointer); ok {
			at = p.Elem().Underlying()
		}
		s, ok := at.(*types.Struct)
		if !ok {
			return nil
		}
		field = nil
		for i := range s.NumFields() {
			if s.Field(i).Name() == name {
				field = s.Field(i)
				at = field.Type().Underlying()
			}
		}
		if field == nil {
			return nil
		}
	}
	return field
}

// Type returns the struct of a position of the mapper.
func (model *Model) Type(position string) *types.Named {
	t, _ := model.split(position)
	return t
}

// split finds the struct a position begins with.
func (model *Model) split(position string) (*types.Named, string) {
	if t := model.texts[position]; t != nil {
		return t, ""
	}
	best := ""
	for text := range model.texts {
		if strings.HasPrefix(position, text+".") && len(text) > len(best) {
			best = text
		}
	}
	if best == "" {
		return nil, ""
	}
	return model.texts[best], position[len(best)+1:]
}

// EntityOf returns the metadata of a type in the registry, nil when it is not there.
func (model *Model) EntityOf(t types.Type) *mapper.Entity {
	named := Struct(t)
	if named == nil || model == nil || model.Registry == nil {
		return nil
	}
	for _, e := range model.Registry.Entities() {
		if known := model.types[e.GoName]; known != nil && types.Identical(known, named) {
			return e
		}
	}
	return nil
}

// TypeOf returns the struct of an entity.
func (model *Model) TypeOf(e *mapper.Entity) *types.Named { return model.types[e.GoName] }
