package driver

import "errors"

// Gate remembers the failures of a transaction and refuses what must not be sent
// after them, by the rules documented at [Session]. The zero Gate is open. It is
// a help for those who write drivers.
type Gate struct {
	state gateState
	cause error
}

type gateState uint8

const (
	gateOpen gateState = iota
	gateFailed
	gateDoomed
)

// Check returns nil while the transaction can go on, else an error that matches
// ErrDoomed and the class of the failure that closed the gate.
func (g *Gate) Check() error {
	if g.state == gateOpen {
		return nil
	}
	return g.refusal()
}

// CheckRestore is Check for RollbackTo, which a failed but not doomed transaction allows.
func (g *Gate) CheckRestore() error {
	if g.state != gateDoomed {
		return nil
	}
	return g.refusal()
}

// Fail closes the gate after an error of a statement that was sent.
func (g *Gate) Fail(err error) {
	state := gateFailed
	for _, class := range []error{ErrDeadlock, ErrSerialization, ErrConnection, ErrCanceled, ErrDoomed} {
		if errors.Is(err, class) {
			state = gateDoomed
		}
	}
	g.close(state, err)
}

// Doom closes the gate until the end of the transaction.
func (g *Gate) Doom(err error) { g.close(gateDoomed, err) }

func (g *Gate) close(state gateState, err error) {
	if state > g.state {
		g.state, g.cause = state, err
	}
}

// Restored opens the gate after a rollback to a savepoint, unless the transaction is doomed.
func (g *Gate) Restored() {
	if g.state == gateFailed {
		*g = Gate{}
	}
}

func (g *Gate) refusal() error {
	e := &Error{Class: ErrDoomed, Op: -1, Row: -1, Err: g.cause}
	if cause, ok := errors.AsType[*Error](g.cause); ok {
		e.Engine, e.Transient = cause.Engine, cause.Transient
	}
	return e
}
