package orm

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// AssignOption configures [Assign].
type AssignOption func(*assignment)

// AssignOnly restricts Assign to these property paths, from the entity: "name",
// "home" with all that is in this embedded value, "author" (what it refers to),
// "books" (which items there are), "books.title" (a property of the items). Use it
// for data from outside. Without it everything may be assigned but keys of stored
// entities, versions, and what is computed.
func AssignOnly(paths ...string) AssignOption {
	return func(a *assignment) {
		a.restricted = true
		a.only = append(a.only, paths...)
	}
}

// Assign sets properties of an entity, new or managed, from nested data by
// property name. All of it is checked first: when anything is wrong nothing is
// assigned, and all mistakes are reported together.
//
//   - A plain property takes what a condition on it takes, an embedded value a map.
//   - A to-one relation takes a key, an entity, nil, or a map: it changes the
//     target, or makes a new one where there is none.
//   - A to-many relation takes the list of all its items: keys, entities, maps. A map
//     with a key changes the item with that key; one without makes a new item.
//
// Targets, collections and items that are needed and not loaded are read. A map
// reaches only what the entity already refers to: a key in it that is not there is
// ErrNotFound. What AssignOnly leaves out is ErrNotAllowed, names of no property included. New targets are stored
// by the next flush where the relation cascades. What it refers to is what all views of its relations say
// together, flushed or not; where they contradict each other, a map is ErrConflict.
func Assign(ctx context.Context, em *EntityManager, entity any, data M, opts ...AssignOption) error {
	em = em.there()
	if err := em.guard.enter("assign"); err != nil {
		return err
	}
	defer em.guard.leave()
	e, x, err := em.locate("assign", entity)
	if err != nil {
		return err
	}
	a := &assignment{em: em, ctx: ctx, root: place{e, x, em.unit.Find(x), ""}}
	if err := apply("assign", a, opts); err != nil {
		return err
	}
	a.entity(a.root, data)
	if err := errors.Join(a.errs...); err != nil {
		return err
	}
	for _, do := range a.do {
		do()
	}
	return em.loadHooks(ctx, em.loader)
}

// assignment is one Assign: what to do, and what is wrong with it.
type assignment struct {
	em         *EntityManager
	ctx        context.Context
	root       place // what all paths begin at
	restricted bool
	only       []string
	// merge merges documents, add keeps items that are not in the data, skip passes over what
	// may not be assigned, absent over unknown names; anew makes new targets instead of changing them.
	merge, add, skip, absent, anew bool
	// met says that views were brought together, metWell that they do not contradict each other.
	met, metWell bool
	do           []func()
	errs         []error
}

// place is an entity on the way: m is nil for one that is not managed, path leads to it.
type place struct {
	meta *mapper.Entity
	at   unsafe.Pointer
	m    *managed
	path string
}

func (at place) join(p *mapper.Property) string {
	if at.path == "" {
		return p.Path
	}
	return at.path + "." + p.Path
}

func (a *assignment) fail(at place, p *mapper.Property, class error, detail string) {
	a.report(&Error{Class: class, Path: at.join(p), Detail: detail})
}

func (a *assignment) failWith(at place, p *mapper.Property, err error) {
	a.report(&Error{Class: mapper.ErrValue, Path: at.join(p), Err: err})
}

// report adds a mistake, whose path begins at the root.
func (a *assignment) report(e *Error) {
	if a.skip && e.Class == ErrNotAllowed {
		return
	}
	e.Op, e.Entity = "assign", a.root.meta.Name
	if a.root.m != nil {
		e.Key = a.root.m.Key
	}
	a.errs = append(a.errs, e)
}

// allowed reports a property that may be assigned, by itself or within an embedded value.
func (a *assignment) allowed(at place, p *mapper.Property) bool {
	if a.permits(at, p) {
		return true
	}
	a.fail(at, p, ErrNotAllowed, "")
	return false
}

// permits is allowed that reports no mistake.
func (a *assignment) permits(at place, p *mapper.Property) bool {
	if !a.restricted {
		return true
	}
	for q := p; q != nil; q = q.Parent {
		if slices.Contains(a.only, at.join(q)) {
			return true
		}
	}
	return p.Edge() != p && a.permits(at, p.Edge())
}

// names reports a path that AssignOnly lists, or that leads to or on from one.
func (a *assignment) names(path string) bool {
	return slices.ContainsFunc(a.only, func(only string) bool {
		return path == only || strings.HasPrefix(only, path+".") || strings.HasPrefix(path, only+".")
	})
}

// leadsOn reports a property that may be assigned, or something behind it. What
// may not is a mistake before its value is looked at, which would tell about its type.
func (a *assignment) leadsOn(at place, p *mapper.Property) bool {
	prefix := at.join(p) + "."
	if a.permits(at, p) || slices.ContainsFunc(a.only, func(path string) bool { return strings.HasPrefix(path, prefix) }) {
		return true
	}
	a.fail(at, p, ErrNotAllowed, "")
	return false
}

// entity plans the assignment of data.
func (a *assignment) entity(at place, data M) {
	for _, name := range slices.Sorted(maps.Keys(data)) {
		p := at.meta.Property(name)
		if p == nil {
			if list := leavesAt(at.meta, name); len(list) == 1 && list[0].Path == name {
				p = list[0]
			}
		}
		if p == nil {
			path := name
			if at.path != "" {
				path = at.path + "." + name
			}
			a.unknown(path, name, at.meta.PropertyNames())
			continue
		}
		a.property(at, p, data[name])
	}
}

