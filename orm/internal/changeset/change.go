package changeset

import (
	"fmt"
	"slices"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Kind is what a flush does to an entity.
type Kind uint8

// The kinds of changes.
const (
	Insert Kind = iota + 1
	Update
	Delete
)

// String returns "insert", "update" or "delete".
func (k Kind) String() string {
	switch k {
	case Insert:
		return "insert"
	case Update:
		return "update"
	case Delete:
		return "delete"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Change is what a flush does to one entity. The caller fills the first block,
// [Compute] the second. A row that is deleted writes nothing, so that its change is small.
type Change struct {
	Entity *mapper.Entity
	Kind   Kind
	// Soft makes a delete mark the row instead.
	Soft  bool
	mixed bool // Columns are not in their order yet
	// Number is the position among the changes of a plan, which gives it.
	Number int32
	// Ordinal is the position in the unit of work; it breaks ties and identifies the change.
	Ordinal int
	// Key is the canonical key, nil while the database or another change has to make it.
	Key any
	// Given is how the key has changed when the row's turn comes, nil where it has not.
	Given *GivenKey
	// Current is the entity, Snapshot its last known state (nil for an insert). Both are only read.
	Current, Snapshot unsafe.Pointer
	// Loaded tells which leaves are known; the others are never looked at.
	Loaded *Leaves

	// Lock is the version cell of an optimistically locked entity, else nil; it is written too, except by a delete.
	Lock *Cell
	// written is what the row gets, nil while that is nothing.
	written *written
	// beside are cells that matter and are not written, nil for none.
	beside *beside
}

// GivenKey is a key into which the database carries the new keys of other rows on.
type GivenKey struct {
	// Key is the one by which the row is found then.
	Key any
	// By are the changes of the other rows, which come before.
	By []*Change
}

// written is what a change writes.
type written struct {
	columns []*mapper.Column
	after   []any
	// was is what the snapshot has of them, nil for an insert; see Written.
	was       []any
	returning []*mapper.Column
	// handles stand for the key, made when first asked for: one in place, or a list of them in it.
	handles [1]any
}

// beside are cells beside those that are written.
type beside struct{ carried, checks []Cell }

// Columns are those to write, in their order; changes of the same shape share the list.
func (c *Change) Columns() []*mapper.Column {
	if c.written == nil {
		return nil
	}
	return c.written.columns
}

// After are the values of Columns.
func (c *Change) After() []any {
	if c.written == nil {
		return nil
	}
	return c.written.after
}

// Returning are the columns the database makes.
func (c *Change) Returning() []*mapper.Column {
	if c.written == nil {
		return nil
	}
	return c.written.returning
}

// Return makes columns those that the database makes. The list is kept.
func (c *Change) Return(columns []*mapper.Column) { c.own().returning = columns }

// Carried are columns that are not written but matter to unique and foreign keys: those of
// a deleted row but for its key, and the rest of a unique key that changes in part.
func (c *Change) Carried() []Cell {
	if c.beside == nil {
		return nil
	}
	return c.beside.carried
}

// Carry appends a cell to those that are carried.
func (c *Change) Carry(cell Cell) {
	if c.beside == nil {
		c.beside = &beside{}
	}
	c.beside.carried = append(c.beside.carried, cell)
}

// Checks are cells that the row must still hold: those of properties with
// ConcurrencyCheck. After is what the change leaves in them.
func (c *Change) Checks() []Cell {
	if c.beside == nil {
		return nil
	}
	return c.beside.checks
}

// own returns what the change writes, making it.
func (c *Change) own() *written {
	if c.written == nil {
		c.written = &written{}
	}
	return c.written
}

// Cell is one column of one row before and after the flush. A value is
// canonical, or a [Handle].
type Cell struct {
	Column        *mapper.Column
	Before, After any
}

// Handle stands for a part of the key of a row that the same flush inserts.
type Handle struct {
	Of   *Change
	Part int
}

// String names the row by its position in the unit of work.
func (h Handle) String() string { return h.Name(h.Of.Ordinal) }

// Name returns "new Author #3" for a row with that number.
func (h Handle) Name(number int) string {
	s := fmt.Sprintf("new %s #%d", h.Of.Entity.Name, number)
	if len(h.Of.Entity.Key) > 1 || h.Part > 0 {
		s += fmt.Sprintf(".%d", h.Part)
	}
	return s
}

// KeyPart returns part i of the key: its value, or a handle while it is unknown.
func (c *Change) KeyPart(i int) any {
	if c.Key != nil {
		return part(c.Key, i)
	}
	return c.handlesOfKey()[i]
}

// handlesOfKey returns the handles of all parts of the key. References to a new row
// share them.
func (c *Change) handlesOfKey() []any {
	w := c.own()
	switch made := w.handles[0].(type) {
	case []any:
		return made
	case Handle:
		return w.handles[:]
	}
	if len(c.Entity.KeyColumns) <= 1 {
		w.handles[0] = Handle{Of: c}
		return w.handles[:]
	}
	made := make([]any, len(c.Entity.KeyColumns))
	for i := range made {
		made[i] = Handle{c, i}
	}
	w.handles[0] = made
	return made
}

// Parts returns all parts of the key of a row that other rows refer to. The slice is
// shared and must not be changed.
func (c *Change) Parts() []any {
	if c.Key == nil {
		return slices.Clip(c.handlesOfKey())
	}
	return c.KeyParts(nil)
}

// KeyParts appends all parts of the key to dst.
func (c *Change) KeyParts(dst []any) []any {
	for i := range c.Entity.KeyColumns {
		dst = append(dst, c.KeyPart(i))
	}
	return dst
}

// FoundPart returns part i of the key by which the row is found.
func (c *Change) FoundPart(i int) any {
	if c.Given != nil {
		return part(c.Given.Key, i)
	}
	return c.KeyPart(i)
}

// FoundParts appends all parts of the key by which the row is found to dst.
func (c *Change) FoundParts(dst []any) []any {
	for i := range c.Entity.KeyColumns {
		dst = append(dst, c.FoundPart(i))
	}
	return dst
}

// Standing returns the cell of a column as the change meets it and leaves it: what the database
// has carried on into the key is there before.
func (c *Change) Standing(column *mapper.Column) (Cell, bool) {
	cell, known := c.Cell(column)
	if c.Given == nil {
		return cell, known
	}
	i := slices.Index(c.Entity.KeyColumns, column)
	if i < 0 {
		return cell, known
	}
	cell.Column, cell.Before = column, part(c.Given.Key, i)
	if !slices.Contains(c.Columns(), column) {
		cell.After = cell.Before
	}
	return cell, true
}

// KeyRow returns the key of a row that has one column for it, as a list of its parts. The
// memory is that of the change and must not be changed.
func (c *Change) KeyRow() []any { return unsafe.Slice(&c.Key, 1) }

// Cell returns the cell of a column, written or carried. A row that is deleted carries its key.
func (c *Change) Cell(column *mapper.Column) (Cell, bool) {
	if w := c.written; w != nil {
		for i, written := range w.columns {
			if written == column {
				return c.Written(i), true
			}
		}
	}
	carried := c.Carried()
	for i := range carried {
		if carried[i].Column == column {
			return carried[i], true
		}
	}
	if i := c.keyOfDeleted(column); i >= 0 {
		part := part(c.Key, i)
		return Cell{column, part, part}, true
	}
	return Cell{}, false
}

// keyOfDeleted returns which part of the key of a row that is deleted a column is, -1 for none.
func (c *Change) keyOfDeleted(column *mapper.Column) int {
	if c.Kind != Delete || c.Key == nil {
		return -1
	}
	return slices.Index(c.Entity.KeyColumns, column)
}

// Written returns the cell of Columns[i].
func (c *Change) Written(i int) Cell {
	w := c.written
	cell := Cell{Column: w.columns[i], After: w.after[i]}
	if w.was != nil {
		cell.Before = c.stored(i)
	}
	return cell
}

// inSnapshot stands for a value before the flush that the snapshot has and few ask for.
type inSnapshot struct{}

// stored returns the value of Columns[i] before the flush.
func (c *Change) stored(i int) any {
	w := c.written
	if _, asked := w.was[i].(inSnapshot); asked {
		return w.columns[i].Property.Access.Value(c.Snapshot)
	}
	return w.was[i]
}

// Remember makes what was before the flush tellable after it, when the snapshot says what is.
func (c *Change) Remember() {
	if w := c.written; w != nil {
		for i := range w.was {
			w.was[i] = c.stored(i)
		}
	}
}

// Write appends a cell to those that are written.
func (c *Change) Write(cell Cell) {
	w := c.own()
	w.columns, w.after = append(w.columns, cell.Column), append(w.after, cell.After)
	if c.Kind != Insert {
		w.was = append(w.was, cell.Before)
	}
}

// Keep lets a change write nothing but what stands in columns that keep reports.
func (c *Change) Keep(keep func(*mapper.Column) bool) {
	w := c.written
	if w == nil {
		return
	}
	columns, after := w.columns, w.after
	w.columns, w.after, w.was = nil, nil, nil
	for i, column := range columns {
		if keep(column) {
			w.columns, w.after = append(w.columns, column), append(w.after, after[i])
		}
	}
}

// Stored returns the value of a column before the flush; ok is false when it is not
// known, or part of a reference that the change is not about.
func (c *Change) Stored(column *mapper.Column) (v any, ok bool) {
	if cell, ok := c.Cell(column); ok {
		return cell.Before, true
	}
	p := column.Property
	if c.Snapshot == nil || p == nil || p.Kind.IsRelation() || p.Access.Value == nil || !c.Loaded.Has(p.Index) {
		return nil, false
	}
	return p.Access.Value(c.Snapshot), true
}

// Writes reports whether the change writes any of the columns.
func (c *Change) Writes(columns []*mapper.Column) bool {
	for _, written := range c.Columns() {
		for _, column := range columns {
			if written == column {
				return true
			}
		}
	}
	return false
}

// String returns "update Author 7" for messages.
func (c *Change) String() string {
	if c.Key == nil {
		return fmt.Sprintf("%s %s #%d", c.Kind, c.Entity.Name, c.Ordinal)
	}
	return fmt.Sprintf("%s %s %v", c.Kind, c.Entity.Name, c.Key)
}

func part(key any, i int) any {
	for {
		t, ok := key.(mapper.Tuple)
		switch {
		case !ok:
			return key
		case i == 0:
			return t.Head
		}
		key, i = t.Tail, i-1
	}
}

// LinkChange is what a flush does to the links of one owner through one
// many-to-many relation.
type LinkChange struct {
	// Relation is the owning side.
	Relation *mapper.Property
	// Ordinal breaks ties.
	Ordinal int
	// Owner are the parts of the owner's key, canonical or handles.
	Owner []any
	// Unsure reports that the stored links are not known, so that an added one may be there.
	Unsure bool
	// Clear removes all links first, those never seen included.
	Clear bool
	// Removed, Added and Moved are links to remove, to add, and to give another position.
	Removed, Added, Moved []Link
}

// Link is one link of an owner.
type Link struct {
	// Target are the parts of the target's key, canonical or handles.
	Target []any
	// Position is the place in an ordered relation, from 0.
	Position int
}

// Empty reports that nothing is to be written.
func (l *LinkChange) Empty() bool {
	return !l.Clear && len(l.Removed) == 0 && len(l.Added) == 0 && len(l.Moved) == 0
}
