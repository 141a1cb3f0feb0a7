package plan

import (
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/graph"
	"github.com/weft-orm/weft/qb"
)

// room is memory for the operations of many changes, taken from the front, and the forms
// they share.
type room struct {
	ops   []Op
	links *linkRoom // nil without links
	found []any     // of deletes
	forms []*Form
	last  int // of forms, where the operation before has found its own
	match []*mapper.Column
	list  [4]*Form
	first Form
}

// newRoom makes room for one operation of each change and each link.
func newRoom(in *Input) *room {
	r := &room{ops: make([]Op, len(in.Changes)), links: newLinkRoom(in)}
	r.forms = r.list[:0]
	return r
}

// op takes an operation.
func (r *room) op() *Op {
	op := &r.ops[0]
	r.ops = r.ops[1:]
	return op
}

// form returns the form that operations with these columns share. The lists are kept when
// they are the first of their kind, but for match, which is copied.
func (r *room) form(role Role, part *mapper.Entity, set, match, returning []*mapper.Column) *Form {
	const most = 16 // operations of more forms than that have their own
	for i := range r.forms {
		at := (r.last + i) % len(r.forms)
		if f := r.forms[at]; f.Role == role && f.part == part && slices.Equal(f.Set, set) && slices.Equal(f.Match, match) && slices.Equal(f.Returning, returning) {
			r.last = at
			return f
		}
	}
	f := &r.first
	if len(r.forms) > 0 {
		f = &Form{}
	}
	*f = Form{Role: role, part: part, Set: set, Match: slices.Clone(match), Returning: returning}
	if len(r.forms) < most {
		r.last, r.forms = len(r.forms), append(r.forms, f)
	}
	return f
}

// rowOps appends the operations a change asks for: one, or under table per type one
// for each table that holds a part of the entity and has something to do. They
// come in the order of the tables, the root's first.
func (r *room) rowOps(ops []*Op, in *Input, c *changeset.Change) []*Op {
	parts := c.Entity.StoredIn()
	if in.Whole || len(parts) == 1 {
		op := r.op()
		op.Change, op.Part, op.whole = c, c.Entity, true
		r.fill(op, c.Columns(), c.After(), c.Returning(), in.Revises)
		return append(ops, op)
	}
	after := c.After()
	for _, part := range parts {
		elsewhere := func(column *mapper.Column) bool { return column.Table != part.Table }
		var set []*mapper.Column
		var values []any
		if c.Kind == changeset.Insert && part.Base != nil {
			set, values = append(set, part.TableKey...), c.KeyParts(nil)
		}
		found := false
		for i, column := range c.Columns() {
			if !elsewhere(column) {
				set, values, found = append(set, column), append(values, after[i]), true
			}
		}
		if (c.Kind == changeset.Update || c.Soft) && !found {
			continue
		}
		op := &Op{Change: c, Part: part}
		r.fill(op, set, values, slices.DeleteFunc(slices.Clone(c.Returning()), elsewhere), in.Revises)
		ops = append(ops, op)
	}
	return ops
}

// mainRole is the role of the operation a change asks for.
func mainRole(c *changeset.Change) Role {
	switch {
	case c.Kind == changeset.Insert:
		return Insert
	case c.Kind == changeset.Update || c.Soft:
		return Update
	default:
		return Delete
	}
}

// fill gives an operation what it writes and compares: the key, and in the row that
// holds the version, and what else is checked, that as well. With revises an update of a
// document or list tells what was there before.
func (r *room) fill(op *Op, set []*mapper.Column, values []any, returning []*mapper.Column, revises bool) {
	c, role, key := op.Change, mainRole(op.Change), op.keyColumns()
	checks := c.Checks()
	if role == Delete {
		if len(key) == 1 && c.Key != nil && c.Given == nil && c.Lock == nil && len(checks) == 0 {
			op.Form, op.Values = r.form(role, op.Part, nil, key, returning), c.KeyRow()
			return
		}
		set, values = nil, r.foundBy(len(key)+1+len(checks))
	}
	if revises && role == Update {
		values = revisions(c, set, values)
	}
	r.match = r.match[:0]
	if role != Insert {
		for i, column := range key {
			r.match, values = append(r.match, column), append(values, c.FoundPart(i))
		}
		if c.Lock != nil && op.has(c.Lock.Column) {
			r.match, values = append(r.match, c.Lock.Column), append(values, c.Lock.Before)
			op.Locked = true
		}
		for i := range checks { // values that are checked beside it
			if cell := &checks[i]; op.has(cell.Column) {
				r.match, values = append(r.match, cell.Column), append(values, cell.Before)
				op.Locked = true
			}
		}
	}
	op.Form, op.Values = r.form(role, op.Part, set, r.match, returning), values
}

// foundBy returns memory for n values by which the row of a delete is found.
func (r *room) foundBy(n int) []any {
	const rows = 64 // in a piece
	if len(r.found) < n {
		r.found = make([]any, n*min(len(r.ops)+1, rows))
	}
	values := r.found[:0:n]
	r.found = r.found[n:]
	return values
}

// revisions are the values of set, documents and lists with what they were before.
func revisions(c *changeset.Change, set []*mapper.Column, values []any) []any {
	own := slices.Clip(values)
	for i, column := range set {
		if cell, ok := c.Cell(column); ok && hasInside(cell) {
			if len(own) > 0 && &own[0] == &values[0] {
				own = slices.Clone(values)
			}
			own[i] = qb.Revision{From: cell.Before, To: cell.After}
		}
	}
	if len(own) > 0 && &own[0] != &values[0] {
		return own
	}
	return values
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

// has reports that the operation's row has a column.
func (o *Op) has(column *mapper.Column) bool { return o.whole || column.Table == o.Part.Table }

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

// keyValues are what the key is before the main operation.
func keyValues(op *Op) []any { return op.Change.FoundParts(nil) }

// keyColumns are the columns that hold the key in the operation's table.
func (o *Op) keyColumns() []*mapper.Column {
	if o.whole {
		return o.Change.Entity.KeyColumns
	}
	return o.Part.TableKey
}

// keyAfter are what the key is after the main operation.
func keyAfter(op *Op) []any {
	values := keyValues(op)
	for i, column := range op.keyColumns() {
		if cell, ok := op.Change.Standing(column); ok && op.Change.Kind == changeset.Update {
			values[i] = cell.After
		}
	}
	return values
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
