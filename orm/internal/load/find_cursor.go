package load

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
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
	c, err := l.compileWindow(r, w)
	if err != nil {
		return nil, err
	}
	rows, err := l.queryWindow(ctx, c, r.Options)
	if err != nil {
		return nil, err
	}
	found, rd, err := l.readWindow(rows, c, r.Options)
	if err != nil {
		return nil, err
	}
	defer rd.release()
	if w.Last > 0 {
		slices.Reverse(found.Roots)
		slices.Reverse(found.Cursors)
	}
	return found, l.below(ctx, found.Roots, c.nodes.Nodes, rd, r.Options)
}

// windowed is the compiled read of a window.
type windowed struct {
	*statement
	keyset *find.Keyset
	// values are those of the condition, sought those of the cursors.
	values, sought []any
}

// compileWindow compiles the read of a window. What it looks like depends on the
// NULLs in the cursors; it is not kept.
func (l *Loader) compileWindow(r *Request, w *Window) (*windowed, error) {
	if err := r.Options.restrict(); err != nil {
		return nil, err
	}
	env := conditions.Env{Registry: l.db.Registry, Entity: r.Entity}
	tree, values, err := conditions.Compile(env, r.Cond, 0)
	if err != nil {
		return nil, err
	}
	roots, err := r.Options.find(l.db, r.Entity, tree, false).Roots()
	if err != nil {
		return nil, err
	}
	c := &windowed{statement: &statement{tree: tree, limited: true, nodes: roots.Nodes}, values: values}
	if c.keyset, err = roots.Keyset(l.db.Caps.NullsHigh); err != nil {
		return nil, err
	}
	if c.sought, err = seek(roots.Select, c.keyset, w); err != nil {
		return nil, err
	}
	c.root = newSource(l.db, r.Entity, roots.Select.Output, nil, c.nodes.Nodes)
	if err = r.Options.restrictSelect(roots.Select, c.statement); err != nil {
		return nil, err
	}
	c.root.doubt(roots.Select.Filters)
	c.program, err = l.db.Compiler.Compile(roots.Select)
	return c, err
}

// queryWindow runs the read of a window.
func (l *Loader) queryWindow(ctx context.Context, c *windowed, o *Options) (driver.Rows, error) {
	limits := find.Limits(o.Limit, o.Offset)
	args := slices.Concat(c.values, limits[:], c.nodes.Values)
	o.outer = args[:c.nodes.Outer:c.nodes.Outer]
	args, err := o.bindFilters(append(args, c.sought...), c.statement)
	if err != nil {
		return nil, err
	}
	return l.session.Query(ctx, c.program, args)
}

// seek bounds a query by the cursors of a window and returns the values of these.
func seek(sel *qb.Select, k *find.Keyset, w *Window) (args []any, err error) {
	if w.place != nil {
		args = k.Seek(sel, w.place, false)
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
func (l *Loader) readWindow(rows driver.Rows, c *windowed, o *Options) (*Page, *reader, error) {
	found, place := &Page{}, mapper.NewPlaceRow(c.keyset.Types())
	rd := newReader(l, c.statement, o)
	rd.expect(0)
	err := rd.page(rows, place, func(m *managed) bool {
		if found.More = len(found.Roots) == o.Limit-1; found.More {
			return false
		}
		found.Roots, found.Cursors = append(found.Roots, m), append(found.Cursors, writeCursor(c.keyset, place.AppendTo(nil)))
		return true
	})
	return found, rd, err
}
