package mapper

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/weft-orm/weft/naming"
)

// findBases finds what each entity extends and orders bases before subtypes.
func (b *builder) findBases() {
	for _, d := range b.drafts {
		for i, f := range d.info.Fields {
			base := b.byType[f.Type.id()]
			if !f.Embedded || base == nil || base == d || parseTag(f.Tag, func(string) {}).skip {
				continue
			}
			if i != firstField(d.info) || f.offset != 0 {
				b.report(d.position(f.Name), "the embedded base must be the first field")
			}
			d.base = base
			break
		}
	}
	seen := map[*draft]bool{}
	var visit func(d *draft)
	visit = func(d *draft) {
		if d == nil || seen[d] {
			return
		}
		seen[d] = true
		visit(d.base)
		b.ordered = append(b.ordered, d)
	}
	for _, d := range b.drafts {
		visit(d)
	}
	for _, d := range b.ordered {
		b.inherit(d)
	}
}

// inherit links an entity to its base.
func (b *builder) inherit(d *draft) {
	e := d.entity
	if d.base == nil {
		e.Inheritance = d.facts.inheritance
		return
	}
	base := d.base.entity
	e.Base, e.Inheritance = base, base.Inheritance
	base.Children = append(base.Children, e)
	slices.SortFunc(base.Children, func(x, y *Entity) int { return x.Ordinal - y.Ordinal })
	if base.Inheritance == NoInheritance {
		b.report(d.base.info.Type.Text, "is extended by "+d.info.Type.Text+" but declares no inheritance")
	}
	if d.facts.inheritance != NoInheritance {
		b.report(d.info.Type.Text, "inheritance is declared by the base "+d.base.info.Type.Text)
	}
}

// firstField is the index of the first field that is not blank.
func firstField(s *StructInfo) int {
	return slices.IndexFunc(s.Fields, func(f *FieldInfo) bool { return f.Name != "_" })
}

// position is the Go position of a field, "library.Book.Author".
func (d *draft) position(selector string) string { return d.info.Type.Text + "." + selector }

// properties makes the property drafts of an entity.
func (b *builder) properties(d *draft) {
	if d.base != nil {
		d.entity.Properties = slices.Clone(d.base.entity.Properties)
	}
	d.props = make([]*propDraft, 0, len(d.info.Fields)+len(d.def.shadows))
	b.fields(d, d.info, scope{})
	b.shadows(d)
	d.entity.Properties = slices.Grow(d.entity.Properties, len(d.props))
	for _, p := range d.props {
		if p.parent == nil {
			d.entity.Properties = append(d.entity.Properties, p.prop)
		}
	}
	b.index(d)
}

// scope is where the fields of a struct stand inside an entity.
type scope struct {
	parent   *propDraft // nil at top level
	via      *propDraft // innermost embeddable behind a pointer
	offset   uintptr
	prefix   string // of columns
	selector string // "Address."
	stack    []typeID
}

// fields adds the fields of a struct to an entity.
func (b *builder) fields(d *draft, info *StructInfo, s scope) {
	for _, f := range info.Fields {
		if f.Name == "_" {
			continue
		}
		if f.Type.isShadows() && s.parent == nil {
			at := s.offset + f.offset
			d.bag = &at
			continue
		}
		if d.base != nil && s.parent == nil && f.Embedded && b.byType[f.Type.id()] == d.base {
			continue
		}
		facts, defined := b.fieldFacts(d, f, s.selector+f.Name)
		if facts.skip || !f.Exported && !f.Embedded && !f.Tagged && !defined {
			continue
		}
		b.field(d, f, facts, s)
	}
}

// noFacts are the facts of a field without a tag.
var noFacts facts

// fieldFacts reads what tag and definition say about a field. The result is
// shared between fields that nothing is said about, and must not be changed.
func (b *builder) fieldFacts(d *draft, f *FieldInfo, selector string) (said *facts, defined bool) {
	defined = d.def.fields[selector] != nil
	if f.Tag == "" && !defined {
		return &noFacts, false
	}
	report := func(m string) { b.report(d.position(selector), m) }
	said = parseTag(f.Tag, report)
	if said.likeOption {
		report(fmt.Sprintf("%q is an option where a tag has the column: options follow a comma, orm:\",%[1]s\"; a column of that name is quoted, orm:\"'%[1]s'\"", said.column))
	}
	d.def.amendField(selector, said, report)
	return said, defined
}

