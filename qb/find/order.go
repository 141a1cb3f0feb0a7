package find

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// TotalOrder appends the key of e to an order, unless a unique property of the root
// that is never NULL is part of it already.
func TotalOrder(order []qb.Order, e *mapper.Entity) []qb.Order {
	for _, o := range order {
		if unique(o, e) {
			return order
		}
	}
	for _, key := range e.Key {
		order = append(order, qb.Order{Expr: qb.FieldExpr{Field: conditions.Field{Property: key}}})
	}
	return order
}

// unique reports an entry in which no two rows of e are equal.
func unique(o qb.Order, e *mapper.Entity) bool {
	f, ok := o.Expr.(qb.FieldExpr)
	if !ok || len(f.Field.Hops) > 0 || f.Field.Property == nil {
		return false
	}
	p := f.Field.Property
	return p.Unique && !p.Nullable && e.IsSubtypeOf(p.Entity) || p.Primary && len(p.Entity.Key) == 1
}

func entriesOf(texts []string) []any {
	entries := make([]any, len(texts))
	for i, text := range texts {
		entries[i] = text
	}
	return entries
}
