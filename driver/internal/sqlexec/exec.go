package sqlexec

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// Exec implements driver.Session.
func (s *Session) Exec(ctx context.Context, ops []*driver.Op) error {
	if len(ops) == 0 {
		return nil
	}
	if IsText(ops) {
		return ExecTexts(ctx, s, ops)
	}
	if s.lease == nil {
		s.lone = s.standsAlone(ops)
	}
	lease, err := s.acquire(ctx, ForWrite)
	if err != nil {
		return err
	}
	defer s.done(lease)
	for i, op := range ops {
		program, ok := op.P.(*Program)
		if !ok || program.Write == nil {
			return s.refused(fmt.Sprintf("%T is not a write of this engine", op.P))
		}
		x := &execution{session: s, conn: lease.Conn, op: op, index: i, program: program}
		op.Affected, op.Returned, op.Sent = op.Affected[:0], nil, 0
		if program.Rows == nil {
			err = x.statement(ctx)
		} else {
			err = x.rows(ctx)
		}
		x.free()
		if err != nil {
			return err
		}
	}
	return nil
}

// standsAlone reports operations that are one statement and all there is of their
// transaction, on an engine that waits for the outcome whatever becomes of the context.
// A statement that returns rows may still fail when it has been done, so that it is none.
func (s *Session) standsAlone(ops []*driver.Op) bool {
	if !s.opts.Alone || !s.profile.SureStatements || len(ops) != 1 {
		return false
	}
	program, ok := ops[0].P.(*Program)
	switch {
	case !ok || program.Write == nil:
		return false
	case program.Rows == nil:
		return len(program.Write.Returning) == 0 // a bulk write is one statement
	case len(ops[0].Rows) != 1:
		return false
	}
	form, _ := program.Rows.Form(ops[0].Rows)
	chunk := form.Chunk(1)
	return !chunk.Returns && chunk.ReadBack == ""
}

// execution runs one operation.
type execution struct {
	session *Session
	conn    *Conn
	op      *driver.Op
	index   int
	program *Program
	// calm is the context of statements for one row under Profile.QuickRows, else nil.
	calm context.Context
	// stmt is the statement that ran last, kept for the next row; nil when there is none.
	stmt *stmt
	// listed reports rows in the form that does not count each.
	listed bool
	// memory holds what the rows gave back, one row behind the other.
	memory []any
}

// statement runs a bulk write.
func (x *execution) statement(ctx context.Context) error {
	s, st := x.session, x.program.Statement
	if err := s.refuseCommits(st.Text); err != nil {
		return err
	}
	var args []any
	if len(x.op.Rows) > 0 {
		args = x.op.Rows[0]
	}
	text, params, err := st.BindText(s.params[:0], args)
	if s.params = params; err != nil {
		return err
	}
	chunk := sql.Chunk{Text: text, Returns: len(x.program.Write.Returning) > 0}
	return x.send(ctx, &chunk, 0, 1)
}

// rows runs a row-form write, chunk by chunk.
func (x *execution) rows(ctx context.Context) error {
	op := x.op
	if len(x.program.Write.Returning) > 0 {
		op.Returned = make([][]any, 0, len(op.Rows))
		x.memory = make([]any, 0, len(op.Rows)*len(x.program.Write.Returning))
	}
	if x.session.profile.QuickRows {
		x.calm = calmed(ctx)
	}
	rows := x.program.Rows
	if op.Uncounted {
		rows = rows.Uncounted()
		x.listed = rows != x.program.Rows
	}
	var chunk sql.Chunk
	var made *sql.WriteStatement
	size := 0
	for first := 0; first < len(op.Rows); {
		form, n := rows.Form(op.Rows[first:])
		n, places := x.chunkSize(form, op.Rows[first:first+n])
		if places != size || form != made {
			chunk, made, size = form.Chunk(places), form, places
		}
		var err error
		if x.session.params, err = form.Bind(x.session.params[:0], op.Rows[first:first+n]); err != nil {
			return err
		}
		x.pad(places - n)
		if err := x.chunk(ctx, &chunk, first, n); err != nil {
			return x.blame(ctx, form, first, n, err)
		}
		first += n
	}
	if !x.session.profile.Caps.CountsPerRow || x.listed {
		op.Affected = append(op.Affected[:0], sum(op.Affected))
	}
	return nil
}

// pad repeats the last parameter.
func (x *execution) pad(n int) {
	params := x.session.params
	for range n {
		params = append(params, params[len(params)-1])
	}
	x.session.params = params
}

// chunkSize returns how many of the rows that form takes go into the next statement, and for
// how many that is.
func (x *execution) chunkSize(form *sql.WriteStatement, rows [][]any) (n, places int) {
	n = len(rows)
	if n == 1 {
		return 1, 1
	}
	if x.oneByOne() {
		return form.Lot(n) // few texts, so that they stay prepared
	}
	limit := x.session.profile.MaxBytes
	if limit <= 0 {
		return n, n
	}
	for i, bytes := 0, 0; i < n; i++ {
		if bytes += sizeOf(rows[i]); bytes > limit {
			n = max(i, 1)
			break
		}
	}
	return n, n
}

