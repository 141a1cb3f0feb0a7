package orm

import (
	"context"
	"slices"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// builder starts a query about an entity, with the filters of the manager.
func (em *EntityManager) builder(entity, alias string) *qb.Builder {
	return em.filtered(qb.New(em.db.registry, entity, alias))
}

// entityName is the name of an entity type, "" for other types.
func entityName[T any](em *EntityManager) string {
	if e := mapper.EntityOf[T](em.db.registry); e != nil {
		return e.Name
	}
	return ""
}

// All runs a query about T and returns the managed roots, each once. Relations joined
// by JoinAndSelect are populated with the rows that the query found: a collection that
// conditions have narrowed is partial, as one loaded by PopulateWhere is.
func All[T any](ctx context.Context, em *EntityManager, q qb.Source) ([]*T, error) {
	em = em.there()
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
func One[T any](ctx context.Context, em *EntityManager, q qb.Source) (*T, error) {
	em = em.there()
	b, err := untyped("one", q)
	if err != nil {
		return nil, err
	}
	list, err := All[T](ctx, em, b.Limit(1))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// untyped returns the builder of a query, which must be there.
func untyped(op string, q qb.Source) (*qb.Builder, error) {
	if q != nil {
		if b := q.Untyped(); b != nil {
			return b, nil
		}
	}
	return nil, &Error{Class: ErrInvalidOption, Op: op, Detail: "the query is nil; orm.QB makes one"}
}

// queryOf makes the query of a builder.
func queryOf(op string, q qb.Source) (qb.Query, []any, error) {
	b, err := untyped(op, q)
	if err != nil {
		return nil, nil, err
	}
	return b.Query()
}

// selection makes the query of a builder, which must read.
func (em *EntityManager) selection(op string, q qb.Source) (*qb.Select, []any, error) {
	if em.guard.fault != nil {
		return nil, nil, em.guard.fault
	}
	query, args, err := queryOf(op, q)
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
	nodes, err := rootNodes(sel)
	if err != nil {
		return nil, err
	}
	list, err := em.loader.Query(ctx, sel, nodes, args)
	if err != nil {
		return nil, err
	}
	if len(sel.Joins) > 0 { // a root comes once for each row of a join that is not read
		list = once(list)
	}
	return list, em.loadHooks(ctx, em.loader)
}

// rootNodes returns what a query joins and reads; a query that makes no entities is an error.
func rootNodes(sel *qb.Select) ([]*populate.Node, error) {
	if len(sel.Output) == 0 || len(sel.Exprs) > 0 || len(sel.GroupBy) > 0 {
		return nil, &Error{Class: ErrInvalidOption, Op: "all", Entity: sel.Entity.Name, Detail: "computed columns and groups are not entities; use Result"}
	}
	sel.Output = mapper.WithWhole(sel.Output)
	for _, j := range sel.Joins {
		j.Output = mapper.WithWhole(j.Output)
	}
	return joinedNodes(sel)
}

// once leaves out what comes again.
func once(list []*managed) []*managed {
	seen := make(map[*managed]bool, len(list))
	return slices.DeleteFunc(list, func(m *managed) bool {
		again := seen[m]
		seen[m] = true
		return again
	})
}

// joinedNodes makes nodes of the joins that are read, and puts the joins into the order
// of their columns: depth first, as rows are read.
func joinedNodes(sel *qb.Select) ([]*populate.Node, error) {
	narrowed := narrows(sel.Where, sel.Alias)
	var order []*qb.Join
	var below func(from string, path string) ([]*populate.Node, error)
	below = func(from, path string) (nodes []*populate.Node, err error) {
		for _, j := range sel.Joins {
			if j.From != from || slices.Contains(order, j) || j.Relation == nil && from == "" {
				continue
			}
			order = append(order, j)
			n := &populate.Node{Strategy: populate.Joined, Relation: j.Relation, Fields: j.Output, Limit: -1, Offset: -1}
			if j.Relation != nil {
				n.Path = strings.TrimPrefix(path+"."+j.Relation.Path, ".")
			}
			if n.Children, err = below(j.Alias, n.Path); err != nil {
				return nil, err
			}
			switch {
			case len(j.Output) > 0 && j.Relation == nil:
				return nil, &Error{Class: ErrInvalidOption, Op: "all", Entity: sel.Entity.Name, Path: j.Alias, Detail: "only joined relations make a graph; use Result"}
			case len(j.Output) == 0 && len(n.Children) > 0:
				return nil, &Error{Class: ErrInvalidOption, Op: "all", Entity: sel.Entity.Name, Path: j.Alias, Detail: "what lies behind the join is read and the join is not; use JoinAndSelect for it, too"}
			case len(j.Output) == 0:
				continue
			case narrowed || j.On != nil || innerBehind(sel, j.Alias):
				n.Where = &conditions.Tree{Entity: j.Relation.Relation.Target, Root: j.On}
			}
			nodes = append(nodes, n)
		}
		return nodes, nil
	}
	nodes, err := below("", "")
	for _, j := range sel.Joins { // joins that are no relations need not stand anywhere
		if !slices.Contains(order, j) {
			order = append(order, j)
		}
	}
	if len(nodes) > 0 {
		sel.Joins = order
	}
	return nodes, err
}

// narrows reports that a condition may speak of joined rows, and so decide which of
// them there are.
func narrows(n conditions.Node, root string) bool {
	found := false
	switch n.(type) {
	case *conditions.RawNode, *conditions.Exists:
		return true
	}
	for _, member := range conditions.Members(n) {
		found = found || narrows(member, root)
	}
	conditions.Walk(n, func(f conditions.Field, where conditions.Node) {
		found = found || f.Alias != "" && f.Alias != root || where != nil && narrows(where, root)
	})
	return found
}

// innerBehind reports an inner join that leaves out rows of the one under an alias.
func innerBehind(sel *qb.Select, alias string) bool {
	for _, j := range sel.Joins {
		if j.From == alias && (!j.Left || innerBehind(sel, j.Alias)) {
			return true
		}
	}
	return false
}
