package differential_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// fault is a mistake a compiler could make: in the condition, in the rest of the query, or in the text for SQLite. Each
// gives a wrong answer to some requests.
type fault struct {
	name  string
	node  func(conditions.Node) conditions.Node // of every node, those below it first
	query func(*qb.Select)
	text  func(string) string
}

var faults = []fault{
	// negation and NULL
	{name: "not greater is less", node: func(n conditions.Node) conditions.Node {
		if c, ok := n.(*conditions.Compare); ok && c.Op == conditions.OpLte {
			return &conditions.Compare{Field: c.Field, Op: conditions.OpLt, Value: c.Value}
		}
		return n
	}},
	{name: "not equal finds NULL", node: func(n conditions.Node) conditions.Node {
		if c, ok := n.(*conditions.Compare); ok && c.Op == conditions.OpNe {
			return &conditions.OrNode{Nodes: []conditions.Node{c, &conditions.Null{Field: c.Field}}}
		}
		return n
	}},
	{name: "$nin finds NULL", node: func(n conditions.Node) conditions.Node {
		if in, ok := n.(*conditions.InNode); ok && in.Not {
			return &conditions.OrNode{Nodes: []conditions.Node{in, &conditions.Null{Field: in.Field}}}
		}
		return n
	}},
	{name: "$in forgets nil", node: func(n conditions.Node) conditions.Node {
		if in, ok := n.(*conditions.InNode); ok && !in.Not && in.OrNull {
			return &conditions.InNode{Field: in.Field, Values: in.Values}
		}
		return n
	}},
	{name: "a group loses its parentheses", node: func(n conditions.Node) conditions.Node {
		and, ok := n.(*conditions.AndNode)
		if !ok {
			return n
		}
		for i, m := range and.Nodes {
			if or, ok := m.(*conditions.OrNode); ok && i > 0 && len(or.Nodes) > 1 {
				first := append(append([]conditions.Node{}, and.Nodes[:i]...), or.Nodes[0])
				return &conditions.OrNode{Nodes: append([]conditions.Node{&conditions.AndNode{Nodes: first}}, or.Nodes[1:]...)}
			}
		}
		return n
	}},
	{name: "no guard below an outer join", text: replaced(`\("e[1-9]\d*"\."\w+" IS NOT NULL\) AND`, `(TRUE) AND`)},
	{name: "an inner join for a left one", text: replaced(`LEFT JOIN`, `INNER JOIN`)},

	// relations
	{name: "$every takes unknown for true", text: replaced(`IS NOT TRUE`, `IS FALSE`)},
	{name: "$every needs a row", node: func(n conditions.Node) conditions.Node {
		if e, ok := n.(*conditions.EveryNode); ok && !e.Not {
			return &conditions.AndNode{Nodes: []conditions.Node{e, &conditions.SomeNode{Relation: e.Relation}}}
		}
		return n
	}},
	{name: "a semi-join loses its second condition", node: func(n conditions.Node) conditions.Node {
		some, ok := n.(*conditions.SomeNode)
		if !ok {
			return n
		}
		if and, ok := some.Where.(*conditions.AndNode); ok && len(and.Nodes) > 1 {
			return &conditions.SomeNode{Relation: some.Relation, Where: and.Nodes[0], Not: some.Not}
		}
		return n
	}},
	{name: "two semi-joins share a row", node: sharedRow},
	{name: "a semi-join is a join", text: joinRoots("")},
	{name: "a limit counts joined rows", text: joinRoots("DISTINCT")},
	{name: "a count counts joined rows", text: replaced(`^SELECT count\(\*\) FROM ("\w+" AS "e0") WHERE \(EXISTS \(SELECT 1 (.*)\)\)$`,
		`SELECT coalesce(sum((SELECT count(*) $2)), 0) FROM $1`)},
	{name: "a size is at least", node: func(n conditions.Node) conditions.Node {
		if s, ok := n.(*conditions.SizeNode); ok && s.Op == conditions.OpEq {
			return &conditions.SizeNode{Relation: s.Relation, Op: conditions.OpGte, Value: s.Value}
		}
		return n
	}},
	{name: "a composite key is its first part", text: replaced(`value ->> 1`, `value ->> 0`)},

	// values
	{name: "$like ignores case", node: match(conditions.OpLike, conditions.OpILike)},
	{name: "$ilike heeds case", node: match(conditions.OpILike, conditions.OpLike)},
	{name: "a value in a document has any kind", text: replaced(` IN \('(integer', 'real|text|true', 'false)'\)`, ` NOT IN ('none')`)},

	// order and pages
	{name: "a collection sorts by its largest value", text: replaced(`ASC LIMIT 0 \+ \?\) ASC`, `DESC LIMIT 0 + ?) ASC`)},
	{name: "NULL on the other end", query: func(q *qb.Select) {
		q.OrderBy = append([]qb.Order{}, q.OrderBy...)
		for i, o := range q.OrderBy {
			if o.Nulls == qb.NullsDefault {
				q.OrderBy[i].Nulls = qb.NullsLast
			}
		}
	}},
	{name: "an order is forgotten", query: func(q *qb.Select) { q.OrderBy = q.OrderBy[:min(1, len(q.OrderBy))] }},
	{name: "an offset is one too many", text: replaced(`OFFSET \?`, `OFFSET 1 + ?`)},
	{name: "a limit is one too many", text: replaced(`LIMIT 0 \+ \?( OFFSET \?)?$`, `LIMIT 1 + ?$1`)},

	// filters
	{name: "a filter hides only roots", query: func(q *qb.Select) {
		var own []qb.Filter
		for _, f := range q.Filters {
			if q.Entity.IsSubtypeOf(f.Entity) {
				own = append(own, f)
			}
		}
		q.Filters = own
	}},
	{name: "a filter hides no roots", query: func(q *qb.Select) {
		var others []qb.Filter
		for _, f := range q.Filters {
			if !q.Entity.IsSubtypeOf(f.Entity) {
				others = append(others, f)
			}
		}
		q.Filters = others
	}},
	{name: "a count sees what filters hide", query: func(q *qb.Select) {
		if q.Count {
			q.Filters = nil
		}
	}},
}

