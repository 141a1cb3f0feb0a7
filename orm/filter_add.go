package orm

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// FilterFor declares a filter for every entity that has a property, an inherited one or
// the path of an embedded one included. Without Where and Make its condition is that the
// property equals the parameter of its name:
//
//	orm.FilterFor("tenant", mapper.Filter{Name: "tenant", Guard: true})
//
//	em.SetFilter("tenant", orm.M{"tenant": 7})
//
// An entity that declares a filter of that name itself keeps its own. A property that no
// entity has is a mistake that Open reports.
func FilterFor(property string, f mapper.Filter) Option {
	return func(c *config) {
		c.filters = append(c.filters, declaredFilter{f, []FilterTarget{OnProperty(property)}})
	}
}

// FilterTarget says which entities a filter that is added is for; [OnEntity] and
// [OnProperty] make one.
type FilterTarget struct {
	property string
	entity   func(*mapper.Registry) (*mapper.Entity, error)
}

// OnEntity is the entity T, with its subtypes.
func OnEntity[T any]() FilterTarget { return FilterTarget{entity: entityOf[T]} }

// OnProperty are all entities that have a property; see [FilterFor].
func OnProperty(path string) FilterTarget { return FilterTarget{property: path} }

// declaredFilter is a filter on its way to its entities.
type declaredFilter struct {
	filter mapper.Filter
	on     []FilterTarget
}

// AddFilter adds a filter for the managers forked from now on; those that are there go on as
// they are. It takes the place of one of the same name that was added for the entity
// before, and holds instead of one that the mapping declares. A filter that is not Default
// waits to be switched on. It is safe for concurrent use.
func (db *DB) AddFilter(f mapper.Filter, on ...FilterTarget) error {
	if db == nil {
		return errNilDB
	}
	db.adding.Lock()
	defer db.adding.Unlock()
	added, err := db.added.Load().with(db.registry, declaredFilter{f, on}, true)
	if err == nil {
		db.added.Store(added)
	}
	return err
}

// RemoveFilter takes filters of a name away that were added by [DB.AddFilter] and
// [FilterFor], from the managers forked from now on. What the mapping declares holds again.
func (db *DB) RemoveFilter(name string) {
	if db == nil {
		return
	}
	db.adding.Lock()
	defer db.adding.Unlock()
	db.added.Store(db.added.Load().without(db.registry, name))
}

// AddFilter adds a filter for all that the manager reads from now on, and for its forks;
// see [DB.AddFilter].
func (em *EntityManager) AddFilter(f mapper.Filter, on ...FilterTarget) error {
	em = em.there()
	if em.guard.fault != nil {
		return em.guard.fault
	}
	added, err := em.filtering.added.with(em.db.registry, declaredFilter{f, on}, true)
	if err == nil {
		em.filtering.added = added
	}
	return err
}

// RemoveFilter takes filters of a name away from the manager that were added to it, or to
// what it was forked from. What the mapping declares holds again.
func (em *EntityManager) RemoveFilter(name string) {
	em = em.there()
	em.filtering.added = em.filtering.added.without(em.db.registry, name)
}

// addedFilters are filters beside those of the mapping. They are never changed: managers share them.
type addedFilters struct {
	list []addedFilter
	// all are the filters of each entity by Entity.Ordinal, those of the mapping included.
	all    [][]*mapper.Filter
	guards bool
}

// addedFilter is a filter of one entity.
type addedFilter struct {
	entity *mapper.Entity
	filter *mapper.Filter
}

// of returns the filters of an entity.
func (a *addedFilters) of(e *mapper.Entity) []*mapper.Filter { return a.all[e.Ordinal] }

