package orm

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// finder compiles and runs reads of roots.
type finder struct {
	db    *DB
	unit  *unit
	scope *scope
	rd    conditions.Reading
	key   []byte
	args  []any
	// filters are the switches of the manager.
	filters []filterSwitch
}

// request is one read of roots.
type request struct {
	meta *mapper.Entity
	cond any
	opts *findOptions
	// count asks for the number of roots instead of the roots.
	count bool
}

// find runs a request and returns the managed roots in order, populated.
func (f *finder) find(ctx context.Context, r *request, l *populator) ([]*managed, error) {
	st, args, err := f.prepare(r)
	if err != nil {
		return nil, err
	}
	if r.opts.limit == 0 {
		return nil, nil
	}
	rows, err := f.scope.query(ctx, st.program, args)
	if err != nil {
		return nil, err
	}
	roots, rd, err := f.read(rows, st, r.opts)
	if err != nil {
		return nil, err
	}
	return roots, l.below(ctx, roots, st.nodes.Nodes, rd, r.opts)
}

// count runs a request for the number of roots.
func (f *finder) count(ctx context.Context, r *request) (n int64, err error) {
	r.count = true
	st, args, err := f.prepare(r)
	if err != nil {
		return 0, err
	}
	rows, err := f.scope.query(ctx, st.program, args)
	if err != nil {
		return 0, err
	}
	if rows.Next() {
		err = rows.Scan([]any{&n})
	}
	if closed := rows.Close(); err == nil {
		err = closed
	}
	return n, err
}

// prepare returns the compiled statement of a request and its arguments.
func (f *finder) prepare(r *request) (*statement, []any, error) {
	if r.opts.err != nil {
		return nil, nil, r.opts.err
	}
	if err := f.scope.locks(r.opts.lock); err != nil {
		return nil, nil, err
	}
	f.rd.Reset()
	if err := conditions.Read(&f.rd, r.cond); err != nil {
		return nil, nil, err
	}
	st, err := f.statement(r)
	if err != nil {
		return nil, nil, err
	}
	f.args, err = st.tree.Bind(f.args[:0], f.rd.Values)
	if err != nil {
		return nil, nil, err
	}
	if st.limit != conditions.NoSlot {
		f.args = append(f.args, limitOr(r.opts.limit, math.MaxInt64), limitOr(r.opts.offset, 0))
	}
	if st.nodes != nil {
		f.args = append(f.args, st.nodes.Values...)
	}
	return st, append(f.args, st.filterArgs...), nil
}

func limitOr(n int, none int64) any {
	if n < 0 {
		return none
	}
	return int64(n)
}

// statement looks the compiled form up by shape, and compiles it when it is new.
func (f *finder) statement(r *request) (*statement, error) {
	f.key = append(f.key[:0], 'R', flagByte(r.count))
	f.key = binary.AppendUvarint(f.key, uint64(r.meta.Ordinal))
	key, cacheable := r.opts.shapeKey(f.key)
	cacheable = cacheable && len(f.rd.Queries) == 0 && len(r.opts.filters) == 0 && !f.filtered(r.opts)
	if cacheable {
		f.key = append(append(key, 0), f.rd.Shape...)
		if st, ok := f.db.cache.get(f.key).(*statement); ok {
			return st, nil
		}
	}
	st, err := f.compile(r)
	if err == nil && cacheable {
		f.db.cache.put(f.key, st)
	}
	return st, err
}

