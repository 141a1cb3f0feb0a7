package mapper

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/naming"
)

// variantType is a struct that was given to be one of several in a field of an interface type.
type variantType struct {
	info *StructInfo
	def  *Definition
}

// variantDraft is a variant of a property under construction. Its own draft is that of an entity
// that is the struct alone: properties and their accessors are about the struct.
type variantDraft struct {
	*Variant
	of     *TypeRef
	draft  *draft
	direct bool         // an interface holds the struct itself, not a pointer to it
	needs  []*FieldInfo // the fields that a document must have a value in
}

// given is a struct that was given to a build.
type given struct {
	info *StructInfo
	def  *Definition
}

// declareAll starts the drafts of what was given: entities, but for structs that a field names as
// one of its types.
func (b *builder) declareAll(list []given) {
	named, seen := map[typeID]bool{}, map[typeID]bool{}
	for _, g := range list {
		def := g.def
		if b.opts.Each != nil {
			def = def.clone()
			b.opts.Each(g.info, &EntityBuilder{def})
		}
		namedTypes(named, g.info, def, seen)
	}
	variants := map[typeID]bool{}
	for name := range named {
		if g := nearest(list, name); g != nil {
			variants[g.info.Type.id()] = true
		}
	}
	for _, g := range list {
		if t := g.info.Type; variants[t.id()] {
			if slices.ContainsFunc(b.variantTypes, func(v *variantType) bool { return v.info.Type.id() == t.id() }) {
				b.report(t.Text, "is registered twice")
				continue
			}
			b.variantTypes = append(b.variantTypes, &variantType{g.info, g.def})
			continue
		}
		b.declare(g.info, g.def)
	}
}

// nearest finds the struct that a name means in a package: one of the package first.
func nearest(list []given, name typeID) *given {
	var found *given
	for i, g := range list {
		t := g.info.Type
		switch {
		case t.Name != name.text && t.Text != name.text:
		case t.Package == name.pkg:
			return &list[i]
		case found == nil:
			found = &list[i]
		}
	}
	return found
}

// namedTypes adds the names that the option types has in a struct and those inside it, each with the
// package it stands in; seen are the structs that were looked at.
func namedTypes(named map[typeID]bool, info *StructInfo, def *Definition, seen map[typeID]bool) {
	add := func(words []string) {
		for _, word := range words {
			name, _, _ := strings.Cut(strings.TrimPrefix(word, "*"), ":")
			named[typeID{info.Type.Package, name}] = true
		}
	}
	if def != nil {
		for _, selector := range def.order {
			for _, item := range def.fields[selector].items {
				if item.name == "types" {
					add(list(item.value))
				}
			}
		}
	}
	if seen[info.Type.id()] {
		return
	}
	seen[info.Type.id()] = true
	for _, f := range info.Fields {
		if strings.Contains(f.Tag, "types=") {
			add(parseTag(f.Tag, func(string) {}).types)
		}
		t := f.Type
		if t.Kind == reflect.Pointer && t.Elem != nil {
			t = t.Elem
		}
		if t.Kind == reflect.Struct && t.Package != relPackage && t.Traits == 0 && !t.is("time", "Time") {
			namedTypes(named, t.structs(), nil, seen)
		}
	}
}

// variantsField starts a polymorphic embedded value.
func (b *builder) variantsField(p *propDraft) bool {
	t, list := p.typ, false
	if t.Kind == reflect.Slice {
		t, list = t.Elem, true
	}
	switch {
	case t.Kind != reflect.Interface:
		b.report(p.pos(), `option "types" is for a field of an interface type or a slice of it, not for `+p.typ.Text)
		return false
	case len(p.facts.types) == 0:
		b.report(p.pos(), "name the types that the value may have, as in types=Cat|Dog")
		return false
	case p.facts.primary:
		b.report(p.pos(), "a value of one of several types cannot be a key; give the entity a key of its own")
		return false
	}
	if p.variants = b.variantDrafts(p, t); p.variants == nil {
		return false
	}
	for _, v := range p.variants {
		p.prop.Variants = append(p.prop.Variants, v.Variant)
	}
	if list || p.facts.json || p.facts.typ == "json" {
		b.variantsDocument(p, list)
		return true
	}
	for _, o := range variantsRefuse {
		if p.facts.has(o.option) {
			b.report(p.pos(), `option "`+o.option+`" `+o.why)
			return false
		}
	}
	p.prop.Kind, p.prop.Nullable = Inline, !p.facts.required || p.via != nil
	return true
}

