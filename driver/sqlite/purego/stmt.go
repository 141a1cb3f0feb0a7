package purego

import (
	"bytes"
	"context"
	sqldriver "database/sql/driver"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// stmt is a prepared statement. Its native is nil for a text that is no statement, a comment for one.
type stmt struct {
	conn   *conn
	native *sqlite3.Stmt
}

// Close implements driver.Stmt.
func (s *stmt) Close() error {
	_ = s.native.Close() // it repeats what the statement failed at
	return nil
}

// NumInput implements driver.Stmt.
func (s *stmt) NumInput() int {
	if s.native == nil {
		return 0
	}
	return s.native.BindCount()
}

// takes cuts off the parameters of the statement; parameters with names are for all statements.
func (s *stmt) takes(args []sqldriver.NamedValue) (own, rest []sqldriver.NamedValue, err error) {
	n := s.NumInput()
	for _, a := range args {
		switch {
		case a.Name != "":
			own, rest = append(own, a), append(rest, a)
		case n > 0:
			n--
			a.Ordinal = len(own) + 1
			own = append(own, a)
		default:
			rest = append(rest, a)
		}
	}
	if len(own) < s.NumInput() {
		return nil, nil, fmt.Errorf("sqlite: the statement has %d parameters, %d are given", s.NumInput(), len(own))
	}
	return own, rest, nil
}

// Exec implements driver.Stmt.
func (s *stmt) Exec(args []sqldriver.Value) (sqldriver.Result, error) {
	return s.ExecContext(context.Background(), named(args))
}

// Query implements driver.Stmt.
func (s *stmt) Query(args []sqldriver.Value) (sqldriver.Rows, error) {
	return s.QueryContext(context.Background(), named(args))
}

func named(args []sqldriver.Value) []sqldriver.NamedValue {
	list := make([]sqldriver.NamedValue, len(args))
	for i, v := range args {
		list[i] = sqldriver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return list
}

// ExecContext implements driver.StmtExecContext.
func (s *stmt) ExecContext(ctx context.Context, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	if s.native == nil {
		return result{}, nil
	}
	if err := s.bind(args); err != nil {
		return nil, err
	}
	err := s.conn.during(ctx, s.native.Exec)
	s.release()
	if err != nil {
		return nil, err
	}
	return result{s.conn.native.LastInsertRowID(), s.conn.native.Changes()}, nil
}

type result struct{ id, rows int64 }

// LastInsertId implements driver.Result.
func (r result) LastInsertId() (int64, error) { return r.id, nil }

// RowsAffected implements driver.Result.
func (r result) RowsAffected() (int64, error) { return r.rows, nil }

// QueryContext implements driver.StmtQueryContext.
func (s *stmt) QueryContext(ctx context.Context, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	r, err := s.query(ctx, args)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// query takes the first step, at which a statement can meet a lock, and after which its columns
// are those of the schema as it is.
func (s *stmt) query(ctx context.Context, args []sqldriver.NamedValue) (*rows, error) {
	r := &rows{stmt: s, ctx: ctx}
	if s.native == nil {
		return r, nil
	}
	if err := s.bind(args); err != nil {
		return nil, err
	}
	if err := r.step(); err != nil {
		s.release()
		return nil, err
	}
	r.columns, r.bools = make([]string, s.native.ColumnCount()), make([]bool, s.native.ColumnCount())
	for i := range r.columns {
		r.columns[i] = s.native.ColumnName(i)
		r.bools[i] = strings.EqualFold(s.native.ColumnDeclType(i), "boolean")
	}
	r.cells = make([]any, len(r.columns))
	r.ahead = true
	return r, nil
}

// release ends an execution and lets its parameters go.
func (s *stmt) release() {
	_ = s.native.Reset() // it repeats what the execution failed at
	_ = s.native.ClearBindings()
}

// timeLayout is how a time is written that database/sql hands over; weft hands over text.
const timeLayout = "2006-01-02 15:04:05.999999999-07:00"

func (s *stmt) bind(args []sqldriver.NamedValue) error {
	for _, a := range args {
		if a.Name == "" {
			if err := s.bindAt(a.Ordinal, a.Value); err != nil {
				return err
			}
			continue
		}
		for _, mark := range [...]string{":", "@", "$"} {
			if at := s.native.BindIndex(mark + a.Name); at > 0 {
				if err := s.bindAt(at, a.Value); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *stmt) bindAt(at int, v any) error {
	switch v := v.(type) {
	case nil:
		return s.native.BindNull(at)
	case int64:
		return s.native.BindInt64(at, v)
	case string:
		return s.native.BindText(at, v)
	case []byte:
		return s.native.BindBlob(at, v)
	case float64:
		return s.native.BindFloat(at, v)
	case bool:
		return s.native.BindBool(at, v)
	case time.Time:
		return s.native.BindText(at, v.Format(timeLayout))
	}
	return fmt.Errorf("sqlite: a parameter of type %T", v)
}

// rows is the result of a query.
type rows struct {
	stmt    *stmt
	ctx     context.Context
	columns []string
	bools   []bool // columns declared as boolean
	cells   []any
	// ahead reports that the step to the next row has been taken; done that there is none.
	ahead, done bool
	// last reports that the statement goes with its rows.
	last bool
}

// step goes to the next row.
func (r *rows) step() error {
	return r.stmt.conn.during(r.ctx, func() error {
		r.done = !r.stmt.native.Step()
		return r.stmt.native.Err()
	})
}

// Columns implements driver.Rows.
func (r *rows) Columns() []string { return r.columns }

// Next implements driver.Rows.
func (r *rows) Next(dest []sqldriver.Value) error {
	if r.stmt.native == nil || r.done {
		return io.EOF
	}
	if !r.ahead {
		if err := r.step(); err != nil {
			r.done = true
			return err
		}
	}
	r.ahead = false
	if r.done {
		return io.EOF
	}
	if err := r.stmt.native.ColumnsRaw(r.cells...); err != nil {
		return err
	}
	for i, v := range r.cells {
		switch v := v.(type) {
		case []byte: // in the memory of SQLite, where text is followed by a zero
			if len(v) < cap(v) {
				dest[i] = string(v)
			} else {
				dest[i] = bytes.Clone(v)
			}
		case int64:
			if dest[i] = v; r.bools[i] {
				dest[i] = v > 0
			}
		default:
			dest[i] = v
		}
	}
	return nil
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	if r.stmt.native != nil {
		r.stmt.release()
	}
	r.done = true
	if r.last {
		return r.stmt.Close()
	}
	return nil
}
