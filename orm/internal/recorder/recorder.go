package recorder

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

// Recorder is a connector whose engine records.
type Recorder struct {
	inner driver.Connector

	mu    sync.Mutex
	lines []string
	// fail decides about each statement before it is sent.
	fail func(line string) error
	// commit replaces the error of a commit that succeeded.
	commit error
}

// New returns a recorder around a connector.
func New(inner driver.Connector) *Recorder { return &Recorder{inner: inner} }

// Unwrap gives the connector below.
func (r *Recorder) Unwrap() driver.Connector { return r.inner }

// Connect connects the engine behind the recorder.
func (r *Recorder) Connect(ctx context.Context) (driver.Engine, error) {
	e, err := r.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &engine{Engine: e, rec: r}, nil
}

// Take returns the lines recorded since the last Take.
func (r *Recorder) Take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

// Fail makes statements fail for which f returns an error; nil stops that.
func (r *Recorder) Fail(f func(line string) error) { r.fail = f }

// FailCommit makes commits report err after they were done; nil stops that.
func (r *Recorder) FailCommit(err error) { r.commit = err }

func (r *Recorder) record(line string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	if r.fail != nil {
		return r.fail(line)
	}
	return nil
}

type engine struct {
	driver.Engine
	rec *Recorder
}

// Unwrap returns the engine behind the recorder.
func (e *engine) Unwrap() driver.Engine { return e.Engine }

func (e *engine) Session(ctx context.Context, opts driver.SessionOptions) (driver.Session, error) {
	s, err := e.Engine.Session(ctx, opts)
	if err != nil {
		return nil, err
	}
	own := &session{Session: s, rec: e.rec, tx: opts.Transaction}
	if own.tx {
		line := "begin"
		if opts.Isolation != "" {
			line += " " + string(opts.Isolation)
		}
		if opts.ReadOnly {
			line += " read only"
		}
		own.begin = line
	}
	return own, nil
}

type session struct {
	driver.Session
	rec   *Recorder
	tx    bool
	begin string
	ended bool
}

func (s *session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	s.begun()
	if err := s.rec.record(p.String() + " " + Args(args)); err != nil {
		return nil, err
	}
	return s.Session.Query(ctx, p, args)
}

func (s *session) Exec(ctx context.Context, ops []*driver.Op) error {
	s.begun()
	for i, op := range ops {
		rows := make([]string, len(op.Rows))
		for k, row := range op.Rows {
			rows[k] = Args(row)
		}
		if err := s.rec.record(op.P.String() + " " + strings.Join(rows, " ")); err != nil {
			if i > 0 {
				_ = s.Session.Exec(ctx, ops[:i])
			}
			return err
		}
	}
	return s.Session.Exec(ctx, ops)
}

func (s *session) begun() {
	if s.begin != "" {
		_ = s.rec.record(s.begin)
		s.begin = ""
	}
}

func (s *session) End(ctx context.Context, commit bool) error {
	if s.tx && !s.ended && s.begin == "" {
		word := "rollback"
		if commit {
			word = "commit"
		}
		_ = s.rec.record(word)
	}
	first := !s.ended
	s.ended = true
	if err := s.Session.End(ctx, commit); err != nil {
		return err
	}
	if commit && s.tx && first {
		return s.rec.commit
	}
	return nil
}

func (s *session) Save(ctx context.Context, name string) error {
	return s.point(name, "savepoint ", func(p driver.Savepoints) error { return p.Save(ctx, name) })
}

func (s *session) RollbackTo(ctx context.Context, name string) error {
	return s.point(name, "rollback to ", func(p driver.Savepoints) error { return p.RollbackTo(ctx, name) })
}

func (s *session) Release(ctx context.Context, name string) error {
	return s.point(name, "release ", func(p driver.Savepoints) error { return p.Release(ctx, name) })
}

func (s *session) point(name, word string, do func(driver.Savepoints) error) error {
	s.begun()
	if err := s.rec.record(word + name); err != nil {
		return err
	}
	return do(s.Session.(driver.Savepoints))
}

// Args returns canonical values as text, "[1 'x' null]".
func Args(args []any) string {
	texts := make([]string, len(args))
	for i, v := range args {
		switch v := qb.Written(v).(type) {
		case nil:
			texts[i] = "null"
		case string:
			texts[i] = "'" + v + "'"
		case time.Time:
			texts[i] = v.Format(time.RFC3339)
		case []any:
			texts[i] = Args(v)
		default:
			texts[i] = fmt.Sprint(v)
		}
	}
	return "[" + strings.Join(texts, " ") + "]"
}