// budget is how many requests the short run asks SQLite.
const budget = 2 * shortRun

// TestPlantedFaultsAreFound plants faults between query and engine, one at a time: each is noticed within the short
// run, and without one nothing is.
func TestPlantedFaultsAreFound(t *testing.T) {
	b := newBench(t, testengine.All()[0], 1)
	requests := requests(b.registry)
	examples := make([]request, budget)
	for i := range examples {
		examples[i] = requests.Example(i)
	}
	engine, session := b.engine, b.session
	find := func(f fault) (int, error) {
		b.engine, b.session = faultyEngine{engine, f}, faultySession{session}
		for i, r := range examples {
			if err := b.check(t.Context(), r); err != nil {
				return i, err
			}
		}
		return len(examples), nil
	}
	if i, err := find(fault{text: func(text string) string { return text }}); err != nil {
		t.Fatalf("request %d, without a fault: %v", i, err)
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			i, err := find(f)
			if err == nil {
				t.Errorf("not found in %d requests", i)
			}
			t.Logf("found by request %d: %v", i, err)
		})
	}
}

// faultyEngine compiles with a fault.
type faultyEngine struct {
	driver.Engine
	fault fault
}

func (e faultyEngine) Compile(q qb.Query) (driver.Program, error) {
	sel, ok := q.(*qb.Select)
	if !ok {
		return e.Engine.Compile(q)
	}
	c := *sel
	if e.fault.node != nil {
		c.Where = rewritten(c.Where, e.fault.node)
	}
	if e.fault.query != nil {
		e.fault.query(&c)
	}
	if e.fault.text == nil {
		return e.Engine.Compile(&c)
	}
	st, err := sql.SQLite().Compile(&c)
	if err != nil {
		return nil, err
	}
	return faultyProgram{st, e.fault.text(st.Text)}, nil
}

