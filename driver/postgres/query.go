package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
)

// Query implements driver.Session.
func (s *session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	program, ok := p.(*sqlexec.Program)
	if !ok || program.Statement == nil {
		return nil, refused("%T is not a read of this engine", p)
	}
	var err error
	if s.params, err = program.Statement.Bind(s.params[:0], args); err != nil {
		return nil, err
	}
	r, err := s.query(ctx, program.Statement.Text, program.Text == nil || !program.Text.Mutates)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// QueryText implements driver.TextQueryer.
func (s *session) QueryText(ctx context.Context, text string, args ...any) (driver.NamedRows, error) {
	s.params = append(s.params[:0], args...)
	r, err := s.query(ctx, text, true)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// ExecText implements driver.TextExecer.
func (s *session) ExecText(ctx context.Context, text string, args ...any) (int64, error) {
	if s.opts.ReadOnly {
		return 0, readOnly()
	}
	if len(args) == 0 {
		args = []any{pgx.QueryExecModeSimpleProtocol}
	}
	for attempt := 1; ; attempt++ {
		c, release, err := s.acquire(ctx)
		if err != nil {
			return 0, err
		}
		again := repetition{attempt: attempt, pending: slices.Clone(s.pending)}
		var tag pgconn.CommandTag
		if err = s.flush(ctx, c); err == nil {
			tag, err = c.Exec(ctx, text, args...)
		}
		if err == nil {
			release()
			return tag.RowsAffected(), nil
		}
		retry := s.retry(ctx, c, err, again)
		if !retry {
			err = s.failed(ctx, c, err, text)
		}
		release()
		if !retry {
			return 0, err
		}
	}
}

// query runs a query with the parameters in s.params; reads tells that it may be repeated.
func (s *session) query(ctx context.Context, text string, reads bool) (*rows, error) {
	for attempt := 1; ; attempt++ {
		c, release, err := s.acquire(ctx)
		if err != nil {
			return nil, err
		}
		again := repetition{attempt: attempt, pending: slices.Clone(s.pending), read: reads}
		r, err := s.stream(ctx, c, text)
		if err == nil {
			r.finish = release
			if s.opts.Transaction {
				s.open = r
			}
			return r, nil
		}
		retry := s.retry(ctx, c, err, again)
		if !retry {
			err = s.failed(ctx, c, err, text)
		}
		release()
		if !retry {
			return nil, err
		}
	}
}

// stream opens the rows of a query, after the pending statements.
func (s *session) stream(ctx context.Context, c *pgxpool.Conn, text string) (*rows, error) {
	r := &rows{ctx: ctx, session: s, conn: c, text: text, types: c.Conn().TypeMap()}
	var err error
	if len(s.pending) == 0 {
		r.src, err = c.Query(ctx, text, s.params...)
	} else {
		b := &pgx.Batch{}
		b.Queue(text, slices.Clone(s.params)...)
		r.results = s.send(ctx, c, b)
		if r.results.err == nil {
			r.src, err = r.results.Query()
		}
	}
	if err == nil && r.src != nil {
		err = r.describe()
	}
	if r.results != nil && (err != nil || r.src == nil) {
		if closeErr := r.results.Close(); closeErr != nil {
			err = closeErr
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Defer implements driver.Deferrer.
func (s *session) Defer(ctx context.Context, list []driver.Constraint, on bool) error {
	text := "SET CONSTRAINTS "
	for i, c := range list {
		if i > 0 {
			text += ", "
		}
		if c.Schema != "" {
			text += pgx.Identifier{c.Schema, c.Name}.Sanitize()
		} else {
			text += pgx.Identifier{c.Name}.Sanitize()
		}
	}
	if on {
		text += " DEFERRED"
	} else {
		text += " IMMEDIATE"
	}
	_, err := s.ExecText(ctx, text)
	return err
}
