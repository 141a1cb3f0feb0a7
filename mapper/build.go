package mapper

import (
	"reflect"
	"slices"

	"github.com/weft-orm/weft/naming"
)

// Options decide about everything a mapping leaves open. The zero value is ready to use.
type Options struct {
	// Naming names tables and columns; nil is naming.Underscore{}.
	Naming naming.Strategy
	// TimePrecision is the number of fractional second digits of times that
	// declare none; nil is 6, or less where the database keeps less.
	TimePrecision *int
	// Custom maps Go types of the user's onto database forms, see [CustomType].
	Custom map[reflect.Type]CustomType
	// Limits are those of the database: defaults and the names of indexes keep
	// within them, and what is declared beyond them is a mistake. nil, for no
	// database in particular, limits names to naming.MaxPostgres and nothing else.
	Limits *Limits
	// Each is called for every entity before its mapping is read, with what its struct has,
	// and may add to the mapping: conventions of a program. What it says wins over tags and
	// definitions. It may run more than once, must say the same each time, and must not change the struct's description.
	Each func(s *StructInfo, e *EntityBuilder)
}

// Build makes the registry of the given entities: struct values, pointers to
// structs, or definitions made by [Define]. Every mistake in the mapping is
// reported, all in one [*MappingError]. Same entities, same registry.
func Build(opts Options, entities ...any) (*Registry, error) {
	d := newDescriber()
	b := newBuilder(opts)
	for t, c := range opts.Custom {
		b.custom[d.typeRef(t).id()] = c
	}
	var list []given
	for _, e := range entities {
		def, ok := e.(*Definition)
		if !ok {
			def = newDefinition(structType(e))
		}
		if def == nil {
			b.report("nil", "is no definition; mapper.Define makes one")
			continue
		}
		if def.goType == nil {
			b.report(goTypeName(e), "is not a struct")
			continue
		}
		list = append(list, given{d.structInfo(def.goType), def})
	}
	b.declareAll(list)
	return b.build()
}

// BuildFrom makes a registry from descriptors. Where they do not come from
// reflection the registry has no accessors.
func BuildFrom(opts Options, entities ...*StructInfo) (*Registry, error) {
	defs := make([]*Definition, len(entities))
	for i, info := range entities {
		defs[i] = DefineFrom(info, func(*EntityBuilder) {})
	}
	return BuildDefinitions(opts, defs...)
}

// BuildDefinitions is BuildFrom for descriptors with mappings made in code.
func BuildDefinitions(opts Options, definitions ...*Definition) (*Registry, error) {
	b := newBuilder(opts)
	var list []given
	for _, def := range definitions {
		if def == nil || def.info == nil {
			b.report("nil", "is no definition of a struct; mapper.DefineFrom makes one")
			continue
		}
		list = append(list, given{def.info, def})
	}
	b.declareAll(list)
	return b.build()
}