func flagByte(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// compile makes the statement of a request whose condition was read into f.rd.
func (f *finder) compile(r *request) (*statement, error) {
	env := conditions.Env{Registry: f.db.registry, Entity: r.meta, Queries: f.rd.Queries}
	tree, err := conditions.Parse(env, f.rd.Shape, 0)
	if err != nil {
		return nil, err
	}
	sel := &qb.Select{
		Registry: f.db.registry, Entity: r.meta, Where: tree.Root,
		Limit: conditions.NoSlot, Offset: conditions.NoSlot,
		Count: r.count, NullsLowest: r.opts.nullsLowest, Lock: r.opts.lock,
		Slots: tree.Slots,
	}
	st := &statement{tree: tree, limit: conditions.NoSlot, offset: conditions.NoSlot}
	if !r.count {
		if err := f.complete(r, env, sel, st); err != nil {
			return nil, err
		}
	}
	if st.filterArgs, err = f.apply(sel, r.opts); err != nil {
		return nil, err
	}
	if st.program, err = f.db.engine.Compile(sel); err != nil {
		return nil, err
	}
	return st, nil
}

// complete adds output, order, limits and joined relations.
func (f *finder) complete(r *request, env conditions.Env, sel *qb.Select, st *statement) (err error) {
	if sel.Output, err = f.db.shape(r.meta).fields(r.opts.fields); err != nil {
		return err
	}
	if sel.OrderBy, err = f.order(env, r); err != nil {
		return err
	}
	if r.opts.limit >= 0 || r.opts.offset >= 0 {
		st.limit = conditions.Slot(len(sel.Slots))
		st.offset = st.limit + 1
		sel.Limit, sel.Offset = st.limit, st.offset
		sel.Slots = append(slices.Clip(sel.Slots), conditions.SlotInfo{Path: "limit"}, conditions.SlotInfo{Path: "offset"})
	}
	if st.nodes, err = r.opts.parse(f.db, env, st.tree, conditions.Slot(len(sel.Slots))); err != nil {
		return err
	}
	sel.Slots = append(slices.Clip(sel.Slots), st.nodes.Slots...)
	sel.Populate = joinedNodes(st.nodes.Nodes)
	st.root = newSource(f.db, r.meta, sel.Output, nil, st.nodes.Nodes)
	return nil
}

// order parses the order entries and, where only some of the roots come back,
// makes the order total by the key.
func (f *finder) order(env conditions.Env, r *request) ([]qb.Order, error) {
	entries := r.opts.order
	if len(entries) == 0 {
		for _, entry := range r.meta.OrderBy {
			entries = append(entries, entry)
		}
	}
	order, err := qb.ParseOrder(env, entries...)
	if err != nil {
		return nil, err
	}
	if r.opts.limit < 0 && r.opts.offset < 0 || total(order) {
		return order, nil
	}
	return appendKey(order, r.meta), nil
}

// appendKey sorts by the key last.
func appendKey(order []qb.Order, e *mapper.Entity) []qb.Order {
	for _, p := range e.Key {
		order = append(order, qb.Order{Expr: qb.FieldExpr{Field: conditions.Field{Property: p}}})
	}
	return order
}

// total reports an order that holds a unique property that is never NULL.
func total(order []qb.Order) bool {
	for _, o := range order {
		field, ok := o.Expr.(qb.FieldExpr)
		if !ok || len(field.Field.Hops) > 0 || field.Field.Property == nil {
			continue
		}
		p := field.Field.Property
		if p.Unique && !p.Nullable || p.Primary && len(p.Entity.Key) == 1 {
			return true
		}
	}
	return false
}

// read hydrates all rows and returns the roots, each once.
func (f *finder) read(rows driver.Rows, st *statement, o *findOptions) (roots []*managed, r *reader, err error) {
	r = newReader(f.unit, st, o)
	var seen map[*managed]bool
	if len(r.all) > 1 {
		seen = map[*managed]bool{}
	}
	for rows.Next() {
		m, err := r.row(rows, nil)
		if err != nil {
			rows.Close()
			return nil, nil, err
		}
		if seen == nil {
			roots = append(roots, m)
		} else if !seen[m] {
			seen[m] = true
			roots = append(roots, m)
		}
	}
	r.finish()
	return roots, r, rows.Close()
}

// pointersOf returns the addresses of managed entities as typed pointers.
func pointersOf[T any](list []*managed) []*T {
	out := make([]*T, len(list))
	for i, m := range list {
		out[i] = (*T)(unsafe.Pointer(m.Entity))
	}
	return out
}
