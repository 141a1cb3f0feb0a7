package weftweb

import (
	"fmt"
	"net/http"
)

// HTTPError is an error with a status of its own, made by [Fail]. Message is shown to
// the client; Err, which may be nil, is not, and errors.Is finds it.
type HTTPError struct {
	Status  int
	Message string
	Err     error
}

// Fail returns an error that is answered with status and message: Fail(403, "not your
// order"). What else it is about may be wrapped.
func Fail(status int, message string, wrapped ...error) *HTTPError {
	e := &HTTPError{Status: status, Message: message}
	if len(wrapped) > 0 {
		e.Err = wrapped[0]
	}
	return e
}

// Error returns "403 Forbidden: not your order".
func (e *HTTPError) Error() string {
	s := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the wrapped error.
func (e *HTTPError) Unwrap() error { return e.Err }

// PanicError is a panic of a handler. It is a 500 whatever was panicked with.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns "panic: " and the value.
func (e *PanicError) Error() string { return fmt.Sprint("panic: ", e.Value) }
