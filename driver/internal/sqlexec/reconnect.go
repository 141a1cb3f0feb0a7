package sqlexec

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
)

// attempts is how many connections are tried for what has changed nothing yet.
const attempts = 3

// again reports that what failed at an attempt failed because its connection was gone, and is to
// be tried on another one.
func again(ctx context.Context, err error, attempt int) bool {
	return isLost(err) && attempt < attempts && ctx.Err() == nil
}

// isLost reports errors of a connection that is gone.
func isLost(err error) bool { return errors.Is(err, sqldriver.ErrBadConn) }

// query runs a query with the parameters in s.params. Outside of a transaction a
// dead connection is replaced: a read can be repeated, a write that returns rows cannot.
func (s *Session) query(ctx context.Context, text string, use Use) (*rows, error) {
	for attempt := 1; ; attempt++ {
		lease, err := s.acquire(ctx, use)
		if err != nil {
			return nil, err
		}
		r, err := s.stream(ctx, lease.Conn, text)
		if err == nil {
			s.keep(r, lease)
			return r, nil
		}
		failure := s.failed(ctx, lease.Conn, err, text)
		s.done(lease)
		if s.opts.Transaction || use == ForWrite || !again(ctx, err, attempt) {
			return nil, failure
		}
	}
}
