package qb

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Query makes the logical query and its canonical arguments by slot; for writes
// of rows, the values of the rows one after another. It returns the first
// mistake of the steps as an [*Error].
func (b *Builder) Query() (Query, []any, error) {
	if b.err != nil {
		return nil, nil, b.err
	}
	a := &assembly{b: b, env: b.env()}
	a.knowQueries()
	var q Query
	var err error
	switch b.kind {
	case selectQuery, countQuery:
		q, err = a.read()
	case insertQuery:
		q, err = a.insert()
	default:
		q, err = a.bulk()
	}
	if err != nil {
		return nil, nil, err
	}
	return q, a.args, nil
}

// assembly turns the steps of one builder into a logical query.
type assembly struct {
	b   *Builder
	env conditions.Env
	// first is the number of the first slot: a sub-query's follow those before it.
	first conditions.Slot
	args  []any
	slots []conditions.SlotInfo
	// groups is env for what is about groups, in a grouped query; inGroups says that it is one.
	groups   conditions.Env
	inGroups bool
	// shape is that of a bulk write.
	shape shape
	// computedColumns are columns of joined sub-queries by path, nil for other paths.
	computedColumns map[string]*conditions.Computed
}

// knowQueries lets conditions and orders speak of the columns that joined sub-queries compute.
func (a *assembly) knowQueries() {
	for _, j := range a.b.joins {
		if j.query != nil || j.source != "" {
			a.env.Computed = func(name string) (*conditions.Computed, *conditions.Error) { return a.queryColumn(name), nil }
			a.env.ComputedNames = a.queryNames()
		}
	}
}

func (a *assembly) next() conditions.Slot { return a.first + conditions.Slot(len(a.args)) }

// slot gives a value of the builder's own a place.
func (a *assembly) slot(v any) conditions.Slot {
	s := a.next()
	a.args = append(a.args, v)
	a.slots = append(a.slots, conditions.SlotInfo{})
	return s
}

// compile parses a condition about env's entity and takes its values.
func (a *assembly) compile(env conditions.Env, at step, cond any) (conditions.Node, error) {
	tree, values, shape, err := conditions.CompileShape(env, cond, a.next())
	if err != nil {
		return nil, caused(at, err)
	}
	a.shape.condition(env.Entity, shape)
	a.args = joined(a.args, values)
	a.slots = joined(a.slots, tree.Slots)
	return tree.Root, nil
}

// joined appends more, which nobody else has, to a list.
func joined[T any](list, more []T) []T {
	if len(list) == 0 {
		return more
	}
	return append(list, more...)
}

// sub makes a query within this one, its slots after those so far.
func (a *assembly) sub(at step, b *Builder) (*Select, error) {
	if b.err != nil {
		return nil, caused(at, b.err)
	}
	if b.kind != selectQuery && b.kind != countQuery {
		return nil, &Error{Class: ErrStep, Step: at.name, Number: at.number, Hint: "a sub-query must be a read"}
	}
	inner := &assembly{b: b, env: b.env(), first: a.next()}
	inner.knowQueries()
	q, err := inner.read()
	if err != nil {
		return nil, caused(at, err)
	}
	a.args = joined(a.args, inner.args)
	a.slots = joined(a.slots, inner.slots)
	return q, nil
}

