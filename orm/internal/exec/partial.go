package exec

import (
	"errors"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// PartialError is a plan that failed where no transaction takes back what was done.
type PartialError struct {
	// Written are the operations that stay, Unsure those of which nobody knows.
	Written, Unsure []*plan.Op
	// Outcome knows the keys of rows that were written.
	Outcome *Outcome
	Err     error
}

// Error returns the message of the failure.
func (e *PartialError) Error() string { return e.Err.Error() }

// Unwrap returns the failure.
func (e *PartialError) Unwrap() error { return e.Err }

// leave notes that a whole step was written.
func (p *PartialError) leave(s *plan.Step) { p.Written = append(p.Written, s.Ops...) }

// leaveSome notes what became of steps that were sent together and failed.
func (p *PartialError) leaveSome(steps []*plan.Step, err error) {
	engine, _ := errors.AsType[*driver.Error](err)
	for i, s := range steps {
		for k, op := range s.Ops {
			switch fate(engine, i, k, len(s.Ops)) {
			case driver.Written:
				p.Written = append(p.Written, op)
			case driver.Unsure:
				p.Unsure = append(p.Unsure, op)
			case driver.NotWritten:
			}
		}
	}
}

// fate reads the engine's account. An engine without one has written the operations
// before the one it names, and may have written a part of that.
func fate(engine *driver.Error, i, k, rows int) driver.Fate {
	switch {
	case engine == nil:
		return driver.NotWritten // nothing was sent
	case engine.Account != nil:
		if i < len(engine.Account) && k < len(engine.Account[i]) {
			return engine.Account[i][k]
		}
		return driver.Unsure
	case engine.Op < 0:
		return driver.Unsure
	case i < engine.Op:
		return driver.Written
	case i > engine.Op || rows == 1 && !errors.Is(engine, driver.ErrConnection) && !errors.Is(engine, driver.ErrCanceled):
		return driver.NotWritten
	}
	return driver.Unsure
}

// leaveBut notes a step of which some rows were not found by their version.
func (p *PartialError) leaveBut(s *plan.Step, stale *StaleError) {
	for _, op := range s.Ops {
		switch {
		case len(stale.Suspects) > 0:
			p.Unsure = append(p.Unsure, op)
		case op.Change != stale.Change:
			p.Written = append(p.Written, op)
		}
	}
}

// keys keeps the keys of rows that were written before the failure.
func (o *Outcome) keys(steps []*plan.Step, ops []*driver.Op) {
	for i, s := range steps {
		for k, op := range s.Ops {
			if len(op.Returning) > 0 && k < len(ops[i].Returned) && op.Change.Kind == changeset.Insert {
				o.put(op, ops[i].Returned[k])
			}
		}
	}
}
