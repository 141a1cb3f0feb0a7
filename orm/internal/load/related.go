package load

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/find"
)

// relatedStatement returns the compiled query of a select-in node.
func (l *Loader) relatedStatement(node *populate.Node, o *Options) (*statement, error) {
	if err := o.restrict(); err != nil {
		return nil, err
	}
	key, known := nodeKey([]byte{'N', flagByte(o.NullsLowest)}, node)
	if !known && o.related != nil {
		return o.related.statement(node, func() (*statement, error) { return l.compileRelated(node, o) })
	}
	if known {
		key, known = o.restrictKey(key)
	}
	if known {
		if st, ok := l.db.Programs.Get(key).(*statement); ok {
			return st, nil
		}
	}
	st, err := l.compileRelated(node, o)
	if err == nil && known {
		l.db.Programs.Put(key, st)
	}
	return st, err
}

// positionsStatement returns the compiled query of the places of ordered items.
func (l *Loader) positionsStatement(node *populate.Node, o *Options) (*statement, error) {
	key, _ := nodeKey([]byte{'P'}, node)
	key, known := o.restrictKey(key)
	if known {
		if st, ok := l.db.Programs.Get(key).(*statement); ok {
			return st, nil
		}
	}
	sel, err := find.Related(l.db.Registry, node)
	if err != nil {
		return nil, err
	}
	sel.Via.Positions, sel.OrderBy = true, nil
	st, err := l.compileSelect(sel, node, o)
	if err == nil && known {
		l.db.Programs.Put(key, st)
	}
	return st, err
}

// compileRelated makes the statement of a select-in node.
func (l *Loader) compileRelated(node *populate.Node, o *Options) (*statement, error) {
	sel, err := find.Related(l.db.Registry, node)
	if err != nil {
		return nil, err
	}
	return l.compileSelect(sel, node, o)
}

func (l *Loader) compileSelect(sel *qb.Select, node *populate.Node, o *Options) (_ *statement, err error) {
	sel.NullsLowest = o.NullsLowest
	st := &statement{root: newSource(l.db, sel.Entity, sel.Output, nil, node.Children)}
	if sel.Via != nil && sel.Via.Positions {
		st.place = sel.Via.Relation.Relation.Pivot.Order.Type
	}
	if err = o.restrictSelect(sel, st); err != nil {
		return nil, err
	}
	st.root.doubt(sel.Filters)
	if st.program, err = l.db.Compiler.Compile(sel); err != nil {
		return nil, err
	}
	return st, nil
}

// related keeps the statements of nodes that depend on the condition of the roots.
// It belongs to the roots' statement and is safe for concurrent use.
type related struct{ statements sync.Map }

func (r *related) statement(node *populate.Node, compile func() (*statement, error)) (*statement, error) {
	if st, ok := r.statements.Load(node); ok {
		return st.(*statement), nil
	}
	st, err := compile()
	if err == nil {
		r.statements.Store(node, st)
	}
	return st, err
}

// nodeKey appends what the statement of a node depends on; ok is false when that is
// a condition too.
func nodeKey(key []byte, node *populate.Node) (_ []byte, ok bool) {
	if node.Where != nil {
		return nil, false
	}
	key = binary.AppendUvarint(key, uint64(node.Relation.Entity.Ordinal))
	key = binary.AppendUvarint(key, uint64(node.Relation.Index))
	key = append(key, flagByte(node.Fields == nil), flagByte(node.Limit >= 0 || node.Offset >= 0))
	for _, f := range node.Fields {
		key = binary.AppendUvarint(key, uint64(f.Index)+1)
		key = binary.AppendUvarint(key, uint64(f.Entity.Ordinal))
	}
	key = fmt.Appendf(append(key, 0), "%q", node.OrderBy)
	for _, child := range find.Joined(node.Children) {
		// What was joined is found again by its path.
		if key, ok = nodeKey(append(append(key, '('), child.Path...), child); !ok {
			return nil, false
		}
		key = append(key, ')')
	}
	return key, true
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
