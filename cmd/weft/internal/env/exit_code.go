package env

import "fmt"

// Exit codes of weft.
const (
	// ExitOK: done, or nothing to do.
	ExitOK = 0
	// ExitFailure: it could not be done.
	ExitFailure = 1
	// ExitMistake: flags, arguments or configuration are wrong; nothing was done.
	ExitMistake = 2
	// ExitDifference: a check found a difference.
	ExitDifference = 3
)

// CodeError is an error with the exit code it ends the program with.
type CodeError struct {
	// Code is the exit code.
	Code int
	// Err is the error.
	Err error
}

// Error returns the message of the error.
func (e *CodeError) Error() string { return e.Err.Error() }

// Unwrap gives the error.
func (e *CodeError) Unwrap() error { return e.Err }

// Mistake marks an error as the user's: wrong flags, arguments or configuration.
func Mistake(err error) error { return &CodeError{ExitMistake, err} }

// Mistakef makes an error that is the user's.
func Mistakef(format string, args ...any) error { return Mistake(fmt.Errorf(format, args...)) }

// Difference marks an error as what a check found.
func Difference(err error) error { return &CodeError{ExitDifference, err} }

// ExitCode returns the exit code an error ends the program with. Of several that are
// joined the worst counts: a failure, then a mistake, then a difference.
func ExitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	if coded, ok := err.(*CodeError); ok {
		return coded.Code
	}
	code := ExitOK
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		code = ExitCode(x.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range x.Unwrap() {
			if c := ExitCode(inner); code == ExitOK || c < code {
				code = c
			}
		}
	}
	if code == ExitOK {
		return ExitFailure
	}
	return code
}
