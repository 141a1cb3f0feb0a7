package render

import (
	"strconv"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// trees writes the condition and the logical query of each step.
func (t *textWriter) trees(steps []*Step) {
	for _, s := range steps {
		t.gap()
		t.print("%s\n", t.o.Style.Head("-- "+s.Plan.Name+": "+s.Plan.Query.Entity.Name))
		t.print("%s", Tree(s.Plan.Query))
	}
}

// Tree writes a logical query, its condition as an indented tree. Slots are $0, $1, ...
func Tree(q *qb.Select) string {
	b := &treeWriter{}
	if q.Count {
		b.line(0, "count")
	} else if len(q.Output) > 0 {
		b.line(0, "read "+propertyPaths(q.Output))
	}
	for _, o := range q.Exprs {
		b.line(0, "compute "+o.Name)
	}
	if q.Via != nil {
		b.line(0, "related by "+q.Via.Relation.String()+" to "+slot(q.Via.Owners))
	}
	for _, n := range q.Populate {
		b.line(0, "join "+n.Path)
	}
	b.section("where", q.Where)
	for _, f := range q.Filters {
		b.section("filter "+f.Entity.Name, f.Where)
	}
	b.section("having", q.Having)
	for _, o := range q.OrderBy {
		b.line(0, "order by "+orderText(o))
	}
	if q.Limit != conditions.NoSlot {
		b.line(0, "limit "+slot(q.Limit)+" offset "+slot(q.Offset))
	}
	return b.out.String()
}

type treeWriter struct{ out strings.Builder }

func (b *treeWriter) line(indent int, text string) {
	b.out.WriteString(strings.Repeat("  ", indent) + text + "\n")
}

func (b *treeWriter) section(name string, n conditions.Node) {
	if n == nil {
		return
	}
	b.line(0, name)
	b.node(1, n)
}

// node writes groups and quantifiers with what they hold indented, and leaves on one line.
func (b *treeWriter) node(indent int, n conditions.Node) {
	switch n := n.(type) {
	case *conditions.AndNode:
		b.group(indent, "and", n.Nodes)
	case *conditions.OrNode:
		b.group(indent, "or", n.Nodes)
	case *conditions.SomeNode:
		b.quantifier(indent, word(n.Not, "no ", "some ")+n.Relation.String(), n.Where)
	case *conditions.EveryNode:
		b.quantifier(indent, word(n.Not, "not every ", "every ")+n.Relation.String(), n.Where)
	default:
		b.line(indent, conditions.Print(n))
	}
}

func (b *treeWriter) group(indent int, name string, nodes []conditions.Node) {
	b.line(indent, name)
	for _, n := range nodes {
		b.node(indent+1, n)
	}
}

func (b *treeWriter) quantifier(indent int, text string, where conditions.Node) {
	b.line(indent, text)
	if where != nil {
		b.node(indent+1, where)
	}
}

func word(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func slot(s conditions.Slot) string { return "$" + strconv.Itoa(int(s)) }

func propertyPaths(list []*mapper.Property) string {
	paths := make([]string, len(list))
	for i, p := range list {
		paths[i] = p.Path
	}
	return strings.Join(paths, ", ")
}

func orderText(o qb.Order) string {
	text := "expression"
	if f, ok := o.Expr.(qb.FieldExpr); ok {
		text = f.Field.String()
	}
	text += word(o.Desc, " desc", "")
	switch o.Nulls {
	case qb.NullsFirst:
		text += " nulls first"
	case qb.NullsLast:
		text += " nulls last"
	}
	return text
}
