// Package faults holds what a unit of work must survive: connections cut before,
// during and after a COMMIT, servers that restart or answer late, deadlocks, an
// exhausted pool, and contexts that end in the middle. After each fault the error
// has its class, nothing is half written, the unit is as it was and can be flushed
// again, and no connection or goroutine is left behind.
package faults
