package memory

import (
	"context"
	"time"

	"github.com/weft-orm/weft/driver"
)

// patience is how long a transaction waits for another one to end.
const patience = 5 * time.Second

// session implements driver.Session and driver.Savepoints.
type session struct {
	engine *engine
	opts   driver.SessionOptions
	gate   driver.Gate
	state  *state // of the transaction, nil before its first statement
	saves  []save
	ended  bool
}

// save is a savepoint.
type save struct {
	name string
	to   snapshot
}

// check refuses what cannot be sent.
func (s *session) check(ctx context.Context) error {
	if s.ended {
		return unsupported("%w", errEnded)
	}
	if err := s.gate.Check(); err != nil {
		return err
	}
	if err := s.engine.open(); err != nil {
		return s.failed(err)
	}
	if err := canceled(ctx); err != nil {
		if s.opts.Transaction {
			s.gate.Fail(err)
		}
		return err
	}
	return nil
}

// lock waits for the turn to write.
func (s *session) lock(ctx context.Context) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case s.engine.writer <- struct{}{}:
		return nil
	case <-ctx.Done():
		return canceled(ctx)
	case <-timer.C:
		return failure(driver.ErrLockTimeout, "another transaction is writing")
	}
}

func (s *session) unlock() { <-s.engine.writer }

// begin returns the state of the transaction.
func (s *session) begin(ctx context.Context) (*state, error) {
	if s.state != nil {
		return s.state, nil
	}
	if !s.opts.ReadOnly {
		if err := s.lock(ctx); err != nil {
			s.gate.Fail(err)
			return nil, err
		}
	}
	s.state = newState(s.engine.current())
	return s.state, nil
}

// Query implements driver.Session.
func (s *session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	if err := s.check(ctx); err != nil {
		return nil, err
	}
	program, ok := p.(*selectProgram)
	if !ok {
		return nil, unsupported("%T is not a read of this engine", p)
	}
	tables := snapshot(nil)
	if s.opts.Transaction {
		state, err := s.begin(ctx)
		if err != nil {
			return nil, err
		}
		tables = state.tables
	} else {
		tables = s.engine.current()
	}
	all, err := program.run(tables, args)
	if err != nil {
		return nil, s.failed(err)
	}
	return &rows{all: all, at: -1}, nil
}

// failed remembers the failure of a statement.
func (s *session) failed(err error) error {
	if s.opts.Transaction {
		s.gate.Fail(err)
	}
	return err
}

// Exec implements driver.Session.
func (s *session) Exec(ctx context.Context, ops []*driver.Op) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	if s.opts.ReadOnly {
		return failure(driver.ErrReadOnly, "the session is read-only")
	}
	if s.opts.Transaction {
		state, err := s.begin(ctx)
		if err != nil {
			return err
		}
		return s.failedIf(run(ctx, state, ops))
	}
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.unlock()
	state := newState(s.engine.current())
	if err := run(ctx, state, ops); err != nil {
		return err
	}
	s.engine.publish(state.tables)
	return nil
}

func (s *session) failedIf(err error) error {
	if err != nil {
		return s.failed(err)
	}
	return nil
}

// End implements driver.Session.
func (s *session) End(_ context.Context, commit bool) error {
	if s.ended {
		return nil
	}
	s.ended = true
	var refusal error
	if commit {
		refusal = s.gate.Check()
	}
	if s.state == nil || s.opts.ReadOnly {
		return refusal
	}
	defer s.unlock()
	if commit && refusal == nil {
		s.engine.publish(s.state.tables)
	}
	return refusal
}

// Save implements driver.Savepoints.
func (s *session) Save(ctx context.Context, name string) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	state, err := s.begin(ctx)
	if err != nil {
		return err
	}
	s.saves = append(s.saves, save{name, state.share()})
	return nil
}

// find returns the index of a savepoint.
func (s *session) find(name string) (int, error) {
	for i := len(s.saves) - 1; i >= 0; i-- {
		if s.saves[i].name == name {
			return i, nil
		}
	}
	return 0, failure(driver.ErrUndefined, "no savepoint %q", name)
}

// RollbackTo implements driver.Savepoints.
func (s *session) RollbackTo(_ context.Context, name string) error {
	if err := s.gate.CheckRestore(); err != nil {
		return err
	}
	i, err := s.find(name)
	if err != nil {
		return err
	}
	s.gate.Restored()
	s.state.restore(s.saves[i].to)
	s.saves = s.saves[:i+1]
	return nil
}

// Release implements driver.Savepoints.
func (s *session) Release(ctx context.Context, name string) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	i, err := s.find(name)
	if err != nil {
		return err
	}
	s.saves = s.saves[:i]
	return nil
}

// rows implements driver.Rows.
type rows struct {
	all [][]any
	at  int
}

// Next implements driver.Rows.
func (r *rows) Next() bool {
	r.at++
	return r.at < len(r.all)
}

// Scan implements driver.Rows.
func (r *rows) Scan(dest []any) error {
	if r.at < 0 || r.at >= len(r.all) || len(dest) != len(r.all[r.at]) {
		return failure(driver.ErrScan, "%d destinations", len(dest))
	}
	for i, v := range r.all[r.at] {
		if err := driver.Assign(dest[i], v); err != nil {
			return err
		}
	}
	return nil
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	r.all = nil
	return nil
}
