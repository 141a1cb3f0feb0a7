package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/weft-orm/weft/driver"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// rows implements driver.Rows.
type rows struct {
	ctx     context.Context // of the query; cursors fetch batches as they go
	session *session
	cursor  *mongo.Cursor // nil when the answer was known without asking
	prog    *program
	plan    *plan
	cells   []bson.RawValue
	started bool
	static  bool // the current row is the default row
	err     error
	closed  bool
}

// Next implements driver.Rows.
func (r *rows) Next() bool {
	if r.cursor == nil || r.closed || r.err != nil {
		return false
	}
	if r.cursor.Next(r.ctx) {
		r.started = true
		return r.read()
	}
	if err := r.cursor.Err(); err != nil {
		r.err = r.session.failed(r.ctx, err, r.prog.String())
		return false
	}
	r.static = !r.started && r.prog.Default != nil
	r.started = true
	return r.static
}

// documents are rows of a pipeline written by a user.
type documents struct{ *rows }

// Fields implements driver.Documents.
func (d *documents) Fields() (names []string, values []any, err error) {
	elements, err := d.cursor.Current.Elements()
	if err != nil {
		return nil, nil, err
	}
	for _, e := range elements {
		v, err := weftmongo.Decode(e.Value(), nil)
		if err != nil {
			return nil, nil, err
		}
		names, values = append(names, e.Key()), append(values, v)
	}
	return names, values, nil
}

// read finds the cells of the current document.
func (r *rows) read() bool {
	if r.cells == nil {
		r.cells = make([]bson.RawValue, len(r.plan.cells))
	}
	clear(r.cells)
	r.err = r.plan.root.walk(r.cursor.Current, r.cells)
	return r.err == nil
}

// Scan implements driver.Rows.
func (r *rows) Scan(dest []any) error {
	for i := range dest {
		if r.static {
			if err := driver.Assign(dest[i], r.prog.Default[i]); err != nil {
				return err
			}
			continue
		}
		if err := scan(dest[i], r.cells[i], &r.plan.cells[i]); err != nil {
			return err
		}
	}
	return nil
}

// Close implements driver.Rows. The end of the transaction closes, too.
func (r *rows) Close() error {
	if r.cursor != nil && !r.closed {
		r.closed = true
		if err := r.cursor.Close(context.WithoutCancel(r.ctx)); err != nil && r.err == nil {
			r.err = failure(r.ctx, err)
		}
	}
	return r.err
}

// scan stores a cell. Plain destinations of plain values take no detour over any.
func scan(dest any, v bson.RawValue, cell *weftmongo.Cell) error {
	switch d := dest.(type) {
	case *int64:
		if v.Type == bson.TypeInt64 {
			*d = v.Int64()
			return nil
		}
	case *string:
		if v.Type == bson.TypeString {
			*d = v.StringValue()
			return nil
		}
	case *float64:
		if v.Type == bson.TypeDouble {
			*d = v.Double()
			return nil
		}
	case *bool:
		if v.Type == bson.TypeBoolean {
			*d = v.Boolean()
			return nil
		}
	case *time.Time:
		if v.Type == bson.TypeDateTime {
			*d = v.Time().UTC()
			return nil
		}
	}
	value, err := weftmongo.Decode(v, cell.Type)
	if err != nil {
		return err
	}
	return driver.Assign(dest, value)
}
