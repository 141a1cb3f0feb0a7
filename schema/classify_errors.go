package schema

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
)

// told gives the error of a call the class that the engine knows it by, and that of an ended
// context where it is what ended the call. It is deferred, with the call's result.
func told(ctx context.Context, t Target, result *error) {
	err := *result
	if err == nil || errors.Is(err, ErrArgument) {
		return
	}
	classifier, ok := driver.EngineAs[driver.Classifier](t.Engine())
	if !ok {
		return
	}
	if failed, ok := errors.AsType[*StatementError](err); ok && failed.Err != nil && !isClassified(failed.Err) {
		failed.Err = classifier.Classify(failed.Err)
	}
	cause := driver.Ended(ctx)
	if cause == nil || errors.Is(err, cause) && errors.Is(err, driver.ErrCanceled) {
		return
	}
	class := classifier.Classify(err)
	for _, c := range []error{driver.ErrCanceled, driver.ErrConnection, driver.ErrLockTimeout} {
		if errors.Is(err, cause) || errors.Is(class, c) {
			*result = &endedError{err, cause}
			return
		}
	}
}

func isClassified(err error) bool {
	_, ok := errors.AsType[*driver.Error](err)
	return ok
}

// endedError is a call that its context has ended, whatever the engine says of it.
type endedError struct{ err, cause error }

// Error says what the call was at.
func (e *endedError) Error() string {
	if errors.Is(e.err, e.cause) {
		return e.err.Error()
	}
	return e.cause.Error() + ": " + e.err.Error()
}

// Unwrap gives the class, the end of the context, and the error of the engine.
func (e *endedError) Unwrap() []error { return []error{driver.ErrCanceled, e.cause, e.err} }
