package driver

import "time"

// Pooled is implemented by engines that keep connections; find it with
// [EngineAs], through whatever wraps them.
type Pooled interface {
	// PoolStats returns the state of each pool of the engine, always in the same order.
	PoolStats() []PoolStats
}

// PoolStats is the state of a pool of connections at one moment.
type PoolStats struct {
	// Name tells the pools of one engine apart: "writer", "replica1"; it is "" where there is only one.
	Name string
	// Max is the greatest number of open connections, 0 when there is no limit.
	Max int
	// Open is the number of connections, those in use and those being opened included.
	Open int
	// Waiting is the number of callers that are being given a connection now; where all of
	// them are in use, they wait.
	Waiting int
	// Idle connections wait to be used, InUse ones are held by sessions or rows; on
	// MongoDB a transaction holds none between its statements.
	Idle, InUse int
	// Waits is how often somebody had to wait for a connection since the engine
	// was opened, Waited how long all of them waited together; it is 0 where the
	// Go driver does not measure it.
	Waits  int64
	Waited time.Duration
}
