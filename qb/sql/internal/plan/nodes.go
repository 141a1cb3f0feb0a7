package plan

import (
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// Select is one SELECT.
type Select struct {
	With       []*CTE
	Distinct   bool
	DistinctOn []Expr
	Columns    []Column
	From       Source
	Joins      []*Join
	// Where and Having are nil when there is no such clause.
	Where, Having Pred
	GroupBy       []Expr
	Union         []*SetOp
	OrderBy       []Order
	// Limit and Offset are nil when absent.
	Limit, Offset Expr
	Lock          qb.Lock
	// LockOf are the aliases whose rows are locked.
	LockOf   []string
	Comments []string
}

// Column is an output column; Name is "" where nobody refers to it.
type Column struct {
	Expr Expr
	Name string
}

// CTE is a common table expression.
type CTE struct {
	Name      string
	Query     *Select
	Recursive bool
}

// SetOp appends the rows of another query.
type SetOp struct {
	All   bool
	Query *Select
}

// Order is one sort key.
type Order struct {
	Expr      Expr
	Desc      bool
	Nulls     qb.Nulls
	Collation string
}

// Source is what stands in FROM or JOIN. The set is closed.
type Source interface{ source() }

// Table is a table under an alias; Alias may equal Name.
type Table struct {
	Schema, Name, Alias string
	// Indexes are the indexes that the user wants it read by.
	Indexes []string
	// Query is the text in the table's place, or "".
	Query string
}

// Derived is a sub-query under an alias.
type Derived struct {
	Query   *Select
	Alias   string
	Lateral bool
}

// Listed is a list of values, or of composite keys, as a table with a column for each
// part: v0, v1, and so on.
type Listed struct {
	List  conditions.Slot
	Alias string
	// Refs are the columns that the parts are compared with.
	Refs []*Ref
	// Keys reports that the items are keys, each a list of its parts.
	Keys bool
}

func (*Table) source()   {}
func (*Derived) source() {}
func (*Listed) source()  {}

// Join is a join; with Nested joins the right side is parenthesised.
type Join struct {
	Left   bool
	Source Source
	Nested []*Join
	On     Pred
}

// Expr is a scalar expression. The set is closed.
type Expr interface{ expr() }

// Ref is a column of a source.
type Ref struct {
	Alias, Name string
	// Type is the column's type, nil for computed columns.
	Type *mapper.Type
	// Column is the mapped column, nil for computed ones.
	Column *mapper.Column
}

// Arg is a value that comes with the execution.
type Arg struct {
	Slot conditions.Slot
	// Type is the type to encode by, nil for raw arguments.
	Type *mapper.Type
	// Integer types the parameter for engines that cannot see its use: limits and counts.
	Integer bool
}

// Const is a value known from metadata; it travels as a parameter.
type Const struct {
	Value any
	Type  *mapper.Type
}

// Number is a small literal number.
type Number int

// Call is a function call; a nil Arg is the star of count(*).
type Call struct {
	Func     string
	Distinct bool
	Arg      Expr
}

// Sub is a scalar sub-query.
type Sub struct{ Query *Select }

// Raw is SQL written by the developer, with one expression between each two pieces.
type Raw struct {
	Text []string
	Args []Expr
}

// Name is a lone identifier: an alias inside raw text.
type Name string

// JSON is the value at a path inside a document, or inside an element of an array in
// one, read as kind As.
type JSON struct {
	// Document is nil where Element is not.
	Document *Ref
	Element  *Element
	Path     []string
	As       mapper.ValueKind
}

// Element is the element of an array that a sub-query is at.
type Element struct {
	Array *JSON
	Alias string
}

// RowNumber numbers the rows of each partition.
type RowNumber struct {
	Partition []Expr
	OrderBy   []Order
}

// Window is a function over the rows of a window.
type Window struct {
	Call Call
	// Plain reports a call without arguments; Offset is the second one of lag and lead.
	Plain     bool
	Offset    int
	Partition []Expr
	OrderBy   []Order
}

// Case is the first value whose condition holds.
type Case struct {
	Whens []When
	Else  Expr
}

// When is a value of a case with its condition.
type When struct {
	If   Pred
	Then Expr
}

// Typed is a value whose type its surroundings do not tell.
type Typed struct{ Arg *Arg }

// Minus is a difference of two numbers.
type Minus struct{ Left, Right Expr }

func (*Ref) expr()       {}
func (*Arg) expr()       {}
func (*Const) expr()     {}
func (Number) expr()     {}
func (*Call) expr()      {}
func (*Sub) expr()       {}
func (*Raw) expr()       {}
func (Name) expr()       {}
func (*JSON) expr()      {}
func (*RowNumber) expr() {}
func (*Minus) expr()     {}
func (*Window) expr()    {}
func (*Case) expr()      {}
func (*Typed) expr()     {}

// Pred is a truth-valued expression. The set is closed.
type Pred interface{ pred() }

// And and Or have at least two members.
type And struct{ Preds []Pred }

// Or is true when any member is.
type Or struct{ Preds []Pred }

// Bool is a constant.
type Bool bool

// Compare compares two expressions.
type Compare struct {
	Left  Expr
	Op    conditions.Op
	Right Expr
}

// Null tests for NULL; of a JSON expression that is read as no kind, whether there
// is a value of any.
type Null struct {
	Expr Expr
	Not  bool
}

// InList tests membership in a list that travels as one value.
type InList struct {
	Expr Expr
	List *Arg
	Not  bool
	// Aggregate reports that Expr is an aggregate, in a condition on groups.
	Aggregate bool
	// Owners reports the keys of the owners of a collection, Written a list that the rows of
	// a bulk write must be in: they may be many.
	Owners, Written bool
}

// InConsts tests membership in values known from metadata.
type InConsts struct {
	Expr   Expr
	Values []*Const
}

// InSelect tests membership in the rows of a sub-query; never negated.
type InSelect struct {
	Exprs []Expr
	Query *Select
}

// TupleIn tests a row of expressions against a list of composite keys.
type TupleIn struct {
	Refs []*Ref
	List conditions.Slot
	Not  bool
}

// Match is a text match.
type Match struct {
	Expr Expr
	Op   conditions.Op
	Arg  Expr
	Not  bool
}

// Set is an operator on an array or a document.
type Set struct {
	Expr   Expr
	Type   *mapper.Type
	Op     conditions.Op
	SizeOp conditions.Op
	Arg    Expr
	Not    bool
	// Element is an element of the array, for operators on arrays inside documents.
	Element *Element
}

// Elements asks whether there is an element for which Where, nil for any, is true: false
// where there is an array without one, unknown where there is no array.
type Elements struct {
	Element *Element
	Where   Pred
	Not     bool
}

// Exists tests whether a sub-query has rows.
type Exists struct {
	Query *Select
	Not   bool
}

// NotTrue is true where Pred is false or unknown.
type NotTrue struct{ Pred Pred }

// RawPred is a condition written by the developer.
type RawPred struct {
	Raw *Raw
	Not bool
}

func (*And) pred()      {}
func (*Or) pred()       {}
func (Bool) pred()      {}
func (*Compare) pred()  {}
func (*Null) pred()     {}
func (*InList) pred()   {}
func (*InConsts) pred() {}
func (*InSelect) pred() {}
func (*TupleIn) pred()  {}
func (*Match) pred()    {}
func (*Set) pred()      {}
func (*Elements) pred() {}
func (*Exists) pred()   {}
func (*NotTrue) pred()  {}
func (*RawPred) pred()  {}

// all joins predicates by AND, dropping true and nil; nil when nothing is left.
func all(preds ...Pred) Pred {
	var last Pred
	n := 0
	for _, p := range preds {
		switch p {
		case nil, Bool(true):
		case Bool(false):
			return Bool(false)
		default:
			last = p
			n++
		}
	}
	if n < 2 {
		return last
	}
	out := make([]Pred, 0, len(preds))
	for _, p := range preds {
		switch x := p.(type) {
		case nil, Bool:
		case *And:
			out = append(out, x.Preds...)
		default:
			out = append(out, p)
		}
	}
	return &And{out}
}

// equal equates the two references that pair gives for each column.
func equal(cols []*mapper.Column, pair func(*mapper.Column) (left, right *Ref)) Pred {
	var buffer [4]Pred
	on := buffer[:0]
	for _, c := range cols {
		left, right := pair(c)
		on = append(on, &Compare{left, conditions.OpEq, right})
	}
	return all(on...)
}

// orTrue makes the absence of a condition explicit.
func orTrue(p Pred) Pred {
	if p == nil {
		return Bool(true)
	}
	return p
}
