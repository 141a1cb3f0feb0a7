package weftweb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// HandlerFunc is a handler that may return an error, which is answered as [Error] does.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP implements http.Handler.
func (f HandlerFunc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := f(w, r); err != nil {
		Error(w, r, err)
	}
}

// JSON is a handler that returns what is answered as JSON, after the unit of work was
// written: a value with status 200, nil with 204, an [Answer] with the status it says.
// Keys that the database makes are in entities once they are flushed: a handler that copies
// them into its value calls Flush itself before.
type JSON func(ctx context.Context, r *http.Request) (any, error)

// Answer is a value with a status and headers of its own, for [JSON]. Status 0 is 200,
// or 204 where Body is nil.
type Answer struct {
	Status int
	Header http.Header
	Body   any
}

// ServeHTTP implements http.Handler.
func (f JSON) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v, err := f(r.Context(), r)
	answer, ok := v.(Answer)
	if !ok {
		answer = Answer{Body: v}
	}
	if err == nil && answer.Status < http.StatusBadRequest {
		err = store(r)
	}
	if err != nil {
		Error(w, r, err)
		return
	}
	answer.write(w, r)
}

// store writes the unit of work of r, if the middleware made one.
func store(r *http.Request) error {
	if u, ok := r.Context().Value(unitKey{}).(*unit); ok && !u.w.began {
		return u.settle(true)
	}
	return nil
}

func (a Answer) write(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	if a.Body != nil {
		if err := json.NewEncoder(&body).Encode(a.Body); err != nil {
			Error(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
	}
	for name, values := range a.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	switch {
	case a.Status != 0:
	case a.Body == nil:
		a.Status = http.StatusNoContent
	default:
		a.Status = http.StatusOK
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(body.Bytes()) // the client is gone when this fails
}

// Error answers with the status and the description of err, as the options of the
// middleware say, and gives up what the request changed. Once an answer has begun it
// cannot be taken back: the connection is cut then when the handler returns.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	u, ok := r.Context().Value(unitKey{}).(*unit)
	switch {
	case !ok:
		(&config{}).answer(w, r, err)
	case u.w.began:
		u.late = errors.Join(u.late, err)
	default:
		u.config.answer(w, r, err)
	}
}

// maxBody is the longest body that ReadJSON takes.
const maxBody = 1 << 20

// ReadJSON reads the body of r, one JSON value of at most one megabyte. Whole numbers
// in maps and other open types keep all their digits, as json.Number. A member that T has no
// field for is refused, so that nobody stores less than was sent. An error is answered with
// 400, or 413.
func ReadJSON[T any](r *http.Request) (T, error) {
	var v T
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	d.UseNumber()
	d.DisallowUnknownFields()
	err := d.Decode(&v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("more than one value")
		}
	}
	if err == nil {
		return v, nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok { // it has no type of its own
		return v, Fail(http.StatusBadRequest, "there is no member "+name, err)
	}
	if status := ofInput(err); status != http.StatusInternalServerError {
		return v, Fail(status, "the body is no such JSON", err)
	}
	return v, Fail(http.StatusBadRequest, "the body is no such JSON", err)
}