// field adds one field.
func (b *builder) field(d *draft, f *FieldInfo, facts *facts, s scope) {
	if f.Embedded && b.isBaseStruct(f, facts) {
		if f.Type.Kind == reflect.Pointer {
			b.report(d.position(s.selector+f.Name), "an embedded base must be embedded by value")
			return
		}
		s.offset += f.offset
		s.selector += f.Name + "."
		b.fields(d, f.Type.structs(), s)
		return
	}
	p := b.memory.drafts.next()
	*p = propDraft{owner: d, prop: b.memory.properties.next(), facts: facts, field: f, typ: f.Type, parent: s.parent, via: s.via, offset: s.offset + f.offset, prefix: s.prefix}
	*p.prop = Property{Entity: d.entity, Name: naming.LowerCamel(f.Name), Field: s.selector + f.Name, Index: -1}
	p.prop.Path = p.prop.Name
	if s.parent != nil {
		p.prop.Parent = s.parent.prop
		p.prop.Path = s.parent.prop.Path + "." + p.prop.Name
	}
	b.flags(p)
	if !b.classify(p) {
		return
	}
	d.props = append(d.props, p)
	if s.parent != nil {
		s.parent.prop.Embedded = append(s.parent.prop.Embedded, p.prop)
	}
	switch {
	case p.prop.Kind == Inline && p.variants != nil:
		b.inlineVariants(p, s)
	case p.prop.Kind == Inline:
		b.inline(p, s)
	}
}

// isBaseStruct reports an embedded struct whose fields are those of the entity.
func (b *builder) isBaseStruct(f *FieldInfo, facts *facts) bool {
	t := f.Type
	if t.Kind == reflect.Pointer {
		t = t.Elem
	}
	if t.Kind != reflect.Struct || facts.json || facts.hasPrefix || facts.inline || facts.column != "" {
		return false
	}
	typ, _ := b.scalar(t, facts)
	return typ == nil && !t.isRef() && !t.isCollection() && !t.isAny()
}

// flags copies the facts that need no further thought.
func (b *builder) flags(p *propDraft) {
	f, prop := p.facts, p.prop
	prop.Primary, prop.Version, prop.Unique, prop.Deferrable = f.primary, f.version, f.unique, f.deferrable && f.uniqueGroup == ""
	prop.Hidden, prop.Lazy, prop.Virtual, prop.Redacted = f.hidden, f.lazy || f.through != "", f.virtual, f.redacted
	prop.Redacted = prop.Redacted || p.parent != nil && p.parent.prop.Redacted
	prop.Formula, prop.Optional = f.formula, f.optional
}

// classify decides what kind of property a field is; false when it is none.
func (b *builder) classify(p *propDraft) bool {
	t := p.typ
	switch {
	case p.facts.types != nil && !t.isAny():
		return b.variantsField(p)
	case t.isAny():
		return b.anyField(p)
	case t.isRef(), t.isCollection():
		return b.relationField(p, t.Elem, t.isCollection())
	case t.Kind == reflect.Pointer && b.byType[t.Elem.id()] != nil:
		return b.relationField(p, t.Elem, false)
	case t.Kind == reflect.Slice && t.Elem.Kind == reflect.Pointer && b.byType[t.Elem.Elem.id()] != nil:
		return b.relationField(p, t.Elem.Elem, true)
	case t.Kind == reflect.Struct && b.byType[t.id()] != nil && !p.facts.json:
		b.report(p.pos(), "a relation must be a pointer or a rel.Ref, not the entity "+t.Text+" itself")
		return false
	}
	if typ, nullable := b.scalar(t, p.facts); typ != nil {
		p.prop.Kind, p.prop.Type, p.prop.Nullable = Scalar, typ, nullable
		if typ.Kind == JSON {
			if !b.readable(p, t) {
				return false
			}
			b.document(p, t)
		}
		b.scalarFacts(p)
		return true
	}
	target := t
	if t.Kind == reflect.Pointer {
		target = t.Elem
	}
	if target.Kind == reflect.Struct {
		p.prop.Kind, p.prop.Nullable = Inline, t.Kind == reflect.Pointer
		return true
	}
	b.report(p.pos(), "the type "+t.Text+" cannot be mapped; use the option json, a custom type or \"-\"")
	return false
}

