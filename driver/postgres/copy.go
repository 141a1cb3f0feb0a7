package postgres

import (
	"bytes"
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
)

// minCopy is the number of rows from which COPY is worth its round trips.
const minCopy = 100

// copies reports an operation that is loaded by COPY.
func copies(op *driver.Op) bool {
	p, ok := op.P.(*sqlexec.Program)
	return ok && op.Load && len(op.Rows) >= minCopy && p.Rows != nil && p.Rows.Copy != nil
}

// copyRows loads the rows of an operation. They are encoded before anything is
// sent: a COPY that ends in the middle fails the transaction.
func (s *session) copyRows(ctx context.Context, index int, op *driver.Op) error {
	form := op.P.(*sqlexec.Program).Rows.Copy
	data, err := form.Append(nil, op.Rows)
	if err != nil {
		return err
	}
	op.Affected, op.Returned, op.Sent = op.Affected[:0], nil, 1
	for attempt := 1; ; attempt++ {
		c, release, err := s.acquire(ctx)
		if err != nil {
			return err
		}
		again := repetition{attempt: attempt, pending: slices.Clone(s.pending)}
		var tag pgconn.CommandTag
		if err = s.flush(ctx, c); err == nil {
			tag, err = c.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(data), form.Text)
		}
		if err == nil {
			release()
			op.Affected = append(op.Affected, tag.RowsAffected())
			return nil
		}
		if s.retry(ctx, c, err, again) {
			release()
			continue
		}
		e := s.failed(ctx, c, err, form.Text)
		e.Op, e.Row = index, -1
		release()
		return e
	}
}
