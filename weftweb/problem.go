package weftweb

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
)

// Problem is an answer to an error, as RFC 9457 describes it.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	// Detail is the message of a [Fail], or "".
	Detail string `json:"detail,omitempty"`
	// Errors are the properties at fault, of statuses below 500.
	Errors []FieldError `json:"errors,omitempty"`
}

// FieldError is a property at fault. Path is its path from the entity, or in the JSON of
// a condition; Message is the class of the error, which holds no value.
type FieldError struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// ProblemOf describes err for clients: its class, its properties and what [Fail] was
// told, never the text of an engine, which may quote values of other people's rows.
func ProblemOf(status int, err error) Problem {
	p := Problem{Title: http.StatusText(status), Status: status}
	if p.Title == "" {
		p.Title = "Client Closed Request"
	}
	if e, ok := errors.AsType[*HTTPError](err); ok {
		p.Detail = e.Message
	}
	if status < http.StatusInternalServerError {
		p.collect(err)
	}
	return p
}

// collect adds the properties that err is about.
func (p *Problem) collect(err error) {
	switch e := err.(type) {
	case *orm.Error:
		if e.Path != "" {
			class := e.Class
			if errors.Is(e, orm.ErrRequired) {
				class = orm.ErrRequired
			}
			p.add(e.Path, class.Error())
			return
		}
	case *orm.ConstraintError:
		message := "constraint violated"
		for _, class := range []error{
			orm.ErrUniqueViolation, orm.ErrForeignKeyViolation, orm.ErrNotNullViolation, orm.ErrCheckViolation, orm.ErrOutOfRange,
		} {
			if errors.Is(e, class) {
				message = class.Error()
			}
		}
		for _, path := range e.Properties {
			p.add(path, message)
		}
		return
	case *conditions.Error:
		path := e.Pointer()
		if path == "" {
			path = e.Path // of a key that stands alone
		}
		p.add(path, e.Class.Error())
		return
	}
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			p.collect(inner)
		}
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			p.collect(inner)
		}
	}
}

func (p *Problem) add(path, message string) {
	p.Errors = append(p.Errors, FieldError{path, message})
}

// WriteProblem answers with the [Problem] of err as application/problem+json.
func WriteProblem(w http.ResponseWriter, _ *http.Request, status int, err error) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(ProblemOf(status, err)) // the client is gone when this fails
}
