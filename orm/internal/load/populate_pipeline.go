package load

import (
	"context"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/populate"
)

// siblings loads the relations of one level that are loaded apart, asking for them in one round
// trip, where the engine can and there are several; otherwise it returns nil, and nothing was
// read. The result stands in the order of the nodes.
func (l *Loader) siblings(ctx context.Context, roots []*managed, nodes []*populate.Node, rd *reader, o *Options) (_ []*loading, err error) {
	apart := 0
	for _, node := range nodes {
		if node.Strategy != populate.Joined || rd == nil {
			apart++
		}
	}
	together := l.pipeline()
	if apart < 2 || together == nil {
		return nil, nil
	}
	all := make([]*loading, len(nodes))
	defer func() {
		for _, g := range all {
			if g != nil && g.end != nil {
				g.end(err)
			}
		}
	}()
	var reads []driver.Read
	var asked []*loading
	for i, node := range nodes {
		if node.Strategy == populate.Joined && rd != nil {
			continue
		}
		if all[i], err = l.begin(ctx, ofType(roots, node.Relation.Entity), node, o); err != nil {
			return nil, err
		}
		if g := all[i]; g.st != nil {
			asked, reads = append(asked, g), append(reads, driver.Read{P: g.st.program, Args: g.args})
		}
	}
	if len(reads) > 0 {
		if err = together.Each(ctx, reads, func(i int, rows driver.Rows) error { return asked[i].take(rows) }); err != nil {
			return nil, err
		}
	}
	for _, g := range all {
		if g != nil {
			if g.targets, g.inner, err = g.finish(nil); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}