// faultyProgram is a statement with another text and the same parameters.
type faultyProgram struct {
	*sql.Statement
	text string
}

func (p faultyProgram) String() string { return p.text }

// faultySession runs faulty programs.
type faultySession struct{ driver.Session }

func (s faultySession) Query(ctx context.Context, p driver.Program, args []any) (driver.Rows, error) {
	f, ok := p.(faultyProgram)
	if !ok {
		return s.Session.Query(ctx, p, args)
	}
	parameters, err := f.Bind(nil, args)
	if err != nil {
		return nil, err
	}
	return s.Session.(driver.TextQueryer).QueryText(ctx, f.text, parameters...)
}

// rewritten applies f to every node of a condition.
func rewritten(n conditions.Node, f func(conditions.Node) conditions.Node) conditions.Node {
	list := func(nodes []conditions.Node) []conditions.Node {
		out := make([]conditions.Node, len(nodes))
		for i, m := range nodes {
			out[i] = rewritten(m, f)
		}
		return out
	}
	switch n := n.(type) {
	case nil:
		return nil
	case *conditions.AndNode:
		return f(&conditions.AndNode{Nodes: list(n.Nodes)})
	case *conditions.OrNode:
		return f(&conditions.OrNode{Nodes: list(n.Nodes)})
	case *conditions.SomeNode:
		return f(&conditions.SomeNode{Relation: n.Relation, Where: rewritten(n.Where, f), Not: n.Not})
	case *conditions.EveryNode:
		return f(&conditions.EveryNode{Relation: n.Relation, Where: rewritten(n.Where, f), Not: n.Not})
	}
	return f(n)
}

// sharedRow makes one semi-join of the first two about the same relation.
func sharedRow(n conditions.Node) conditions.Node {
	and, ok := n.(*conditions.AndNode)
	if !ok {
		return n
	}
	for i := range and.Nodes {
		for k := range i {
			a, ok1 := and.Nodes[k].(*conditions.SomeNode)
			b, ok2 := and.Nodes[i].(*conditions.SomeNode)
			if ok1 && ok2 && !a.Not && !b.Not && a.Relation.Property == b.Relation.Property && len(a.Relation.Hops)+len(b.Relation.Hops) == 0 {
				one := &conditions.SomeNode{Relation: a.Relation, Where: &conditions.AndNode{Nodes: []conditions.Node{orTrue(a.Where), orTrue(b.Where)}}}
				nodes := slices.Delete(slices.Clone(and.Nodes), i, i+1)
				nodes[k] = one
				return &conditions.AndNode{Nodes: nodes}
			}
		}
	}
	return n
}

func orTrue(n conditions.Node) conditions.Node {
	if n == nil {
		return &conditions.Truth{Value: true}
	}
	return n
}

func match(from, to conditions.Op) func(conditions.Node) conditions.Node {
	return func(n conditions.Node) conditions.Node {
		if m, ok := n.(*conditions.Match); ok && m.Op == from {
			return &conditions.Match{Field: m.Field, Op: to, Value: m.Value, Not: m.Not}
		}
		return n
	}
}

func replaced(pattern, by string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(text string) string { return re.ReplaceAllString(text, by) }
}

// joinRoots turns the only semi-join of a statement into a join, whose rows may be made distinct after the page.
func joinRoots(distinct string) func(string) string {
	re := regexp.MustCompile(`^(SELECT .* FROM "\w+" AS "e0") WHERE \(EXISTS \(SELECT 1 FROM ("\w+" AS "e1") WHERE (\(.*\))\)\)( ORDER BY .*)?$`)
	return func(text string) string {
		m := re.FindStringSubmatch(text)
		if m == nil || strings.HasPrefix(text, "SELECT count") {
			return text
		}
		text = m[1] + " INNER JOIN " + m[2] + " ON " + m[3] + m[4]
		if distinct == "" {
			return text
		}
		return "SELECT " + distinct + " * FROM (" + text + ")"
	}
}