// read makes a Select. The order of the parts fixes the order of the slots.
func (a *assembly) read() (*Select, error) {
	b := a.b
	q := &Select{
		Registry: b.registry, Entity: b.entity, Alias: b.alias, Source: b.source, Distinct: b.distinct,
		Lock: b.lock, SemiJoin: b.semiJoin, Count: b.kind == countQuery, NullsLowest: b.nullsLowest,
		Comments: b.comments, Indexes: b.indexes, Schema: b.schema,
		Limit: conditions.NoSlot, Offset: conditions.NoSlot,
	}
	for _, part := range []func(*Select) error{a.sources, a.columns, a.joins, a.conditions, a.grouping, a.unions} {
		if err := part(q); err != nil {
			return nil, err
		}
	}
	if err := a.checkReads(q); err != nil {
		return nil, err
	}
	if b.limit != nil && b.offset != nil && *b.offset > math.MaxInt64-*b.limit {
		return nil, &Error{Class: ErrStep, Step: "Limit", Hint: "limit and offset together are beyond what can be counted"}
	}
	if b.limit != nil {
		q.Limit = a.slot(int64(*b.limit))
	}
	if b.offset != nil {
		q.Offset = a.slot(int64(*b.offset))
	}
	q.Slots = a.slots
	return q, nil
}

func (a *assembly) sources(q *Select) error {
	for _, w := range a.b.with {
		sub, err := a.sub(w.at, w.query)
		if err != nil {
			return err
		}
		q.With = append(q.With, &CTE{Name: w.name, Query: sub, Recursive: w.recursive})
	}
	if a.b.from != nil {
		sub, err := a.sub(step{name: "From"}, a.b.from)
		if err != nil {
			return err
		}
		q.From = sub
	}
	return nil
}

// leaves are the properties a read has unless it says otherwise.
func leaves(e *mapper.Entity) []*mapper.Property {
	out := make([]*mapper.Property, 0, len(e.Leaves))
	for _, p := range e.Leaves {
		if !p.Lazy && !p.Virtual && (len(p.Columns) > 0 || p.Formula != "") {
			out = append(out, p)
		}
	}
	return out
}

func (a *assembly) columns(q *Select) error {
	if len(a.b.columns) == 0 {
		q.Output, q.Roots = leaves(a.b.entity), true
		return nil
	}
	for _, c := range a.b.columns {
		if err := a.column(q, c); err != nil {
			return err
		}
	}
	return nil
}

// column adds one thing to read: a property of the root to Output as long as no
// expression came before it, because those follow Output in a row.
func (a *assembly) column(q *Select, c call) error {
	path, ok := c.value.(string)
	if call, computed := parseAggregate(path); ok && computed {
		g, err := a.aggregate(c.at, call)
		q.Exprs = append(q.Exprs, Output{g, path})
		return err
	}
	if ok {
		if own := a.embedded(path); own != nil {
			return a.embeddedColumns(q, c.at, path, own)
		}
		f, err := a.field(c.at, path)
		if err != nil {
			return err
		}
		plain := f.Alias == "" && len(f.Hops) == 0 && f.JSON == nil
		if plain && len(q.Exprs) == 0 {
			q.Output = append(q.Output, f.Property)
			return nil
		}
		q.Exprs = append(q.Exprs, Output{FieldExpr{f}, path})
		return nil
	}
	e, name, err := a.expr(c)
	if err != nil {
		return err
	}
	q.Exprs = append(q.Exprs, Output{e, name})
	return nil
}

// embedded finds a property of the root that has no order of its own but can be
// read: an embedded value, a document.
func (a *assembly) embedded(path string) *mapper.Property {
	if rest, ok := strings.CutPrefix(path, a.b.alias+"."); ok && a.b.alias != "" {
		path = rest
	}
	p, err := propertyAt(a.b.entity, path)
	if err != nil || p.Kind.IsRelation() || p.Kind == mapper.Scalar && p.Type.Kind != mapper.JSON {
		return nil
	}
	return p
}

// embeddedColumns reads all that is stored of an embedded value or a document.
func (a *assembly) embeddedColumns(q *Select, at step, path string, p *mapper.Property) error {
	if p.Kind == mapper.Inline {
		for _, inner := range p.Embedded {
			if err := a.column(q, call{at, path + "." + inner.Name}); err != nil {
				return err
			}
		}
		return nil
	}
	if len(q.Exprs) == 0 {
		q.Output = append(q.Output, p)
		return nil
	}
	q.Exprs = append(q.Exprs, Output{FieldExpr{conditions.Field{Property: p}}, path})
	return nil
}

