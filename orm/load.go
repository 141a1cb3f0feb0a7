package orm

import (
	"context"
	"slices"
	"strconv"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// Key returns the key of what a to-one property of owner refers to, nil for
// null and for a new target. It works for every style of relation, also where a
// plain pointer is nil because the target was not loaded. A foreign key that was not
// read, as in an entity read in part, is ErrNotLoaded.
func Key(em *EntityManager, owner any, property string) (any, error) {
	em = em.there()
	m, p, err := em.relation("key", owner, property)
	if err != nil {
		return nil, err
	}
	if !p.Kind.IsToOne() {
		return nil, &Error{Class: ErrUnknownPath, Op: "key", Entity: m.Meta.Name, Path: p.Path, Detail: "it is not a to-one relation"}
	}
	e := em.unit.Reference(m, p)
	switch {
	case e != nil && !e.Unread:
		return e.Key, nil
	case p.Relation.Owning && !m.Loaded.Has(p.Index) && m.Snap != nil && !em.unit.Assigned(m, p):
		return nil, &Error{Class: ErrNotLoaded, Op: "key", Entity: m.Meta.Name, Key: m.Key, Path: p.Path, Detail: "it was not read; Load it first"}
	}
	return nil, nil
}

// IsLoaded reports whether a property of owner was read: for a relation,
// whether its target or items are in memory (null is loaded).
func IsLoaded(em *EntityManager, owner any, property string) (bool, error) {
	em = em.there()
	m, err := em.managedOf("is loaded", owner)
	if err != nil {
		return false, err
	}
	p := ownProperty(m.Meta, property)
	switch {
	case p == nil:
		return false, unknown(ErrUnknownProperty, "is loaded", m.Meta, property, property, propertyPaths(m.Meta))
	case p.TypeOf() != nil:
		return m.Loaded.Has(p.TypeOf().Index), nil
	case p.Kind.IsToMany():
		return em.unit.ItemsLoaded(m, p), nil
	case p.Kind.IsToOne():
		return em.unit.TargetLoaded(m, p), nil
	case p.Kind == mapper.Inline:
		return !slices.ContainsFunc(m.Meta.Leaves, func(q *mapper.Property) bool { return isWithin(q, p) && !q.Kind.IsToMany() && !m.Loaded.Has(q.Index) }), nil
	}
	return m.Loaded.Has(p.Index), nil
}

// IsHidden reports that the target of a to-one property of owner was looked for and not
// found, see [rel.Ref.IsHidden]; for plain pointers too, which are nil then. Key gives the key
// of the target, and no flush writes NULL in its place.
func IsHidden(em *EntityManager, owner any, property string) (bool, error) {
	m, p, err := em.relation("is hidden", owner, property)
	if err != nil {
		return false, err
	}
	if !p.Kind.IsToOne() {
		return false, &Error{Class: ErrUnknownPath, Op: "is hidden", Entity: m.Meta.Name, Path: p.Path, Detail: "it is not a to-one relation"}
	}
	e := em.unit.Reference(m, p)
	return e != nil && e.Entity == nil && e.Hidden, nil
}

// isWithin reports a property that lies inside an embedded value.
func isWithin(p, around *mapper.Property) bool {
	for p = p.Parent; p != nil; p = p.Parent {
		if p == around {
			return true
		}
	}
	return false
}

// Load reads relations and lazy properties of owner that are not loaded, by path:
// "books.tags", "text".
func Load(ctx context.Context, em *EntityManager, owner any, paths ...string) error {
	em = em.there()
	m, err := em.managedOf("load", owner)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := em.loads(ctx, m.Meta.Name+"."+path, strconv.Quote(path)); err != nil {
			return err
		}
	}
	return em.populate(ctx, m.Meta, []*managed{m}, em.filtering.options([]FindOption{Populate(paths...)}))
}

// PopulateAll loads relations of entities that are there already.
func PopulateAll[T any](ctx context.Context, em *EntityManager, owners []*T, opts ...FindOption) error {
	em = em.there()
	if len(owners) == 0 {
		return nil
	}
	e, err := entityIn[T](em)
	if err != nil {
		return err
	}
	list := make([]*managed, len(owners))
	for i, owner := range owners {
		if list[i], err = em.managedOf("populate", owner); err != nil {
			return err
		}
	}
	return em.populate(ctx, e, list, em.filtering.options(opts))
}

func (em *EntityManager) populate(ctx context.Context, e *mapper.Entity, owners []*managed, o *findOptions) error {
	if err := em.guard.enter("populate"); err != nil {
		return err
	}
	defer em.guard.leave()
	if o.PopulateWhere == Infer {
		return &Error{Class: ErrInvalidOption, Op: "populate", Entity: e.Name, Detail: "there is no condition to infer from; PopulateWhere takes one"}
	}
	if o.err != nil {
		return o.err
	}
	if err := em.loader.Populate(o.logged(ctx), e, owners, &o.Options); err != nil {
		return err
	}
	return em.loadHooks(ctx, em.loader)
}

// relation finds a relation of an entity the user handed in.
func (em *EntityManager) relation(op string, owner any, property string) (*managed, *mapper.Property, error) {
	m, err := em.managedOf(op, owner)
	if err != nil {
		return nil, nil, err
	}
	p := ownProperty(m.Meta, property)
	if p == nil || p.Relation == nil {
		return nil, nil, unknown(ErrUnknownPath, op, m.Meta, property, property, propertyPaths(m.Meta))
	}
	return m, p, nil
}

// unknown is the error for a name that does not exist.
func unknown(class error, op string, e *mapper.Entity, path, name string, names []string) error {
	err := &Error{Class: class, Op: op, Entity: e.Name, Path: path}
	if near := suggest.Nearest(name, names); near != "" {
		err.Detail = "did you mean " + near + "?"
	}
	return err
}
