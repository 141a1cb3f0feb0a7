package orm

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// Window says which part of an ordered list FindByCursor returns: the First roots
// behind the cursor After, or the Last ones before the cursor Before. Exactly one of
// First and Last is positive; an empty cursor is the end of the list on that side, and
// both cursors together bound the part on both sides.
type Window struct {
	First  int
	After  string
	Last   int
	Before string
	// Total asks for the number of all roots that match, too.
	Total bool
}

// CursorPage is a part of an ordered list.
type CursorPage[T any] struct {
	// Items are the roots, in the order asked for, whichever side the window is counted from.
	Items []*T
	// Cursors are the places of the items, for the After and Before of other windows.
	Cursors []string
	// HasNext and HasPrev report roots behind and before the items. On the side of a
	// cursor that was given they report true: the list goes on there.
	HasNext, HasPrev bool
	// Total is the number of all roots that match, -1 unless it was asked for.
	Total int64
}

// Start returns the cursor of the first item, "" without items.
func (p *CursorPage[T]) Start() string {
	if len(p.Cursors) == 0 {
		return ""
	}
	return p.Cursors[0]
}

// End returns the cursor of the last item, "" without items.
func (p *CursorPage[T]) End() string {
	if len(p.Cursors) == 0 {
		return ""
	}
	return p.Cursors[len(p.Cursors)-1]
}

// FindByCursor returns the entities that match cond and lie in a window of the
// order, as Find would. Unlike an offset a cursor costs the same wherever it stands,
// and does not shift when rows come and go before it.
//
// The order may hold properties of the root and of to-one targets, nullable ones too;
// the key is appended where it is not total. Cursors are opaque text that holds the
// values of a row: they tell the reader what the order is about. A cursor of another
// order, or one that was made up, is ErrCursor. Limit, Offset and Page are refused.
func FindByCursor[T any](ctx context.Context, em *EntityManager, cond any, w Window, opts ...FindOption) (*CursorPage[T], error) {
	found, err := em.findByCursor(ctx, entityOf[T], cond, w, opts)
	if err != nil {
		return nil, err
	}
	page := &CursorPage[T]{Items: pointersOf[T](found.roots), Cursors: found.cursors, Total: -1}
	page.HasNext, page.HasPrev = found.more, w.After != ""
	if w.Last > 0 {
		page.HasNext, page.HasPrev = w.Before != "", found.more
	} else if w.Before != "" {
		page.HasNext = true
	}
	if w.Last > 0 && w.After != "" {
		page.HasPrev = true
	}
	if w.Total {
		page.Total, err = em.count(ctx, entityOf[T], cond, opts)
	}
	return page, err
}

// window is what was found of a window.
type window struct {
	roots   []*managed
	cursors []string
	// more reports roots beyond those asked for.
	more bool
}

func (w *Window) check(entity string, o *findOptions) error {
	detail := ""
	switch {
	case w.First < 0 || w.Last < 0 || (w.First > 0) == (w.Last > 0):
		detail = "a window has a positive First or a positive Last, and not both"
	case o.limit >= 0 || o.offset >= 0:
		detail = "the window limits the page, not Limit, Offset or Page"
	default:
		return nil
	}
	return &Error{Class: ErrInvalidOption, Op: "find by cursor", Entity: entity, Detail: detail}
}

func (em *EntityManager) findByCursor(ctx context.Context, of lookup, cond any, w Window, opts []FindOption) (*window, error) {
	if err := em.guard.enter("find by cursor"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return nil, err
	}
	if err := w.check(r.meta.Name, &r.opts); err != nil {
		return nil, err
	}
	if err := em.flushBefore(ctx, r); err != nil {
		return nil, err
	}
	r.opts.limit = max(w.First, w.Last) + 1
	if r.opts.strategy == "joined" {
		r.opts.strategy = "balanced" // rows are roots here
	}
	f, l := em.readers(&r.opts)
	found, err := f.window(ctx, r, &w, l)
	if err != nil {
		return nil, err
	}
	return found, em.loadHooks(ctx, f)
}

