package load

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/fault"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// streamChunk is the number of roots that are read and populated together.
const streamChunk = 200

// Stream runs a request chunk by chunk and calls yield with the roots of each,
// populated, until it returns false or an error.
func (l *Loader) Stream(ctx context.Context, r *Request, yield func(driver.Rows, []*unit.Managed) (bool, error)) error {
	st, args, err := l.prepare(r)
	if err != nil || r.Options.Limit == 0 {
		return err
	}
	rows, err := l.session.Query(ctx, st.program, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	rd := newReader(l, st, r.Options)
	defer rd.release()
	if len(rd.all) > 1 {
		return &fault.Error{Class: fault.ErrInvalidOption, Op: "stream", Entity: r.Entity.Name, Detail: "joined populate holds all rows; use select-in"}
	}
	if rd.root.together = !rd.root.src.hydrator.Polymorphic(); rd.root.together {
		rd.root.fresh.Streamed(r.Entity)
	}
	for {
		if err := l.db.Canceled(ctx); err != nil {
			return err
		}
		chunk := make([]*managed, 0, streamChunk)
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
		if err := l.below(ctx, chunk, st.nodes.Nodes, rd, r.Options); err != nil {
			return err
		}
		if more, err := yield(rows, chunk); err != nil || !more {
			return err
		}
	}
}

// Canceled turns the end of a context into an error, where rows are at hand and
// no statement would notice.
func (db *Database) Canceled(ctx context.Context) error {
	if cause := ctx.Err(); cause != nil {
		return &driver.Error{Class: driver.ErrCanceled, Engine: db.Caps.Name, Op: -1, Row: -1, Err: cause}
	}
	return nil
}
