package load

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb/find"
)

// streamPage is the number of roots that are read and populated together.
const streamPage = 500

// page is how many roots a stream with these options reads together.
func (o *Options) page() int {
	if o.Page > 0 {
		return o.Page
	}
	return streamPage
}

// Streaming is how a stream hands out what it reads.
type Streaming struct {
	// Yield gets the roots of a page, populated, and returns false to end the stream.
	Yield func([]*unit.Managed) (bool, error)
	// Parted is what the places of entities answer to when the stream has gone on, and
	// Keep reports that none may go at the moment.
	Parted slot.Home
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
type nextPage func() ([]*managed, bool, error)

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
		var roots []*managed
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
	var place []any
	left := r.Options.Limit
	return func() ([]*managed, bool, error) {
		size := r.Options.page()
		if left >= 0 {
			size = min(size, left)
		}
		roots, last, err := l.page(ctx, r, size, place)
		if err != nil {
			return nil, false, err
		}
		place, r.Options.Offset = last, -1
		if left >= 0 {
			left -= len(roots)
		}
		return roots, len(roots) == size && left != 0, nil
	}, nil
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

// page reads the page of roots behind a place, and the place of the last.
func (l *Loader) page(ctx context.Context, r *Request, size int, place []any) (roots []*managed, last []any, err error) {
	r.Options.Limit = size
	st, k, args, err := l.prepareWindow(r, &Window{place: place})
	if err != nil {
		return nil, nil, err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return nil, nil, err
	}
	rd, err := l.readPage(rows, st, k, r.Options, func(m *managed, cells []any) bool {
		roots = append(roots, m)
		last = append(last[:0], cells...)
		return true
	})
	if err != nil {
		return nil, nil, err
	}
	defer rd.release()
	return roots, last, l.below(ctx, roots, st.nodes.Nodes, rd, r.Options)
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
	return func() ([]*managed, bool, error) {
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
		return list, len(keys) > 0, l.Populate(ctx, r.Entity, list, r.Options)
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
	return func() ([]*managed, bool, error) {
		list, err := l.Find(ctx, r)
		return list, false, err
	}, nil
}

// readPage hydrates the rows of a page, with the values that tell their places, until
// take returns false.
func (l *Loader) readPage(rows driver.Rows, st *statement, k *find.Keyset, o *Options, take func(*managed, []any) bool) (*reader, error) {
	defer rows.Close() // also after a panic in user code
	rd := newReader(l, st, o)
	types := k.Types()
	cells := make([]any, len(types))
	for i := range cells {
		rd.behind = append(rd.behind, &cells[i])
	}
	for rows.Next() {
		m, err := rd.row(rows, nil)
		for i := 0; err == nil && i < len(cells); i++ {
			cells[i], err = types[i].Decode(cells[i])
		}
		if err != nil {
			return nil, err
		}
		if !take(m, cells) {
			break
		}
	}
	rd.finish()
	return rd, rows.Close()
}

// Canceled turns the end of a context into an error, where rows are at hand and
// no statement would notice.
func (db *Database) Canceled(ctx context.Context) error {
	if cause := ctx.Err(); cause != nil {
		return &driver.Error{Class: driver.ErrCanceled, Engine: db.Caps.Name, Op: -1, Row: -1, Err: cause}
	}
	return nil
}