// variantsRefuse are the options that a polymorphic embedded value in columns cannot have, and why.
var variantsRefuse = []struct{ option, why string }{
	{"unique", "is for one column; declare an index over parts of the value"},
	{"index", "is for one column; declare it at a field of a type, or over parts of the value"},
	{"default", "is for one column"},
	{"lazy", "is for one column; store the value with the option json"},
	{"check", "is for one column; declare it for the entity"},
	{"concurrencyCheck", "is for one column"},
	{"virtual", "is for one value"},
	{"generated", "is for one column"},
}

// variantDrafts finds the types that a field names; nil where there is a mistake.
func (b *builder) variantDrafts(p *propDraft, iface *TypeRef) []*variantDraft {
	var out []*variantDraft
	for _, word := range p.facts.types {
		name, value, _ := strings.Cut(word, ":")
		name, pointer := strings.CutPrefix(name, "*")
		t := b.variantType(p, name)
		if t == nil {
			names := make([]string, len(b.variantTypes))
			for i, v := range b.variantTypes {
				names[i] = v.info.Type.Name
			}
			b.report(p.pos(), fmt.Sprintf("types: no struct %q was given%s; list it beside the entities, as in orm.Entities(..., %[1]s{})", name, suggest.Hint(name, names)))
			return nil
		}
		v := &variantDraft{Variant: &Variant{Name: t.info.Type.Name, Value: value, typ: t.info.Type.typ, pointer: pointer}, of: t.info.Type}
		if value == "" {
			v.Value = naming.DiscriminatorValue(b.naming, v.Name)
		}
		if typ := v.typ; typ != nil && iface.typ != nil && !typ.Implements(iface.typ) {
			if v.pointer = true; !reflect.PointerTo(typ).Implements(iface.typ) {
				b.report(p.pos(), "types: "+t.info.Type.Text+" does not implement "+iface.Text)
				return nil
			}
		}
		for _, other := range out {
			switch {
			case other.of.id() == v.of.id():
				b.report(p.pos(), "types: "+v.Name+" is named twice")
				return nil
			case other.Value == v.Value:
				b.report(p.pos(), "types: "+other.Name+" and "+v.Name+" have the same value "+v.Value+"; give one of them its own, as in "+v.Name+":other")
				return nil
			}
		}
		v.draft = &draft{info: t.info, def: t.def, entity: &Entity{Name: p.owner.entity.Name, GoType: t.info.Type.typ}}
		out = append(out, v)
	}
	return out
}

// variantType finds a struct by its name or that of its type, of the field's package first.
func (b *builder) variantType(p *propDraft, name string) *variantType {
	var found *variantType
	for _, t := range b.variantTypes {
		if t.info.Type.Name != name && t.info.Type.Text != name {
			continue
		}
		if t.info.Type.Package == p.owner.info.Type.Package {
			return t
		}
		if found == nil {
			found = t
		}
	}
	return found
}

