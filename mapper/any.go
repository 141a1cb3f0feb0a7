package mapper

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/internal/suggest"
)

// Target is one of the entities that a polymorphic reference may lead to.
type Target struct {
	// Entity is the type of the rows, or what they extend.
	Entity *Entity
	// Value is what the type column holds for them.
	Value string
	// Branch is the reference as one that leads to rows of Entity alone, and is null where it
	// leads to others. It is no leaf: conditions, orders and populate go along it.
	Branch *Property
}

// A polymorphic reference has a Relation.Target that stands for all its targets: an entity
// without rows, known to no registry, whose key is the value of the type column and the key
// of the target. Its Targets tell it from others.

// IsAny reports a polymorphic reference.
func (r *Relation) IsAny() bool { return r.Target != nil && r.Target.Targets != nil }

// Link returns the property whose columns tie an inverse side to its owner: Inverse, of a
// polymorphic one the branch that leads to the owner.
func (r *Relation) Link() *Property {
	if r.link != nil {
		return r.link
	}
	return r.Inverse
}

// Edge returns the property that holds what p leads to: of a branch the polymorphic
// reference, else p itself.
func (p *Property) Edge() *Property {
	if p.Relation != nil && p.Relation.Of != nil {
		return p.Relation.Of
	}
	return p
}

// TypeColumn returns the type column of the polymorphic reference that p is a branch of and
// what stands there where p leads to a row; nil of other properties.
func (p *Property) TypeColumn() (column *Column, value string) {
	if p.Relation == nil || p.Relation.Of == nil {
		return nil, ""
	}
	of := p.Relation.Of.Relation
	return of.Type.Columns[0], of.Target.TargetFor(p.Relation.Target).Value
}

// TypeOf returns the polymorphic reference whose type a property is, nil of other properties.
func (p *Property) TypeOf() *Property {
	if len(p.Columns) != 1 || p.Columns[0].Property == nil || p.Columns[0].Property == p {
		return nil
	}
	if of := p.Columns[0].Property; of.Relation != nil && of.Relation.Type == p {
		return of
	}
	return nil
}

// TargetFor returns the target among those that e stands for whose rows an entity is of, nil
// for none.
func (e *Entity) TargetFor(of *Entity) *Target {
	for _, t := range e.Targets {
		if of != nil && of.IsSubtypeOf(t.Entity) {
			return t
		}
	}
	return nil
}

// TargetOf returns the entity that an entry is of which a reference of e leads to: e itself,
// or where e stands for several that one of them; nil where the entry is of none.
func (e *Entity) TargetOf(entry *slot.Entry) *Entity {
	if e.Targets == nil {
		return e
	}
	typ, _ := entry.TypeOf()
	t, _ := typ.(reflect.Type)
	return e.ofType(t)
}

// ofType returns the entity of a Go type among those that e stands for, subtypes included.
func (e *Entity) ofType(t reflect.Type) *Entity {
	for _, target := range e.Targets {
		for _, of := range target.Entity.Types() {
			if t != nil && of.GoType == t {
				return of
			}
		}
	}
	return nil
}

// Split returns the entity and the key of a row by what a polymorphic reference to it holds;
// key itself and e where e stands for nothing else. It is nil for a type that is none of
// the targets.
func (e *Entity) Split(key any) (of *Entity, own any) {
	if e.Targets == nil {
		return e, key
	}
	parts, _ := key.(Tuple)
	for _, t := range e.Targets {
		if t.Value == parts.Head {
			return t.Entity, parts.Tail
		}
	}
	return nil, nil
}

// Join is what a reference of e holds that leads to a row of an entity with that canonical key:
// the key, before it the type where e stands for several.
func (e *Entity) Join(of *Entity, key any) any {
	if t := e.TargetFor(of); t != nil {
		return Tuple{t.Value, key}
	}
	return key
}

