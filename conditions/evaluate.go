package conditions

import (
	"fmt"

	"github.com/weft-orm/weft/mapper"
)

// Row is a row as an [Evaluator] sees it. All values are canonical; nil is NULL.
type Row interface {
	// Value returns the value of a property that is no relation.
	Value(p *mapper.Property) (any, error)
	// Key returns the key that the to-one relation p holds, nil when there is
	// none or part of it is NULL; for a nil p the row's own key.
	Key(p *mapper.Property) (any, error)
	// One returns the target of the to-one relation p, nil when it is absent.
	One(p *mapper.Property) (Row, error)
	// Many returns the rows of the to-many relation p.
	Many(p *mapper.Property) ([]Row, error)
}

// Evaluator decides conditions over rows in memory, in three-valued logic, with
// the meaning that every engine must have. It takes the plainest way and knows no
// indexes, but hashes a long list when it is asked for again. It belongs to one
// goroutine at a time.
type Evaluator struct {
	// Args are the canonical values by slot number. A list among them is not
	// changed while the evaluator is used; another list may take its place.
	Args []any
	// Aliases are the rows that fields with an alias speak of; a nil one is that of an
	// outer join that found none, all whose properties are NULL.
	Aliases map[string]Row
	// Query returns the first column of a sub-query's rows; nil when there are no sub-queries.
	Query func(q Query, row Row) ([]any, error)

	lists map[Slot]*members
	// element is what the innermost ElementNode is about, decoded.
	element any
}

// truth is a value of three-valued logic; the order makes and the minimum, or the maximum.
type truth int8

const (
	isNo truth = iota - 1
	isUnknown
	isYes
)

func truthOf(b bool) truth {
	if b {
		return isYes
	}
	return isNo
}

// Matches reports whether n is true for row; a nil n is.
func (ev *Evaluator) Matches(n Node, row Row) (bool, error) {
	t, err := ev.eval(n, row)
	return t == isYes, err
}

func (ev *Evaluator) eval(n Node, row Row) (truth, error) {
	switch n := n.(type) {
	case nil:
		return isYes, nil
	case *AndNode:
		return ev.all(n.Nodes, row)
	case *OrNode:
		return ev.any(n.Nodes, row)
	case unknown:
		return isUnknown, nil
	case *Truth:
		target, err := ev.target(n.At, row)
		if target == nil || err != nil {
			return isUnknown, err
		}
		return truthOf(n.Value), nil
	case *SomeNode, *EveryNode, *SizeNode:
		return ev.quantifier(n, row)
	case *ReachNode:
		return ev.reach(n, row)
	case *Exists:
		values, err := ev.query(n.Query, row)
		return truthOf((len(values) > 0) != n.Not), err
	case *RawNode:
		return isUnknown, &Error{Class: ErrOperator, Step: "match", Got: "raw SQL cannot be evaluated in memory"}
	}
	return ev.leaf(n, row)
}

func (ev *Evaluator) all(nodes []Node, row Row) (truth, error) {
	result := isYes
	for _, n := range nodes {
		t, err := ev.eval(n, row)
		if err != nil || t == isNo {
			return t, err
		}
		result = min(result, t)
	}
	return result, nil
}

func (ev *Evaluator) any(nodes []Node, row Row) (truth, error) {
	result := isNo
	for _, n := range nodes {
		t, err := ev.eval(n, row)
		if err != nil || t == isYes {
			return t, err
		}
		result = max(result, t)
	}
	return result, nil
}

// target walks the hops of a field; nil when a target is absent.
func (ev *Evaluator) target(f Field, row Row) (Row, error) {
	if f.Alias != "" {
		var known bool
		if row, known = ev.Aliases[f.Alias]; !known {
			return nil, nil
		} else if row == nil {
			row = absent{}
		}
	}
	for _, hop := range f.Hops {
		next, err := row.One(hop)
		if next == nil || err != nil {
			return nil, err
		}
		row = next
	}
	return row, nil
}

