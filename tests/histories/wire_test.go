package histories_test

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
)

// wire is a connector that stands between weft and an engine: it counts, fails when
// it is told to, lends the open transaction to those who compare tables, and can be
// made to misbehave.
type wire struct {
	inner  driver.Connector
	engine driver.Engine
	// tx is the open transaction.
	tx driver.Session
	// writes counts operations; the one that makes it reach failAt fails with failWith.
	writes   int
	failAt   int
	failWith error
	commit   commitFault
	// fault misbehaves, nil on a good day.
	fault *fault
}

// commitFault is what becomes of the next commit.
type commitFault int

const (
	commitWell commitFault = iota
	// commitRefused is an error, and nothing is stored.
	commitRefused
	// commitLost has no answer, and nothing is stored; commitLostAfter is stored.
	commitLost
	commitLostAfter
)

// fault is a misbehaviour planted to see that it is seen.
type fault struct {
	// write changes operations before they are sent; those it returns are sent.
	write func(ops []*driver.Op) []*driver.Op
	// keep makes rollbacks commit, stay makes rollbacks to savepoints do nothing.
	keep, stay bool
	// times says how often it still happens.
	times int
}

// Unwrap gives the connector below.
func (w *wire) Unwrap() driver.Connector { return w.inner }

// Connect connects the engine behind the wire.
func (w *wire) Connect(ctx context.Context) (driver.Engine, error) {
	e, err := w.inner.Connect(ctx)
	w.engine = e
	return &wiredEngine{e, w}, err
}

// calm ends all faults that were ordered and did not happen.
func (w *wire) calm() { w.failAt, w.failWith, w.commit = 0, nil, commitWell }

type wiredEngine struct {
	driver.Engine
	wire *wire
}

// Unwrap gives the engine below.
func (e *wiredEngine) Unwrap() driver.Engine { return e.Engine }

// Session starts a session that can fail.
func (e *wiredEngine) Session(ctx context.Context, opts driver.SessionOptions) (driver.Session, error) {
	if e.wire.commit != commitWell {
		opts.Alone = false // what is to happen to a commit needs one
	}
	inner, err := e.Engine.Session(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := &wiredSession{Session: inner, wire: e.wire, tx: opts.Transaction}
	if s.tx {
		e.wire.tx = inner
	}
	if points, ok := inner.(driver.Savepoints); ok {
		return &wiredPoints{s, points}, nil
	}
	return s, nil
}

type wiredSession struct {
	driver.Session
	wire      *wire
	tx, ended bool
	gate      driver.Gate
}

// Unwrap gives the session below.
func (s *wiredSession) Unwrap() driver.Session { return s.Session }

// Query refuses after a failure.
func (s *wiredSession) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	if err := s.gate.Check(); err != nil {
		return nil, err
	}
	return s.Session.Query(ctx, p, args)
}

// Exec sends operations up to one that is to fail.
func (s *wiredSession) Exec(ctx context.Context, ops []*driver.Op) error {
	if err := s.gate.Check(); err != nil {
		return err
	}
	if f := s.wire.fault; f != nil && f.write != nil && f.times > 0 {
		ops = f.write(ops)
	}
	for i := range ops {
		s.wire.writes++
		if s.wire.failAt == 0 || s.wire.writes != s.wire.failAt {
			continue
		}
		if i > 0 {
			if err := s.Session.Exec(ctx, ops[:i]); err != nil {
				return err
			}
		}
		return s.fail(s.wire.failWith, i)
	}
	if len(ops) == 0 {
		return nil
	}
	return s.Session.Exec(ctx, ops)
}

func (s *wiredSession) fail(class error, op int) error {
	err := (&driver.Error{Class: class, Engine: s.wire.engine.Caps().Name, Code: "planted", Err: errors.New("planted")}).At("", op, -1)
	s.wire.calm()
	if s.wire.engine.Caps().Savepoints {
		s.gate.Fail(err)
	} else {
		s.gate.Doom(err)
	}
	return err
}

// End ends as the wire says.
func (s *wiredSession) End(ctx context.Context, commit bool) error {
	if s.ended {
		return s.Session.End(ctx, commit)
	}
	s.ended = true
	if s.tx {
		s.wire.tx = nil
	}
	if refusal := s.gate.Check(); commit && refusal != nil {
		return errors.Join(refusal, s.Session.End(ctx, false))
	}
	if f := s.wire.fault; f != nil && f.keep && s.tx && !commit && f.times > 0 {
		f.times--
		return s.Session.End(ctx, true)
	}
	way := s.wire.commit
	if !s.tx || !commit || way == commitWell {
		return s.Session.End(ctx, commit)
	}
	s.wire.calm()
	if err := s.Session.End(ctx, way == commitLostAfter); err != nil {
		return err
	}
	class := driver.ErrCommitUnknown
	if way == commitRefused {
		class = driver.ErrOther
	}
	return &driver.Error{Class: class, Engine: s.wire.engine.Caps().Name, Code: "planted", Op: -1, Row: -1, Err: errors.New("planted")}
}

// wiredPoints is a session with savepoints.
type wiredPoints struct {
	*wiredSession
	points driver.Savepoints
}

// Save sets a savepoint.
func (s *wiredPoints) Save(ctx context.Context, name string) error {
	if err := s.gate.Check(); err != nil {
		return err
	}
	return s.points.Save(ctx, name)
}

// RollbackTo goes back to a savepoint.
func (s *wiredPoints) RollbackTo(ctx context.Context, name string) error {
	if err := s.gate.CheckRestore(); err != nil {
		return err
	}
	if f := s.wire.fault; f != nil && f.stay && f.times > 0 {
		f.times--
		return nil
	}
	if err := s.points.RollbackTo(ctx, name); err != nil {
		return err
	}
	s.gate.Restored()
	return nil
}

// Release forgets a savepoint.
func (s *wiredPoints) Release(ctx context.Context, name string) error {
	if err := s.gate.Check(); err != nil {
		return err
	}
	return s.points.Release(ctx, name)
}
