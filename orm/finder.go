package orm

import (
	"context"
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb/find"
)

// finder compiles and runs reads of roots.
type finder struct {
	db    *DB
	unit  *unit.Unit
	scope *session.Scope
	rd    conditions.Reading
	key   []byte
	args  []any
	// arrivals are entities whose hooks are due at the end of the read.
	arrivals arrivals
	// filters are the switches of the manager.
	filters []filterSwitch
}

// request is one read of roots.
type request struct {
	meta *mapper.Entity
	cond any
	opts findOptions
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
	rows, err := f.scope.Query(ctx, st.program, args)
	if err != nil {
		return nil, err
	}
	roots, rd, err := f.read(rows, st, &r.opts)
	if err != nil {
		return nil, err
	}
	defer rd.release()
	return roots, l.below(ctx, roots, st.nodes.Nodes, rd, &r.opts)
}

// count runs a request for the number of roots.
func (f *finder) count(ctx context.Context, r *request) (n int64, err error) {
	r.count = true
	st, args, err := f.prepare(r)
	if err != nil {
		return 0, err
	}
	rows, err := f.scope.Query(ctx, st.program, args)
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
	if err := f.scope.CanLock(r.opts.lock); err != nil {
		return nil, nil, err
	}
	if err := f.restrict(&r.opts); err != nil {
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
	if st.limited {
		limits := find.Limits(r.opts.limit, r.opts.offset)
		f.args = append(f.args, limits[:]...)
	}
	if st.nodes != nil {
		f.args = append(f.args, st.nodes.Values...)
		r.opts.related = &st.related
		r.opts.outer = slices.Clone(f.args[:st.nodes.Outer])
	}
	f.args, err = r.opts.bindFilters(f.args, st)
	return st, f.args, err
}

// statement looks the compiled form up by shape, and compiles it when it is new.
func (f *finder) statement(r *request) (*statement, error) {
	f.key = append(f.key[:0], 'R', flagByte(r.count))
	f.key = binary.AppendUvarint(f.key, uint64(r.meta.Ordinal))
	key, cacheable := r.opts.shapeKey(f.key)
	if cacheable {
		key, cacheable = r.opts.restrictionKey(key)
	}
	cacheable = cacheable && len(f.rd.Queries) == 0
	if cacheable {
		f.key = f.scope.Key(append(append(key, 0), f.rd.Shape...))
		if st, ok := f.db.sessions.Programs.Get(f.key).(*statement); ok {
			return st, nil
		}
	}
	st, err := f.compile(r)
	if err == nil && cacheable {
		f.db.sessions.Programs.Put(f.key, st)
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
	roots, err := r.opts.find(f.db, r.meta, tree, r.count).Roots()
	if err != nil {
		return nil, err
	}
	sel := roots.Select
	sel.Schema = f.scope.Schema
	st := &statement{tree: tree, limited: sel.Limit != conditions.NoSlot, nodes: roots.Nodes}
	if !r.count {
		st.root = newSource(f.db, r.meta, sel.Output, nil, st.nodes.Nodes)
	}
	if st.filters, err = r.opts.restrictSelect(sel); err != nil {
		return nil, err
	}
	if st.program, err = f.db.engine.Compile(sel); err != nil {
		return nil, err
	}
	return st, nil
}

// read hydrates all rows and returns the roots, each once.
func (f *finder) read(rows driver.Rows, st *statement, o *findOptions) (roots []*managed, r *reader, err error) {
	defer rows.Close() // also after a panic in user code
	r = newReader(f, st, o)
	var seen map[*managed]bool
	if len(r.all) > 1 {
		seen = map[*managed]bool{}
	}
	for rows.Next() {
		m, err := r.row(rows, nil)
		if err != nil {
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
