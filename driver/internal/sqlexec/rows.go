package sqlexec

import (
	"bytes"
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/overflow"
	"github.com/weft-orm/weft/mapper"
)

// rows is the result of a query: streaming from the connection, or from what was read
// after the session has needed the connection for something else.
type rows struct {
	ctx     context.Context
	session *Session
	conn    *Conn
	src     sqldriver.Rows
	stmt    *stmt // nil when not prepared
	text    string
	lease   *Lease // given back after the rows; nil when the session keeps it

	columns []string
	texts   []bool // which of them are text, nil before anybody asks
	values  []sqldriver.Value
	rest    *overflow.Queue[[]sqldriver.Value] // rows still to come after buffer
	err     error
	closed  bool
}

// Next implements driver.Rows.
func (r *rows) Next() bool {
	if r.src == nil {
		if r.closed || r.rest == nil {
			return false
		}
		row, ok, err := r.rest.Next()
		if err != nil && r.err == nil {
			r.err = r.lost(err)
		}
		if ok {
			r.values = row
		}
		return ok
	}
	err := r.src.Next(r.values)
	if err == nil {
		return true
	}
	if !errors.Is(err, io.EOF) {
		r.err = r.session.failed(r.ctx, r.conn, err, r.text)
	}
	r.release()
	return false
}

// Scan implements driver.Rows.
func (r *rows) Scan(dest []any) error {
	if len(dest) != len(r.values) {
		return &driver.Error{Class: driver.ErrScan, Op: -1, Row: -1, Statement: r.text}
	}
	for i, d := range dest {
		if plain, ok := d.(*any); ok && r.isText(i) {
			if b, isBytes := r.values[i].([]byte); isBytes {
				*plain = string(b)
				continue
			}
		}
		if err := assign(d, r.values[i]); err != nil {
			return err
		}
	}
	return nil
}

// isText reports a column whose bytes are text, for a destination that does not tell.
func (r *rows) isText(i int) bool {
	if r.session.profile.IsText == nil {
		return false
	}
	if r.texts == nil {
		r.texts = make([]bool, len(r.columns))
		for k := range r.texts {
			r.texts[k] = r.src != nil && r.session.profile.IsText(r.src, k)
		}
	}
	return r.texts[i]
}

// assign stores a value of the Go driver, for the destinations of weft's own rows
// without a second box.
func assign(dest any, v sqldriver.Value) error {
	t, ok := dest.(mapper.Taker)
	if !ok {
		return driver.Assign(dest, v)
	}
	switch v := v.(type) {
	case int64:
		return t.TakeInt(v)
	case string:
		return t.TakeString(v)
	case []byte:
		return t.TakeBytes(v)
	case float64:
		return t.TakeFloat(v)
	case bool:
		return t.TakeBool(v)
	case time.Time:
		return t.TakeTime(v)
	}
	return t.Scan(v)
}

// Columns implements driver.NamedRows.
func (r *rows) Columns() []string { return r.columns }

// Close implements driver.Rows.
func (r *rows) Close() error {
	r.closed = true
	if r.rest != nil {
		_ = r.rest.Close()
		r.rest = nil
	}
	r.release()
	return r.err
}

// release ends the use of the connection. It is idempotent.
func (r *rows) release() {
	if r.src == nil {
		return
	}
	if err := r.src.Close(); err != nil && r.err == nil {
		r.err = r.session.failed(r.ctx, r.conn, err, r.text)
	}
	r.src, r.values = nil, nil
	if r.stmt != nil {
		r.stmt.release()
	}
	if r.lease != nil {
		r.lease.Release()
	}
}

// Buffer implements driver.Buffered.
func (r *rows) Buffer() { r.buffer() }

// lost is the error for rows that could not be kept.
func (r *rows) lost(err error) error {
	return &driver.Error{Class: overflow.Class(err), Engine: r.session.profile.Caps.Name, Op: -1, Row: -1, Statement: r.text, Err: err}
}

// buffer reads what is left, into a file where it is much, and frees the connection.
func (r *rows) buffer() {
	if r.src == nil {
		return
	}
	if len(r.columns) > 0 {
		r.isText(0)
	}
	current := copyValues(r.values)
	rest := &overflow.Queue[[]sqldriver.Value]{Codec: &rowCodec}
	for r.Next() {
		if err := rest.Put(copyValues(r.values)); err != nil {
			r.err = r.lost(err)
			r.release()
			break
		}
	}
	r.values, r.rest = current, rest
}

func copyValues(values []sqldriver.Value) []sqldriver.Value {
	out := make([]sqldriver.Value, len(values))
	for i, v := range values {
		if b, ok := v.([]byte); ok {
			v = bytes.Clone(b)
		}
		out[i] = v
	}
	return out
}