// structType finds the struct type behind an entity given as value or pointer.
func structType(e any) reflect.Type {
	t := reflect.TypeOf(e)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

func goTypeName(v any) string {
	if v == nil {
		return "nil"
	}
	return reflect.TypeOf(v).String()
}

// builder holds what one build knows. Its stages run in the order of build.
type builder struct {
	opts       Options
	naming     naming.Strategy
	limits     Limits
	custom     map[typeID]CustomType
	scalars    map[*TypeRef]scalarType // of fields that nothing is said about
	shared     map[accessSpec]Access   // of the same fields
	drafts     []*draft
	byType     map[typeID]*draft
	byEntity   map[*Entity]*draft
	names      map[string]*draft
	tables     map[Table]*draft // of pivots
	joinTables map[Table]*propDraft
	ordered    []*draft // bases before their subtypes
	problems   []Problem
	memory     struct {
		drafts     pieces[propDraft]
		properties pieces[Property]
		columns    pieces[valueColumn]
	}
	// variantTypes are the structs given that are no entities: fields name them as their types.
	variantTypes []*variantType
}

// draft is an entity under construction.
type draft struct {
	info   *StructInfo
	def    *Definition
	facts  entityFacts
	entity *Entity
	base   *draft
	bag    *uintptr // the offset of the rel.Shadows, nil for none
	// shadowCount is the number of shadow properties, those of bases included.
	shadowCount int
	props       []*propDraft // own, in order, relations and insides of embeddables included
}

// propDraft is a property under construction.
type propDraft struct {
	owner  *draft
	prop   *Property
	facts  *facts
	field  *FieldInfo
	typ    *TypeRef // the field's type
	target *TypeRef // of a relation
	parent *propDraft
	offset uintptr // from the entity, or from the innermost struct behind a pointer
	via    *propDraft
	// variants are what a polymorphic embedded value may hold. Its parts have it as oneOf, and are
	// what alts are in the variants.
	variants []*variantDraft
	oneOf    *propDraft
	alts     []alternative
	holder   *holder
	shadow   int    // position among shadow values
	prefix   string // of column names, for the insides of an embeddable
	column   string // see columnName
	state    uint8  // of column resolution
}

// pos is the Go position of the field.
func (p *propDraft) pos() string { return p.owner.position(p.prop.Field) }

func newBuilder(opts Options) *builder {
	b := &builder{
		opts: opts, naming: opts.Naming, limits: portable,
		custom: map[typeID]CustomType{}, scalars: map[*TypeRef]scalarType{}, shared: map[accessSpec]Access{},
		byType: map[typeID]*draft{}, byEntity: map[*Entity]*draft{}, names: map[string]*draft{},
	}
	if b.naming == nil {
		b.naming = naming.Underscore{}
	}
	if opts.Limits != nil {
		b.limits = *opts.Limits
	}
	return b
}

// build runs the stages. Later stages see only what earlier ones accepted, so
// that one mistake is not reported twice.
func (b *builder) build() (*Registry, error) {
	b.findBases()
	for _, d := range b.ordered {
		b.properties(d)
		b.leftovers(d)
	}
	for _, d := range b.ordered {
		b.key(d)
	}
	for _, d := range b.ordered {
		b.relations(d)
	}
	for _, d := range b.ordered {
		b.inverses(d)
	}
	for _, d := range b.ordered {
		b.throughs(d)
	}
	for _, d := range b.ordered {
		b.columns(d)
	}
	for _, d := range b.ordered {
		b.assemble(d)
	}
	for _, d := range b.ordered {
		b.pivots(d)
		b.constraints(d)
	}
	b.validate()
	if len(b.problems) > 0 {
		return nil, &MappingError{Problems: b.problems}
	}
	b.attach()
	return b.registry(), nil
}

// report adds a mistake.
func (b *builder) report(position, message string) {
	p := Problem{Position: position, Message: message}
	if !slices.Contains(b.problems, p) {
		b.problems = append(b.problems, p)
	}
}

// declare starts the draft of one entity.
func (b *builder) declare(info *StructInfo, def *Definition) {
	if b.opts.Each != nil {
		def = def.clone()
		b.opts.Each(info, &EntityBuilder{def})
	}
	id := info.Type.id()
	if b.byType[id] != nil {
		b.report(info.Type.Text, "is registered twice")
		return
	}
	d := &draft{info: info, def: def}
	d.facts = entityFacts{}
	for _, f := range info.Fields {
		if f.Name == "_" && f.Tagged {
			parseEntityTag(&d.facts, f.Tag, func(m string) { b.report(info.Type.Text, m) })
		}
	}
	def.amendEntity(&d.facts, func(m string) { b.report(info.Type.Text, m) })
	d.entity = &Entity{Name: info.Type.Name, GoName: goName(info.Type), GoType: info.Type.typ, Ordinal: len(b.drafts), Comment: d.facts.comment, Was: d.facts.was}
	if d.facts.name != "" {
		d.entity.Name = d.facts.name
	}
	d.entity.ViewSQL, d.entity.Materialized = d.facts.viewSQL, d.facts.materialized
	if d.entity.ViewSQL == "" && d.entity.Materialized {
		b.report(goName(info.Type), "is materialized, but as= says no query for its view")
	}
	d.entity.ReadOnly, d.entity.Query = d.facts.readOnly, d.facts.query
	d.entity.OrderBy, d.entity.Abstract = d.facts.orderBy, d.facts.abstract
	d.entity.Filters = d.facts.filters
	b.filters(d.entity, info.Type.Text)
	b.drafts = append(b.drafts, d)
	b.byType[id], b.byEntity[d.entity] = d, d
	if other := b.names[d.entity.Name]; other != nil {
		b.report(info.Type.Text, "has the entity name "+d.entity.Name+" of "+other.info.Type.Text)
		return
	}
	b.names[d.entity.Name] = d
}

// leftovers reports what a definition says about fields that are not there.
func (b *builder) leftovers(d *draft) {
	if len(d.def.order)+len(d.def.mistakes) == 0 {
		return
	}
	names := make([]string, len(d.props))
	for i, p := range d.props {
		names[i] = p.prop.Field
	}
	d.def.leftovers(names, func(selector, message string) {
		if selector == "" {
			b.report(d.info.Type.Text, message)
		} else {
			b.report(d.position(selector), message)
		}
	})
}

// goName is the qualified name of a type, "example.org/library.Author".
func goName(t *TypeRef) string {
	_, name := splitLast(t.Text)
	return t.Package + "." + name
}

// splitLast splits "library.Author" at the first dot.
func splitLast(text string) (pkg, name string) {
	for i := 0; i < len(text); i++ {
		if text[i] == '.' {
			return text[:i], text[i+1:]
		}
	}
	return "", text
}

// registry is what the drafts have become.
func (b *builder) registry() *Registry {
	r := &Registry{byName: map[string]*Entity{}, byType: map[reflect.Type]*Entity{}}
	for _, d := range b.drafts {
		r.entities = append(r.entities, d.entity)
		r.byName[d.entity.Name] = d.entity
		if d.entity.GoType != nil {
			r.byType[d.entity.GoType] = d.entity
		}
	}
	r.findFixed()
	return r
}
