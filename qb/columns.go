package qb

import (
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
)

// Column is a column of a result row.
type Column struct {
	// Name is the path of the property ("author", "books.title", "b.pages"), with the
	// part's column behind it for composite keys; or the name of the computed output, ""
	// for one that has none.
	Name string
	// Type is the type of the values, nil where only the engine knows.
	Type *mapper.Type
	// Computed reports a name that was not given but made of what the column is.
	Computed bool
}

// Columns lists the columns of a result row, in the order that Select promises,
// without the owner's key under Via.
func (q *Select) Columns() []Column {
	if q.Count {
		return []Column{{Name: "count", Type: countType}}
	}
	list := leafColumns(nil, "", q.Output)
	list = nodeColumns(list, q.Populate)
	for _, j := range q.Joins {
		list = leafColumns(list, j.Alias+".", j.Output)
	}
	for _, x := range q.Exprs {
		c := Column{Name: x.Name, Type: exprType(x.Expr)}
		if e, ok := x.Expr.(Aggregate); ok {
			if c.Name == "" {
				f := e.Field
				f.Func, f.Distinct = e.Func, e.Distinct
				c.Name, c.Computed = f.String(), true
			} else if call, ok := parseAggregate(c.Name); ok && isAggregate(call.fn) {
				c.Computed = true
			}
		}
		list = append(list, c)
	}
	return list
}

// Columns lists the columns of the rows that a write returns.
func (w *Write) Columns() []Column {
	list := make([]Column, len(w.Returning))
	for i, c := range w.Returning {
		list[i] = Column{Name: c.Name, Type: c.Type}
		if p := c.Property; p != nil {
			list[i].Name = p.Path
			if len(p.Columns) > 1 {
				list[i].Name += "." + c.Name
			}
		}
	}
	return list
}

func nodeColumns(list []Column, nodes []*populate.Node) []Column {
	for _, n := range nodes {
		list = nodeColumns(leafColumns(list, n.Path+".", n.Fields), n.Children)
	}
	return list
}

func leafColumns(list []Column, prefix string, leaves []*mapper.Property) []Column {
	for _, p := range leaves {
		columns := p.Columns
		if p.Relation != nil {
			columns = p.Relation.Target.KeyColumns
		}
		switch len(columns) {
		case 0: // a formula
			list = append(list, Column{Name: prefix + p.Path, Type: p.Type})
		case 1:
			list = append(list, Column{Name: prefix + p.Path, Type: columns[0].Type})
		default:
			for _, c := range columns {
				list = append(list, Column{Name: prefix + p.Path + "." + c.Name, Type: c.Type})
			}
		}
	}
	return list
}
