package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// firstLink equates the key of a target with that of the first item of a collection, which a
// sub-query finds.
func (s *scope) firstLink(from *source, rel *mapper.Property, to *source) Pred {
	order, err := qb.FirstOrder(rel)
	if err != nil {
		s.fail("%w", err)
		return nil
	}
	r := s.at(from).related(conditions.Field{Property: rel.Relation.Through}, false, false)
	r.sel.Where = all(r.link(), r.where(func(*scope) Pred { return nil }))
	b := &selectBuilder{planner: s.planner, q: s.root, sel: r.sel, scope: r.scope, root: r.target}
	r.sel.OrderBy = b.orders(order)
	key := rel.Relation.Target.KeyColumns[0]
	r.sel.Columns = []Column{{Expr: r.ref(r.target, key)}}
	r.sel.Limit = Number(1)
	return &Compare{s.ref(to, key), conditions.OpEq, &Sub{r.sel}}
}
