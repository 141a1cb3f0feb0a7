package conditions_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/model"
)

// documented are the examples of docs/conditions.md, each with its normal form.
var documented = []struct {
	entity string
	cond   any
	tree   string
}{
	{"Author", M{"name": "Jon"}, `name = $0`},
	{"Author", M{"age": nil}, `age is null`},
	{"Author", M{"age": M{"$ne": nil}}, `age is not null`},
	{"Author", M{"id": []int{1, 2}}, `id in $0`},
	{"Author", M{"age": M{"$gte": 18, "$lt": 65}}, `age >= $0 and age < $1`},
	{"Author", M{"age": M{"$not": M{"$gt": 3}}}, `age <= $0`},
	{"Author", M{"age >=": 18}, `age >= $0`},
	{"Author", M{"name:like": "J%"}, `name like $0`},
	{"Author", M{"name": "Jon", "active": true}, `active = $0 and name = $1`},
	{"Author", M{"$or": L{M{"name": "Jon"}, M{"age": nil}}}, `name = $0 or age is null`},
	{"Author", M{"$not": M{"name": "Jon", "active": true}}, `active != $0 or name != $1`},
	{"Author", M{"name": regexp.MustCompile("^J")}, `name re $0`},
	{"Author", 7, `id = $0`},
	{"Author", []int{7, 8}, `id in $0`},
	{"Author", M{"$gt": 38}, `id > $0`},

	{"Book", M{"author": 7}, `author = $0`},
	{"Book", M{"author": rel.ToKey[model.Author](7)}, `author = $0`},
	{"Book", M{"author.id": []int{7, 8}}, `author in $0`},
	{"Book", M{"author": M{"name": "Jon"}}, `author.name = $0`},
	{"Book", M{"author.name": "Jon"}, `author.name = $0`},
	{"Book", M{"publisher": nil}, `publisher is null`},

	{"Author", M{"books.title": "Winter"}, `books some (title = $0)`},
	{"Author", M{"books.title": "Winter", "books": M{"pages >": 300}}, `books some (pages > $0 and title = $1)`},
	{"Author", M{"$and": L{M{"books.title": "Winter"}, M{"books.pages >": 300}}}, `books some (title = $0) and books some (pages > $1)`},
	{"Author", M{"$not": M{"books.title": "Winter"}}, `books none (title = $0)`},
	{"Author", M{"books": M{"$not": M{"title": "Winter"}}}, `books some (title != $0)`},
	{"Author", M{"books": nil}, `books none (true)`},
	{"Author", M{"books": M{"$none": M{"pages >": 300}}}, `books none (pages > $0)`},
	{"Author", M{"books:every": M{"tags.name": "fantasy"}}, `books every (tags some (name = $0))`},
	{"Author", M{"books:size": M{"$gte": 2}}, `books size >= $0`},
	{"Author", M{"books:all": L{M{"title": "Winter"}, M{"title": "Fire"}}}, `books some (title = $0) and books some (title = $1)`},

	{"Employee", M{"manager+": 7}, `manager+ some (id = $0)`},
	{"Employee", M{"manager*": 7}, `manager* some (id = $0)`},
	{"Employee", M{"reports+": 7}, `reports+ some (id = $0)`},
	{"Employee", M{"manager{1,2}.name": "Ann"}, `manager{1,2} some (name = $0)`},
	{"Employee", M{"mentees+": M{"name": "Ann", "salary >": 100}}, `mentees+ some (name = $0 and salary > $1)`},
	{"Employee", M{"manager+:none": M{"salary": nil}}, `manager+ none (salary is null)`},
	{"Employee", M{"manager+": nil}, `manager+ none (true)`},

	{"Author", M{"name:ilike": "j%"}, `name ilike $0`},
	{"Author", M{"name:re": "^J(on|an)$"}, `name re $0`},
	{"Author", M{"name:startsWith": "100%"}, `name startsWith $0`},
	{"Customer", M{"labels:contains": []string{"gold"}}, `labels contains $0`},
	{"Customer", M{"labels": []string{"gold", "new"}}, `labels = $0`},
	{"Customer", M{"home.city": "Oslo"}, `home.city = $0`},
	{"Customer", M{"meta.visits >": 3}, `meta#visits:int > $0`},
	{"Customer", M{"meta": M{"$contains": M{"plan": M{"name": "pro"}}}}, `meta#plan#name:text = $0`},
	{"Customer", M{"meta:hasKey": "plan"}, `meta hasKey $0`},
	{"Customer", M{"meta.tags:contains": []string{"new"}}, `meta#tags:text contains $0`},
	{"Customer", M{"meta.items:size": M{"$gte": 2}}, `meta#items size >= $0`},
	{"Customer", M{"meta.items:elemMatch": M{"sku": "x", "n >": 1}}, `meta#items element (element#n:int > $0 and element#sku:text = $1)`},
	{"Customer", M{"$not": M{"meta.items:elemMatch": M{"sku": "x"}}}, `meta#items no element (element#sku:text = $0)`},
	{"OrderLine", L{1, 2}, `key in keys $0`},
	{"Shipment", M{"first": L{1, 2}}, `first in keys $0`},

	{"Animal", M{"trick:like": "f%"}, `trick like $0`},
	{"Animal", M{"trick": nil}, `trick is null`},
	{"Animal", M{"$not": M{"trick": "sit"}}, `trick != $0`},
	{"Animal", M{"$or": L{M{"trick": "sit"}, M{"lives": 9}}}, `trick = $0 or lives = $1`},
	{"Animal", M{"friends.lives": 9}, `friends some (lives = $0)`},
	{"Animal", M{"Dog.trick": "sit"}, `trick = $0`},
	{"Animal", M{"Dog": M{"trick": "sit", "name": "Rex"}}, `name = $0 and trick = $1`},
	{"Animal", M{"kind": "dog"}, `kind = $0`},

	{"Author", M{"rating >": conditions.Col("age")}, `rating > age`},
	{"Author", conditions.Raw("lower(?) = ?", conditions.Col("name"), "jon"), `raw(lower(name) = $0)`},
	{"Author", conditions.And(conditions.Gte("age", 18), conditions.Some("books", M{"pages >": 300})), `age >= $0 and books some (pages > $1)`},
	{"Author", conditions.Same{conditions.Eq("books.title", "Winter"), conditions.Gt("books.pages", 300)}, `books some (title = $0 and pages > $1)`},
}