// absent is the row of an outer join that found none.
type absent struct{}

func (absent) Value(*mapper.Property) (any, error)  { return nil, nil }
func (absent) Key(*mapper.Property) (any, error)    { return nil, nil }
func (absent) One(*mapper.Property) (Row, error)    { return nil, nil }
func (absent) Many(*mapper.Property) ([]Row, error) { return nil, nil }

// field returns the value of a field; ok is false when a target is absent.
func (ev *Evaluator) field(f Field, row Row) (v any, ok bool, err error) {
	if f.Element {
		v, err = f.Inside(ev.element)
		return v, true, err
	}
	row, err = ev.target(f, row)
	if row == nil || err != nil {
		return nil, false, err
	}
	switch {
	case f.Property == nil:
		v, err = row.Key(nil)
	case f.Property.Kind.IsToOne():
		v, err = row.Key(f.Property)
	default:
		v, err = row.Value(f.Property)
	}
	if err == nil && v != nil && f.JSON != nil {
		v, err = f.Inside(v)
	}
	return v, true, err
}

// column is field for leaves about one column of a composite reference.
func (ev *Evaluator) column(f Field, row Row) (v any, ok bool, err error) {
	v, ok, err = ev.field(f, row)
	if key, composite := v.(mapper.Tuple); composite {
		v = mapper.Parts(nil, key)[f.Part]
	}
	return v, ok, err
}

// Value returns the canonical value of a field of row, one column of a composite
// reference; nil also where a to-one relation on the way has no target.
func (ev *Evaluator) Value(f Field, row Row) (any, error) {
	v, _, err := ev.column(f, row)
	return v, err
}

// operands returns the value of an operand.
func (ev *Evaluator) operand(o Operand, row Row) (any, error) {
	switch o := o.(type) {
	case Slot:
		if int(o) >= len(ev.Args) {
			return nil, &Error{Class: ErrShape, Step: "match", Got: fmt.Sprintf("slot %d has no value", o)}
		}
		return ev.Args[o], nil
	case Field:
		v, _, err := ev.column(o, row)
		return v, err
	case Query:
		values, err := ev.query(o, row)
		if len(values) == 0 || err != nil {
			return nil, err
		}
		return values[0], nil
	}
	return nil, &Error{Class: ErrOperator, Step: "match", Got: "raw SQL cannot be evaluated in memory"}
}

func (ev *Evaluator) query(q Query, row Row) ([]any, error) {
	if ev.Query == nil {
		return nil, &Error{Class: ErrOperator, Step: "match", Got: "sub-queries cannot be evaluated in memory"}
	}
	return ev.Query(q, row)
}

func (ev *Evaluator) quantifier(n Node, row Row) (truth, error) {
	var relation Field
	switch n := n.(type) {
	case *SomeNode:
		relation = n.Relation
	case *EveryNode:
		relation = n.Relation
	case *SizeNode:
		relation = n.Relation
	}
	owner, err := ev.target(relation, row)
	if owner == nil || err != nil {
		return isUnknown, err
	}
	rows, err := owner.Many(relation.Property)
	if err != nil {
		return isUnknown, err
	}
	switch n := n.(type) {
	case *SomeNode:
		yes, _, err := ev.count(n.Where, rows)
		return truthOf((yes > 0) != n.Not), err
	case *EveryNode:
		_, others, err := ev.count(n.Where, rows)
		return truthOf((others == 0) != n.Not), err
	case *SizeNode:
		size, err := ev.operand(n.Value, row)
		return compareBy(n.Op, int64(len(rows)), size), err
	}
	return isUnknown, nil
}

// count returns for how many rows n is true and for how many it is not.
func (ev *Evaluator) count(n Node, rows []Row) (yes, others int, err error) {
	for _, r := range rows {
		t, err := ev.eval(n, r)
		if err != nil {
			return 0, 0, err
		}
		if t == isYes {
			yes++
		} else {
			others++
		}
	}
	return yes, others, nil
}
