package orm

import (
	"context"
	"math"

	"github.com/weft-orm/weft/orm/internal/load"
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
	em = em.there()
	found, err := em.findByCursor(ctx, entityOf[T], cond, w, opts)
	if err != nil {
		return nil, err
	}
	page := &CursorPage[T]{Items: pointersOf[T](found.Roots), Cursors: found.Cursors, Total: -1}
	page.HasNext, page.HasPrev = found.More, w.After != ""
	if w.Last > 0 {
		page.HasNext, page.HasPrev = w.Before != "", found.More
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

func (w *Window) check(entity string, o *findOptions) error {
	detail := ""
	switch {
	case w.First < 0 || w.Last < 0 || (w.First > 0) == (w.Last > 0):
		detail = "a window has a positive First or a positive Last, and not both"
	case max(w.First, w.Last) == math.MaxInt:
		detail = "a window cannot be that large: one root more is read, to tell whether there are others"
	case o.Limit >= 0 || o.Offset >= 0:
		detail = "the window limits the page, not Limit, Offset or Page"
	default:
		return nil
	}
	return &Error{Class: ErrInvalidOption, Op: "find by cursor", Entity: entity, Detail: detail}
}

func (em *EntityManager) findByCursor(ctx context.Context, of lookup, cond any, w Window, opts []FindOption) (page *load.Page, err error) {
	if err := em.guard.enter("find by cursor"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	r, err := em.request(of, cond, opts)
	if err != nil {
		return nil, err
	}
	ctx, end := em.traced(ctx, "find by cursor", r.Entity.Name)
	defer func() { end(err) }()
	if err := w.check(r.Entity.Name, &r.opts); err != nil {
		return nil, err
	}
	if err := em.flushBefore(ctx, r); err != nil {
		return nil, err
	}
	l := em.reader(&r.opts)
	found, err := l.Window(r.opts.logged(ctx), &r.Request, &load.Window{First: w.First, After: w.After, Last: w.Last, Before: w.Before})
	if err != nil {
		return nil, err
	}
	return found, em.loadHooks(ctx, l)
}
