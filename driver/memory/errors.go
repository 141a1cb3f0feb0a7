package memory

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
)

var errEnded = errors.New("the session has ended")

// failure returns an error of a class.
func failure(class error, format string, args ...any) *driver.Error {
	e := &driver.Error{Class: class, Engine: caps.Name, Err: fmt.Errorf(format, args...)}
	return e.At("", -1, -1)
}

func unsupported(format string, args ...any) error {
	return failure(driver.ErrUnsupported, format, args...)
}

// canceled turns the end of a context into an error.
func canceled(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &driver.Error{Class: driver.ErrCanceled, Engine: caps.Name, Op: -1, Row: -1, Err: err}
	}
	return nil
}
