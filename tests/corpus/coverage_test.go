package corpus_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/qb/sql"
	"github.com/weft-orm/weft/tests/corpus"
)

// places are where an operator can stand. A leaf may be in several at once.
var places = []string{"scalar", "to-one", "to-many", "two-level", "self-reference", "pivot", "composite key", "embeddable", "JSON", "inheritance"}

// groups are operators that fit the same places; but has the places where they mean nothing, with the reason.
var groups = []struct {
	operators []string
	but       map[string]string
}{
	{operators: strings.Fields("$eq $ne $gt $gte $lt $lte $in $nin null not-null $or $and $not $nor")},
	{operators: strings.Fields("$like $ilike $re $startsWith $endsWith $containsText not-text")},
	{
		strings.Fields("$contains $overlap $contained $size not-set"),
		map[string]string{
			"self-reference": "no array lies behind one",
			"to-many":        "no array lies one step behind one",
			"embeddable":     "the model has no array in one",
		},
	},
	{
		strings.Fields("$hasKey $hasKeys $hasSomeKeys not-keys $elemMatch not-$elemMatch"),
		map[string]string{
			"scalar":         "documents are JSON",
			"self-reference": "no document lies behind one",
			"to-many":        "no document lies one step behind one",
			"embeddable":     "the model has no document in one",
		},
	},
	{
		strings.Fields("some none every not-every size"),
		map[string]string{
			"scalar":     "quantifiers are about relations",
			"to-one":     "a relation of its own makes it two levels",
			"embeddable": "embeddables have no relations",
			"JSON":       "documents have no relations",
		},
	},
	{
		strings.Fields("column"),
		map[string]string{"JSON": "a value inside a document is compared with values only"},
	},
}

// TestCoverage computes which operators the cases show in which places, from the trees they compile to, and fails for
// a cell that has none. A case counts when every back end can have it.
func TestCoverage(t *testing.T) {
	tables, documents := relational(t), documents(t)
	have := map[string]string{}
	for _, c := range load(t) {
		if q, err := c.Query(tables, false); err == nil && portable(q, c, documents) {
			m := &coverage{have: have, name: c.String(), logic: logic(c.Source)}
			m.node(q.Tree.Root, chain{row: q.Entity})
		}
	}
	for _, g := range groups {
		for _, o := range g.operators {
			for _, p := range places {
				first, reason := have[o+" x "+p], g.but[p]
				switch {
				case first == "" && reason == "":
					t.Errorf("no case shows %s x %s", o, p)
				case first != "" && reason != "":
					t.Errorf("%s shows %s x %s, which is said to mean nothing: %s", first, o, p, reason)
				}
			}
		}
	}
}

// portable reports that all back ends compile a case.
func portable(q *corpus.Query, c corpus.Case, documents *mapper.Registry) bool {
	for _, d := range sql.Dialects() {
		st, err := d.Compile(q.Select)
		if err != nil {
			return false
		}
		if _, err := st.Bind(nil, q.Args); err != nil {
			return false
		}
	}
	m, err := c.Query(documents, true)
	if err != nil {
		return false
	}
	_, err = mongo.Printer{}.Print(m.Select, m.Args)
	return err == nil
}

// logic lists the logical operators of a condition, which the normal form does not keep.
func logic(source string) []string {
	var list []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, m := range v {
				walk(m)
			}
		case map[string]any:
			for k, m := range v {
				for _, o := range []string{"$and", "$or", "$not", "$nor"} {
					if k == o && !slices.Contains(list, o) {
						list = append(list, o)
					}
				}
				walk(m)
			}
		}
	}
	var v any
	if json.Unmarshal([]byte(source), &v) == nil {
		walk(v)
	}
	return list
}

// chain is the way from the root to a row.
type chain struct {
	row       *mapper.Entity
	relations []*mapper.Property
}

func (c chain) through(hops ...*mapper.Property) chain {
	for _, h := range hops {
		c = chain{h.Relation.Target, append(slices.Clip(c.relations), h)}
	}
	return c
}

