package orm

import (
	"context"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/flush"
	"github.com/weft-orm/weft/orm/internal/session"
	"github.com/weft-orm/weft/qb"
)

// NativeOption adds to a bulk update or delete.
type NativeOption func(*qb.Builder) *qb.Builder

// AllowAll permits a bulk update or delete without a condition.
func AllowAll() NativeOption { return (*qb.Builder).AllowAll }

// NativeUpdate sets properties of all rows that match cond, in one statement. It
// bypasses the unit of work: managed entities keep their values, versions are
// not checked, hooks do not run. An empty condition needs AllowAll. It returns the
// number of rows.
func NativeUpdate[T any](ctx context.Context, em *EntityManager, cond any, set M, opts ...NativeOption) (int64, error) {
	em = em.there()
	q, err := native[T](em, cond, opts)
	if err != nil {
		return 0, err
	}
	return Exec(ctx, em, q.Update(set))
}

// NativeDelete deletes all rows that match cond, in one statement, bypassing the
// unit of work as NativeUpdate does. It returns the number of rows. Those of an entity
// with softDelete stay and are marked as removed; [NativeDeleteHard] deletes them. What refers
// to the rows is for the database, or by the rules of onDelete for weft where there are no
// foreign keys: with more statements then.
func NativeDelete[T any](ctx context.Context, em *EntityManager, cond any, opts ...NativeOption) (int64, error) {
	em = em.there()
	q, err := native[T](em, cond, opts)
	if err != nil {
		return 0, err
	}
	if e := mapper.EntityOf[T](em.db.registry); e.SoftDelete != nil {
		return Exec(ctx, em, q.Update(M{e.SoftDelete.Path: e.RemovedMark(time.Now())}))
	}
	return Exec(ctx, em, q.Delete())
}

// NativeDeleteHard is NativeDelete that deletes the rows of entities with softDelete, too:
// those that are not hidden, unless WithoutSoftDelete is given.
func NativeDeleteHard[T any](ctx context.Context, em *EntityManager, cond any, opts ...NativeOption) (int64, error) {
	em = em.there()
	q, err := native[T](em, cond, opts)
	if err != nil {
		return 0, err
	}
	return Exec(ctx, em, q.Delete())
}

// NativeInsert inserts rows given as maps of properties, bypassing the unit of
// work: no entity is made, no hook runs. Every row must name the same properties;
// values made on create and the first version are added where they are not named.
func NativeInsert[T any](ctx context.Context, em *EntityManager, rows ...M) (int64, error) {
	em = em.there()
	e, err := entityIn[T](em)
	if err != nil {
		return 0, err
	}
	return Exec(ctx, em, qb.New(em.db.registry, e.Name, "").Insert(rows...))
}

// NativeUpsert inserts rows given as maps of properties; a row that clashes on the
// unique properties on is updated instead. Without on the primary key counts.
// It bypasses the unit of work. What NativeInsert adds is added here too; a row that
// is there keeps what was made when it was created, and its version counts up.
func NativeUpsert[T any](ctx context.Context, em *EntityManager, on []string, rows ...M) (int64, error) {
	em = em.there()
	e, err := entityIn[T](em)
	if err != nil {
		return 0, err
	}
	q := qb.New(em.db.registry, e.Name, "").Upsert(rows...)
	if len(on) > 0 {
		q = q.OnConflict(on...)
	}
	return Exec(ctx, em, q)
}

// asKey keeps text a key, as it is in a find, where a query builder would take it for SQL.
func asKey(cond any) any {
	if text, ok := cond.(string); ok {
		return M{"$in": []any{text}}
	}
	return cond
}

func native[T any](em *EntityManager, cond any, opts []NativeOption) (*qb.Builder, error) {
	e, err := entityIn[T](em)
	if err != nil {
		return nil, err
	}
	q := em.filtered(qb.New(em.db.registry, e.Name, ""))
	if !empty(orAll(cond)) {
		q = q.Where(asKey(cond))
	}
	for _, opt := range opts {
		if opt == nil {
			return nil, &Error{Class: ErrInvalidOption, Op: "native", Entity: e.Name, Detail: "one of the options is nil"}
		}
		q = opt(q)
	}
	return q, nil
}

