package orm

import (
	"encoding/binary"
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
)

// statement returns the compiled query of a select-in node.
func (l *populator) statement(node *populate.Node, via bool, o *findOptions, build func(*qb.Select) error) (*statement, error) {
	key, cacheable := nodeKey([]byte{'N', flagByte(via)}, node)
	cacheable = cacheable && !l.finder.filtered(o)
	if cacheable {
		if st, ok := l.db.cache.get(key).(*statement); ok {
			return st, nil
		}
	}
	p := node.Relation
	e, owner := p.Relation.Target, p.Relation.Target
	if via {
		owner = p.Entity
	}
	output := node.Fields
	if output == nil {
		output = l.db.shape(e).read
	}
	sel := &qb.Select{
		Registry: l.db.registry, Entity: e, Output: output,
		Limit: conditions.NoSlot, Offset: conditions.NoSlot,
		Populate: joinedNodes(node.Children),
		Slots:    []conditions.SlotInfo{keysSlot(owner)},
	}
	if !onlyKeys(node) {
		sel.Slots = append(sel.Slots, conditions.SlotInfo{Path: "limit"}, conditions.SlotInfo{Path: "offset"})
		sel.Slots = append(sel.Slots, node.Slots...)
	}
	if err := build(sel); err != nil {
		return nil, err
	}
	st := &statement{limit: conditions.NoSlot, offset: conditions.NoSlot}
	st.root = newSource(l.db, e, output, nil, node.Children)
	var err error
	if st.filterArgs, err = l.finder.apply(sel, o); err != nil {
		return nil, err
	}
	if st.program, err = l.db.engine.Compile(sel); err != nil {
		return nil, err
	}
	if cacheable {
		l.db.cache.put(key, st)
	}
	return st, nil
}

// nodeKey appends what the statement of a node depends on; ok is false when it
// holds a condition and is compiled anew each time.
func nodeKey(key []byte, node *populate.Node) (_ []byte, ok bool) {
	if node.Where != nil {
		return nil, false
	}
	key = binary.AppendUvarint(key, uint64(node.Relation.Entity.Ordinal))
	key = binary.AppendUvarint(key, uint64(node.Relation.Index))
	key = append(key, flagByte(node.Fields == nil), flagByte(node.Limit >= 0 || node.Offset >= 0))
	for _, f := range node.Fields {
		key = binary.AppendUvarint(key, uint64(f.Index)+1)
	}
	key = fmt.Appendf(append(key, 0), "%q", node.OrderBy)
	for _, child := range joinedNodes(node.Children) {
		if key, ok = nodeKey(append(key, '('), child); !ok {
			return nil, false
		}
		key = append(key, ')')
	}
	return key, true
}

// keysSlot describes a list of keys of e.
func keysSlot(e *mapper.Entity) conditions.SlotInfo {
	if len(e.KeyColumns) == 1 {
		return conditions.SlotInfo{Type: e.KeyColumns[0].Type, List: true, Path: e.Name + " key"}
	}
	types := make([]*mapper.Type, len(e.KeyColumns))
	for i, c := range e.KeyColumns {
		types[i] = c.Type
	}
	return conditions.SlotInfo{List: true, Tuple: types, Path: e.Name + " key"}
}

// whereKeys is the condition "key in slot 0".
func whereKeys(e *mapper.Entity) conditions.Node {
	if len(e.KeyColumns) > 1 {
		return &conditions.KeyIn{Values: 0}
	}
	return &conditions.InNode{Field: conditions.Field{Property: e.Key[0]}, Values: conditions.Slot(0)}
}

// keyValue is a key as an element of a list argument: a composite one as its parts.
func keyValue(key any) any {
	if _, composite := key.(mapper.Tuple); composite {
		return mapper.Parts(nil, key)
	}
	return key
}

// selfRelation leads from an entity to itself: reading entities by their keys is
// populating it.
func selfRelation(e *mapper.Entity) *mapper.Property {
	return &mapper.Property{Entity: e, Index: -1, Relation: &mapper.Relation{Target: e, Owning: true}}
}
