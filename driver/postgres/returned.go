package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// read takes the result of one statement of a batch.
func (it *item) read(r *results, types *pgtype.Map) error {
	if !it.chunk.Returns {
		tag, err := r.Exec()
		if err != nil {
			return err
		}
		it.op.Affected = append(it.op.Affected, tag.RowsAffected())
		return nil
	}
	src, err := r.Query()
	if err != nil {
		return err
	}
	defer src.Close()
	if it.write.Rows == nil {
		err = it.readBulk(src, types)
	} else {
		err = it.readRows(src, types)
	}
	if err != nil {
		return err
	}
	src.Close()
	return src.Err()
}

// readBulk reads the rows a bulk write has changed.
func (it *item) readBulk(src pgx.Rows, types *pgtype.Map) error {
	for src.Next() {
		row, err := it.decode(src, types, 0)
		if err != nil {
			return err
		}
		it.op.Returned = append(it.op.Returned, row)
	}
	it.op.Affected = append(it.op.Affected, int64(len(it.op.Returned)))
	return nil
}

// readRows reads what the argument rows gave back.
func (it *item) readRows(src pgx.Rows, types *pgtype.Map) error {
	counts, returned := make([]int64, it.n), make([][]any, it.n)
	skip := 0
	if it.chunk.Numbered {
		skip = 1
	}
	for next := 0; src.Next(); next++ {
		at := next
		if it.chunk.Numbered {
			var number int64
			if err := scan(types, &src.FieldDescriptions()[0], src.RawValues()[0], &number); err != nil {
				return err
			}
			at = int(number) - 1
		}
		if at < 0 || at >= it.n {
			return fmt.Errorf("result row %d for %d argument rows", at+1, it.n)
		}
		counts[at]++
		var err error
		if returned[at], err = it.decode(src, types, skip); err != nil {
			return err
		}
	}
	it.op.Affected = append(it.op.Affected, counts...)
	if len(it.write.Write.Returning) > 0 {
		it.op.Returned = append(it.op.Returned, returned...)
	}
	return nil
}

// decode turns the current row, without its first skip columns, into canonical values.
func (it *item) decode(src pgx.Rows, types *pgtype.Map, skip int) ([]any, error) {
	columns := it.write.Write.Returning
	fields, raw := src.FieldDescriptions()[skip:], src.RawValues()[skip:]
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("%d result columns for %d columns asked for", len(raw), len(columns))
	}
	row := make([]any, len(columns))
	for i, c := range columns {
		v, err := decode(types, fields[i].DataTypeOID, fields[i].Format, raw[i])
		if err != nil {
			return nil, err
		}
		if row[i], err = c.Type.Decode(v); err != nil {
			return nil, err
		}
	}
	return row, nil
}
