package sqlexec

import (
	"context"
	sqldriver "database/sql/driver"
	"fmt"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// collect reads the result rows of a write into Returned and Affected.
func (x *execution) collect(r *rows, chunk *sql.Chunk, n int) error {
	var err error
	if x.program.Rows == nil {
		err = x.collectBulk(r)
	} else {
		err = x.collectRows(r, chunk.Numbered, n)
	}
	if err != nil {
		_ = r.Close() // the first error is the one to report
		return err
	}
	return r.Close()
}

// collectBulk reads the rows a bulk write has changed.
func (x *execution) collectBulk(r *rows) error {
	types := returningTypes(x.program.Write)
	for r.Next() {
		row, err := x.decode(types, r.values)
		if err != nil {
			return err
		}
		x.op.Returned = append(x.op.Returned, row)
	}
	x.op.Affected = append(x.op.Affected, int64(len(x.op.Returned)))
	return nil
}

// collectRows reads what n argument rows gave back.
func (x *execution) collectRows(r *rows, numbered bool, n int) error {
	types := returningTypes(x.program.Write)
	counts, returned := make([]int64, n), make([][]any, n)
	for next := 0; r.Next(); next++ {
		at, values := next, r.values
		if numbered {
			number, ok := values[0].(int64)
			if !ok {
				return fmt.Errorf("row number is %T", values[0])
			}
			at, values = int(number)-1, values[1:]
		}
		if at < 0 || at >= n {
			return fmt.Errorf("result row %d for %d argument rows", at+1, n)
		}
		counts[at]++
		var err error
		if returned[at], err = x.decode(types, values); err != nil {
			return err
		}
	}
	x.op.Affected = append(x.op.Affected, counts...)
	if len(types) > 0 {
		x.op.Returned = append(x.op.Returned, returned...)
	}
	return nil
}

func returningTypes(w *qb.Write) []*mapper.Type {
	types := make([]*mapper.Type, len(w.Returning))
	for i, c := range w.Returning {
		types[i] = c.Type
	}
	return types
}

// decode turns a result row into canonical values.
func (x *execution) decode(types []*mapper.Type, values []sqldriver.Value) ([]any, error) {
	first := len(x.memory)
	for i, t := range types {
		v, err := t.Decode(values[i])
		if err != nil {
			return nil, err
		}
		x.memory = append(x.memory, v)
	}
	return slices.Clip(x.memory[first:]), nil
}

// keys fills Returned after a statement that returns nothing itself.
func (x *execution) keys(ctx context.Context, chunk *sql.Chunk, result sqldriver.Result, first, n int) error {
	if !chunk.LastInsertID && chunk.ReadBack == "" {
		return nil
	}
	var id int64
	if chunk.LastInsertID || len(chunk.ReadBackKey) == 0 {
		var err error
		if id, err = result.LastInsertId(); err != nil {
			return err
		}
	}
	if chunk.ReadBack != "" {
		return x.readBack(ctx, chunk, id, first)
	}
	t := x.program.Write.Returning[0].Type
	for i := range n {
		v, err := t.Decode(id + int64(i))
		if err != nil {
			return err
		}
		x.memory = append(x.memory, v)
		x.op.Returned = append(x.op.Returned, slices.Clip(x.memory[len(x.memory)-1:]))
	}
	return nil
}

// readBack reads the Returning columns of the row just written.
func (x *execution) readBack(ctx context.Context, chunk *sql.Chunk, id int64, first int) error {
	s, w := x.session, x.program.Write
	s.params = s.params[:0]
	if len(chunk.ReadBackKey) == 0 {
		s.params = append(s.params, id)
	}
	for _, i := range chunk.ReadBackKey {
		v, err := s.profile.Dialect.Encode(w.Set[i].Type, x.op.Rows[first][i])
		if err != nil {
			return err
		}
		s.params = append(s.params, v)
	}
	x.op.Sent++
	r, err := s.stream(ctx, x.conn, chunk.ReadBack)
	if err != nil {
		return err
	}
	var row []any
	if r.Next() {
		if row, err = x.decode(returningTypes(w), r.values); err != nil {
			return err
		}
	}
	x.op.Returned = append(x.op.Returned, row)
	return r.Close()
}
