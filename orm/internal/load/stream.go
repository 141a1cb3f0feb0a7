package load

import (
	"context"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb/find"
)

// Streaming is how a stream hands out what it reads.
type Streaming struct {
	// Yield gets the addresses of the roots of a page, populated, and returns false to end
	// the stream.
	Yield func([]unsafe.Pointer) (bool, error)
	// Parted is what the places of entities answer to when the stream has gone on, and
	// Keep reports that none may go at the moment.
	Parted *slot.Manager
	Keep   func() bool
}

// Stream reads the roots of a request page by page. A page is a query of its own, with
// the place of the last root in the order as its condition, so that neither rows nor a
// connection are held while the user works: any number of streams, and the statements
// between their pages, need no more connections than there are. Where the order has no
// such places the keys of all roots are read first.
func (l *Loader) Stream(ctx context.Context, r *Request, s *Streaming) error {
	if r.Options.Limit == 0 {
		return nil
	}
	if r.Options.Strategy == "joined" {
		r.Options.Strategy = "balanced" // rows are roots here
	}
	return l.eachPage(ctx, s, func() (nextPage, error) { return l.pages(ctx, r) })
}

// nextPage reads the next page: its roots, and whether there may be more.
type nextPage func() ([]unsafe.Pointer, bool, error)

// eachPage hands out page by page, and lets go of what has passed.
func (l *Loader) eachPage(ctx context.Context, s *Streaming, pages func() (nextPage, error)) error {
	passing := l.unit.Pass()
	next, err := pages()
	if err != nil {
		return err
	}
	for {
		if err := l.db.Canceled(ctx); err != nil {
			return err
		}
		var roots []unsafe.Pointer
		var more bool
		if err := passing.Read(func() (err error) { roots, more, err = next(); return err }); err != nil {
			return err
		}
		if len(roots) == 0 && !more {
			return nil
		}
		if goOn, err := s.Yield(roots); err != nil || !goOn || !more {
			return err
		}
		switch {
		case l.unit.IsReadOnly():
			l.unit.Clear(l.unit.Home(), nil)
		case !s.Keep():
			passing.Release(s.Parted)
		}
	}
}

// pages returns what reads the pages of a request.
func (l *Loader) pages(ctx context.Context, r *Request) (nextPage, error) {
	k, err := l.keyset(r)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return l.byKeys(ctx, r)
	}
	r.Options.SemiJoin = r.Options.SemiJoin.Paged()
	p := &paging{size: r.Options.page()}
	left := r.Options.Limit
	return func() ([]unsafe.Pointer, bool, error) {
		size := p.size
		if left >= 0 {
			size = min(size, left)
		}
		r.Options.Limit = size
		roots, err := l.page(ctx, r, p)
		if err != nil {
			return nil, false, err
		}
		if r.Options.Offset = -1; len(p.read.nodes.Nodes) == 0 {
			p.size = r.Options.grown(r.Entity, roots)
		}
		if left >= 0 {
			left -= len(roots)
		}
		return roots, len(roots) == size && left != 0, nil
	}, nil
}

// paging is where a stream stands in its order.
type paging struct {
	// place are the values of the last root, nil before the first.
	place []any
	// read reads the page behind a place, from is the one it was compiled for.
	read *windowed
	from []any
	// rows is how many the last page had, size how many the next one may have.
	rows, size int
}

// fits reports that the compiled read will do for the place, too.
func (p *paging) fits() bool {
	return p.read != nil && p.from != nil && slices.EqualFunc(p.from, p.place, func(a, b any) bool { return (a == nil) == (b == nil) })
}

// keyset returns the places of the order of a request, nil where it has none.
func (l *Loader) keyset(r *Request) (*find.Keyset, error) {
	o := *r.Options
	o.Limit = streamPage
	roots, err := o.find(l.db, r.Entity, nil, false).Roots()
	if err != nil || len(r.Entity.Key) == 0 {
		return nil, err
	}
	k, err := roots.Keyset(l.db.Caps.NullsHigh)
	if err != nil || !sorted(roots.Select) && !infers(r.Options) {
		return nil, nil // the order is right, or Roots had refused it
	}
	return k, nil
}

// page reads the page of roots behind a place, which becomes that of the last.
func (l *Loader) page(ctx context.Context, r *Request, p *paging) (_ []unsafe.Pointer, err error) {
	if p.fits() {
		p.read.sought = p.read.keyset.Values(p.place, false)
	} else {
		if p.read, err = l.compileWindow(r, &Window{place: p.place}); err != nil {
			return nil, err
		}
		p.from = p.place
	}
	rows, err := l.queryWindow(ctx, p.read, r.Options)
	if err != nil {
		return nil, err
	}
	rd := newReader(l, p.read.statement, r.Options)
	defer rd.release()
	if len(p.read.nodes.Nodes) == 0 {
		return rd.passing(rows, p, nil)
	}
	var roots []*managed
	list, err := rd.passing(rows, p, &roots)
	if err != nil {
		return nil, err
	}
	return list, l.below(ctx, roots, p.read.nodes.Nodes, rd, r.Options)
}