// expr reads a computed column or group key.
func (a *assembly) expr(c call) (Expr, string, error) {
	switch v := c.value.(type) {
	case string:
		f, err := a.field(c.at, v)
		if err != nil {
			return nil, "", err
		}
		return FieldExpr{f}, v, nil
	case Term:
		return a.term(c.at, v)
	case *Builder:
		q, err := a.sub(c.at, v)
		return &SubqueryExpr{q}, "", err
	case conditions.RawSQL:
		n, err := a.compile(a.env, c.at, v)
		if err != nil {
			return nil, "", err
		}
		if raw, ok := n.(*conditions.RawNode); ok {
			return RawExpr{&conditions.RawValue{Text: raw.Text, Args: raw.Args}}, "", nil
		}
	case Expr:
		return v, "", nil
	}
	return nil, "", &Error{Class: ErrStep, Step: c.at.name, Number: c.at.number,
		Hint: "columns are paths, terms such as Count(), sub-queries, or conditions.Raw"}
}

func (a *assembly) term(at step, t Term) (Expr, string, error) {
	if t.query != nil {
		q, err := a.sub(at, t.query)
		return &SubqueryExpr{q}, t.name, err
	}
	switch {
	case t.window != nil:
		w, err := a.windowed(at, t)
		return w, t.name, err
	case t.fn == "case":
		e, err := a.cases(at, t)
		return e, t.name, err
	case t.sql != nil:
		e, _, err := a.expr(call{at, *t.sql})
		return e, t.name, err
	}
	g, err := a.aggregate(at, t.call())
	return g, t.name, err
}

func (a *assembly) aggregate(at step, c aggregateCall) (Expr, error) {
	f, _, mistake := c.resolve(a.env)
	if mistake != nil {
		return nil, misplaced(at, a.b.entity, c.String(), mistake)
	}
	return aggregateOf(f), nil
}

func (a *assembly) joins(q *Select) error {
	for _, j := range a.b.joins {
		out := &Join{Left: j.left, Lateral: j.lateral, Alias: j.alias, Entity: j.entity, Source: j.source}
		switch {
		case j.query != nil:
			sub, err := a.sub(j.at, j.query)
			if err != nil {
				return err
			}
			out.Query = sub
		case j.entity == nil:
			out.From, out.Relation = a.b.relation(j.path)
		}
		env := a.env
		env.Entity = a.b.joined(j)
		env.Aliases = withAlias(a.env, j.alias)
		env.Alias = j.alias
		for _, cond := range j.on {
			n, err := a.compile(env, j.at, condition(cond, nil))
			if err != nil {
				return err
			}
			out.On = conjunction(out.On, n)
		}
		if j.selected {
			out.Output = leaves(env.Entity)
		}
		q.Joins = append(q.Joins, out)
	}
	return nil
}

// withAlias is the aliases a condition on a join may begin at: the root's too.
func withAlias(env conditions.Env, own string) map[string]*mapper.Entity {
	out := make(map[string]*mapper.Entity, len(env.Aliases)+1)
	for k, v := range env.Aliases {
		out[k] = v
	}
	if env.Alias != "" {
		out[env.Alias] = env.Entity
	}
	delete(out, own)
	return out
}

// conjunction joins two conditions, nil being none.
func conjunction(x, y conditions.Node) conditions.Node {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	if and, ok := x.(*conditions.AndNode); ok {
		return &conditions.AndNode{Nodes: append(slices.Clip(and.Nodes), y)}
	}
	return &conditions.AndNode{Nodes: []conditions.Node{x, y}}
}

