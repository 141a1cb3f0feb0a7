package plan

import (
	"fmt"
	"slices"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/qb"
)

// Role is why an operation exists.
type Role uint8

// The roles of operations, in the order in which they run when nothing else decides.
const (
	// Release gives up a unique value or a reference before its row changes or goes.
	Release Role = iota + 1
	// Update, Insert and Delete are what the change itself asks for. Existing rows
	// are written first: a new row locks those it refers to against changes, and a
	// transaction that then changed one would wait for all others that refer to it.
	Update
	Insert
	// FollowUp writes a reference that had to wait for its target.
	FollowUp
	// Unlink, Link and Move change the links of a many-to-many relation.
	Unlink
	Link
	Move
	Delete
)

// String returns the role's name in plans.
func (r Role) String() string {
	names := [...]string{"", "release", "update", "insert", "follow-up", "unlink", "link", "move", "delete"}
	if int(r) < len(names) {
		return names[r]
	}
	return fmt.Sprintf("Role(%d)", uint8(r))
}

// write returns the kind of statement that plays the role.
func (r Role) write() qb.WriteKind {
	switch r {
	case Insert, Link:
		return qb.Insert
	case Delete, Unlink:
		return qb.Delete
	default:
		return qb.Update
	}
}

// Op is one operation on one row of one table, or on the links that lists of a relation have got.
type Op struct {
	// Form are the columns, the same for all operations of a shape.
	*Form
	// Values are those of Set, then of Match: canonical values, handles or a *Free. They
	// may be those of the change itself; who wants others makes a copy. An operation on
	// the links of lists has none, see [Op.Lists].
	Values []any
	// Change is the change the operation belongs to, nil for links.
	Change *changeset.Change
	// Part is the entity whose table holds the row: that of Change, or one of its
	// bases under table per type; nil for links.
	Part *mapper.Entity
	// Links is the link change the operation belongs to, one of them where there are several, nil otherwise.
	Links *changeset.LinkChange
	// patches are what a release or a follow-up is for.
	patches *[]*deferral
	// Locked reports that the row must be found: its version is compared.
	Locked bool

	whole bool // the row is all of the entity
}

// Form is what operations of one shape share.
type Form struct {
	Role Role
	// Set and Match are the columns written and compared.
	Set, Match []*mapper.Column
	// Returning are the columns to read back.
	Returning []*mapper.Column

	part     *mapper.Entity   // whose table it is about, nil for links
	relation *mapper.Property // of links
	links    linkForm         // which form of its role a link has
	group    int              // of the operations, from 1; 0 until they are grouped
	added    *added           // the rows of its only operation, which writes all that was added to lists of links; else nil
}

// added are lists and the number of links that they have got.
type added struct {
	lists []*changeset.LinkChange
	rows  int
}

// Written are the values of Set.
func (o *Op) Written() []any { return o.Values[:len(o.Set)] }

// Matched are the values of Match.
func (o *Op) Matched() []any { return o.Values[len(o.Set):] }

// Rows is how many rows the operation writes.
func (o *Op) Rows() int {
	if o.added != nil {
		return o.added.rows
	}
	return 1
}

// Lists are the lists whose added links are the rows of the operation, one after the other;
// nil where Values are its only row.
func (o *Op) Lists() []*changeset.LinkChange {
	if o.added != nil {
		return o.added.lists
	}
	return nil
}

// clears reports that the operation takes away all links of an owner.
func (o *Op) clears() bool {
	return o.Role == Unlink && o.Links != nil && o.Links.Clear && len(o.Match) == len(o.Links.Owner)
}

// Link appends the values of a link of a list: the ends, and the place in an ordered list.
func (o *Op) Link(dst []any, l *changeset.LinkChange, link *changeset.Link) []any {
	if o.Role == Move {
		dst = append(dst, int64(link.Position))
	}
	dst = append(append(dst, l.Owner...), link.Target...)
	if o.Role == Link && len(o.Set) > len(l.Owner)+len(link.Target) {
		dst = append(dst, int64(link.Position))
	}
	return dst
}

// linkForm tells operations on links apart that have the same columns.
type linkForm = byte

const (
	// unsureLink may be there already.
	unsureLink linkForm = iota + 1
	// targetLinks are all links to a target, whoever owns them.
	targetLinks
)

// Binding is a column and a value.
type Binding struct {
	Column *mapper.Column
	Value  any
}

// Step is a group of operations of the same shape that run together.
type Step struct {
	Role Role
	// Shape identifies the shape within a registry; it serves as a cache key.
	Shape string
	Ops   []*Op
}

// Rows is how many rows the operations write.
func (s *Step) Rows() int {
	n := 0
	for _, op := range s.Ops {
		n += op.Rows()
	}
	return n
}

// At returns the operation that writes a row of the step, nil when it has no such row.
func (s *Step) At(row int) *Op {
	for _, op := range s.Ops {
		if row -= op.Rows(); row < 0 {
			return op
		}
	}
	return nil
}

// Returning are the columns that the operations read back.
func (s *Step) Returning() []*mapper.Column { return s.Ops[0].Returning }

// Plan is the ordered work of a flush.
type Plan struct {
	Steps []*Step
	// Changes is how many changes are planned.
	Changes int
	// Free are the values to be chosen before the first step, each of which stands in
	// several operations.
	Free []*Free
	// Deferred are the constraints that are to be checked after the last step instead of
	// by each of them.
	Deferred []*constraint.Unique
}

// Alone reports a plan of one operation on one row, which needs nothing before or after it,
// and after whose success nothing can go wrong: what it returns is an integer at most.
func (p *Plan) Alone() bool {
	if len(p.Steps) != 1 || len(p.Steps[0].Ops) != 1 || p.Steps[0].Ops[0].Rows() != 1 || len(p.Free)+len(p.Deferred) > 0 {
		return false
	}
	returned := p.Steps[0].Returning()
	return len(returned) == 0 || len(returned) == 1 && returned[0].Type.Kind == mapper.Int && returned[0].Type.Bits == 64
}

// entity returns the entity whose table the operation changes.
func (o *Op) entity() *mapper.Entity {
	if o.Change != nil {
		return o.Part
	}
	return o.Links.Relation.Entity
}

// MakesKey reports an insert after which the key of the change is known.
func (o *Op) MakesKey() bool {
	return o.Role == Insert && o.Change.Key == nil && o.first()
}

// first reports an operation on the row that others refer to: that of the root.
func (o *Op) first() bool { return o.whole || o.Part.Base == nil }

// holds reports that the operation's row has the columns.
func (o *Op) holds(columns []*mapper.Column) bool {
	return o.whole || len(columns) == 0 || columns[0].Table == o.Part.Table
}

// name returns what the operation is about, for messages.
func (o *Op) name() string {
	if o.Change != nil {
		return o.Part.Name
	}
	return o.Links.Relation.String()
}

// Write makes the step's shape as a logical write, whatever the schema.
func (s *Step) Write(reg *mapper.Registry) *qb.Write {
	o := s.Ops[0]
	w := &qb.Write{Registry: reg, Kind: o.Role.write(), Returning: o.Returning}
	if o.Links != nil {
		if o.links == unsureLink {
			w.Conflict = &qb.Conflict{}
		}
		w.Pivot = o.Links.Relation
		w.Table = w.Pivot.Relation.Pivot.Table
	} else {
		w.Entity, w.Table = o.Part, o.Part.Table
	}
	w.Set, w.Match = slices.Clone(o.Set), slices.Clone(o.Match)
	return w
}
