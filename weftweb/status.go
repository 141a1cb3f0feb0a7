package weftweb

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
)

// StatusClientClosed is the status of a request whose client did not wait for the
// answer. Nobody sees it but logs.
const StatusClientClosed = 499

// classes gives classes of errors their status; the first that matches counts.
var classes = []struct {
	status int
	class  []error
}{
	// The work is done, or may be: no client should try again.
	{http.StatusInternalServerError, []error{orm.ErrCommitUnknown, orm.ErrUnresolved, orm.ErrAfterCommit, orm.ErrAfterFlush}},
	// It may work the next time.
	{http.StatusServiceUnavailable, []error{
		context.DeadlineExceeded, orm.ErrConnection, orm.ErrDeadlock, orm.ErrSerialization, orm.ErrLockTimeout, orm.ErrReadOnly,
	}},
	{StatusClientClosed, []error{orm.ErrCanceled, context.Canceled}},
	{http.StatusNotFound, []error{orm.ErrNotFound}},
	{http.StatusForbidden, []error{orm.ErrGuarded}},
	{http.StatusConflict, []error{orm.ErrOptimisticLock, orm.ErrUniqueViolation, orm.ErrForeignKeyViolation}},
	{http.StatusBadRequest, []error{orm.ErrPolicy, orm.ErrCursor}},
	{http.StatusUnprocessableEntity, []error{
		orm.ErrNotAllowed, orm.ErrRequired, orm.ErrValue, orm.ErrOutOfRange, orm.ErrNotNullViolation, orm.ErrCheckViolation,
	}},
}

// Status says which HTTP status an error is: that of a [Fail], else by the class of the
// error, else 500. A nil error is 200. Mistakes of the program, unknown properties in
// its conditions for instance, are 500; the same in a condition of FromJSON is 400.
func Status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	if _, ok := errors.AsType[*PanicError](err); ok {
		return http.StatusInternalServerError
	}
	if e, ok := errors.AsType[*HTTPError](err); ok {
		return e.Status
	}
	if e, ok := errors.AsType[*conditions.Error](err); ok && e.Step == "json" {
		return http.StatusBadRequest
	}
	for _, c := range classes {
		for _, class := range c.class {
			if errors.Is(err, class) {
				return stays(err, c.status)
			}
		}
	}
	return ofInput(err)
}

// stays is the status of an error that leaves a part of its work behind: no client should
// try again what it may have done.
func stays(err error, status int) int {
	if _, ok := errors.AsType[*orm.PartialFlushError](err); ok && status == http.StatusServiceUnavailable {
		return http.StatusInternalServerError
	}
	return status
}

// ofInput is the status of what reading a body may give.
func ofInput(err error) int {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge
	}
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	if syntax || kind || errors.Is(err, io.ErrUnexpectedEOF) {
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// answer tells the client of an error, and the log of what the client is not told.
func (c *config) answer(w http.ResponseWriter, r *http.Request, err error) {
	status := 0
	if c.status != nil {
		status = c.status(err)
	}
	if status == 0 {
		status = Status(err)
	}
	if status >= http.StatusInternalServerError {
		c.report(r, err)
	}
	h := w.Header() // of an answer that is not given
	for _, name := range []string{"Content-Length", "Content-Encoding", "Etag", "Last-Modified", "Cache-Control", "Location"} {
		h.Del(name)
	}
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	respond := c.respond
	if respond == nil {
		respond = WriteProblem
	}
	respond(w, r, status, err)
}