// where joins conditions about env's entity in the order of their steps.
func (a *assembly) where(env conditions.Env, list []condCall) (conditions.Node, error) {
	var out conditions.Node
	for _, c := range list {
		n, err := a.compile(env, c.at, c.cond)
		if err != nil {
			return nil, err
		}
		if conditions.IsTrue(n) {
			continue // it adds nothing, to what is joined by OR either
		}
		if c.or && out != nil {
			a.shape.text("or")
			out = &conditions.OrNode{Nodes: []conditions.Node{out, n}}
			continue
		}
		out = conjunction(out, n)
	}
	return out, nil
}

func (a *assembly) conditions(q *Select) (err error) {
	if q.Where, err = a.where(a.env, a.b.wheres); err != nil {
		return err
	}
	q.Filters, err = a.filters()
	for _, c := range a.b.filters {
		switch {
		case c.off && c.every():
			q.FiltersOff = append(q.FiltersOff, "*")
		case c.off:
			q.FiltersOff = append(q.FiltersOff, c.name)
		}
	}
	return err
}

// filters are the conditions of the filters that are on, entity by entity.
func (a *assembly) filters() ([]Filter, error) {
	var out []Filter
	for _, c := range a.b.filters {
		if err := a.b.registry.CheckParams(c.name, c.params, a.b.declared); err != nil {
			return nil, &Error{Class: ErrParameter, Step: c.at.name, Number: c.at.number, Err: err}
		}
	}
	known := map[string]bool{}
	for _, e := range a.b.registry.Entities() {
		for _, f := range a.b.declared(e) {
			known[f.Name] = true
			c := a.b.filter(f)
			if c == nil {
				continue
			}
			a.shape.text(f.Name)
			cond, err := f.Condition(c.params)
			if err != nil {
				return nil, filterError(c.at, e, f, err)
			}
			n, err := a.compile(conditions.Env{Registry: a.b.registry, Entity: e}, c.at, cond)
			if err != nil {
				return nil, err
			}
			if err := CheckFilter(e, f.Name, n); err != nil {
				return nil, caused(c.at, err)
			}
			out = append(out, Filter{Entity: e, Name: f.Name, Where: n})
		}
	}
	for _, rel := range a.b.registry.Fixed() {
		n, err := a.compile(conditions.Env{Registry: a.b.registry, Entity: rel.Relation.Target}, step{name: "New", number: 1}, rel.Relation.Where)
		if err != nil {
			return nil, err
		}
		out = append(out, fixedFilter(rel, n))
	}
	for _, c := range a.b.filters {
		if !known[c.name] && !c.every() {
			return nil, &Error{Class: ErrStep, Step: c.at.name, Number: c.at.number, Path: c.name, Hint: "no entity declares this filter"}
		}
	}
	return out, nil
}

// filterError tells why the condition of a filter could not be made: by its parameters, or by
// the error of its Make.
func filterError(at step, e *mapper.Entity, f *mapper.Filter, err error) error {
	told := &Error{Step: at.name, Number: at.number, Entity: e.Name, Err: err}
	if _, ok := errors.AsType[*mapper.ParameterError](err); ok {
		told.Class = ErrParameter
	} else {
		told.Err = fmt.Errorf("filter %s: %w", f.Name, err)
	}
	return told
}

// declared are the filters of an entity.
func (b *Builder) declared(e *mapper.Entity) []*mapper.Filter {
	if b.filtersOf != nil {
		return b.filtersOf(e)
	}
	return e.Filters
}

// filter is the call that switches a filter on, nil when it is off.
func (b *Builder) filter(f *mapper.Filter) *filterCall {
	var on *filterCall
	if f.Default {
		on = &filterCall{at: step{name: "New", number: 1}}
	}
	for i := range b.filters {
		switch c := &b.filters[i]; {
		case c.name != f.Name && !c.every():
		case c.off:
			on = nil
		default:
			on = c
		}
	}
	return on
}

func (a *assembly) unions(q *Select) error {
	for _, u := range a.b.union {
		sub, err := a.sub(u.at, u.query)
		if err != nil {
			return err
		}
		q.Union = append(q.Union, &SetOp{All: u.all, Query: sub})
	}
	return nil
}
