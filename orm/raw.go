package orm

import (
	"context"
	"iter"
	"reflect"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// RawOption adds to a statement in SQL; it stands anywhere among the arguments.
type RawOption func(*rawOptions)

type rawOptions struct {
	replica bool
	mode    *FlushMode
}

// OnReplica allows a replica to answer [Rows], [StreamRows] or [Map]. A statement with
// words that write or lock, and one inside a transaction, goes to the primary nonetheless.
func OnReplica() RawOption { return func(o *rawOptions) { o.replica = true } }

// FlushRaw sets the flush mode of one statement. Which tables a statement touches is
// unknown: FlushAuto and FlushAlways write all pending changes before it, FlushCommit none.
func FlushRaw(mode FlushMode) RawOption { return func(o *rawOptions) { o.mode = &mode } }

// Secret binds v and keeps it out of logs.
func Secret(v any) any { return secret{v} }

type secret struct{ value any }

// String keeps the value out of messages.
func (secret) String() string { return "a secret" }

// GoString keeps the value out of messages.
func (secret) GoString() string { return "a secret" }

// Exec runs a statement in the engine's SQL, in the open transaction, and returns the
// number of rows as far as the engine tells it. Outside of a transaction it stands
// alone, without BEGIN: what cannot run in a transaction can run here. Managed entities
// keep the values they have.
//
// Placeholders are those of no engine: ?, or $1 and $2 where a value is used twice, or
// :name with one argument that is a map or a struct. They are found outside of
// quotes and comments and become the engine's own. ?? is a question mark. A slice
// alone between the parentheses of IN becomes a list. Without arguments the text is
// sent as it is. docs/raw-sql.md tells the rest.
//
// Values that do not fit are an ErrPlaceholder, before anything is sent. Engines without
// SQL answer ErrUnsupported. The text must never be made of user input.
func (em *EntityManager) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	em = em.there()
	if err := em.guard.enter("exec"); err != nil {
		return 0, err
	}
	defer em.guard.leave()
	r, err := em.raw(ctx, "exec", text, args, true)
	if err != nil {
		return 0, err
	}
	op := &driver.Op{P: r.program, Rows: [][]any{r.args}}
	if err := em.execAlone(ctx, op); err != nil {
		return 0, err
	}
	var n int64
	for _, affected := range op.Affected {
		n += affected
	}
	return n, nil
}

// execAlone runs an operation in the open transaction, else without one.
func (em *EntityManager) execAlone(ctx context.Context, op *driver.Op) error {
	if em.scope.Session != nil {
		return em.scope.Session.Exec(ctx, []*driver.Op{op})
	}
	return em.untransacted(ctx, func(s driver.Session) error { return s.Exec(ctx, []*driver.Op{op}) })
}

// Rows runs a query in the engine's SQL and returns its rows as values of R, by the
// rules of [Result]: a column goes to the field of that name, and neither columns nor
// fields may be left over. Text, transaction and placeholders are as those of
// [EntityManager.Exec]. A statement that writes may give rows, too: INSERT ... RETURNING.
func Rows[R any](ctx context.Context, em *EntityManager, text string, args ...any) ([]R, error) {
	em = em.there()
	var list []R
	err := eachRow(ctx, em, text, args, inside, func(value R, _ error) bool {
		list = append(list, value)
		return true
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// StreamRows is [Rows] that yields row by row. The manager may be used between two
// yields; the rows hold a connection as those of [StreamResult] do. An error ends the
// iteration.
func StreamRows[R any](ctx context.Context, em *EntityManager, text string, args ...any) iter.Seq2[R, error] {
	em = em.there()
	return func(yield func(R, error) bool) {
		if err := eachRow(ctx, em, text, args, em.loop, yield); err != nil {
			var none R
			yield(none, err)
		}
	}
}

func eachRow[R any](ctx context.Context, em *EntityManager, text string, args []any, run between, yield func(R, error) bool) error {
	if err := em.guard.enter("rows"); err != nil {
		return err
	}
	defer em.guard.leave()
	rows, columns, err := em.rawRows(ctx, "rows", text, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	outputs := make([]qb.Column, len(columns))
	for i, name := range columns {
		outputs[i].Name = name
	}
	plan, err := planResult(reflect.TypeFor[R](), &mapper.Entity{}, outputs, true)
	if err != nil {
		return err
	}
	return yieldRows(ctx, em, plan, rows, run, yield)
}

// Map runs a query in the engine's SQL whose rows are of T, and returns the entities,
// managed by em: a row that is managed already is that entity, whose values stay. A
// column belongs to the property whose column, or name, it has. The key must be
// among them, with the version and the discriminator where there are such; an entity of
// which other columns are missing is loaded in part, and written in part. Placeholders
// are as those of [EntityManager.Exec]. Filters do not apply: the text says what is read.
func Map[T any](ctx context.Context, em *EntityManager, text string, args ...any) ([]*T, error) {
	em = em.there()
	if em.guard.fault != nil {
		return nil, em.guard.fault
	}
	e, err := entityOf[T](em.db.registry)
	if err != nil {
		return nil, err
	}
	if err := em.guard.enter("map"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	rows, columns, err := em.rawRows(ctx, "map", text, args)
	if err != nil {
		return nil, err
	}
	list, err := em.loader.Rows(rows, e, columns)
	if err != nil {
		return nil, told("map", err)
	}
	return pointersOf[T](list), em.loadHooks(ctx, em.loader)
}

// rawRows sends a query and returns its rows with the names of their columns.
func (em *EntityManager) rawRows(ctx context.Context, op, text string, args []any) (driver.Rows, []string, error) {
	r, err := em.raw(ctx, op, text, args, false)
	if err != nil {
		return nil, nil, err
	}
	rows, err := em.scope.Query(ctx, r.program, r.args)
	if err != nil {
		return nil, nil, err
	}
	named, ok := driver.RowsAs[driver.NamedRows](rows)
	if !ok {
		return nil, nil, join(&Error{Class: ErrUnsupported, Op: op, Detail: "the engine " + em.db.caps.Name + " does not name the columns of its rows"}, rows.Close())
	}
	return rows, named.Columns(), nil
}
