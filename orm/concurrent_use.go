package orm

import (
	"sync"
	"sync/atomic"
)

// guard notices when two goroutines use a manager at once. It costs one atomic
// operation and cannot see every race; it never causes one.
type guard struct {
	busy atomic.Bool
	// shared is held during an operation by managers that many goroutines use; nil for others.
	shared *sync.Mutex
	// fault is a mistake in the options of the manager, which refuses to work then.
	fault error
}

func (g *guard) enter(op string) error {
	if g.fault != nil {
		return g.fault
	}
	if g.shared != nil {
		g.shared.Lock()
		g.busy.Store(true)
		return nil
	}
	if g.busy.CompareAndSwap(false, true) {
		return nil
	}
	return &Error{Class: ErrConcurrentUse, Op: op, Detail: "fork a manager for each goroutine"}
}

func (g *guard) leave() {
	g.busy.Store(false)
	if g.shared != nil {
		g.shared.Unlock()
	}
}

// again goes on with an operation after user code ran in the middle of it.
func (g *guard) again() {
	if g.shared != nil {
		g.shared.Lock()
	}
	g.busy.Store(true)
}

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
	defer g.again()
	return f()
}