// with returns the filters and one more. Where replace is false it gives way to what the
// mapping declares.
func (a *addedFilters) with(r *mapper.Registry, d declaredFilter, replace bool) (*addedFilters, error) {
	fail := func(entity, detail string) error {
		return &Error{Class: ErrInvalidOption, Op: "add filter", Entity: entity, Detail: "filter " + d.filter.Name + ": " + detail}
	}
	switch {
	case d.filter.Name == "":
		return nil, &Error{Class: ErrInvalidOption, Op: "add filter", Detail: "the filter has no name"}
	case d.filter.Where != nil && d.filter.Make != nil:
		return nil, fail("", "Where and Make are both given")
	case len(d.on) == 0:
		return nil, fail("", "no target is given; OnEntity and OnProperty make one")
	}
	var list []addedFilter
	for _, t := range d.on {
		found, err := t.entities(r)
		if err != nil {
			return nil, fail("", err.Error())
		}
		f := d.filter
		if t.property != "" {
			f = f.ForProperty(t.property)
		}
		for _, e := range found {
			if f.Where == nil && f.Make == nil {
				return nil, fail(e.Name, "it has neither Where nor Make")
			}
			if replace || !slices.ContainsFunc(e.Filters, func(own *mapper.Filter) bool { return own.Name == f.Name }) {
				list = append(list, addedFilter{e, &f})
			}
		}
	}
	if a != nil {
		for _, before := range slices.Backward(a.list) {
			if !slices.ContainsFunc(list, before.same) {
				list = slices.Insert(list, 0, before)
			}
		}
	}
	return newAddedFilters(r, list), nil
}

// same reports the filter of the same name and entity.
func (f addedFilter) same(other addedFilter) bool {
	return f.entity == other.entity && f.filter.Name == other.filter.Name
}

// without returns the filters but for those of a name, nil for none.
func (a *addedFilters) without(r *mapper.Registry, name string) *addedFilters {
	if a == nil {
		return nil
	}
	list := slices.DeleteFunc(slices.Clone(a.list), func(f addedFilter) bool { return f.filter.Name == name })
	if len(list) == 0 {
		return nil
	}
	return newAddedFilters(r, list)
}

func newAddedFilters(r *mapper.Registry, list []addedFilter) *addedFilters {
	a := &addedFilters{list: list, all: make([][]*mapper.Filter, len(r.Entities()))}
	for _, e := range r.Entities() {
		for _, own := range e.Filters {
			if !slices.ContainsFunc(list, addedFilter{e, own}.same) {
				a.all[e.Ordinal] = append(a.all[e.Ordinal], own)
			}
		}
	}
	for _, f := range list {
		a.all[f.entity.Ordinal] = append(a.all[f.entity.Ordinal], f.filter)
	}
	for _, filters := range a.all {
		a.guards = a.guards || slices.ContainsFunc(filters, isGuard)
	}
	return a
}

func isGuard(f *mapper.Filter) bool { return f.Guard }

// entities are those that a target means: of a hierarchy the one that declares the
// property, whose filters hold for its subtypes.
func (t FilterTarget) entities(r *mapper.Registry) ([]*mapper.Entity, error) {
	if t.entity != nil {
		e, err := t.entity(r)
		return []*mapper.Entity{e}, err
	}
	var list []*mapper.Entity
	var names []string
	for _, e := range r.Entities() {
		names = append(names, e.PropertyNames()...)
		if p := stored(e, t.property); p != nil && (e.Base == nil || p.Entity == e) {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		slices.Sort(names)
		return nil, errors.New("no entity has a property " + t.property + " with a column" + suggest.Hint(t.property, slices.Compact(names)))
	}
	return list, nil
}

// stored returns the property of a path that has columns, nil when there is none.
func stored(e *mapper.Entity, path string) *mapper.Property {
	for _, p := range e.Leaves {
		if len(p.Columns) > 0 && (p.Path == path || p.Parent == nil && e.Property(path) == p) {
			return p
		}
	}
	return nil
}

// declareFilters adds the filters that Open was given.
func (db *DB) declareFilters() error {
	var errs []error
	db.added.Store(nil)
	for _, d := range db.config.filters {
		added, err := db.added.Load().with(db.registry, d, false)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		db.added.Store(added)
	}
	return errors.Join(errs...)
}

// of returns the filters of an entity: those of the mapping, and what was added.
func (f *filtering) of(e *mapper.Entity) []*mapper.Filter {
	if f.added != nil {
		return f.added.of(e)
	}
	return e.Filters
}

// any reports that some entity has a filter.
func (f *filtering) any() bool { return f.added != nil || f.db.filters }

// guarded reports that some filter is a guard.
func (f *filtering) guarded() bool {
	if f.added != nil {
		return f.added.guards
	}
	return f.db.guards
}
