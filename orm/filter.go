package orm

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/load"
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

// every reports a switch of all filters.
func (s *filterSwitch) every() bool { return s.off && s.name == "" }

// WithoutFilter switches filters off for one read; without names, all.
func WithoutFilter(names ...string) FindOption {
	return func(o *findOptions) {
		if len(names) == 0 {
			o.filters = append(o.filters, filterSwitch{off: true})
		}
		for _, name := range names {
			o.filters = append(o.filters, filterSwitch{name: name, off: true})
		}
	}
}

// SetFilter switches a named filter on for all reads of the manager, its native
// updates and deletes, and the queries that QB makes for it.
func (em *EntityManager) SetFilter(name string, params map[string]any) {
	em = em.there()
	em.filtering.filters = append(em.filtering.filters, filterSwitch{name: name, params: params})
}

// DisableFilter switches a named filter off for all that SetFilter switches it on for.
func (em *EntityManager) DisableFilter(name string) {
	em = em.there()
	em.filtering.filters = append(em.filtering.filters, filterSwitch{name: name, off: true})
}

// filtered gives a query the filters as they are switched for the manager.
func (em *EntityManager) filtered(q *qb.Builder) *qb.Builder {
	if em.filtering.added != nil {
		q = q.FiltersFrom(em.filtering.added.of)
	}
	for _, s := range em.filtering.filters {
		if s.off {
			q = q.WithoutFilter(s.name)
		} else {
			q = q.Filter(s.name, s.params)
		}
	}
	return q
}

// active returns the switch that turns a filter on, nil when it is off. A read's
// own switches come after those of the manager; the last one decides.
func (f *filtering) active(filter *mapper.Filter, o *findOptions) *filterSwitch {
	var on *filterSwitch
	if filter.Default {
		on = &filterSwitch{}
	}
	for _, list := range [2][]filterSwitch{f.filters, o.filters} {
		for i := range list {
			switch s := &list[i]; {
			case s.name != filter.Name && !s.every():
			case s.off:
				on = nil
			default:
				on = s
			}
		}
	}
	return on
}

// hides reports whether a filter on e is on.
func (f *filtering) hides(e *mapper.Entity, o *findOptions) bool {
	return slices.ContainsFunc(f.of(e), func(x *mapper.Filter) bool { return f.active(x, o) != nil })
}

// restriction is a filter that is on for a read, with its condition as it was read.
type restriction struct {
	op     string // the operation, "" for find
	entity *mapper.Entity
	filter *mapper.Filter
	rd     conditions.Reading
}

// fail names the filter whose condition is wrong, or could not be made.
func (r *restriction) fail(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*mapper.ParameterError](err); ok {
		return &Error{Class: ErrParameter, Op: cmp.Or(r.op, "find"), Entity: r.entity.Name, Err: err}
	}
	return fmt.Errorf("orm: filter %s of %s: %w", r.filter.Name, r.entity.Name, err)
}

// restrict finds the filters that are on and makes their conditions, once for a
// read and the reads of its relations.
func (f *filtering) restrict(o *findOptions) error {
	if o.restricted {
		return nil
	}
	if err := f.knownFilters(o); err != nil {
		return err
	}
	o.restricted = true
	if !f.any() {
		return nil
	}
	for _, e := range f.db.registry.Entities() {
		for _, filter := range f.of(e) {
			on := f.active(filter, o)
			if on == nil {
				continue
			}
			r := restriction{entity: e, filter: filter}
			cond, err := filter.Condition(on.params)
			if err == nil {
				err = conditions.Read(&r.rd, cond)
			}
			if err := r.fail(err); err != nil {
				return err
			}
			o.restrictions = append(o.restrictions, r)
		}
	}
	return nil
}

