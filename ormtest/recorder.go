package ormtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/weft-orm/weft/driver"
)

// Recorder is a connector whose engine writes down what it is sent: each statement as
// one line with its arguments, "begin", "commit", "rollback" and savepoints among
// them. A recorder belongs to one engine and is safe for concurrent use.
//
//	rec := ormtest.NewRecorder(sqlite.Memory())
//	db, err := orm.Open(ctx, rec, orm.Entities(Author{}))
//	...
//	fmt.Println(rec.Take()) // [select ... where name = ? ['Jon']]
type Recorder struct {
	inner driver.Connector

	mu    sync.Mutex
	lines []string
	fail  func(line string) error
}

// NewRecorder returns a recorder around a connector.
func NewRecorder(inner driver.Connector) *Recorder { return &Recorder{inner: inner} }

// Unwrap gives the connector below.
func (r *Recorder) Unwrap() driver.Connector {
	if r == nil {
		return nil
	}
	return r.inner
}

// Connect connects the engine behind the recorder.
func (r *Recorder) Connect(ctx context.Context) (driver.Engine, error) {
	if r == nil || r.inner == nil {
		return nil, errors.New("ormtest: the recorder has no connector; NewRecorder takes one")
	}
	e, err := r.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &recordedEngine{Engine: e, rec: r}, nil
}

// Take returns the lines recorded since the last Take.
func (r *Recorder) Take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

// Fail makes statements fail for which f returns an error, before they are sent; nil
// stops that. f must not call the recorder.
func (r *Recorder) Fail(f func(line string) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = f
}

func (r *Recorder) record(line string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	if r.fail != nil {
		return r.fail(line)
	}
	return nil
}

type recordedEngine struct {
	driver.Engine
	rec *Recorder
}

// Unwrap returns the engine behind the recorder.
func (e *recordedEngine) Unwrap() driver.Engine { return e.Engine }

// Session starts a session that records, and can do what the one below can.
func (e *recordedEngine) Session(ctx context.Context, opts driver.SessionOptions) (driver.Session, error) {
	inner, err := e.Engine.Session(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := &recorded{Session: inner, rec: e.rec, transaction: opts.Transaction}
	if opts.Transaction {
		s.begin = "begin"
		if opts.Isolation != driver.DefaultIsolation {
			s.begin += " " + string(opts.Isolation)
		}
		if opts.ReadOnly {
			s.begin += " read only"
		}
	}
	points, hasPoints := driver.SessionAs[driver.Savepoints](inner)
	exec, hasExec := driver.SessionAs[driver.TextExecer](inner)
	query, hasQuery := driver.SessionAs[driver.TextQueryer](inner)
	switch {
	case hasPoints && hasExec && hasQuery:
		return &recordedSQL{&recordedPoints{s, points}, exec, query}, nil
	case hasPoints:
		return &recordedPoints{s, points}, nil
	}
	return s, nil
}

// recorded is a session that records.
type recorded struct {
	driver.Session
	rec         *Recorder
	transaction bool
	begin       string // what is recorded with the first statement
	ended       bool
}

// Unwrap returns the session behind the recorder.
func (s *recorded) Unwrap() driver.Session { return s.Session }

func (s *recorded) record(line string) error {
	if s.begin != "" {
		_ = s.rec.record(s.begin) // a transaction fails with its first statement, not before
		s.begin = ""
	}
	return s.rec.record(line)
}

// Query implements driver.Session.
func (s *recorded) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	if err := s.record(p.String() + " " + argsText(args)); err != nil {
		return nil, err
	}
	return s.Session.Query(ctx, p, args)
}

// Exec implements driver.Session. What stands before an operation that is made to
// fail is sent.
func (s *recorded) Exec(ctx context.Context, ops []*driver.Op) error {
	for i, op := range ops {
		rows := make([]string, len(op.Rows))
		for k, row := range op.Rows {
			rows[k] = argsText(row)
		}
		err := s.record(op.P.String() + " " + strings.Join(rows, " "))
		if err == nil {
			continue
		}
		if i > 0 {
			if failed := s.Session.Exec(ctx, ops[:i]); failed != nil {
				return failed
			}
		}
		return err
	}
	return s.Session.Exec(ctx, ops)
}

// End implements driver.Session. A transaction without a statement is not recorded.
func (s *recorded) End(ctx context.Context, commit bool) error {
	if s.transaction && !s.ended && s.begin == "" {
		word := "rollback"
		if commit {
			word = "commit"
		}
		if err := s.rec.record(word); err != nil {
			_ = s.Session.End(ctx, false) // the failure that was asked for is the one to report
			return err
		}
	}
	s.ended = true
	return s.Session.End(ctx, commit)
}

// recordedPoints is a session on an engine with savepoints.
type recordedPoints struct {
	*recorded
	points driver.Savepoints
}

// Save implements driver.Savepoints.
func (s *recordedPoints) Save(ctx context.Context, name string) error {
	if err := s.record("savepoint " + name); err != nil {
		return err
	}
	return s.points.Save(ctx, name)
}

// RollbackTo implements driver.Savepoints.
func (s *recordedPoints) RollbackTo(ctx context.Context, name string) error {
	if err := s.record("rollback to " + name); err != nil {
		return err
	}
	return s.points.RollbackTo(ctx, name)
}

// Release implements driver.Savepoints.
func (s *recordedPoints) Release(ctx context.Context, name string) error {
	if err := s.record("release " + name); err != nil {
		return err
	}
	return s.points.Release(ctx, name)
}

// recordedSQL is a session on an engine with savepoints and a language.
type recordedSQL struct {
	*recordedPoints
	exec  driver.TextExecer
	query driver.TextQueryer
}

// ExecText implements driver.TextExecer.
func (s *recordedSQL) ExecText(ctx context.Context, text string, args ...any) (int64, error) {
	if err := s.record(text + " " + argsText(args)); err != nil {
		return 0, err
	}
	return s.exec.ExecText(ctx, text, args...)
}

// QueryText implements driver.TextQueryer.
func (s *recordedSQL) QueryText(ctx context.Context, text string, args ...any) (driver.NamedRows, error) {
	if err := s.record(text + " " + argsText(args)); err != nil {
		return nil, err
	}
	return s.query.QueryText(ctx, text, args...)
}

// argsText writes canonical values, "[1 'x' null]".
func argsText(args []any) string {
	texts := make([]string, len(args))
	for i, v := range args {
		switch v := v.(type) {
		case nil:
			texts[i] = "null"
		case string:
			texts[i] = "'" + v + "'"
		case []byte:
			texts[i] = fmt.Sprintf("x'%x'", v)
		case time.Time:
			texts[i] = v.Format(time.RFC3339Nano)
		case []any:
			texts[i] = argsText(v)
		case fmt.Stringer:
			texts[i] = v.String()
		default:
			texts[i] = fmt.Sprint(v)
		}
	}
	return "[" + strings.Join(texts, " ") + "]"
}
