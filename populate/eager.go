package populate

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
)

// eager adds the relations that are mapped as eager, once on each path.
func (p *parser) eager(d *draft, e *mapper.Entity, above []*mapper.Property) {
	for _, rel := range relations(e) {
		if rel.Relation.Eager && !slices.Contains(above, rel) && (d.relation == nil || d.relation.Relation.Inverse != rel) {
			d.add(rel)
		}
	}
	for _, c := range d.children {
		p.eager(c, c.relation.Relation.Target, append(slices.Clip(above), c.relation))
	}
}

// relations are the relations of an entity and of its subtypes, in order of declaration.
func relations(e *mapper.Entity) []*mapper.Property {
	var out []*mapper.Property
	for _, p := range e.HierarchyLeaves() {
		if p.Kind.IsRelation() {
			out = append(out, p)
		}
	}
	return out
}
