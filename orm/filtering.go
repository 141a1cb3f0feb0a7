package orm

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/load"
	"github.com/weft-orm/weft/qb"
)

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