// restrictionKey appends what the filters contribute to the key of a statement: which
// of them are on, and the shapes of their conditions. It is false when one holds a
// sub-query, whose statement is compiled anew each time.
func (o *findOptions) restrictionKey(key []byte) (_ []byte, ok bool) {
	for i := range o.restrictions {
		r := &o.restrictions[i]
		if len(r.rd.Queries) > 0 {
			return nil, false
		}
		key = binary.AppendUvarint(append(key, 'F'), uint64(r.entity.Ordinal))
		key = append(append(key, r.filter.Name...), 0)
		key = append(binary.AppendUvarint(key, uint64(len(r.rd.Shape))), r.rd.Shape...)
	}
	return key, true
}

// restrictSelect adds the filters that are on to a query, and returns the trees
// that bind their values.
func (o *findOptions) restrictSelect(sel *qb.Select) ([]*conditions.Tree, error) {
	var trees []*conditions.Tree
	for i := range o.restrictions {
		r := &o.restrictions[i]
		tree, err := find.Restrict(sel, r.entity, &r.rd)
		if err != nil {
			return nil, r.fail(err)
		}
		if err := qb.CheckFilter(r.entity, r.filter.Name, tree.Root); err != nil {
			return nil, r.fail(err)
		}
		sel.Filters[len(sel.Filters)-1].Name = r.filter.Name
		trees = append(trees, tree)
	}
	return trees, nil
}

// bindFilters appends the values of the filters to the arguments of a statement.
func (o *findOptions) bindFilters(args []any, trees []*conditions.Tree) (_ []any, err error) {
	for i, tree := range trees {
		r := &o.restrictions[i]
		if args, err = tree.Bind(args, r.rd.Values); err != nil {
			return nil, r.fail(err)
		}
	}
	return args, nil
}

// knownFilters refuses names of filters no entity declares, and of parameters no filter does.
func (f *filtering) knownFilters(o *findOptions) error {
	for _, s := range slices.Concat(f.filters, o.filters) {
		declared := func(e *mapper.Entity) bool {
			return slices.ContainsFunc(f.of(e), func(x *mapper.Filter) bool { return x.Name == s.name })
		}
		if !s.every() && !slices.ContainsFunc(f.db.registry.Entities(), declared) {
			return &Error{Class: ErrInvalidOption, Op: "find", Detail: "no entity declares a filter " + s.name}
		}
		if err := f.db.registry.CheckParams(s.name, s.params, f.of); err != nil {
			return &Error{Class: ErrParameter, Op: "find", Err: err}
		}
	}
	return nil
}

// filtering is the filters of a manager as they are switched, and what every read of
// it starts from.
type filtering struct {
	db      *DB
	schema  *string
	filters []filterSwitch
	// added are filters beside those of the mapping, nil for none.
	added *addedFilters
}

// Options returns the options of a read that nobody gave options for.
func (f *filtering) Options() *load.Options { return &f.options(nil).Options }

// Hides reports that a filter on an entity is on.
func (f *filtering) Hides(e *mapper.Entity) bool { return f.hides(e, f.options(nil)) }

// options returns the options of a read.
func (f *filtering) options(opts []FindOption) *findOptions {
	o := &findOptions{}
	o.set(f, opts)
	return o
}

// Restrict makes the conditions of the filters that are on.
func (o *findOptions) Restrict() error { return o.within.restrict(o) }

// On reports a filter about an entity that is on.
func (o *findOptions) On(e *mapper.Entity) bool {
	return slices.ContainsFunc(o.restrictions, func(r restriction) bool { return r.entity.Root() == e.Root() })
}

// Key appends what the filters contribute to the key of a statement.
func (o *findOptions) Key(key []byte) ([]byte, bool) { return o.restrictionKey(key) }

// Select adds the filters to a query.
func (o *findOptions) Select(sel *qb.Select) ([]*conditions.Tree, error) {
	return o.restrictSelect(sel)
}

// Bind appends the values of the filters to the arguments of a statement.
func (o *findOptions) Bind(args []any, trees []*conditions.Tree) ([]any, error) {
	return o.bindFilters(args, trees)
}