// variantInside are the options that a field of a variant in columns cannot have, and why.
var variantInside = []struct{ option, why string }{
	{"pk", "cannot stand in a value of one of several types: it may be absent"},
	{"version", "cannot stand in a value of one of several types: it may be absent"},
	{"softDelete", "cannot stand in a value of one of several types: it may be absent"},
	{"lazy", "cannot stand in a value of one of several types, which is read whole; store the value with the option json"},
	{"virtual", "cannot stand in a value of one of several types; leave the field out by \"-\""},
	{"formula", "cannot stand in a value of one of several types; declare it for the entity"},
	{"generated", "cannot stand in a value of one of several types; declare it for the entity"},
	{"types", "cannot stand in a value of one of several types that is kept in columns; store the inner one with the option json"},
}

// inlineVariants adds the inside of a polymorphic embedded value stored in columns of the owner.
func (b *builder) inlineVariants(p *propDraft, s scope) {
	prefix := s.prefix + b.inlinePrefix(p)
	whole := true
	for _, v := range p.variants {
		id := v.of.id()
		if slices.Contains(s.stack, id) {
			b.report(p.pos(), "the type "+v.of.Text+" contains itself; store the value with the option json")
			return
		}
		holder := &propDraft{owner: v.draft, prop: &Property{Entity: p.owner.entity, Name: p.prop.Name, Path: p.prop.Path, Redacted: p.prop.Redacted}}
		b.fields(v.draft, v.draft.info, scope{parent: holder, prefix: prefix, stack: append(slices.Clone(s.stack), id)})
		b.leftovers(v.draft)
		whole = b.checkVariant(p, v) && whole
	}
	if !whole {
		return
	}
	m := merging{b: b, of: p}
	m.typeProperty(prefix)
	for _, name := range m.names() {
		m.name(name)
	}
	m.finish()
}

// checkVariant refuses what cannot stand in a variant.
func (b *builder) checkVariant(p *propDraft, v *variantDraft) bool {
	before := len(b.problems)
	for _, q := range v.draft.props {
		for _, o := range variantInside {
			if q.facts.has(o.option) && !(o.option == "types" && q.prop.Kind == Document) {
				b.report(q.pos(), `option "`+o.option+`" `+o.why)
			}
		}
		switch {
		case q.prop.Relation != nil:
			b.report(q.pos(), "a relation cannot stand in "+p.prop.String()+", which holds one of several types; keep it beside that")
		case top(q) && (q.prop.Name == "type" || slices.ContainsFunc(p.variants, func(o *variantDraft) bool { return o.Name == q.prop.Name })):
			b.report(q.pos(), "has the property name "+q.prop.Path+", which tells the type of the value; name the field otherwise, or leave it out by \"-\"")
		}
	}
	return len(b.problems) == before
}

// merging makes one set of properties out of those of the variants of a polymorphic embedded value.
type merging struct {
	b  *builder
	of *propDraft
}

// alternative is a property as one variant has it.
type alternative struct {
	variant int
	prop    *propDraft
}

// typeProperty adds the property that tells the type.
func (m merging) typeProperty(prefix string) {
	of, e := m.of, m.of.owner.entity
	t := &Type{Kind: String, GoName: "string", Length: 64}
	for _, v := range of.variants {
		t.Enum = append(t.Enum, v.Value)
	}
	p := &propDraft{owner: of.owner, facts: &facts{column: of.facts.discriminator, comment: of.facts.comment, was: ""}, typ: &TypeRef{Kind: reflect.String, Name: "string", Text: "string"}, parent: of, oneOf: of}
	p.prop = &Property{
		Entity: e, Parent: of.prop, Name: "type", Path: of.prop.Path + ".type", Field: of.prop.Field + ".type", Index: -1, Kind: Scalar, Type: t,
		Nullable: of.prop.Nullable, Redacted: of.prop.Redacted, Hidden: of.prop.Hidden,
	}
	if p.column = of.facts.discriminator; p.column == "" {
		p.column = prefix + m.b.naming.Column("type")
	}
	of.prop.Embedded = append(of.prop.Embedded, p.prop)
	of.owner.props = append(of.owner.props, p)
}