// anyKeyFrom is KeyFrom of an entity that stands for several.
func (e *Entity) anyKeyFrom(v any) (any, error) {
	switch v := v.(type) {
	case Tuple:
		return e.anyKeyFrom([]any{v.Head, v.Tail})
	case []any:
		if len(v) == 2 {
			for _, t := range e.Targets {
				if t.Value == v[0] {
					return e.joined(t, v[1])
				}
			}
		}
	case map[string]any:
		for name, key := range v {
			t := e.target(name)
			if t == nil || len(v) > 1 {
				return nil, e.anyError("has a type that is not among the targets" + suggest.Hint(name, propertyNames(e.Properties)))
			}
			return e.joined(t, key)
		}
	}
	typ, entry, p := leadsTo(v)
	of := e.ofType(typ)
	switch {
	case typ == nil:
		return nil, e.anyError("does not tell the type of its target; give the entity, a rel.Any, or a map as in {\"" + e.Targets[0].Entity.Name + "\": key}")
	case of == nil:
		return nil, e.anyError("leads to a " + typ.String() + ", which is not among the targets " + e.Name)
	}
	var key any
	var ok bool
	switch {
	case entry != nil && entry.Unread:
		return nil, e.anyError("is not known: the reference was not read; load it first")
	case entry != nil:
		key, ok = of.EntryKey(entry)
	default:
		key, ok = of.KeyOf(p)
	}
	if !ok {
		return nil, e.anyError("is not known yet: the entity is new")
	}
	return e.Join(of, key), nil
}

// leadsTo takes an entity or a reference apart; typ is nil for what is neither.
func leadsTo(v any) (typ reflect.Type, entry *slot.Entry, p unsafe.Pointer) {
	rv := reflect.ValueOf(v)
	switch {
	case !rv.IsValid():
		return nil, nil, nil
	case rv.Kind() == reflect.Pointer && !rv.IsNil():
		return rv.Type().Elem(), nil, rv.UnsafePointer()
	case rv.Kind() != reflect.Struct || rv.Type().PkgPath() != relPackage || rv.NumField() != 1 || typeArgument(rv.Type()) == nil:
		return nil, nil, nil
	}
	if entry = (*slot.Entry)(rv.Field(0).UnsafePointer()); entry == nil {
		return nil, nil, nil
	}
	typ = typeArgument(rv.Type())
	if typ.Kind() == reflect.Interface {
		of, _ := entry.TypeOf()
		typ, _ = of.(reflect.Type)
	}
	return typ, entry, nil
}

// joined converts the key of a target.
func (e *Entity) joined(t *Target, v any) (any, error) {
	key, err := t.Entity.KeyFrom(v)
	if err != nil {
		return nil, err
	}
	return Tuple{t.Value, key}, nil
}

// target finds a target by its name.
func (e *Entity) target(name string) *Target {
	for _, t := range e.Targets {
		if e.byName[name] == t.Branch {
			return t
		}
	}
	return nil
}

func (e *Entity) anyError(reason string) error {
	return &ValueError{Type: "a reference to " + e.Name, GoType: "this value", Reason: "it " + reason}
}

// NewEntry makes the detached entry of an entity, or of a key, of type of, for a reference of p.
func (p *Property) NewEntry(of *Entity, entity unsafe.Pointer, key any) *slot.Entry {
	if p.Edge().Relation.IsAny() {
		return slot.NewTyped(of.GoType, entity, key)
	}
	return &slot.Entry{Entity: entity, Key: key}
}

// anyMeaning is [Entity.Meaning] on the row that a polymorphic reference leads to: the branch of a
// target by its name, or the property of the single target that has one of the name, and the branch
// that leads there.
func (e *Entity) anyMeaning(name string) Meaning {
	if p := e.byName[name]; p != nil {
		return Meaning{Property: p}
	}
	var m Meaning
	for _, t := range e.Targets {
		if p := t.Entity.Property(name); p != nil {
			m.Branch, m.Property = t.Branch, p
			m.Several = append(m.Several, p)
		}
	}
	if len(m.Several) > 1 {
		return Meaning{Several: m.Several}
	}
	m.Several = nil
	return m
}

// checkType reports a type column that holds none of the targets.
func (e *Entity) checkType(p *Property, key any) error {
	if e.Targets == nil {
		return nil
	}
	if of, _ := e.Split(key); of == nil {
		value, _ := key.(Tuple)
		return &PropertyError{p.String(), fmt.Errorf("%w: the column %s holds the type %q, which is not among the targets %s", ErrValue, p.Columns[0].Name, value.Head, e.Name)}
	}
	return nil
}

// attachAny gives the branches and the type of a polymorphic reference their accessors.
func (p *Property) attachAny() {
	union := p.Relation.Target
	for _, t := range union.Targets {
		t.Branch.Access, t.Branch.at, t.Branch.make = p.Access, p.at, p.make
	}
	p.Relation.Type.Access.Value = func(x unsafe.Pointer) any {
		entry, _ := p.Reference(x)
		if entry == nil {
			return nil
		}
		if t := union.TargetFor(union.TargetOf(entry)); t != nil {
			return t.Value
		}
		return nil
	}
}
