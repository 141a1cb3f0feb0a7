package replica

import (
	"context"
	"errors"

	"github.com/weft-orm/weft/driver"
)

// session is one of the primary that hands reads to replicas.
type session struct {
	driver.Session
	engine    *engine
	primary   bool // answers all reads: in a transaction, and where they decide what is written
	variables []driver.Variable
	wrote     context.Context // of the last write, or nil
	opened    []driver.Session
}

// savepoints is a session on an engine with savepoints.
type savepoints struct {
	*session
	driver.Savepoints
}

// sqlSession is a session on an engine with savepoints and a language. What users
// write may have effects, so that it goes to the primary.
type sqlSession struct {
	*session
	driver.Savepoints
	text driver.TextExecer
}

// ExecText implements driver.TextExecer, on the primary.
func (s *sqlSession) ExecText(ctx context.Context, text string, args ...any) (int64, error) {
	defer s.written(ctx)
	return s.text.ExecText(ctx, text, args...)
}

// Unwrap returns the session on the primary.
func (s *session) Unwrap() driver.Session { return s.Session }

// Exec implements driver.Session, on the primary.
func (s *session) Exec(ctx context.Context, ops []*driver.Op) error {
	own := make([]*driver.Op, len(ops))
	for i, op := range ops {
		clone := *op
		if p, ok := op.P.(*program); ok {
			clone.P = p.Program
		}
		own[i] = &clone
	}
	err := s.Session.Exec(ctx, own)
	for i, op := range ops {
		op.Affected, op.Returned, op.Sent = own[i].Affected, own[i].Returned, own[i].Sent
	}
	s.written(ctx)
	return err
}

// written remembers the time of a write, and again at the end of the session.
func (s *session) written(ctx context.Context) {
	s.wrote = ctx
	mark(ctx)
}

// End implements driver.Session. What replicas have begun only read, and is rolled back: there is nothing to commit,
// and one that has failed must not spoil what another server has answered.
func (s *session) End(ctx context.Context, commit bool) error {
	err := s.Session.End(ctx, commit)
	for _, inner := range s.opened {
		err = errors.Join(err, inner.End(ctx, false))
	}
	s.opened = nil
	if s.wrote != nil {
		mark(s.wrote)
	}
	return err
}
