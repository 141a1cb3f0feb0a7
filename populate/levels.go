package populate

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// level gives all drafts of one to-many relation, wherever they stand in the tree, the
// same inherited condition. An entity has one collection, however many paths lead to
// it: were each level restricted by itself, what it holds in the end would depend on
// which level was read last, and what is below would be loaded for some of its items
// only. A row is loaded when any level asks for it, and all rows are as soon as one
// level asks for all. Drafts with a condition of their own stand apart.
func (p *parser) level() {
	var order []*mapper.Property
	groups := map[*mapper.Property][]*draft{}
	var collect func(d *draft)
	collect = func(d *draft) {
		for _, c := range d.children {
			if c.relation.Kind.IsToMany() && (c.hint.Where == nil || c.hint.Where == Infer) {
				if groups[c.relation] == nil {
					order = append(order, c.relation)
				}
				groups[c.relation] = append(groups[c.relation], c)
			}
			collect(c)
		}
	}
	collect(&p.root)
	for _, rel := range order {
		if levels := groups[rel]; len(levels) > 1 {
			cond := p.anyOf(levels)
			for _, d := range levels {
				d.inferred, d.restricted = cond, cond
				if cond == nil {
					d.hint.Where = nil
				}
			}
		}
	}
}

// anyOf is the condition that some draft sets on its rows, nil when one sets none.
func (p *parser) anyOf(levels []*draft) conditions.Node {
	var found []conditions.Node
	for _, d := range levels {
		n := p.inherited(d)
		if n == nil {
			return nil
		}
		if !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return &conditions.OrNode{Nodes: found}
}