// sizeOf estimates the bytes a row takes in a statement; escaping may double text.
func sizeOf(row []any) int {
	n := 0
	for _, v := range row {
		switch v := v.(type) {
		case string:
			n += 2 * len(v)
		case []byte:
			n += 2 * len(v)
		}
		n += 32
	}
	return n
}

// chunk sends rows [first, first+n), which are bound, as one statement.
func (x *execution) chunk(ctx context.Context, chunk *sql.Chunk, first, n int) error {
	if n == 1 && x.calm != nil {
		if cause := ctx.Err(); cause != nil {
			return x.failed(ctx, cause, chunk.Text, first)
		}
		ctx = x.calm
	}
	return x.send(ctx, chunk, first, n)
}

// send runs a statement with the parameters in session.params and reads its result.
func (x *execution) send(ctx context.Context, chunk *sql.Chunk, first, n int) error {
	x.op.Sent++
	row := first
	if n > 1 {
		row = -1
	}
	if chunk.Returns {
		r, err := x.query(ctx, chunk.Text, n)
		if err == nil {
			err = x.collect(r, chunk, n)
		}
		if err != nil {
			return x.failed(ctx, err, chunk.Text, row)
		}
		return nil
	}
	result, err := x.exec(ctx, chunk, n)
	if err != nil {
		return x.failed(ctx, err, chunk.Text, row)
	}
	if result == nil {
		return nil
	}
	if err := x.count(result, n); err != nil {
		return x.failed(ctx, err, chunk.Text, row)
	}
	if err := x.keys(ctx, chunk, result, first, n); err != nil {
		return x.failed(ctx, err, chunk.Text, row)
	}
	return nil
}

// query runs a statement that returns rows.
func (x *execution) query(ctx context.Context, text string, n int) (*rows, error) {
	s := x.session
	if n > 1 && s.profile.Inline {
		named, err := s.bind(s.params)
		if err != nil {
			return nil, err
		}
		src, err := x.conn.QueryContext(ctx, text, named)
		if err == nil {
			return s.newRows(ctx, x.conn, nil, src, text), nil
		}
		if !errors.Is(err, sqldriver.ErrSkip) {
			return nil, err
		}
	}
	return s.stream(ctx, x.conn, text)
}

// quiet is a prepared statement that can run without telling what came of it, which costs
// less where there are many parameters.
type quiet interface {
	RunContext(ctx context.Context, args []sqldriver.NamedValue) error
}

// exec runs a statement without result rows. The result is nil where nobody asks for it and
// the Go driver has a quicker way.
func (x *execution) exec(ctx context.Context, chunk *sql.Chunk, n int) (sqldriver.Result, error) {
	s, text := x.session, chunk.Text
	named, err := s.bind(s.params)
	if err != nil {
		return nil, err
	}
	if n > 1 && s.profile.Inline && !chunk.Steady {
		result, err := x.conn.ExecContext(ctx, text, named)
		if !errors.Is(err, sqldriver.ErrSkip) {
			return result, err
		}
	}
	if x.stmt == nil || x.stmt.text != text {
		x.free()
		if x.stmt, err = x.conn.stmt(ctx, text); err != nil {
			return nil, err
		}
	}
	var result sqldriver.Result
	if st, ok := x.stmt.prepared.(quiet); ok && n > 1 && x.op.Uncounted {
		err = st.RunContext(ctx, named)
	} else {
		result, err = execStmt(ctx, x.stmt.prepared, named)
	}
	if err != nil && s.profile.spoils(err) {
		x.conn.stmts.drop(x.stmt)
		x.free()
	}
	return result, err
}

// free gives back the statement that ran last.
func (x *execution) free() {
	if x.stmt != nil {
		x.stmt.release()
		x.stmt = nil
	}
}

// count records the number of affected rows.
func (x *execution) count(result sqldriver.Result, n int) error {
	affected, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if x.program.Write.Kind == qb.Insert && x.program.Rows != nil && n == 1 {
		affected = min(affected, 1) // MySQL counts a merged row twice
	}
	if n > 1 && x.oneByOne() && !x.listed {
		for range affected {
			x.op.Affected = append(x.op.Affected, 1)
		}
		return nil
	}
	x.op.Affected = append(x.op.Affected, affected)
	return nil
}

func (x *execution) failed(ctx context.Context, err error, text string, row int) error {
	e := x.session.failed(ctx, x.conn, err, text)
	e.Op, e.Row = x.index, row
	if length, ok := errors.AsType[*lengthError](err); ok && x.program.Rows != nil {
		e.Statement = text
		x.nameColumn(e, length.parameter)
	}
	return e
}

// nameColumn names the column of a parameter, where the parameters are those of the rows.
func (x *execution) nameColumn(e *driver.Error, parameter int) {
	w := x.program.Write
	columns := slices.Concat(w.Set, w.Match)
	if len(columns) == 0 || len(x.session.params)%len(columns) != 0 || w.Table == nil {
		return
	}
	e.Table, e.Columns = w.Table.Name, []string{columns[parameter%len(columns)].Name}
}

func sum(counts []int64) int64 {
	total := int64(0)
	for _, n := range counts {
		total += n
	}
	return total
}
