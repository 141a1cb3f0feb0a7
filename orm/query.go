package orm

import (
	"context"
	"reflect"
	"strings"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// QB returns a query builder about T under an alias, for All, One, Result and Exec.
func QB[T any](em *EntityManager, alias string) *qb.Builder {
	name := ""
	if e := mapper.EntityOf[T](em.db.registry); e != nil {
		name = e.Name
	}
	return em.filtered(qb.New(em.db.registry, name, alias))
}

// All runs a query about T and returns the managed roots.
func All[T any](ctx context.Context, em *EntityManager, q *qb.Builder) ([]*T, error) {
	sel, args, err := em.selection("all", q)
	if err != nil {
		return nil, err
	}
	if e := mapper.EntityOf[T](em.db.registry); e == nil || sel.Entity != e {
		return nil, &Error{Class: ErrUnknownEntity, Op: "all", Detail: "the query is about " + sel.Entity.Name}
	}
	if err := em.guard.enter("all"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	list, err := em.run(ctx, sel, args)
	if err != nil {
		return nil, err
	}
	return pointersOf[T](list), nil
}

// One runs a query about T and returns its first root, nil when there is none.
func One[T any](ctx context.Context, em *EntityManager, q *qb.Builder) (*T, error) {
	list, err := All[T](ctx, em, q.Limit(1))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// selection makes the query of a builder, which must read.
func (em *EntityManager) selection(op string, q *qb.Builder) (*qb.Select, []any, error) {
	query, args, err := q.Query()
	if err != nil {
		return nil, nil, err
	}
	sel, ok := query.(*qb.Select)
	if !ok {
		return nil, nil, &Error{Class: ErrInvalidOption, Op: op, Detail: "the query writes; use Exec"}
	}
	if sel.Schema == "" {
		sel.Schema = em.scope.schema
	}
	return sel, args, nil
}

// run reads the roots of a query made by hand.
func (em *EntityManager) run(ctx context.Context, sel *qb.Select, args []any) ([]*managed, error) {
	if em.mode != FlushCommit && !em.hooking && em.unit.changed(func(*mapper.Entity) bool { return true }) {
		if err := em.flush(ctx); err != nil {
			return nil, err
		}
	}
	if len(sel.Output) == 0 || len(sel.Exprs) > 0 || len(sel.Joins) > 0 && hasOutput(sel.Joins) {
		return nil, &Error{Class: ErrInvalidOption, Op: "all", Entity: sel.Entity.Name, Detail: "computed or joined outputs are not entities; use Result"}
	}
	st := &statement{}
	st.root = newSource(em.db, sel.Entity, sel.Output, nil, nil)
	var err error
	if st.program, err = em.db.engine.Compile(sel); err != nil {
		return nil, err
	}
	rows, err := em.scope.query(ctx, st.program, args)
	if err != nil {
		return nil, err
	}
	list, rd, err := em.finder.read(rows, st, newFindOptions(nil))
	rd.release()
	return list, err
}

func hasOutput(joins []*qb.Join) bool {
	for _, j := range joins {
		if len(j.Output) > 0 {
			return true
		}
	}
	return false
}

// Result runs a query and returns its rows as values of R: a struct whose fields
// are matched by name to the properties and computed outputs, or, for a query with
// a single column, a basic type. The rows are not managed.
func Result[R any](ctx context.Context, em *EntityManager, q *qb.Builder) ([]R, error) {
	sel, args, err := em.selection("result", q)
	if err != nil {
		return nil, err
	}
	if err := em.guard.enter("result"); err != nil {
		return nil, err
	}
	defer em.guard.leave()
	p, err := em.db.engine.Compile(sel)
	if err != nil {
		return nil, err
	}
	rows, err := em.scope.query(ctx, p, args)
	if err != nil {
		return nil, err
	}
	return scanAll[R](rows, outputNames(sel))
}

// outputNames returns the names of the result columns.
func outputNames(sel *qb.Select) []string {
	if sel.Count {
		return []string{"count"}
	}
	var names []string
	for _, p := range sel.Output {
		for range max(len(p.Columns), 1) {
			names = append(names, p.Name)
		}
	}
	for _, x := range sel.Exprs {
		names = append(names, x.Name)
	}
	return names
}

// scanAll reads rows into values of R.
func scanAll[R any](rows driver.Rows, names []string) (list []R, err error) {
	for rows.Next() {
		var value R
		if err := rows.Scan(resultTargets(&value, names)); err != nil {
			rows.Close()
			return nil, err
		}
		list = append(list, value)
	}
	return list, rows.Close()
}

// resultTargets returns the destinations of one row; columns without a field are dropped.
func resultTargets(value any, names []string) []any {
	v := reflect.ValueOf(value).Elem()
	if v.Kind() != reflect.Struct {
		return []any{value}
	}
	targets := make([]any, len(names))
	for i, name := range names {
		field := v.FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, strings.ReplaceAll(name, "_", "")) })
		if field.IsValid() && field.CanSet() {
			targets[i] = field.Addr().Interface()
		} else {
			targets[i] = new(any)
		}
	}
	return targets
}