func TestDocumentedConditions(t *testing.T) {
	for _, test := range documented {
		tree, _, err := conditions.Compile(env(t, test.entity), test.cond, 0)
		if err != nil {
			t.Errorf("%v: %v", test.cond, err)
			continue
		}
		if got := tree.String(); got != test.tree {
			t.Errorf("%v:\n got %s\nwant %s", test.cond, got, test.tree)
		}
	}
}

// TestDocsShowWhatIsTested finds every example of the page in this file, where it
// is compiled and run.
func TestDocsShowWhatIsTested(t *testing.T) {
	page, err := os.ReadFile("../docs/conditions.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("docs_test.go")
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for i, block := range strings.Split(string(page), "```") {
		body, isGo := strings.CutPrefix(block, "go\n")
		if i%2 == 0 || !isGo {
			continue
		}
		for line := range strings.Lines(body) {
			cond, tree, ok := strings.Cut(strings.TrimSpace(line), " // ")
			if !ok {
				continue
			}
			examples++
			want := ", " + strings.TrimSpace(cond) + ", `" + tree + "`}"
			if !strings.Contains(string(source), want) {
				t.Errorf("docs/conditions.md shows an example that is not tested: %s", line)
			}
		}
	}
	if examples != len(documented) {
		t.Errorf("the page shows %d examples, %d are tested", examples, len(documented))
	}
}
