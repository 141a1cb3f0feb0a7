package driver

import (
	"context"
	"time"
)

// Ended returns why ctx has ended, nil while it has not. A deadline counts from
// its time on: a connection with the same deadline may give up a moment before
// ctx.Err tells. It is a help for those who write drivers.
func Ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return nil
}
