package conditions

import (
	"reflect"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Matcher applies one condition to entities in memory. It is safe for concurrent
// use as long as the entities are not changed.
type Matcher struct {
	entity *mapper.Entity
	root   Node
	args   []any
}

// NewMatcher compiles cond for entities of e.
func NewMatcher(reg *mapper.Registry, e *mapper.Entity, cond any) (*Matcher, error) {
	tree, args, err := Compile(Env{Registry: reg, Entity: e}, cond, 0)
	if err != nil {
		return nil, err
	}
	return &Matcher{e, tree.Root, args}, nil
}

// Match reports whether the condition is true for entity, a pointer to a struct
// of the matcher's entity or of a subtype. Relations that the condition walks
// through must be loaded; a nil pointer is an absent target and a nil slice an
// empty collection. A property of a subtype is absent from an entity of another
// one; the pointer's type is what tells, so that it is an error to ask for it of
// what is only known by a base.
func (m *Matcher) Match(entity any) (bool, error) {
	p := reflect.ValueOf(entity)
	e := m.typeOf(p)
	if e == nil {
		got := typeName(entity)
		if p.Kind() == reflect.Pointer && p.IsNil() {
			got = "a nil " + got
		}
		return false, &Error{Class: ErrValue, Step: "match", Entity: m.entity.Name, Got: "needs a *" + m.entity.GoName + ", not " + got}
	}
	ev := Evaluator{Args: m.args}
	return ev.Matches(m.root, NewRow(e, p.UnsafePointer()))
}

// typeOf returns the matcher's entity or the subtype that p points at, else nil.
func (m *Matcher) typeOf(p reflect.Value) *mapper.Entity {
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return nil
	}
	for _, e := range m.entity.Types() {
		if e.GoType == p.Type().Elem() {
			return e
		}
	}
	return nil
}

func typeName(v any) string {
	if t := reflect.TypeOf(v); t != nil {
		return t.String()
	}
	return "nil"
}

// Matches reports whether cond is true for one entity, see [Matcher].
func Matches(reg *mapper.Registry, cond, entity any) (bool, error) {
	t := reflect.TypeOf(entity)
	if t == nil || t.Kind() != reflect.Pointer || reg.ByType(t.Elem()) == nil {
		return false, &Error{Class: ErrValue, Step: "match", Got: typeName(entity) + " is no entity of the registry"}
	}
	m, err := NewMatcher(reg, reg.ByType(t.Elem()), cond)
	if err != nil {
		return false, err
	}
	return m.Match(entity)
}

// entityRow is an entity in memory as a row.
type entityRow struct {
	entity *mapper.Entity
	at     unsafe.Pointer
}

// NewRow returns the entity at address at as a row. Asking it for a relation that
// is not loaded is an error of class ErrValue.
func NewRow(e *mapper.Entity, at unsafe.Pointer) Row { return entityRow{e, at} }

// Has reports whether the row has a property. One of a type that is not in line
// with the row's is absent; one of a subtype may be there, which nothing tells.
func (r entityRow) Has(p *mapper.Property) (bool, error) {
	switch {
	case r.entity.IsSubtypeOf(p.Entity):
		return true, nil
	case !p.Entity.IsSubtypeOf(r.entity):
		return false, nil
	}
	return false, &Error{Class: ErrValue, Step: "match", Entity: r.entity.Name, Path: p.Path,
		Got: "a *" + r.entity.Name + " does not tell whether it is a " + p.Entity.Name, Hint: "match the *" + p.Entity.Name + " that orm.As returns"}
}

func (r entityRow) Value(p *mapper.Property) (any, error) {
	if has, err := r.Has(p); !has {
		return nil, err
	}
	if d := r.entity.Discriminator; d != nil && len(p.Columns) == 1 && p.Columns[0] == d {
		return r.discriminator(p)
	}
	if p.Access.Value == nil {
		return nil, &Error{Class: ErrOperator, Step: "match", Entity: r.entity.Name, Path: p.Path, Got: "the property has no value in memory"}
	}
	return p.Access.Value(r.at), nil
}

// discriminator is the value that rows of the entity's type hold, where that is known.
func (r entityRow) discriminator(p *mapper.Property) (any, error) {
	if len(r.entity.Children) > 0 {
		return nil, &Error{Class: ErrValue, Step: "match", Entity: r.entity.Name, Path: p.Path,
			Got: "a *" + r.entity.Name + " does not tell its type", Hint: "match what orm.As returns"}
	}
	return r.entity.DiscriminatorValue, nil
}

func (r entityRow) Key(p *mapper.Property) (any, error) {
	if p == nil {
		key, ok := r.entity.KeyOf(r.at)
		return orNil(key, ok), nil
	}
	if has, err := r.Has(p); !has {
		return nil, err
	}
	if entry, target := p.Reference(r.at); entry == nil && target == nil && len(p.Columns) == 0 {
		return nil, nil
	}
	key, ok := p.TargetKey(r.at)
	return orNil(key, ok), nil
}

func (r entityRow) One(p *mapper.Property) (Row, error) {
	if has, err := r.Has(p); !has {
		return nil, err
	}
	entry, target := p.Reference(r.at)
	switch {
	case entry != nil && entry.Entity != nil:
		target = entry.Entity
	case entry != nil:
		return nil, r.notLoaded(p)
	case target == nil:
		return nil, nil
	}
	return entityRow{p.Relation.Target, target}, nil
}

func (r entityRow) Many(p *mapper.Property) ([]Row, error) {
	if has, err := r.Has(p); !has {
		return nil, err
	}
	var items []unsafe.Pointer
	if p.Relation.Style == mapper.SliceField {
		items = *p.Slice(r.at)
	} else if c := p.Collection(r.at); c.Items != nil && (c.Items.Loaded || c.Items.Partial || c.Owner == nil) {
		items = c.Items.Read()
	} else if c.Owner != nil {
		return nil, r.notLoaded(p)
	}
	rows := make([]Row, len(items))
	for i, item := range items {
		rows[i] = entityRow{p.Relation.Target, item}
	}
	return rows, nil
}

func (r entityRow) notLoaded(p *mapper.Property) error {
	return &Error{Class: ErrValue, Step: "match", Entity: r.entity.Name, Path: p.Path, Got: "the relation is not loaded", Hint: "populate it first"}
}
