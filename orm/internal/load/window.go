package load

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// Window says which part of an ordered list is read: the First roots behind the
// cursor After, or the Last ones before the cursor Before.
type Window struct {
	First  int
	After  string
	Last   int
	Before string
	// place is After as values.
	place []any
}

// Page is what was found of a window.
type Page struct {
	Roots   []*unit.Managed
	Cursors []string
	// More reports roots beyond those asked for.
	More bool
}

// Window reads the roots of a window, populated.
func (l *Loader) Window(ctx context.Context, r *Request, w *Window) (*Page, error) {
	r.Options.Limit = max(w.First, w.Last) + 1
	if r.Options.Strategy == "joined" {
		r.Options.Strategy = "balanced" // rows are roots here
	}
	st, k, args, err := l.prepareWindow(r, w)
	if err != nil {
		return nil, err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return nil, err
	}
	found, rd, err := l.readWindow(rows, st, k, r.Options)
	if err != nil {
		return nil, err
	}
	defer rd.release()
	if w.Last > 0 {
		slices.Reverse(found.Roots)
		slices.Reverse(found.Cursors)
	}
	return found, l.below(ctx, found.Roots, st.nodes.Nodes, rd, r.Options)
}

// prepareWindow compiles the read of a window. What it looks like depends on the
// NULLs in the cursors; it is not kept.
func (l *Loader) prepareWindow(r *Request, w *Window) (*statement, *find.Keyset, []any, error) {
	if err := r.Options.restrict(); err != nil {
		return nil, nil, nil, err
	}
	env := conditions.Env{Registry: l.db.Registry, Entity: r.Entity}
	tree, args, err := conditions.Compile(env, r.Cond, 0)
	if err != nil {
		return nil, nil, nil, err
	}
	roots, err := r.Options.find(l.db, r.Entity, tree, false).Roots()
	if err != nil {
		return nil, nil, nil, err
	}
	limits := find.Limits(r.Options.Limit, r.Options.Offset)
	args = append(append(args, limits[:]...), roots.Nodes.Values...)
	r.Options.outer = slices.Clone(args[:roots.Nodes.Outer])
	k, err := roots.Keyset(l.db.Caps.NullsHigh)
	if err != nil {
		return nil, nil, nil, err
	}
	if args, err = seek(roots.Select, k, w, args); err != nil {
		return nil, nil, nil, err
	}
	st := &statement{tree: tree, limited: true, nodes: roots.Nodes}
	st.root = newSource(l.db, r.Entity, roots.Select.Output, nil, st.nodes.Nodes)
	if err = r.Options.restrictSelect(roots.Select, st); err != nil {
		return nil, nil, nil, err
	}
	st.root.doubt(roots.Select.Filters)
	if st.program, err = l.db.Compiler.Compile(roots.Select); err != nil {
		return nil, nil, nil, err
	}
	args, err = r.Options.bindFilters(args, st)
	return st, k, args, err
}

// seek bounds a query by the cursors of a window and reads the values of cursors.
func seek(sel *qb.Select, k *find.Keyset, w *Window, args []any) ([]any, error) {
	if w.place != nil {
		args = append(args, k.Seek(sel, w.place, false)...)
	}
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
func (l *Loader) readWindow(rows driver.Rows, st *statement, k *find.Keyset, o *Options) (*Page, *reader, error) {
	found := &Page{}
	rd, err := l.readPage(rows, st, k, o, func(m *managed, cells []any) bool {
		if found.More = len(found.Roots) == o.Limit-1; found.More {
			return false
		}
		found.Roots, found.Cursors = append(found.Roots, m), append(found.Cursors, writeCursor(k, cells))
		return true
	})
	return found, rd, err
}
