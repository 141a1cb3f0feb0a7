package load

import (
	"context"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// queryChunk is the number of roots that a stream of a query hands out together.
const queryChunk = 200

// StreamQuery runs a query made by hand chunk by chunk and calls yield with the roots
// of each, until it returns false or an error. The query must not read joined rows.
func (l *Loader) StreamQuery(ctx context.Context, sel *qb.Select, args []any, yield func(driver.Rows, []*unit.Managed) (bool, error)) error {
	st := &statement{root: newSource(l.db, sel.Entity, sel.Output, nil, nil)}
	st.root.doubt(sel.Filters)
	var err error
	if st.program, err = l.db.Compiler.Compile(sel); err != nil {
		return err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	rd := newReader(l, st, l.defaults.Options())
	defer rd.release()
	for {
		if err := l.db.Canceled(ctx); err != nil {
			return err
		}
		var chunk []*managed
		for len(chunk) < queryChunk && rows.Next() {
			m, err := rd.row(rows, nil)
			if err != nil {
				return err
			}
			chunk = append(chunk, m)
		}
		if len(chunk) == 0 {
			return rows.Close()
		}
		if more, err := yield(rows, chunk); err != nil || !more {
			return err
		}
	}
}

// QueryPages is [Loader.Stream] for a query made by hand. It is false, and has read
// nothing, where a page of the query cannot be told by the place of a root: such a query
// is for StreamQuery.
func (l *Loader) QueryPages(ctx context.Context, sel *qb.Select, args []any, s *Streaming) (bool, error) {
	if !pageable(sel) || !sorted(sel) || len(args) != len(sel.Slots) {
		return false, nil
	}
	paged := *sel
	paged.SemiJoin = sel.SemiJoin.Paged()
	paged.OrderBy = find.TotalOrder(slices.Clip(sel.OrderBy), sel.Entity)
	paged.Limit = conditions.Slot(len(sel.Slots))
	paged.Offset = paged.Limit + 1
	paged.Slots = append(slices.Clip(sel.Slots), conditions.SlotInfo{Path: "limit"}, conditions.SlotInfo{Path: "offset"})
	k, err := (&find.Roots{Select: &paged}).Keyset(l.db.Caps.NullsHigh)
	if err != nil {
		return false, nil // an order that is right, but has no places
	}
	paged.Exprs = k.Outputs()
	limits := find.Limits(-1, -1)
	args = append(slices.Clip(args), limits[:]...)
	return true, l.eachPage(ctx, s, func() (nextPage, error) { return l.queryPages(ctx, &paged, args, k), nil })
}

// pageable reports a query whose rows are the roots themselves, each once, and all of them.
func pageable(sel *qb.Select) bool {
	return sel.Roots && len(sel.Entity.Key) > 0 && len(sel.Joins) == 0 && len(sel.Exprs) == 0 && sel.Source == "" && sel.From == nil && sel.Via == nil &&
		!sel.Distinct && len(sel.DistinctOn) == 0 && len(sel.GroupBy) == 0 && sel.Having == nil && len(sel.With) == 0 && len(sel.Union) == 0 &&
		sel.Limit == conditions.NoSlot && sel.Offset == conditions.NoSlot && sel.Lock == (qb.Lock{})
}

// sorted reports an order that the table or an index has already, as far as the mapping
// tells: every page of another one would sort all that is left anew.
func sorted(sel *qb.Select) bool {
	if len(sel.OrderBy) == 0 {
		return true
	}
	f, ok := sel.OrderBy[0].Expr.(qb.FieldExpr)
	if !ok || len(f.Field.Hops) > 0 || f.Field.Property == nil || f.Field.JSON != nil {
		return false
	}
	p, e := f.Field.Property, sel.Entity
	return p == e.Key[0] || p.Unique || len(p.Columns) == 1 && slices.ContainsFunc(e.Indexes, func(i *mapper.Index) bool {
		return len(i.Columns) > 0 && i.Columns[0] == p.Columns[0] && i.Where == "" && i.Expression == "" && !i.Fulltext && i.Document == nil
	})
}

// queryPages returns what reads the pages of a query: behind the place of the last root.
func (l *Loader) queryPages(ctx context.Context, sel *qb.Select, args []any, k *find.Keyset) nextPage {
	p := &paging{read: &windowed{keyset: k}, size: streamPage}
	return func() ([]unsafe.Pointer, bool, error) {
		if p.fits() {
			p.read.sought = k.Values(p.place, false)
		} else if err := l.compilePage(sel, p); err != nil {
			return nil, false, err
		}
		o, size := l.defaults.Options(), p.size
		args[sel.Limit] = int64(size)
		rows, err := l.session.Query(ctx, p.read.program, slices.Concat(args, p.read.sought))
		if err != nil {
			return nil, false, err
		}
		rd := newReader(l, p.read.statement, o)
		defer rd.release()
		list, err := rd.passing(rows, p, nil)
		p.size = o.grown(sel.Entity, list)
		return list, len(list) == size, err
	}
}

// compilePage compiles the page of a query behind a place.
func (l *Loader) compilePage(sel *qb.Select, p *paging) (err error) {
	page, read := *sel, p.read
	if read.sought = nil; p.place != nil {
		read.sought = read.keyset.Seek(&page, p.place, false)
	}
	p.from = p.place
	read.statement = &statement{root: newSource(l.db, page.Entity, page.Output, nil, nil), limited: true}
	read.root.doubt(page.Filters)
	read.program, err = l.db.Compiler.Compile(&page)
	return err
}
