package plan

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/graph"
	"github.com/weft-orm/weft/qb"
)

// room is memory for the operations of many changes, taken from the front.
type room struct {
	ops   []Op
	set   []Binding
	match []Binding
}

// newRoom makes room for one operation of each change.
func newRoom(changes []*changeset.Change) *room {
	cells, match := 0, 0
	for _, c := range changes {
		cells += len(c.Written)
		if c.Kind != changeset.Insert {
			match += len(c.Entity.KeyColumns) + 1
		}
	}
	return &room{ops: make([]Op, len(changes)), set: make([]Binding, cells), match: make([]Binding, match)}
}

// op takes an operation with room for a number of cells.
func (r *room) op(cells int) *Op {
	op := &r.ops[0]
	op.Set = r.set[:0:cells]
	r.ops, r.set = r.ops[1:], r.set[cells:]
	return op
}

// key takes memory for the columns by which the row of a change is found.
func (r *room) key(c *changeset.Change) []Binding {
	if c.Kind == changeset.Insert {
		return nil
	}
	n := len(c.Entity.KeyColumns) + 1
	list := r.match[:0:n]
	r.match = r.match[n:]
	return list
}

// rowOps appends the operations a change asks for: one, or under table per type one
// for each table that holds a part of the entity and has something to do. They
// come in the order of the tables, the root's first.
func (r *room) rowOps(ops []*Op, in *Input, c *changeset.Change) []*Op {
	parts := c.Entity.StoredIn()
	if in.Whole || len(parts) == 1 {
		op := r.op(len(c.Written))
		op.Match = r.key(c)
		op.start(c, c.Entity)
		op.whole = true
		op.Returning = c.Returning
		fill(op, c.Written, in.Revises)
		return append(ops, op)
	}
	for _, part := range parts {
		cells := cellsOf(c.Written, part)
		if (c.Kind == changeset.Update || c.Soft) && len(cells) == 0 {
			continue
		}
		op := &Op{}
		op.start(c, part)
		if c.Kind == changeset.Insert && part.Base != nil {
			op.Set = zip(nil, part.TableKey, c.KeyParts(nil))
		}
		for _, column := range c.Returning {
			if column.Table == part.Table {
				op.Returning = append(op.Returning, column)
			}
		}
		fill(op, cells, in.Revises)
		ops = append(ops, op)
	}
	return ops
}

// start makes o the operation of a change on one row.
func (o *Op) start(c *changeset.Change, part *mapper.Entity) {
	o.Change, o.Part = c, part
	switch c.Kind {
	case changeset.Insert:
		o.Role = Insert
	case changeset.Update:
		o.Role = Update
	case changeset.Delete:
		o.Role = Delete
		if c.Soft {
			o.Role = Update
		}
	}
}

// fill gives an operation what it writes and compares: the key, and in the row that
// holds the version, and what else is checked, that as well. With revises an update of a
// document or list tells what was there before.
func fill(op *Op, cells []changeset.Cell, revises bool) {
	c := op.Change
	if op.Role != Delete {
		op.Set = slices.Grow(op.Set, len(cells))
		for _, cell := range cells {
			value := cell.After
			if revises && op.Role == Update && hasInside(cell) {
				value = qb.Revision{From: cell.Before, To: cell.After}
			}
			op.Set = append(op.Set, Binding{cell.Column, value})
		}
	}
	if op.Role == Insert {
		return
	}
	op.Match = appendKey(op.Match, op)
	if c.Lock != nil && op.holds([]*mapper.Column{c.Lock.Column}) {
		op.Match = append(op.Match, Binding{c.Lock.Column, c.Lock.Before})
		op.Locked = true
	}
	for _, cell := range c.Checks { // values that are checked beside it
		if op.holds([]*mapper.Column{cell.Column}) {
			op.Match = append(op.Match, Binding{cell.Column, cell.Before})
			op.Locked = true
		}
	}
}

// hasInside reports a document or list that there was before and is afterwards.
func hasInside(cell changeset.Cell) bool {
	if cell.Column.Type == nil {
		return false
	}
	switch cell.Column.Type.StoredKind() {
	case mapper.JSON, mapper.Array:
	default:
		return false
	}
	_, broken := cell.Before.(error)
	return cell.Before != nil && cell.After != nil && !broken
}

// cellsOf returns the cells of the table of a part.
func cellsOf(cells []changeset.Cell, part *mapper.Entity) []changeset.Cell {
	var list []changeset.Cell
	for _, cell := range cells {
		if cell.Column.Table == part.Table {
			list = append(list, cell)
		}
	}
	return list
}

// holder returns the operation on the row that a patch is about.
func holder(main []*Op, d *deferral) *Op {
	columns := d.columns()
	for _, op := range main {
		if op.holds(columns) {
			return op
		}
	}
	return main[0]
}

// matchKey compares the key as it is before the main operation.
func matchKey(op *Op) []Binding {
	return appendKey(nil, op)
}

func appendKey(list []Binding, op *Op) []Binding {
	for i, column := range op.keyColumns() {
		list = append(list, Binding{column, op.Change.KeyPart(i)})
	}
	return list
}

// keyColumns are the columns that hold the key in the operation's table.
func (o *Op) keyColumns() []*mapper.Column {
	if o.whole {
		return o.Change.Entity.KeyColumns
	}
	return o.Part.TableKey
}

// matchAfter compares the key as it is after the main operation.
func matchAfter(op *Op) []Binding {
	list := matchKey(op)
	for i := range list {
		if cell, ok := op.Change.Cell(list[i].Column); ok && op.Change.Kind == changeset.Update {
			list[i].Value = cell.After
		}
	}
	return list
}

// part identifies the row of a change in one table.
type part struct {
	change *changeset.Change
	entity *mapper.Entity
}

// beside connects the rows of one entity: a base's comes before the one that
// refers to it and goes after it, and the version is checked before the rest is written.
func (w *wiring) beside(i int, op *Op) {
	if op.whole {
		return
	}
	switch base, split := w.main[part{op.Change, op.Part.Base}]; {
	case op.Role == Insert && split:
		w.add(base, i, graph.Required, nil, op.name()+" key")
	case op.Role == Delete && split:
		w.add(i, base, graph.Required, nil, op.name()+" key")
	case op.Role == Update && op.Change.Lock != nil && !op.Locked:
		checked := w.main[part{op.Change, op.Change.Lock.Column.Property.Entity}]
		w.add(checked, i, graph.Preferred, nil, op.name()+" version")
	}
}
