package sqlexec

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
)

// Session implements driver.Session, driver.Savepoints, driver.TextExecer and
// driver.TextQueryer on one connection of a transaction, or on one connection per
// statement.
type Session struct {
	profile *Profile
	opts    driver.SessionOptions
	gate    driver.Gate
	lease   *Lease // of the transaction, nil before its first statement
	open    *rows  // the result that reads from lease, or nil
	ended   bool
	// lone reports that the transaction is one statement, which begins and ends it.
	lone bool
	*bindings
	spent bindings // what bindings leads to when the session has ended
	first *rows    // memory for the first result, nil once it is used
}

// NewSession returns a session; it does no I/O.
func NewSession(p *Profile, opts driver.SessionOptions) (*Session, error) {
	if err := p.Caps.Check(opts); err != nil {
		return nil, err
	}
	if opts.Transaction {
		return &Session{profile: p, opts: opts, bindings: allBindings.Get().(*bindings)}, nil
	}
	// Most of these are one read, so that one piece of memory holds the session and its result.
	m := &struct {
		Session
		rows rows
	}{}
	m.profile, m.opts, m.bindings, m.first = p, opts, allBindings.Get().(*bindings), &m.rows
	return &m.Session, nil
}

// acquire returns the connection for the next statement, after which done is called.
func (s *Session) acquire(ctx context.Context, use Use) (*Lease, error) {
	if s.ended {
		return nil, s.refused("the session has ended")
	}
	if use == ForWrite && s.opts.ReadOnly {
		return nil, s.readOnly()
	}
	if !s.opts.Transaction {
		lease, err := s.profile.Acquire(ctx, use)
		if err != nil {
			return nil, s.profile.unreached(ctx, err)
		}
		return lease, nil
	}
	if err := s.gate.Check(); err != nil {
		return nil, err
	}
	switch {
	case s.lease == nil:
		if err := s.begin(ctx); err != nil {
			return nil, err
		}
	case s.lone:
		return nil, s.refused("the session was opened for one operation")
	}
	s.quiesce()
	return s.lease, nil
}

// done gives the connection of a statement back, but for a transaction, which keeps its own
// until the end.
func (s *Session) done(l *Lease) {
	if !s.opts.Transaction {
		l.Release()
	}
}

// begin takes a connection and begins the transaction. A connection that turns
// out to be dead is replaced: nothing has happened on it yet.
func (s *Session) begin(ctx context.Context) error {
	use := ForWrite
	if s.opts.ReadOnly {
		use = ForRead
	}
	for attempt := 1; ; attempt++ {
		lease, err := s.profile.Acquire(ctx, use)
		if err != nil {
			return s.profile.unreached(ctx, err)
		}
		var text string
		if !s.lone {
			text, err = runAll(ctx, lease.Conn, s.profile.Begin(s.opts))
		}
		if err == nil {
			s.lease = lease
			return nil
		}
		lease.Break()
		lease.Release()
		if !again(ctx, err, attempt) {
			return s.profile.failure(ctx, err, text)
		}
	}
}

// runAll runs texts and returns the failed one with its error.
func runAll(ctx context.Context, c *Conn, texts []string) (string, error) {
	for _, text := range texts {
		if _, err := c.ExecContext(ctx, text, nil); err != nil {
			return text, err
		}
	}
	return "", nil
}

// quiesce frees the connection of an unread result.
func (s *Session) quiesce() {
	if s.open != nil {
		s.open.buffer()
		s.open = nil
	}
}

// failed classifies an error of a statement that was sent and remembers it.
func (s *Session) failed(ctx context.Context, c *Conn, err error, text string) *driver.Error {
	e := s.profile.failure(ctx, err, text)
	if isLost(err) || errors.Is(e, driver.ErrConnection) {
		c.Break()
	}
	if s.opts.Transaction {
		s.gate.Fail(e)
		if s.rolledBack(c) {
			s.gate.Doom(e)
		}
	}
	return e
}

// rolledBack reports that the engine has ended the transaction by itself.
func (s *Session) rolledBack(c *Conn) bool {
	return s.opts.Transaction && s.profile.RolledBack != nil && s.profile.RolledBack(c)
}

// End implements driver.Session.
func (s *Session) End(ctx context.Context, commit bool) error {
	if s.ended {
		return nil
	}
	s.ended = true
	defer s.forget()
	if s.lease == nil {
		return s.refuseCommit(commit)
	}
	s.quiesce()
	defer s.lease.Release()
	if s.lone {
		return s.refuseCommit(commit)
	}
	ctx = calmed(ctx)
	if err := s.refuseCommit(commit); err != nil || !commit {
		s.rollback(ctx)
		return err
	}
	_, err := s.lease.ExecContext(ctx, "COMMIT", nil)
	if err == nil {
		return nil
	}
	e := s.profile.failure(ctx, err, "COMMIT")
	if errors.Is(e, driver.ErrConnection) {
		s.lease.Break()
		if !isLost(err) { // else the connection was gone before anything was sent
			e.Class = driver.ErrCommitUnknown
		}
		return e
	}
	s.rollback(ctx)
	return e
}

func (s *Session) refuseCommit(commit bool) error {
	if !commit {
		return nil
	}
	return s.gate.Check()
}

// rollback ends the transaction, with the connection when there is no other way.
func (s *Session) rollback(ctx context.Context) {
	if s.profile.RolledBack != nil && s.profile.RolledBack(s.lease.Conn) {
		return
	}
	if _, err := s.lease.ExecContext(ctx, "ROLLBACK", nil); err != nil {
		s.lease.Break()
	}
}

// Save implements driver.Savepoints.
func (s *Session) Save(ctx context.Context, name string) error {
	return s.control(ctx, "SAVEPOINT "+s.profile.Dialect.Quote(name))
}

// Release implements driver.Savepoints.
func (s *Session) Release(ctx context.Context, name string) error {
	return s.control(ctx, "RELEASE SAVEPOINT "+s.profile.Dialect.Quote(name))
}

// RollbackTo implements driver.Savepoints.
func (s *Session) RollbackTo(ctx context.Context, name string) error {
	if err := s.gate.CheckRestore(); err != nil {
		return err
	}
	s.gate.Restored()
	return s.control(ctx, "ROLLBACK TO SAVEPOINT "+s.profile.Dialect.Quote(name))
}

// control runs a statement about savepoints.
func (s *Session) control(ctx context.Context, text string) error {
	if !s.opts.Transaction {
		return s.refused("savepoints need a transaction")
	}
	lease, err := s.acquire(ctx, ForRead)
	if err != nil {
		return err
	}
	if _, err := lease.ExecContext(ctx, text, nil); err != nil {
		return s.failed(ctx, lease.Conn, err, text)
	}
	return nil
}

// refuseCommits refuses a statement that would commit the transaction behind the caller's back.
func (s *Session) refuseCommits(text string) error {
	if s.opts.Transaction && s.profile.Commits != nil && s.profile.Commits(text) {
		return s.refused("the statement would commit the transaction it runs in")
	}
	return nil
}

func (s *Session) refused(why string) error {
	return (&driver.Error{Class: driver.ErrUnsupported, Engine: s.profile.Caps.Name, Err: errors.New(why)}).At("", -1, -1)
}

func (s *Session) readOnly() error {
	return (&driver.Error{Class: driver.ErrReadOnly, Engine: s.profile.Caps.Name}).At("", -1, -1)
}
