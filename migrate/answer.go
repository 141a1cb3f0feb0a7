package migrate

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
)

// classifier gives errors of an engine's handle their class and code.
func classifier(engine driver.Engine) func(error) error {
	c, ok := driver.EngineAs[driver.Classifier](engine)
	return func(err error) error {
		if _, own := errors.AsType[*driver.Error](err); own || !ok {
			return err
		}
		return c.Classify(err)
	}
}

// isAnswer reports an error with which the server refused a statement, as opposed to
// one about the way to it: after the first the statement was not run.
func isAnswer(err error) bool {
	e, ok := errors.AsType[*driver.Error](err)
	return ok && e.Code != "" && !errors.Is(err, driver.ErrConnection)
}

// halfwayRemedy says how to tell how far a file got.
func halfwayRemedy(f *File, r *record) string {
	return fmt.Sprintf("it is not known whether statement %d was run: look at the database, then weft migrate log %d --statements %d when it was, or %d when not",
		r.begun, f.Version, r.begun, r.done)
}
