package qb

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Write is a logical change of rows. It comes in two forms.
//
// Row form (Where is nil): one operation of a flush on many rows of the same
// shape. Each argument row holds a value for every column of Set, then for
// every column of Match. Insert writes Set; Update sets Set where Match equal;
// Delete deletes where Match equal (a NULL in Match never matches). Columns of
// pivot tables form links: on MongoDB the compiler turns them into array updates
// of the owner, by way of Pivot.
//
// Condition form (Where or All): a bulk update or delete with slots.
type Write struct {
	Registry *mapper.Registry
	Kind     WriteKind
	// Entity is the entity written; nil when Pivot is set.
	Entity *mapper.Entity
	// Pivot is the many-to-many relation whose links are written, else nil.
	Pivot *mapper.Property
	// Table is the table written (one of several under table per type).
	Table *mapper.Table
	// Set and Match are columns, see above.
	Set, Match []*mapper.Column
	// Returning are columns to read back for each row (Op.Returned).
	Returning []*mapper.Column
	// Conflict says what an insert does about existing rows; nil fails.
	Conflict *Conflict

	// Schema replaces the wildcard schema "*".
	Schema string

	// Shape is the same for writes in condition form of one registry that differ in nothing but
	// their values and Schema; nil where that is not told.
	Shape []byte

	// Comments are put before the statement, for those who read query logs.
	Comments []string

	// From is the query whose rows an insert in condition form takes, one column for each of Set.
	From *Select

	// Alias, Where, Assign, Filters, Slots make the condition form.
	Alias   string
	Where   conditions.Node
	All     bool
	Assign  []Assign
	Filters []Filter
	Slots   []conditions.SlotInfo
}

// WriteKind is what a write does.
type WriteKind uint8

// The kinds of writes.
const (
	Insert WriteKind = iota + 1
	Update
	Delete
	Truncate
)

// Assign sets a column in a bulk update.
type Assign struct {
	Column *mapper.Column
	Value  conditions.Operand
}

// Conflict is the reaction of an insert to an existing row.
type Conflict struct {
	// On are the columns of the unique key; empty is any (where the engine can).
	On []*mapper.Column
	// Merge are the columns taken from the new row; empty ignores the new row.
	Merge []*mapper.Column
	// Count are the columns of Merge, whole numbers, that grow by one instead.
	Count []*mapper.Column
	// Where restricts the merge: existing rows for which it is not true stay as they are.
	Where conditions.Node
	// Args are the canonical values of Where, by slot from 0, and Slots describe them.
	Args  []any
	Slots []conditions.SlotInfo
}
