package driver

import "context"

// Pinger is implemented by engines that can find out whether the database answers;
// find it with [EngineAs]. One that does not, with a context that has not ended, is
// an [ErrConnection].
type Pinger interface {
	Ping(ctx context.Context) error
}
