package load

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/qb"
)

// streamChunk is how many roots a query made by hand gives at a time.
const streamChunk = 100

// StreamQuery runs a query made by hand chunk by chunk and calls yield with the roots
// of each, until it returns false or an error. The query must not read joined rows.
func (l *Loader) StreamQuery(ctx context.Context, sel *qb.Select, args []any, yield func(driver.Rows, []*unit.Managed) (bool, error)) error {
	st := &statement{root: newSource(l.db, sel.Entity, sel.Output, nil, nil)}
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
		for len(chunk) < streamChunk && rows.Next() {
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
