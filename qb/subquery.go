package qb

import (
	"encoding/binary"
	"fmt"

	"github.com/weft-orm/weft/conditions"
)

var _ conditions.Subquery = (*Builder)(nil)

// ReadQuery makes a builder a value of conditions, as in
// M{"id:in": sub} or M{"$exists": sub}: it appends what identifies the statement
// and the values in it.
func (b *Builder) ReadQuery(rd *conditions.Reading) error {
	if b.err != nil {
		return b.err
	}
	a := &assembly{b: b, env: b.env()}
	a.knowQueries()
	q, err := a.read()
	if err != nil {
		return err
	}
	rd.Shape = binary.AppendUvarint(rd.Shape, uint64(len(a.args)))
	rd.Shape = append(rd.Shape, describe(q)...)
	rd.Values = append(rd.Values, a.args...)
	return nil
}

// ParseQuery returns the *Select for values whose first slot is first.
func (b *Builder) ParseQuery(first conditions.Slot) (any, []conditions.SlotInfo, error) {
	if b.err != nil {
		return nil, nil, b.err
	}
	a := &assembly{b: b, env: b.env(), first: first}
	a.knowQueries()
	q, err := a.read()
	if err != nil {
		return nil, nil, err
	}
	return q, canonical(a.slots), nil
}

// canonical marks the slots of a sub-query: its values have been converted once
// and pass as they are.
func canonical(slots []conditions.SlotInfo) []conditions.SlotInfo {
	out := make([]conditions.SlotInfo, len(slots))
	for i, s := range slots {
		out[i] = conditions.SlotInfo{Path: s.Path, Unused: s.Unused, Redacted: s.Redacted}
	}
	return out
}

// describe writes everything about a query that its statement depends on.
func describe(q *Select) string {
	s := fmt.Sprintf("%s %s %s|%t%d%t%t%t|%v|%s|", q.Entity.Name, q.Alias, q.Source, q.Distinct, q.SemiJoin, q.Count, q.NullsLowest, q.Roots, q.Lock, q.Schema)
	for _, p := range q.Output {
		s += p.Path + ","
	}
	for _, e := range q.Exprs {
		s += describeExpr(e.Expr) + " " + e.Name + ","
	}
	for _, j := range q.Joins {
		s += fmt.Sprintf("|join %t%t %s %s %s", j.Left, j.Lateral, j.From, j.Source, j.Alias)
		if j.Relation != nil {
			s += j.Relation.String()
		}
		if j.Query != nil {
			s += "(" + describe(j.Query) + ")"
		}
		s += conditions.Print(j.On)
	}
	s += "|" + conditions.Print(q.Where) + "|" + conditions.Print(q.Having)
	for _, list := range [][]Expr{q.GroupBy, q.DistinctOn} {
		s += "|"
		for _, e := range list {
			s += describeExpr(e) + ","
		}
	}
	for _, o := range q.OrderBy {
		s += fmt.Sprintf("|%s %t %d %s", describeExpr(o.Expr), o.Desc, o.Nulls, o.Collation)
	}
	for _, f := range q.Filters {
		s += "|filter " + f.Entity.Name + " " + f.Name + conditions.Print(f.Where)
	}
	for _, name := range q.FiltersOff {
		s += "|without " + name
	}
	for _, c := range q.With {
		s += fmt.Sprintf("|with %s %t (%s)", c.Name, c.Recursive, describe(c.Query))
	}
	for _, u := range q.Union {
		s += fmt.Sprintf("|union %t (%s)", u.All, describe(u.Query))
	}
	if q.From != nil {
		s += "|from (" + describe(q.From) + ")"
	}
	return s + fmt.Sprintf("|%d %d", q.Limit, q.Offset)
}

func describeExpr(e Expr) string {
	switch e := e.(type) {
	case FieldExpr:
		return describeField(e.Field)
	case RawExpr:
		return conditions.Print(&conditions.RawNode{Text: e.Raw.Text, Args: e.Raw.Args})
	case Aggregate:
		return fmt.Sprintf("%s(%t %s)", e.Func, e.Distinct, describeField(e.Field))
	case *SubqueryExpr:
		return "(" + describe(e.Query) + ")"
	case *WindowExpr:
		s := fmt.Sprintf("%s(%t %s %d) over", e.Func, e.Distinct, describeField(e.Field), e.Offset)
		for _, p := range e.Partition {
			s += " " + describeExpr(p)
		}
		for _, o := range e.OrderBy {
			s += fmt.Sprintf("|%s %t %d %s", describeExpr(o.Expr), o.Desc, o.Nulls, o.Collation)
		}
		return s
	case *CaseExpr:
		s := "case"
		for _, w := range e.Whens {
			s += " when " + conditions.Print(w.If) + " then " + describeExpr(w.Then)
		}
		if e.Else != nil {
			s += " else " + describeExpr(e.Else)
		}
		return s
	case ValueExpr:
		return fmt.Sprintf("$%d:%d", e.Slot, e.Type.Kind)
	default:
		return ""
	}
}

func describeField(f conditions.Field) string {
	s := f.Alias
	for _, h := range f.Hops {
		s += "." + h.Path
	}
	if f.Property != nil {
		s += "." + f.Property.Path
	}
	return s + fmt.Sprintf("#%d%q%d%s%t", f.Part, f.JSON, f.As, f.Func, f.Distinct)
}
