package load

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// Options say what a read takes along, in which order and how far.
type Options struct {
	Populate      []populate.Hint
	PopulateWhere any
	OrderBy       []any
	Fields        []string
	Limit, Offset int // -1 is none
	// Page is how many roots a stream reads together, 0 for as many as usual.
	Page int
	// Refresh takes the database's values for what is there already; Keep says that
	// what the user changed stays.
	Refresh, Keep bool
	Strategy      string
	NullsLowest   bool
	SemiJoin      qb.SemiJoin
	Lock          qb.Lock
	// Apart says that the unit is of this read alone, and nobody asks it for what was read.
	Apart bool
	// Comments are put before the statements; Unkept says that they are not worth keeping.
	Comments []string
	Unkept   bool
	// Indexes are those to read the roots by. NoEager leaves out relations mapped as eager.
	Indexes []string
	NoEager bool
	// Schema stands for the wildcard schema "*", "" for the connection's own.
	Schema string
	// Filters are those that are on, nil for none.
	Filters Filters

	// few says that few roots are expected, see past.
	few bool
	// outer are the values of the roots' statement that queries of relations use,
	// related the statements that depend on its condition.
	outer   []any
	related *related
}

// Filters restrict a read and the reads of its relations.
type Filters interface {
	// Restrict makes the conditions of the filters that are on, once for a read. It
	// comes before the other methods.
	Restrict() error
	// Key appends what they contribute to the key of a statement; ok is false when the
	// statement cannot be kept.
	Key(key []byte) (_ []byte, ok bool)
	// Select adds them to a query, and returns the trees that bind their values.
	Select(sel *qb.Select) ([]*conditions.Tree, error)
	// Bind appends their values to the arguments of a statement.
	Bind(args []any, trees []*conditions.Tree) ([]any, error)
}

// restrict makes the filters of the read.
func (o *Options) restrict() error {
	if o.Filters == nil {
		return nil
	}
	return o.Filters.Restrict()
}

// filter reports that a filter on an entity is on.
func (o *Options) filter(e *mapper.Entity) bool {
	list, ok := o.Filters.(interface{ On(e *mapper.Entity) bool })
	return ok && list.On(e)
}

// restrictSelect adds filters and schema, and the conditions of collections, to the query
// of a statement.
func (o *Options) restrictSelect(sel *qb.Select, st *statement) (err error) {
	sel.Schema, sel.Comments = o.Schema, o.Comments
	if o.Filters != nil {
		if st.filters, err = o.Filters.Select(sel); err != nil {
			return err
		}
	}
	st.fixed, err = qb.Fix(sel)
	return err
}

// bindFilters appends the values of the filters, and of the conditions of collections, to
// the arguments of a statement.
func (o *Options) bindFilters(args []any, st *statement) (_ []any, err error) {
	if o.Filters != nil {
		if args, err = o.Filters.Bind(args, st.filters); err != nil {
			return nil, err
		}
	}
	return append(args, st.fixed...), nil
}

// find describes a read of roots with the options.
func (o *Options) find(db *Database, e *mapper.Entity, where *conditions.Tree, count bool) *find.Find {
	return &find.Find{
		Registry: db.Registry, Entity: e, Where: where, Order: o.OrderBy, Fields: o.Fields,
		Populate: o.Populate, PopulateWhere: o.PopulateWhere, Strategy: o.Strategy, Few: o.few, JoinToOneOnly: !db.Caps.JoinsToMany,
		Limited: o.Limit >= 0 || o.Offset >= 0, Count: count, NullsLowest: o.NullsLowest, SemiJoin: o.SemiJoin, Lock: o.Lock, NoEager: o.NoEager,
	}
}