// passing hydrates a page of a stream and returns the addresses of its roots. Their places
// are added to places, unless that is nil.
func (r *reader) passing(rows driver.Rows, p *paging, places *[]*managed) ([]unsafe.Pointer, error) {
	if r.pass(p.rows); places == nil {
		r.unplaced()
	}
	list := make([]unsafe.Pointer, 0, p.rows)
	place := mapper.NewPlaceRow(p.read.keyset.Types())
	err := r.page(rows, place, func(m *managed) bool {
		if list = append(list, m.Entity); places != nil {
			*places = append(*places, m)
		}
		return true
	})
	if p.rows = len(list); p.rows > 0 {
		p.place = place.AppendTo(nil)
	}
	return list, err
}

// infers reports populate hints that take their conditions from that of the roots.
func infers(o *Options) bool {
	return o.PopulateWhere == populate.Infer || slices.ContainsFunc(o.Populate, func(h populate.Hint) bool { return h.Where == populate.Infer || h.Path == "$infer" })
}

// byKeys reads the keys of all roots, and returns what reads the next page of them.
func (l *Loader) byKeys(ctx context.Context, r *Request) (nextPage, error) {
	if len(r.Entity.Key) == 0 {
		return l.whole(ctx, r)
	}
	if infers(r.Options) {
		return nil, &fault.Error{Class: fault.ErrInvalidOption, Op: "stream", Entity: r.Entity.Name,
			Detail: "in an order that no cursor can stand in nothing can be inferred from the condition; order by properties of the root and of to-one targets"}
	}
	keys, err := l.keys(ctx, r)
	if err != nil {
		return nil, err
	}
	plan, err := r.Options.find(l.db, r.Entity, nil, false).Roots()
	if err != nil {
		return nil, err
	}
	node := &populate.Node{Relation: selfRelation(r.Entity), Fields: plan.Select.Output, Limit: -1, Offset: -1}
	return func() ([]unsafe.Pointer, bool, error) {
		page := keys[:min(r.Options.page(), len(keys))]
		keys = keys[len(page):]
		list := make([]*managed, len(page))
		for i, key := range page {
			list[i] = l.unit.Entry(r.Entity, key)
		}
		rd, err := l.byKey(ctx, list, node, r.Options)
		rd.release()
		if err != nil {
			return nil, false, err
		}
		list = present(list) // what was deleted meanwhile is left out
		err = l.Populate(ctx, r.Entity, list, r.Options)
		return unit.Addresses(list), len(keys) > 0, err
	}, nil
}

// keys reads the keys of all roots in order, and nothing else.
func (l *Loader) keys(ctx context.Context, r *Request) (keys []any, err error) {
	o := *r.Options
	o.Populate, o.PopulateWhere, o.Fields = nil, nil, nil
	for _, p := range r.Entity.Key {
		o.Fields = append(o.Fields, p.Path)
	}
	scratch := New(l.db, l.unit.Scratch(), l.session, l.defaults)
	st, args, err := scratch.prepare(&Request{Entity: r.Entity, Cond: r.Cond, Options: &o})
	if err != nil {
		return nil, err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // also after a panic in user code
	rd := newReader(scratch, st, &o)
	defer rd.release()
	for rows.Next() {
		m, err := rd.row(rows, nil)
		if err != nil {
			return nil, err
		}
		if keys = append(keys, m.Key); len(keys)%streamPage == 0 {
			scratch.unit.Clear(nil, nil)
		}
	}
	return keys, rows.Close()
}

// whole reads all rows of an entity that has no key, which nothing can tell apart.
func (l *Loader) whole(ctx context.Context, r *Request) (nextPage, error) {
	return func() ([]unsafe.Pointer, bool, error) {
		list, err := l.Entities(ctx, r)
		return list, false, err
	}, nil
}

// page hydrates the rows of a page, with the values that tell their places, until take
// returns false.
func (r *reader) page(rows driver.Rows, place *mapper.PlaceRow, take func(*managed) bool) error {
	defer rows.Close() // also after a panic in user code
	r.behind = place.Targets()
	for rows.Next() {
		m, err := r.row(rows, nil)
		if err != nil {
			return err
		}
		if !take(m) {
			break
		}
	}
	r.finish()
	return rows.Close()
}

// Canceled turns the end of a context into an error, where rows are at hand and
// no statement would notice.
func (db *Database) Canceled(ctx context.Context) error {
	if cause := ctx.Err(); cause != nil {
		return &driver.Error{Class: driver.ErrCanceled, Engine: db.Caps.Name, Op: -1, Row: -1, Err: cause}
	}
	return nil
}