// relationField starts a relation.
func (b *builder) relationField(p *propDraft, target *TypeRef, many bool) bool {
	if target == nil {
		b.report(p.pos(), "the target of "+p.typ.Text+" is unknown")
		return false
	}
	if p.parent != nil && many {
		b.report(p.pos(), "a to-many relation cannot stand inside an embeddable")
		return false
	}
	p.target = target
	r := &Relation{Cascade: CascadePersist}
	p.prop.Relation = r
	switch {
	case p.typ.isRef():
		r.Style = RefField
	case p.typ.isCollection():
		r.Style = CollectionField
	case many:
		r.Style = SliceField
	default:
		r.Style = PointerField
	}
	if many {
		p.prop.Kind = ManyToMany // or OneToMany, once the other side is known
	} else if p.prop.Kind = ManyToOne; p.facts.oneToOne || p.facts.mappedBy != "" || p.facts.through != "" {
		p.prop.Kind = OneToOne
	}
	return true
}

// inline adds the inside of an embeddable stored in columns of the owner.
func (b *builder) inline(p *propDraft, s scope) {
	t := p.typ
	inner := scope{parent: p, via: s.via, offset: p.offset, selector: p.prop.Field + ".", prefix: s.prefix + b.inlinePrefix(p)}
	if t.Kind == reflect.Pointer {
		t = t.Elem
		inner.via, inner.offset = p, 0
	}
	if slices.Contains(s.stack, t.id()) {
		b.report(p.pos(), "the embeddable "+t.Text+" contains itself; store it with the option json")
		return
	}
	inner.stack = append(slices.Clone(s.stack), t.id())
	before := len(p.owner.props)
	b.fields(p.owner, t.structs(), inner)
	if len(p.owner.props) == before && !slices.ContainsFunc(b.problems, func(q Problem) bool { return strings.HasPrefix(q.Position, p.pos()) }) {
		b.report(p.pos(), "the type "+p.typ.Text+" has no fields that can be mapped")
	}
	p.prop.byName = nameIndex(p.prop.Embedded)
}

// inlinePrefix is the prefix of an embeddable's columns.
func (b *builder) inlinePrefix(p *propDraft) string {
	if p.facts.hasPrefix {
		return p.facts.prefix
	}
	if p.facts.column != "" {
		return p.facts.column + "_"
	}
	return b.naming.Column(p.prop.Name) + "_"
}

// index makes the names of an entity's properties known and finds doubles.
func (b *builder) index(d *draft) {
	e := d.entity
	e.byName = nameIndex(e.Properties)
	for i, p := range d.props {
		for _, other := range d.props[:i] {
			if of := typeOfAny(p, other); of != nil {
				b.report(of.pos(), "has the property name "+of.prop.Path+" of the type of a polymorphic reference; name one of them otherwise")
			}
			if other.prop.Name == p.prop.Name && other.prop.Path == p.prop.Path {
				b.report(p.pos(), "has the same property name as "+other.prop.Field+": "+p.prop.Path)
			}
		}
		if d.base != nil && p.parent == nil && d.base.entity.byName[p.prop.Name] != nil {
			b.report(p.pos(), "has the same property name as a field of the base "+d.base.info.Type.Text)
		}
	}
}

// typeOfAny returns the one of two properties that is called like the type of the other.
func typeOfAny(p, q *propDraft) *propDraft {
	called := func(p, q *propDraft) bool {
		return q.prop.Relation != nil && q.prop.Relation.Type != nil && q.prop.Relation.Type.Path == p.prop.Path
	}
	switch {
	case called(p, q):
		return p
	case called(q, p):
		return q
	}
	return nil
}

// nameIndex knows properties by their own, lowerCamel and Go names.
func nameIndex(props []*Property) map[string]*Property {
	m := make(map[string]*Property, 2*len(props))
	for _, p := range props {
		m[p.Name] = p
		goName := p.goName()
		if goName != "" && m[goName] == nil {
			m[goName] = p
		}
		if p.Relation != nil && p.Relation.Type != nil {
			m[p.Relation.Type.Name] = p.Relation.Type
		}
		if p.Parent != nil && p.Parent.Kind == Document {
			if alias := naming.LowerCamel(goName); m[alias] == nil {
				m[alias] = p
			}
		}
	}
	return m
}
