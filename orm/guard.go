package orm

import "sync/atomic"

// guard notices when two goroutines use a manager at once. It costs one atomic
// operation and cannot see every race; it never causes one.
type guard struct {
	busy atomic.Bool
	// fault is a mistake in the options of the manager, which refuses to work then.
	fault error
}

func (g *guard) enter(op string) error {
	if g.fault != nil {
		return g.fault
	}
	if g.busy.CompareAndSwap(false, true) {
		return nil
	}
	return &Error{Class: ErrConcurrentUse, Op: op, Detail: "fork a manager for each goroutine"}
}

func (g *guard) leave() { g.busy.Store(false) }

// aside is outside for callers that need not be in an operation.
func (g *guard) aside(f func() error) error {
	if !g.busy.Load() {
		return f()
	}
	return g.outside(f)
}

// outside runs user code in the middle of an operation; it may use the manager.
func (g *guard) outside(f func() error) error {
	g.leave()
	defer g.busy.Store(true)
	return f()
}
