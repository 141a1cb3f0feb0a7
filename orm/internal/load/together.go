package load

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
	"github.com/weft-orm/weft/populate"
)

// Targets reads the rows behind unloaded references to one entity type by one query; those
// that are not there stay unloaded.
func (l *Loader) Targets(ctx context.Context, list []*unit.Managed) error {
	missing := make([]*managed, 0, len(list))
	for _, m := range list {
		if m.Entity == nil {
			missing = append(missing, m)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	node := &populate.Node{Relation: selfRelation(missing[0].Meta), Limit: -1, Offset: -1}
	rd, err := l.byKey(ctx, missing, node, l.defaults.Options())
	rd.release()
	return err
}

// Relations reads one relation of entities that lack it by one query.
func (l *Loader) Relations(ctx context.Context, owners []*unit.Managed, p *mapper.Property) error {
	_, rd, err := l.node(ctx, owners, one(p), l.defaults.Options())
	rd.release()
	return err
}
