package postgres

import (
	"bytes"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/overflow"
	"github.com/weft-orm/weft/mapper"
)

// rows is the result of a query: streaming from the connection, or from what was read
// after the session has needed the connection for something else.
type rows struct {
	ctx     context.Context
	session *session
	conn    *pgxpool.Conn
	src     pgx.Rows // nil once read to the end
	results *results // of the batch src comes from, or nil
	text    string
	finish  func() // gives the connection back

	types  *pgtype.Map
	fields []pgconn.FieldDescription
	forms  []form // of the fields
	few    [24]form
	values [][]byte
	rest   *overflow.Queue[[][]byte] // rows still to come after buffer
	err    error
	closed bool
}

// describe learns what the columns are.
func (r *rows) describe() error {
	if r.fields = r.src.FieldDescriptions(); r.fields == nil {
		// The server refused the statement before it described a result.
		r.src.Close()
		return r.src.Err()
	}
	r.forms = formsOf(r.few[:0], r.fields)
	return nil
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
	if r.src.Next() {
		r.values = r.src.RawValues()
		return true
	}
	r.release()
	return false
}

// Scan implements driver.Rows.
func (r *rows) Scan(dest []any) error {
	if len(dest) != len(r.values) {
		return (&driver.Error{Class: driver.ErrScan, Engine: caps.Name}).At(r.text, -1, -1)
	}
	for i, d := range dest {
		var err error
		if t, ok := d.(mapper.Taker); ok {
			err = r.give(t, i, r.values[i])
		} else {
			err = scan(r.types, &r.fields[i], r.values[i], d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Columns implements driver.NamedRows.
func (r *rows) Columns() []string {
	names := make([]string, len(r.fields))
	for i := range r.fields {
		names[i] = r.fields[i].Name
	}
	return names
}

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
	r.src.Close()
	err := r.src.Err()
	r.src = nil
	if r.results != nil {
		if closeErr := r.results.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil && r.err == nil {
		r.err = r.session.failed(r.ctx, r.conn, err, r.text)
	}
	if r.finish != nil {
		r.finish()
	}
}

// Buffer implements driver.Buffered. Who gets the connection uses its types as well.
func (r *rows) Buffer() {
	if r.src != nil {
		r.types = r.types.Copy()
	}
	r.buffer()
}

// lost is the error for rows that could not be kept.
func (r *rows) lost(err error) error {
	return (&driver.Error{Class: overflow.Class(err), Engine: caps.Name, Err: err}).At(r.text, -1, -1)
}

// rowCodec writes rows as the server sent them.
var rowCodec = overflow.Codec[[][]byte]{
	Size: func(row [][]byte) int {
		n := 24 * len(row)
		for _, v := range row {
			n += len(v)
		}
		return n
	},
	Append: func(dst []byte, row [][]byte) []byte {
		for _, v := range row {
			dst = overflow.AppendCell(dst, v)
		}
		return dst
	},
	Read: func(src []byte) (row [][]byte, err error) {
		for len(src) > 0 {
			var cell []byte
			if cell, src, err = overflow.CutCell(src); err != nil {
				return nil, err
			}
			row = append(row, bytes.Clone(cell))
		}
		return row, nil
	},
}

// buffer reads what is left, into a file where it is much, and frees the connection.
func (r *rows) buffer() {
	if r.src == nil {
		return
	}
	r.fields = slices.Clone(r.fields) // the connection describes its next result in the same memory
	current := copyValues(r.values)
	rest := &overflow.Queue[[][]byte]{Codec: &rowCodec}
	for r.Next() {
		if err := rest.Put(copyValues(r.values)); err != nil {
			r.err = r.lost(err)
			r.release()
			break
		}
	}
	r.values, r.rest = current, rest
}

func copyValues(values [][]byte) [][]byte {
	out := make([][]byte, len(values))
	for i, v := range values {
		out[i] = bytes.Clone(v)
	}
	return out
}
