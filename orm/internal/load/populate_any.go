package load

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// anyOf loads the targets of a polymorphic reference, by a statement for each type.
func (l *Loader) anyOf(ctx context.Context, roots []*managed, node *populate.Node, o *Options) (all []*managed, _ *reader, err error) {
	for _, t := range node.Relation.Relation.Target.Targets {
		list, rd, err := l.node(ctx, roots, one(t.Branch), o)
		rd.release()
		if err != nil {
			return nil, nil, err
		}
		all = append(all, list...)
	}
	return all, nil, nil
}

// along returns the entities from which a relation leads on: all, but for a branch of a
// polymorphic reference those that lead to its target.
func (l *Loader) along(list []*managed, p *mapper.Property) []*managed {
	if p.Relation.Of == nil {
		return list
	}
	out := make([]*managed, 0, len(list))
	for _, m := range list {
		if target := l.unit.EntryOf(l.unit.Own(m, p.Relation.Of)); target != nil && target.Meta.IsSubtypeOf(p.Relation.Target) {
			out = append(out, m)
		}
	}
	return out
}
