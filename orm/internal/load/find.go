package load

import (
	"context"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/find"
)

// Request is one read of roots.
type Request struct {
	Entity  *mapper.Entity
	Cond    any
	Options *Options
	// count asks for the number of roots instead of the roots.
	count bool
}

// Find runs a request and returns the managed roots in order, populated.
func (l *Loader) Find(ctx context.Context, r *Request) ([]*managed, error) {
	st, rows, err := l.open(ctx, r)
	if rows == nil {
		return nil, err
	}
	return l.populated(ctx, st, rows, r.Options, nil)
}

// Entities is Find for a caller that wants the addresses of the roots alone.
func (l *Loader) Entities(ctx context.Context, r *Request) ([]unsafe.Pointer, error) {
	st, rows, err := l.open(ctx, r)
	if rows == nil {
		return nil, err
	}
	if len(st.nodes.Nodes) > 0 {
		var list []unsafe.Pointer
		_, err := l.populated(ctx, st, rows, r.Options, &list)
		return list, err
	}
	return l.entities(st, rows, r.Options)
}

// EntitiesAndCount is Entities with the number of roots beyond limit and offset, asked for in
// one round trip; ok is false, and nothing was asked, where these would be two.
func (l *Loader) EntitiesAndCount(ctx context.Context, r *Request) (list []unsafe.Pointer, n int64, ok bool, err error) {
	session := l.pipeline()
	if session == nil || r.Options.Limit == 0 {
		return nil, 0, false, nil
	}
	counting, args, err := l.prepare(&Request{Entity: r.Entity, Cond: r.Cond, Options: r.Options, count: true})
	if err != nil {
		return nil, 0, true, err
	}
	reads := []driver.Read{{P: counting.program, Args: slices.Clone(args)}, {}}
	st, args, err := l.prepare(r)
	if err != nil {
		return nil, 0, true, err
	}
	reads[1] = driver.Read{P: st.program, Args: args}
	var roots []*managed
	var rd *reader
	before := l.unit.Len()
	err = session.Each(ctx, reads, func(i int, rows driver.Rows) (err error) {
		switch {
		case i == 0:
			n, err = number(rows)
		case len(st.nodes.Nodes) > 0:
			roots, rd, err = l.roots(rows, st, r.Options, &list)
		default:
			list, err = l.entities(st, rows, r.Options)
		}
		return err
	})
	if err != nil || rd == nil {
		return list, n, true, err
	}
	defer rd.release()
	err = l.below(ctx, roots, st.nodes.Nodes, rd, r.Options)
	learn(&st.graph, l.unit.Len()-before)
	return list, n, true, err
}

// entities reads roots that nothing is loaded along with.
func (l *Loader) entities(st *statement, rows driver.Rows, o *Options) ([]unsafe.Pointer, error) {
	defer rows.Close() // also after a panic in user code
	l.unit.BeginRows()
	defer l.unit.EndRows()
	rd := newReader(l, st, o)
	defer rd.release()
	rd.expect(st.expected())
	rd.unplaced()
	list := make([]unsafe.Pointer, 0, st.expected())
	for rows.Next() {
		m, err := rd.row(rows, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, m.Entity)
	}
	st.found(len(list))
	rd.learn()
	return list, rows.Close()
}

// open runs the query of a request. There are no rows where none are asked for.
func (l *Loader) open(ctx context.Context, r *Request) (*statement, driver.Rows, error) {
	st, args, err := l.prepare(r)
	if err != nil || r.Options.Limit == 0 {
		return nil, nil, err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return nil, nil, err
	}
	return st, rows, nil
}

// populated reads the roots and what is loaded along with them; list is that of Loader.roots.
func (l *Loader) populated(ctx context.Context, st *statement, rows driver.Rows, o *Options, list *[]unsafe.Pointer) ([]*managed, error) {
	before := l.unit.Len()
	roots, rd, err := l.roots(rows, st, o, list)
	if err != nil {
		return nil, err
	}
	defer rd.release()
	err = l.below(ctx, roots, st.nodes.Nodes, rd, o)
	learn(&st.graph, l.unit.Len()-before)
	return roots, err
}

// Count runs a request for the number of roots.
func (l *Loader) Count(ctx context.Context, r *Request) (n int64, err error) {
	r.Counts()
	st, args, err := l.prepare(r)
	if err != nil {
		return 0, err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return 0, err
	}
	return number(rows)
}

// number reads the number that is the result.
func number(rows driver.Rows) (n int64, err error) {
	if rows.Next() {
		err = rows.Scan([]any{&n})
	}
	if closed := rows.Close(); err == nil {
		err = closed
	}
	return n, err
}

// Counts makes the request one for the number of roots.
func (r *Request) Counts() { r.count = true }

// prepare returns the compiled statement of a request and its arguments.
func (l *Loader) prepare(r *Request) (*statement, []any, error) {
	if err := r.Options.restrict(); err != nil {
		return nil, nil, err
	}
	l.rd.Reset()
	if err := conditions.Read(&l.rd, r.Cond); err != nil {
		return nil, nil, err
	}
	st, err := l.statement(r)
	if err != nil {
		return nil, nil, err
	}
	l.args, err = st.tree.Bind(l.args[:0], l.rd.Values)
	if err != nil {
		return nil, nil, err
	}
	if st.limited {
		limits := find.Limits(r.Options.Limit, r.Options.Offset)
		l.args = append(l.args, limits[:]...)
	}
	if st.nodes != nil {
		l.args = append(l.args, st.nodes.Values...)
		r.Options.related = &st.related
		r.Options.outer = slices.Clone(l.args[:st.nodes.Outer])
	}
	l.args, err = r.Options.bindFilters(l.args, st)
	return st, l.args, err
}

// read hydrates all rows and returns the roots, each once.
func (l *Loader) read(rows driver.Rows, st *statement, o *Options) ([]*managed, *reader, error) {
	return l.roots(rows, st, o, nil)
}

// roots is read; list, where it is not nil, gets the addresses of the roots. To ask all of them once
// more, when everything was read, takes as long as to look each of them up.
func (l *Loader) roots(rows driver.Rows, st *statement, o *Options, list *[]unsafe.Pointer) (roots []*managed, r *reader, err error) {
	defer rows.Close() // also after a panic in user code
	l.unit.BeginRows()
	defer l.unit.EndRows()
	r = newReader(l, st, o)
	r.expect(st.expected())
	if n := st.expected(); n > 0 {
		roots = make([]*managed, 0, n)
	}
	if list != nil {
		*list = make([]unsafe.Pointer, 0, st.expected())
	}
	joined, met, told := len(r.all) > 1, l.unit.Mark(), len(l.Arrived)
	for rows.Next() {
		m, err := r.row(rows, nil)
		if err != nil {
			return nil, nil, err
		}
		if joined && !met.First(m) {
			continue
		}
		if roots = append(roots, m); list != nil {
			*list = append(*list, m.Entity)
		}
	}
	r.finish()
	r.arrange(l.Arrived[told:], roots)
	st.found(len(roots))
	r.learn()
	return roots, r, rows.Close()
}
