package overflow

import (
	"errors"
	"syscall"

	"github.com/weft-orm/weft/driver"
)

// errTorn reports a file that is not what was written.
var errTorn = errors.New("the temporary file of rows is torn")

// Class is the class of an error of a queue.
func Class(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return driver.ErrDiskFull
	}
	return driver.ErrOther
}
