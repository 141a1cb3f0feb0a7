package migrate

import (
	"context"
	stddriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
)

// isAnswer reports an error that the server sent, as opposed to one about the way to
// it: after the first the statement was not run.
func isAnswer(err error) bool {
	var network net.Error
	switch {
	case errors.Is(err, stddriver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, net.ErrClosed),
		errors.As(err, &network):
		return false
	}
	return hasCode(err)
}

// hasCode reports an error type of a driver that carries the server's code: pgx's has
// a method SQLState, MySQL's answers to errors.Is with its own kind by number.
func hasCode(err error) bool {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return true
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if fmt.Sprintf("%T", e) == "*mysql.MySQLError" {
			return true
		}
	}
	return false
}

func halfwayRemedy(f *File, r *record) string {
	return fmt.Sprintf("it is not known whether statement %d was run: look at the database, then weft migrate log %d --statements %d when it was, or %d when not",
		r.begun, f.Version, r.begun, r.done)
}
