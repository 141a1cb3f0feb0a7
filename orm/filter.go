package orm

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// filterSwitch switches a named filter on, with parameters, or off.
type filterSwitch struct {
	name   string
	params map[string]any
	off    bool
}

// Filter switches a named filter on for one read.
func Filter(name string, params map[string]any) FindOption {
	return func(o *findOptions) { o.filters = append(o.filters, filterSwitch{name: name, params: params}) }
}

// WithoutFilter switches filters off for one read.
func WithoutFilter(names ...string) FindOption {
	return func(o *findOptions) {
		for _, name := range names {
			o.filters = append(o.filters, filterSwitch{name: name, off: true})
		}
	}
}

// SetFilter switches a named filter on for all reads of the manager.
func (em *EntityManager) SetFilter(name string, params map[string]any) {
	em.finder.filters = append(em.finder.filters, filterSwitch{name: name, params: params})
}

// DisableFilter switches a named filter off for all reads of the manager.
func (em *EntityManager) DisableFilter(name string) {
	em.finder.filters = append(em.finder.filters, filterSwitch{name: name, off: true})
}

// active returns the switch that turns a filter on, nil when it is off. A read's
// own switches come after those of the manager; the last one decides.
func (f *finder) active(filter *mapper.Filter, o *findOptions) *filterSwitch {
	var on *filterSwitch
	if filter.Default {
		on = &filterSwitch{}
	}
	for _, list := range [2][]filterSwitch{f.filters, o.filters} {
		for i := range list {
			switch s := &list[i]; {
			case s.name != filter.Name:
			case s.off:
				on = nil
			default:
				on = s
			}
		}
	}
	return on
}

// filtered reports whether any filter is on; such statements are not cached,
// because a filter makes its condition anew from its parameters.
func (f *finder) filtered(o *findOptions) bool {
	if !f.db.filters {
		return false
	}
	return slices.ContainsFunc(f.db.registry.Entities(), func(e *mapper.Entity) bool { return f.hides(e, o) })
}

// hides reports whether a filter on e is on.
func (f *finder) hides(e *mapper.Entity, o *findOptions) bool {
	return slices.ContainsFunc(e.Filters, func(x *mapper.Filter) bool { return f.active(x, o) != nil })
}

// apply adds the filters that are on to a query, and returns their values.
func (f *finder) apply(sel *qb.Select, o *findOptions) (values []any, err error) {
	if err := f.knownFilters(o); err != nil || !f.db.filters {
		return nil, err
	}
	for _, e := range f.db.registry.Entities() {
		for _, filter := range e.Filters {
			on := f.active(filter, o)
			if on == nil {
				continue
			}
			bound, err := find.Restrict(sel, e, filter.Where(on.params))
			if err != nil {
				return nil, fmt.Errorf("orm: filter %s of %s: %w", filter.Name, e.Name, err)
			}
			values = append(values, bound...)
		}
	}
	return values, nil
}

// knownFilters refuses names no entity declares.
func (f *finder) knownFilters(o *findOptions) error {
	for _, s := range slices.Concat(f.filters, o.filters) {
		declared := func(e *mapper.Entity) bool {
			return slices.ContainsFunc(e.Filters, func(x *mapper.Filter) bool { return x.Name == s.name })
		}
		if !slices.ContainsFunc(f.db.registry.Entities(), declared) {
			return &Error{Class: ErrInvalidOption, Op: "find", Detail: "no entity declares a filter " + s.name}
		}
	}
	return nil
}