// Exec runs an insert, update or delete made by a query builder and returns the
// number of rows.
func Exec(ctx context.Context, em *EntityManager, q qb.Source) (int64, error) {
	em = em.there()
	if em.guard.fault != nil {
		return 0, em.guard.fault
	}
	query, args, err := queryOf("exec", q)
	if err != nil {
		return 0, err
	}
	w, ok := query.(*qb.Write)
	if !ok {
		return 0, &Error{Class: ErrInvalidOption, Op: "exec", Detail: "the query reads; use All, One or Result"}
	}
	op, err := em.write(ctx, w, args)
	if err != nil {
		return 0, err
	}
	var n int64
	for _, affected := range op.Affected {
		n += affected
	}
	return n, nil
}

// write runs a write made by a query builder.
func (em *EntityManager) write(ctx context.Context, w *qb.Write, args []any) (*driver.Op, error) {
	if err := em.guard.enter("exec"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	if err := told("exec", flush.NotReadOnly(w.Entity, nil)); err != nil {
		return nil, err
	}
	args, err := em.complete(w, args)
	if err != nil {
		return nil, err
	}
	if w.Schema == "" {
		w.Schema = em.scope.Schema
	}
	guards, args, err := em.guardWrite(w, args)
	if err != nil {
		return nil, err
	}
	if err := em.flushPending(ctx, "exec"); err != nil {
		return nil, err
	}
	p, err := em.compileWrite(w)
	if err != nil {
		return nil, err
	}
	op := &driver.Op{P: p, Rows: writeRows(w, args)}
	send := func(session driver.Session) error { return session.Exec(ctx, []*driver.Op{op}) }
	run := em.sweeper(w)
	if run != nil {
		send = func(session driver.Session) error {
			n, err := run(&sweep{em: em, session: session, write: w, args: args}, ctx)
			op.Affected = []int64{n}
			return err
		}
	}
	empties := w.Kind == qb.Truncate && run == nil // which some engines do outside of transactions only
	em.wrote(w.Entity, w.Kind == qb.Delete || w.Kind == qb.Truncate)
	em.renamed(w.Entity, changes(w))
	em.wrotePast(w.Entity, w.Kind == qb.Delete || w.Kind == qb.Truncate, changes(w))
	err = em.exec(ctx, ownWrite{send: send, before: guards.looks(), empties: empties, single: run == nil})
	if empties && em.scope.Session == nil {
		em.dropWritten(ctx) // it has no transaction whose end would
	}
	return op, err
}

// compileWrite compiles a write, once for each shape that is told.
func (em *EntityManager) compileWrite(w *qb.Write) (driver.Program, error) {
	if w.Shape == nil {
		return em.db.engine.Compile(w)
	}
	programs := &em.db.sessions.Programs
	key := session.SchemaKey(append(append(make([]byte, 0, 256), 'X'), w.Shape...), w.Schema)
	if p, ok := programs.Get(key).(driver.Program); ok {
		return p, nil
	}
	p, err := em.db.engine.Compile(w)
	if err == nil {
		programs.Put(key, p)
	}
	return p, err
}

// changes are the columns of existing rows that a write sets.
func changes(w *qb.Write) (list []*mapper.Column) {
	for _, a := range w.Assign {
		list = append(list, a.Column)
	}
	if w.Conflict != nil {
		list = append(list, w.Conflict.Merge...)
	}
	return list
}

// writeRows cuts the arguments of a row-form write into its rows.
func writeRows(w *qb.Write, args []any) [][]any {
	width := len(w.Set) + len(w.Match)
	if w.Kind != qb.Insert || width == 0 || w.From != nil {
		return [][]any{args}
	}
	var rows [][]any
	for len(args) >= width {
		rows = append(rows, args[:width:width])
		args = args[width:]
	}
	return rows
}
