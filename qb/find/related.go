package find

import (
	"slices"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// Joined returns the nodes that their parent's statement loads, each with only those
// children that are joined as well.
func Joined(nodes []*populate.Node) []*populate.Node {
	var list []*populate.Node
	for _, n := range nodes {
		if n.Strategy == populate.Joined {
			joined := *n
			joined.Children = Joined(n.Children)
			list = append(list, &joined)
		}
	}
	return list
}

// ByOwners reports a relation whose targets are found by the keys of their owners;
// those of others by their own keys, which the owners hold.
func ByOwners(rel *mapper.Property) bool {
	return rel.Kind.IsToMany() || !rel.Relation.Owning && rel.Relation.Style == mapper.PointerField
}

// Related makes the query of a relation that is loaded apart from its owners, see
// [Args] for its values.
func Related(reg *mapper.Registry, node *populate.Node) (*qb.Select, error) {
	rel := node.Relation
	target, keyed := rel.Relation.Target, rel.Relation.Target
	byOwners := ByOwners(rel)
	if byOwners {
		keyed = rel.Entity
	}
	sel := &qb.Select{
		Registry: reg, Entity: target, Output: node.Fields, Populate: Joined(node.Children),
		Limit: conditions.NoSlot, Offset: conditions.NoSlot,
		Slots: append(slices.Clip(node.Outer), keysSlot(keyed)),
	}
	if node.Fields == nil {
		sel.Output = Ordinary(target)
	}
	if !onlyKeys(node) {
		sel.Slots = append(sel.Slots, conditions.SlotInfo{Path: "limit"}, conditions.SlotInfo{Path: "offset"})
		sel.Slots = append(sel.Slots, node.Slots...)
	}
	if node.Where != nil {
		sel.Where = node.Where.Root
	}
	if !byOwners {
		sel.Where = keyIn(target, KeysSlot(node), sel.Where)
		return sel, nil
	}
	sel.Via = via(node)
	if sel.Via.Unordered = sortedByReader(node) && len(Joined(node.Children)) == 0; sel.Via.Unordered {
		return sel, nil
	}
	var err error
	sel.OrderBy, err = itemOrder(reg, node)
	sel.Via.Positions = sel.OrderBy == nil && placed(node)
	return sel, err
}

// sortedByReader reports a collection in the order of its items' keys, where these are whole
// numbers: whoever reads them groups them by owner anyway, and finds most groups in order
// already, because an index by the owner's key ends in that of the item. A server would sort all
// items of all owners instead, and where they are joined, all rows of the join.
func sortedByReader(node *populate.Node) bool {
	r := node.Relation.Relation
	key := r.Target.KeyColumns
	return node.Relation.Kind.IsToMany() && !r.Ordered && len(node.OrderBy) == 0 && len(r.OrderBy) == 0 &&
		node.Limit < 0 && node.Offset < 0 && len(key) == 1 && key[0].Type.Kind == mapper.Int
}

// placed reports a node that reads all items of an ordered relation, from the side that has
// their places: with these a change of the order can be told without asking again.
func placed(node *populate.Node) bool {
	r := node.Relation.Relation
	return r.Ordered && r.Owning && node.Where == nil && onlyKeys(node)
}

// KeysSlot is the slot of the keys in the query of a node.
func KeysSlot(node *populate.Node) conditions.Slot { return conditions.Slot(len(node.Outer)) }

// Args returns the values of the query of a node: the first values of the roots'
// statement where a condition speaks of them, then the keys, and, for a query that is
// not by keys alone, limit, offset and the node's own values. Keys are canonical, a
// composite one is a []any of its parts.
func Args(node *populate.Node, roots, keys []any) []any {
	args := append(slices.Clip(roots[:len(node.Outer)]), keys)
	if onlyKeys(node) {
		return args
	}
	limits := Limits(node.Limit, node.Offset)
	return append(append(args, limits[:]...), node.Values...)
}

// onlyKeys reports a query whose only own argument is the list of keys.
func onlyKeys(node *populate.Node) bool {
	return node.Limit < 0 && node.Offset < 0 && len(node.Slots) == 0
}

// via finds the targets of a set of owners.
func via(node *populate.Node) *qb.Via {
	keys := KeysSlot(node)
	v := &qb.Via{Relation: node.Relation, Owners: keys, Limit: conditions.NoSlot, Offset: conditions.NoSlot}
	if node.Limit >= 0 || node.Offset >= 0 {
		v.Limit, v.Offset = keys+1, keys+2
	}
	return v
}

// itemOrder is the order of the items of a collection: that of the hint, of the
// relation, of the links where they are ordered, else that of the keys.
func itemOrder(reg *mapper.Registry, node *populate.Node) ([]qb.Order, error) {
	rel := node.Relation
	texts := node.OrderBy
	if texts == nil {
		texts = rel.Relation.OrderBy
	}
	if texts == nil && rel.Relation.Ordered {
		return nil, nil
	}
	target := rel.Relation.Target
	order, err := qb.ParseOrder(conditions.Env{Registry: reg, Entity: target}, entriesOf(texts)...)
	return TotalOrder(order, target), err
}

// keysSlot describes a list of keys of e.
func keysSlot(e *mapper.Entity) conditions.SlotInfo {
	info := conditions.SlotInfo{List: true, Path: e.Name + " key"}
	if len(e.KeyColumns) == 1 {
		info.Type = e.KeyColumns[0].Type
		return info
	}
	for _, c := range e.KeyColumns {
		info.Tuple = append(info.Tuple, c.Type)
	}
	return info
}

// keyIn is the condition that the key of e is one of the list in slot, and where.
func keyIn(e *mapper.Entity, slot conditions.Slot, where conditions.Node) conditions.Node {
	var in conditions.Node = &conditions.KeyIn{Values: slot}
	if len(e.KeyColumns) == 1 {
		in = &conditions.InNode{Field: conditions.Field{Property: e.Key[0]}, Values: slot}
	}
	if where == nil {
		return in
	}
	return &conditions.AndNode{Nodes: []conditions.Node{in, where}}
}
