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
	missing, parts := make([]*managed, 0, len(list)), []*managed(nil)
	for _, m := range list {
		switch {
		case m.Entity == nil:
			missing = append(missing, m)
		case !l.Whole(m):
			parts = append(parts, m)
		}
	}
	if err := l.Complete(ctx, parts); err != nil || len(missing) == 0 {
		return err
	}
	node := &populate.Node{Relation: selfRelation(missing[0].Meta), Limit: -1, Offset: -1}
	rd, err := l.byKey(ctx, missing, node, l.defaults.Options())
	rd.release()
	return err
}

// ItemsOf reads the items of the one collection that the options populate, by owner, and
// leaves the collections as they are.
func (l *Loader) ItemsOf(ctx context.Context, owners []*unit.Managed, o *Options) (map[any][]*unit.Managed, error) {
	own := *o
	own.Strategy = "select-in"
	plan, err := own.find(l.db, owners[0].Meta, nil, false).Roots()
	if err != nil {
		return nil, err
	}
	own.outer = plan.Nodes.Values[:plan.Nodes.Outer]
	read, rd, err := l.via(ctx, owners, plan.Nodes.Nodes[0], &own)
	rd.release()
	groups := make(map[any][]*unit.Managed, len(owners))
	for i, owner := range owners {
		if items := read.of(i); len(items) > 0 {
			groups[owner.Key] = items
		}
	}
	return groups, err
}

// Relations reads one relation of entities that lack it by one query.
func (l *Loader) Relations(ctx context.Context, owners []*unit.Managed, p *mapper.Property) error {
	_, rd, err := l.node(ctx, owners, one(p), l.defaults.Options())
	rd.release()
	return err
}