// names are the top-level names of all variants in order.
func (m merging) names() (names []string) {
	for _, v := range m.of.variants {
		for _, q := range v.draft.props {
			if top(q) && !slices.Contains(names, q.prop.Name) {
				names = append(names, q.prop.Name)
			}
		}
	}
	return names
}

// top reports a property of the variant itself, not of an embeddable inside it.
func top(q *propDraft) bool { return q.parent.parent == nil }

// name adds the properties of one name: one for all variants that have it where their columns are
// the same, else one for each in the room of its variant.
func (m merging) name(name string) {
	var alts []alternative
	for i, v := range m.of.variants {
		for _, q := range v.draft.props {
			if q.prop.Name == name && top(q) {
				alts = append(alts, alternative{i, q})
			}
		}
	}
	if m.alike(alts) {
		m.merge(m.of, alts)
		return
	}
	for _, a := range alts {
		v := m.of.variants[a.variant]
		room := slices.IndexFunc(m.of.owner.props, func(p *propDraft) bool { return p.parent == m.of && p.oneOf == m.of && p.prop.Name == v.Name })
		if room < 0 {
			p := &propDraft{owner: m.of.owner, facts: &noFacts, typ: v.of, parent: m.of, oneOf: m.of}
			p.prop = &Property{Entity: m.of.owner.entity, Parent: m.of.prop, Name: v.Name, Path: m.of.prop.Path + "." + v.Name, Field: m.of.prop.Field + "." + v.Name, Index: -1, Kind: Inline, Nullable: true}
			room = len(m.of.owner.props)
			m.of.owner.props = append(m.of.owner.props, p)
			m.of.prop.Embedded = append(m.of.prop.Embedded, p.prop)
		}
		m.merge(m.of.owner.props[room], []alternative{a})
	}
}

// alike reports properties whose columns have the same names, as far as they have them at all.
func (m merging) alike(alts []alternative) bool {
	for _, a := range alts[1:] {
		first := alts[0].prop
		switch {
		case (first.prop.Kind == Inline) != (a.prop.prop.Kind == Inline):
			return false
		case first.prop.Kind != Inline && first.columnName(m.b.naming) != a.prop.columnName(m.b.naming):
			return false
		case first.prop.Kind != Inline:
			continue
		}
		for _, name := range insideNames(alts[:1]) {
			if both := inside([]alternative{alts[0], a}, name); len(both) == 2 && !m.alike(both) {
				return false
			}
		}
	}
	return true
}

// insideNames are the names inside embeddables of the variants, in order.
func insideNames(alts []alternative) (names []string) {
	for _, a := range alts {
		for _, q := range a.prop.prop.Embedded {
			if !slices.Contains(names, q.Name) {
				names = append(names, q.Name)
			}
		}
	}
	return names
}

// inside are the properties of a name inside embeddables of the variants.
func inside(alts []alternative, name string) (out []alternative) {
	for _, a := range alts {
		for _, q := range a.prop.owner.props {
			if q.parent == a.prop && q.prop.Name == name {
				out = append(out, alternative{a.variant, q})
			}
		}
	}
	return out
}

// merge adds the property that stands for those of some variants.
func (m merging) merge(parent *propDraft, alts []alternative) {
	first, of := alts[0].prop, m.of
	prop := *first.prop
	prop.Entity, prop.Parent, prop.Path = of.owner.entity, parent.prop, parent.prop.Path+"."+prop.Name
	prop.Field, prop.Nullable = of.prop.Field+"."+first.prop.Field, true
	prop.Hidden = prop.Hidden || of.prop.Hidden
	p := &propDraft{owner: of.owner, prop: &prop, facts: first.facts, field: first.field, typ: first.typ, parent: parent, oneOf: of, alts: alts}
	parent.prop.Embedded = append(parent.prop.Embedded, &prop)
	of.owner.props = append(of.owner.props, p)
	if prop.Kind == Inline {
		prop.Embedded = nil
		for _, name := range insideNames(alts) {
			m.merge(p, inside(alts, name))
		}
		prop.byName = nameIndex(prop.Embedded)
		return
	}
	p.column = first.columnName(m.b.naming)
	for _, a := range alts {
		prop.solid = prop.solid && a.prop.prop.solid
	}
	for _, a := range alts[1:] {
		m.compare(p, first, a.prop)
	}
	for _, sub := range prop.Embedded {
		sub.Parent = &prop
	}
}

