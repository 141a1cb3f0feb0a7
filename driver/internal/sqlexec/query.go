package sqlexec

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/weft-orm/weft/driver"
)

// Query implements driver.Session.
func (s *Session) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	program, ok := p.(*Program)
	if !ok || program.Statement == nil {
		return nil, s.refused(fmt.Sprintf("%T is not a read of this engine", p))
	}
	text, params, err := program.Statement.BindText(s.params[:0], args)
	if s.params = params; err != nil {
		return nil, err
	}
	use := ForRead
	if program.Text != nil && program.Text.Mutates {
		use = ForWrite
		if err := s.refuseCommits(program.Statement.Text); err != nil {
			return nil, err
		}
	}
	rows, err := s.query(ctx, text, use)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// QueryText implements driver.TextQueryer.
func (s *Session) QueryText(ctx context.Context, text string, args ...any) (driver.NamedRows, error) {
	s.params = append(s.params[:0], args...)
	rows, err := s.query(ctx, text, ForRead)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// ExecText implements driver.TextExecer.
func (s *Session) ExecText(ctx context.Context, text string, args ...any) (int64, error) {
	if err := s.refuseCommits(text); err != nil {
		return 0, err
	}
	lease, err := s.acquire(ctx, ForWrite)
	if err != nil {
		return 0, err
	}
	defer s.done(lease)
	s.params = append(s.params[:0], args...)
	named, err := s.bind(s.params)
	if err != nil {
		return 0, err
	}
	result, err := lease.ExecContext(ctx, text, named)
	if err != nil {
		return 0, s.failed(ctx, lease.Conn, err, text)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, nil // the engine does not count this kind of statement
	}
	return n, nil
}

// keep decides how long the rows hold their connection.
func (s *Session) keep(r *rows, l *Lease) {
	if s.opts.Transaction {
		s.open = r
		return
	}
	r.lease = l
	if s.profile.BufferReads {
		r.buffer()
	}
}

// stream opens the rows of a prepared query.
func (s *Session) stream(ctx context.Context, c *Conn, text string) (*rows, error) {
	named, err := s.bind(s.params)
	if err != nil {
		return nil, err
	}
	st, err := c.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	src, err := queryStmt(ctx, st.prepared, named)
	if err != nil {
		if s.profile.spoils(err) {
			c.stmts.drop(st)
		}
		st.release()
		return nil, err
	}
	return s.newRows(ctx, c, st, src, text), nil
}

// newRows returns the rows of src; st is nil when the query was not prepared.
func (s *Session) newRows(ctx context.Context, c *Conn, st *stmt, src sqldriver.Rows, text string) *rows {
	if s.profile.OnRows != nil {
		s.profile.OnRows(src)
	}
	r := s.first
	if s.first = nil; r == nil {
		r = &rows{}
	}
	columns := src.Columns()
	*r = rows{
		ctx: ctx, session: s, conn: c, stmt: st, src: src, text: text,
		columns: columns, values: st.row(len(columns)),
	}
	return r
}

func queryStmt(ctx context.Context, st sqldriver.Stmt, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	q, ok := st.(sqldriver.StmtQueryContext)
	if !ok {
		return nil, errors.New("prepared statement cannot query with a context")
	}
	return q.QueryContext(ctx, args)
}

func execStmt(ctx context.Context, st sqldriver.Stmt, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	e, ok := st.(sqldriver.StmtExecContext)
	if !ok {
		return nil, errors.New("prepared statement cannot execute with a context")
	}
	return e.ExecContext(ctx, args)
}

// bind turns parameters into the form of database/sql/driver; the result is valid
// until the next call.
func (s *Session) bind(params []any) ([]sqldriver.NamedValue, error) {
	s.named, s.most = slices.Grow(s.named[:0], len(params)), max(s.most, len(params))
	for i, v := range params {
		switch v := v.(type) {
		case string:
			if most := s.profile.MaxValue; most > 0 && len(v) > most {
				return nil, s.profile.tooLong(i, len(v))
			}
		case []byte:
			if most := s.profile.MaxValue; most > 0 && len(v) > most {
				return nil, s.profile.tooLong(i, len(v))
			}
		case nil, int64, uint64, float64, bool:
		default:
			converted, err := sqldriver.DefaultParameterConverter.ConvertValue(v)
			if err != nil {
				return nil, fmt.Errorf("parameter %d: %w", i+1, err)
			}
			params[i] = converted
		}
		s.named = append(s.named, sqldriver.NamedValue{Ordinal: i + 1, Value: params[i]})
	}
	return s.named, nil
}