// unknown reports a name that does not exist. In data that AssignOnly restricts it is one
// of the many that may not be assigned, and hints are from among those that may.
func (a *assignment) unknown(path, name string, names []string) {
	if a.absent {
		return
	}
	e := &Error{Class: ErrUnknownProperty, Path: path}
	if a.restricted {
		e.Class, names = ErrNotAllowed, slices.DeleteFunc(slices.Clone(names), func(near string) bool {
			return !a.names(strings.TrimSuffix(path, name) + near)
		})
	}
	if near := suggest.Nearest(name, names); near != "" {
		e.Detail = "did you mean " + near + "?"
	}
	a.report(e)
}

func (a *assignment) property(at place, p *mapper.Property, v any) {
	if r := reflect.ValueOf(v); (p.Kind == mapper.Inline || p.Kind.IsToOne()) && (r.Kind() == reflect.Pointer || r.Kind() == reflect.Map) && r.IsNil() {
		v = nil
	}
	switch {
	case (p.Kind == mapper.Inline || p.Relation != nil) && !a.leadsOn(at, p):
	case p.TypeOf() != nil:
		a.fail(at, p, ErrNotAllowed, "it follows "+p.TypeOf().Path+"; assign that")
	case p.Kind == mapper.Inline:
		a.inline(at, p, v)
	case p.Kind.IsToMany():
		a.toMany(at, p, v)
	case p.Kind.IsToOne() && p.Relation.ReadOnly:
		a.fail(at, p, ErrReadOnlyRelation, p.ReadOnlyHint())
	case p.Kind.IsToOne():
		a.toOne(at, p, v)
	default:
		a.value(at, p, v)
	}
}

// inline assigns inside an embedded value.
func (a *assignment) inline(at place, p *mapper.Property, v any) {
	data, ok := v.(map[string]any)
	switch {
	case p.VariantType() != nil && v != nil:
		a.variant(at, p, v)
		return
	case v == nil && p.Nullable:
		if a.allowed(at, p) {
			a.do = append(a.do, func() { p.SetAbsent(at.at) })
		}
		return
	case v == nil:
		a.fail(at, p, ErrRequired, "an embedded value is absent only behind a pointer")
		return
	case !ok:
		a.fail(at, p, mapper.ErrValue, "an embedded value takes a map")
		return
	}
	a.inside(at, p, data, p)
}

// inside assigns what a map says of the parts of an embedded value, whose names of knows.
func (a *assignment) inside(at place, p *mapper.Property, data map[string]any, of interface {
	Sub(name string) *mapper.Property
	SubNames() []string
}) {
	for _, name := range slices.Sorted(maps.Keys(data)) {
		sub := of.Sub(name)
		if sub == nil {
			a.unknown(at.join(p)+"."+name, name, of.SubNames())
			continue
		}
		a.property(at, sub, data[name])
	}
}

// value assigns a plain property.
func (a *assignment) value(at place, p *mapper.Property, v any) {
	switch {
	case p.Version, p.Formula != "", p.Virtual, len(p.Columns) == 0 || p.Columns[0].Generated != "":
		a.fail(at, p, ErrNotAllowed, "weft or the database makes it")
		return
	case !a.permits(at, p):
		if !a.repeatsKey(at, p, v) {
			a.fail(at, p, ErrNotAllowed, "")
		}
		return
	case at.m != nil && at.m.Key != nil && at.m.Snap != nil && !at.m.Loaded.Has(p.Index):
		a.fail(at, p, ErrNotLoaded, "it was left out when the entity was read")
		return
	}
	v = a.merged(at, p, v)
	canonical, err := a.fitting(at, p, v)
	switch {
	case err != nil:
		a.failWith(at, p, err)
		return
	case canonical == nil && !p.HoldsNull():
		a.fail(at, p, ErrRequired, "")
		return
	}
	if p.Primary && at.m != nil && at.m.Key != nil {
		if !changeset.Same(p.Access.Value(at.at), canonical) {
			a.fail(at, p, ErrNotAllowed, "the key of a stored entity stays")
		}
		return
	}
	a.do = append(a.do, func() { _ = p.Access.Store(at.at, canonical) }) // it was tried above
}

// fitting brings a value to the canonical form of a property that can be written.
func (a *assignment) fitting(at place, p *mapper.Property, v any) (any, error) {
	canonical, err := p.Type.Convert(v)
	if err != nil || canonical == nil {
		return nil, err
	}
	if err := p.Fits(canonical); err != nil { // does the field take it?
		return nil, err
	}
	return canonical, p.Type.Check(canonical)
}

// repeatsKey reports data that names the key the entity has.
func (a *assignment) repeatsKey(at place, p *mapper.Property, v any) bool {
	if !p.Primary || at.m == nil || at.m.Key == nil {
		return false
	}
	canonical, err := p.Type.Convert(v)
	return err == nil && changeset.Same(p.Access.Value(at.at), canonical)
}

// keyIn returns the key in the data of an entity.
func keyIn(e *mapper.Entity, data M) (any, bool) {
	key := M{}
	for _, p := range e.Key {
		v, ok := data[p.Name]
		if !ok || v == nil {
			return nil, false
		}
		key[p.Name] = v
	}
	if len(e.Key) == 1 {
		return key[e.Key[0].Name], true
	}
	return key, true
}

// without returns data without the key.
func without(data M, e *mapper.Entity) M {
	rest := maps.Clone(data)
	for _, p := range e.Key {
		delete(rest, p.Name)
	}
	return rest
}