// places returns where a field of the row at the end of the chain is.
func (c chain) places(f conditions.Field) []string {
	var list []string
	add := func(yes bool, place string) {
		if yes {
			list = append(list, place)
		}
	}
	p, n := f.Property, len(c.relations)
	composite, inherits := len(c.row.KeyColumns) > 1, inHierarchy(c.row)
	toOne, toMany, self, pivot := false, false, false, false
	for _, r := range c.relations {
		toOne, toMany = toOne || r.Kind.IsToOne(), toMany || !r.Kind.IsToOne()
		self, pivot = self || r.Entity == r.Relation.Target, pivot || r.Kind == mapper.ManyToMany
		composite, inherits = composite || len(r.Relation.Target.KeyColumns) > 1 || len(r.Entity.KeyColumns) > 1,
			inherits || inHierarchy(r.Entity) || inHierarchy(r.Relation.Target)
	}
	if p != nil && p.Relation != nil {
		composite = composite || len(p.Relation.Target.KeyColumns) > 1
		self, pivot = self || p.Entity == p.Relation.Target, pivot || p.Kind == mapper.ManyToMany
		toOne, toMany = toOne || p.Kind.IsToOne(), toMany || !p.Kind.IsToOne()
		n++
	}
	json := f.JSON != nil || p != nil && p.Type != nil && p.Type.Kind == mapper.JSON
	add(n == 0 && !json, "scalar")
	add(n == 1 && toOne, "to-one")
	add(n == 1 && toMany, "to-many")
	add(n >= 2, "two-level")
	add(self, "self-reference")
	add(pivot, "pivot")
	add(composite, "composite key")
	add(p != nil && strings.Contains(p.Path, "."), "embeddable")
	add(json, "JSON")
	add(inherits, "inheritance")
	return list
}

func inHierarchy(e *mapper.Entity) bool { return e.Base != nil || len(e.Children) > 0 }

// coverage collects the cells of the matrix, each with the first case that shows it.
type coverage struct {
	have  map[string]string
	name  string
	logic []string
}

func (m *coverage) cell(operator string, c chain, f conditions.Field) {
	at := c.through(f.Hops...)
	for _, p := range at.places(conditions.Field{Property: f.Property, JSON: f.JSON}) {
		for _, o := range append([]string{operator}, m.logic...) {
			if key := o + " x " + p; m.have[key] == "" {
				m.have[key] = m.name
			}
		}
	}
}

func (m *coverage) node(n conditions.Node, c chain) {
	switch n := n.(type) {
	case *conditions.AndNode:
		for _, member := range n.Nodes {
			m.node(member, c)
		}
	case *conditions.OrNode:
		for _, member := range n.Nodes {
			m.node(member, c)
		}
	case *conditions.Compare:
		m.cell(n.Op.String(), c, n.Field)
		if _, other := n.Value.(conditions.Field); other {
			m.cell("column", c, n.Field)
		}
	case *conditions.Null:
		m.cell(word(n.Not, "not-null", "null"), c, n.Field)
	case *conditions.InNode:
		m.cell(word(n.Not, "$nin", "$in"), c, n.Field)
	case *conditions.KeyIn:
		m.cell(word(n.Not, "$nin", "$in"), c, n.Field)
	case *conditions.Match:
		m.cell(n.Op.String(), c, n.Field)
		if n.Not {
			m.cell("not-text", c, n.Field)
		}
	case *conditions.Set:
		m.set(n, c)
	case *conditions.ElementNode:
		m.cell(word(n.Not, "not-$elemMatch", "$elemMatch"), c, n.Field)
	case *conditions.SomeNode:
		m.quantifier(word(n.Not, "none", "some"), c, n.Relation, n.Where)
	case *conditions.EveryNode:
		m.quantifier(word(n.Not, "not-every", "every"), c, n.Relation, n.Where)
	case *conditions.SizeNode:
		m.quantifier("size", c, n.Relation, nil)
	}
}

func (m *coverage) set(n *conditions.Set, c chain) {
	m.cell(n.Op.String(), c, n.Field)
	if !n.Not {
		return
	}
	if n.Op >= conditions.OpHasKey {
		m.cell("not-keys", c, n.Field)
	} else {
		m.cell("not-set", c, n.Field)
	}
}

func (m *coverage) quantifier(name string, c chain, relation conditions.Field, where conditions.Node) {
	m.cell(name, c, relation)
	m.node(where, c.through(relation.Hops...).through(relation.Property))
}

func word(not bool, yes, no string) string {
	if not {
		return yes
	}
	return no
}

// TestCoverageCanFail: a matrix without cases has holes.
func TestCoverageCanFail(t *testing.T) {
	m := &coverage{have: map[string]string{}, name: "x"}
	q, err := corpus.Case{Entity: "Author", Where: conditions.M{"books.title": "x"}, Limit: -1, Offset: -1}.Query(relational(t), false)
	if err != nil {
		t.Fatal(err)
	}
	m.node(q.Tree.Root, chain{row: q.Entity})
	want := map[string]string{"some x to-many": "x", "$eq x to-many": "x"}
	if fmt.Sprint(m.have) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", m.have, want)
	}
}