// window reads the roots of a window, populated.
func (f *finder) window(ctx context.Context, r *request, w *Window, l *populator) (*window, error) {
	st, k, args, err := f.prepareWindow(r, w)
	if err != nil {
		return nil, err
	}
	rows, err := f.scope.Query(ctx, st.program, args)
	if err != nil {
		return nil, err
	}
	found, rd, err := f.readWindow(rows, st, k, &r.opts)
	if err != nil {
		return nil, err
	}
	defer rd.release()
	if w.Last > 0 {
		slices.Reverse(found.roots)
		slices.Reverse(found.cursors)
	}
	return found, l.below(ctx, found.roots, st.nodes.Nodes, rd, &r.opts)
}

// prepareWindow compiles the read of a window. What it looks like depends on the
// NULLs in the cursors; it is not kept.
func (f *finder) prepareWindow(r *request, w *Window) (*statement, *find.Keyset, []any, error) {
	if r.opts.err != nil {
		return nil, nil, nil, r.opts.err
	}
	if err := f.scope.CanLock(r.opts.lock); err != nil {
		return nil, nil, nil, err
	}
	if err := f.restrict(&r.opts); err != nil {
		return nil, nil, nil, err
	}
	env := conditions.Env{Registry: f.db.registry, Entity: r.meta}
	tree, args, err := conditions.Compile(env, r.cond, 0)
	if err != nil {
		return nil, nil, nil, err
	}
	roots, err := r.opts.find(f.db, r.meta, tree, false).Roots()
	if err != nil {
		return nil, nil, nil, err
	}
	limits := find.Limits(r.opts.limit, r.opts.offset)
	args = append(append(args, limits[:]...), roots.Nodes.Values...)
	r.opts.outer = slices.Clone(args[:roots.Nodes.Outer])
	k, err := roots.Keyset(f.db.caps.NullsHigh)
	if err != nil {
		return nil, nil, nil, err
	}
	if args, err = seek(roots.Select, k, w, args); err != nil {
		return nil, nil, nil, err
	}
	st := &statement{tree: tree, limited: true, nodes: roots.Nodes}
	st.root = newSource(f.db, r.meta, roots.Select.Output, nil, st.nodes.Nodes)
	roots.Select.Schema = f.scope.Schema
	if st.filters, err = r.opts.restrictSelect(roots.Select); err != nil {
		return nil, nil, nil, err
	}
	if st.program, err = f.db.engine.Compile(roots.Select); err != nil {
		return nil, nil, nil, err
	}
	args, err = r.opts.bindFilters(args, st)
	return st, k, args, err
}

// seek bounds a query by the cursors of a window and reads the values of cursors.
func seek(sel *qb.Select, k *find.Keyset, w *Window, args []any) ([]any, error) {
	for _, side := range []struct {
		cursor string
		back   bool
	}{{w.After, false}, {w.Before, true}} {
		if side.cursor == "" {
			continue
		}
		values, err := readCursor(k, sel.Entity.Name, side.cursor)
		if err != nil {
			return nil, err
		}
		args = append(args, k.Seek(sel, values, side.back)...)
	}
	if w.Last > 0 {
		sel.OrderBy = k.Reversed()
	}
	sel.Exprs = k.Outputs()
	return args, nil
}

// readWindow hydrates the rows of a window but for the one too many.
func (f *finder) readWindow(rows driver.Rows, st *statement, k *find.Keyset, o *findOptions) (*window, *reader, error) {
	defer rows.Close() // also after a panic in user code
	rd := newReader(f, st, o)
	types := k.Types()
	cells := make([]any, len(types))
	for i := range cells {
		rd.behind = append(rd.behind, &cells[i])
	}
	found := &window{}
	for rows.Next() {
		if found.more = len(found.roots) == o.limit-1; found.more {
			break
		}
		m, err := rd.row(rows, nil)
		for i := 0; err == nil && i < len(cells); i++ {
			cells[i], err = types[i].Decode(cells[i])
		}
		if err != nil {
			return nil, nil, err
		}
		found.roots, found.cursors = append(found.roots, m), append(found.cursors, writeCursor(k, cells))
	}
	rd.finish()
	return found, rd, rows.Close()
}
