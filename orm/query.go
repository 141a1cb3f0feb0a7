package orm

import (
	"context"

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
		sel.Schema = em.scope.Schema
	}
	return sel, args, nil
}

// run reads the roots of a query made by hand.
func (em *EntityManager) run(ctx context.Context, sel *qb.Select, args []any) ([]*managed, error) {
	if err := em.flushPending(ctx, "all"); err != nil {
		return nil, err
	}
	if len(sel.Output) == 0 || len(sel.Exprs) > 0 || len(sel.Joins) > 0 && hasOutput(sel.Joins) {
		return nil, &Error{Class: ErrInvalidOption, Op: "all", Entity: sel.Entity.Name, Detail: "computed or joined outputs are not entities; use Result"}
	}
	list, err := em.loader.Query(ctx, sel, nil, args)
	if err != nil {
		return nil, err
	}
	return list, em.loadHooks(ctx, em.loader)
}

func hasOutput(joins []*qb.Join) bool {
	for _, j := range joins {
		if len(j.Output) > 0 {
			return true
		}
	}
	return false
}
