package load

import (
	"context"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// telling returns those of some leaves whose absence is worth a read: sides without columns
// may count as not read for as long as a filter is on, and are read when they are asked for.
func telling(leaves []*mapper.Property) []*mapper.Property {
	if !slices.ContainsFunc(leaves, isInverseOne) {
		return leaves
	}
	if rest := slices.DeleteFunc(slices.Clone(leaves), isInverseOne); len(rest) > 0 {
		return rest
	}
	return leaves
}

// Whole reports an entity of which an ordinary read would tell nothing new.
func (l *Loader) Whole(m *unit.Managed) bool {
	return m.Loaded == nil || m.IsNew() || m.Key == nil || !m.Lacks(telling(l.db.Shape(m.Meta).read))
}

// ItemsWhole reports a collection that is known, with all that an ordinary read tells of its items.
func (l *Loader) ItemsWhole(m *unit.Managed, p *mapper.Property) bool {
	if !l.unit.ItemsLoaded(m, p) {
		return false
	}
	for _, item := range l.unit.List(m, p) {
		if x := l.unit.Find(item); x != nil && !l.Whole(x) {
			return false
		}
	}
	return true
}

// Complete reads what an ordinary read tells of an entity and earlier ones have left out.
func (l *Loader) Complete(ctx context.Context, list []*unit.Managed) error {
	if len(list) == 0 {
		return nil
	}
	return l.lazy(ctx, list, list[0].Meta, l.db.Shape(list[0].Meta).read, l.defaults.Options())
}
