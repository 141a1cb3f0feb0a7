package entities

import (
	"errors"
	"fmt"
)

var (
	// ErrOption reports options that contradict each other or name what is not there.
	ErrOption = errors.New("wrong option")
	// ErrEngine reports an engine whose schema cannot be read.
	ErrEngine = errors.New("its schema cannot be read")
	// ErrNothing reports a database without a table or view to map.
	ErrNothing = errors.New("no table or view to map")
	// ErrEdited reports a generated file that was changed by hand.
	ErrEdited = errors.New("was changed by hand")
	// ErrStale reports files that --check found not to be what the database says.
	ErrStale = errors.New("not up to date; run weft entities")
)

func optionError(format string, args ...any) error {
	return fmt.Errorf("entities: %w: %s", ErrOption, fmt.Sprintf(format, args...))
}