// compare reports two properties that share a column and differ.
func (m merging) compare(p, first, other *propDraft) {
	what := ""
	switch a, b := first.prop.Type, other.prop.Type; {
	case !sameColumnType(a, b):
		what = fmt.Sprintf("%s (%s) and %s (%s) share the column %s and are of different types", first.pos(), a, other.pos(), b, p.column)
	case !sameFacts(first.facts, other.facts):
		what = fmt.Sprintf("%s and %s share the column %s and declare it differently", first.pos(), other.pos(), p.column)
	default:
		return
	}
	m.b.report(m.of.pos(), what+"; make them alike, or give one of them a column of its own, as in orm:\""+naming.DiscriminatorValue(m.b.naming, other.owner.info.Type.Name)+"_"+other.prop.Name+"\"")
}

// sameColumnType reports types whose values can stand in one column.
func sameColumnType(a, b *Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	known := a.Kind != Custom && a.Kind != JSON || a.GoName == b.GoName
	return known && a.Kind == b.Kind && a.Bits == b.Bits && a.Length == b.Length && a.Fixed == b.Fixed && a.Precision == b.Precision && a.Scale == b.Scale &&
		a.Layout == b.Layout && a.NativeEnum == b.NativeEnum && slices.Equal(a.Enum, b.Enum) && sameColumnType(a.Elem, b.Elem)
}

// sameFacts reports fields that say the same of their column; each may require its value or not.
func sameFacts(a, b *facts) bool {
	x, y := *a, *b
	for _, f := range []*facts{&x, &y} {
		f.required = false
		f.used = slices.DeleteFunc(slices.Clone(f.used), func(o string) bool { return o == "required" })
		slices.Sort(f.used)
		if len(f.used) == 0 {
			f.used = nil
		}
	}
	return reflect.DeepEqual(x, y)
}

// finish makes the names inside known, and that no two properties share a column.
func (m merging) finish() {
	of := m.of
	of.prop.byName = nameIndex(of.prop.Embedded)
	columns := map[string]*propDraft{}
	for _, p := range of.owner.props {
		if p.oneOf != of || p.prop.Kind == Inline {
			continue
		}
		if other := columns[p.column]; other != nil {
			m.b.report(of.pos(), fmt.Sprintf("%s and %s share the column %s; give one of them another", other.prop.Path, p.prop.Path, p.column))
		}
		columns[p.column] = p
	}
	for i, v := range of.variants {
		m.variant(i, v)
	}
}

// variant makes the properties of one variant known, and its room: what it alone has.
func (m merging) variant(i int, v *variantDraft) {
	of := m.of
	var alone []*Property
	for _, p := range of.owner.props {
		if p.oneOf != of || p.alts == nil || p.parent != of && p.parent.alts != nil {
			continue
		}
		if !slices.ContainsFunc(p.alts, func(a alternative) bool { return a.variant == i }) {
			continue
		}
		v.Properties = append(v.Properties, p.prop)
		if len(p.alts) == 1 {
			alone = append(alone, p.prop)
		}
	}
	v.byName = nameIndex(v.Properties)
	room := of.prop.byName[v.Name]
	if room == nil {
		room = &Property{Entity: of.owner.entity, Parent: of.prop, Name: v.Name, Path: of.prop.Path + "." + v.Name, Field: of.prop.Field + "." + v.Name, Index: -1, Kind: Inline, Nullable: true, Embedded: alone}
		of.prop.byName[v.Name] = room
	}
	room.byName = nameIndex(alone)
}
