package conditions_test

import (
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// subquery is the least a query builder does to be a value.
type subquery struct {
	text string
	arg  any
}

func (q subquery) ReadQuery(rd *conditions.Reading) error {
	rd.Shape = append(rd.Shape, q.text...)
	rd.Values = append(rd.Values, q.arg)
	return nil
}

func (q subquery) ParseQuery(conditions.Slot) (any, []conditions.SlotInfo, error) {
	return q, []conditions.SlotInfo{{Type: &mapper.Type{Kind: mapper.Int, Bits: 64, GoName: "int"}}}, nil
}

func TestAliases(t *testing.T) {
	e := env(t, "Book")
	e.Alias = "b"
	e.Aliases = map[string]*mapper.Entity{"a": e.Registry.Entity("Author"), "author": e.Registry.Entity("Author")}
	for _, test := range []struct {
		cond M
		want string
	}{
		{M{"b.title": "x", "title": "y"}, `title = $0 and title = $1`},
		{M{"a.name": "x"}, `a.name = $0`},
		{M{"a": M{"name": "x"}}, `a.name = $0`},
		{M{"a": 7}, `a.id = $0`},
		{M{"a.books.title": "x", "b.tags.name": "y", "tags": M{"id": 3}}, `a.books some (title = $0) and tags some (name = $1 and id = $2)`},
		{M{"author.name": "x", "author": 7}, `author = $0 and author.name = $1`},
		{M{"tags:some": M{"name": conditions.Col("b.title")}}, `tags some (name = b.title)`},
		{M{"author.favourite.title": conditions.Col("b.title")}, `author.favourite.title = b.title`},
		{M{"$or": L{M{"b.pages >": conditions.Col("a.age")}}}, `pages > a.age`},
	} {
		tree, _, err := conditions.Compile(e, test.cond, 0)
		if err != nil {
			t.Errorf("%v: %v", test.cond, err)
			continue
		}
		if got := tree.String(); got != test.want {
			t.Errorf("%v:\n got %s\nwant %s", test.cond, got, test.want)
		}
	}
}

func TestSubqueries(t *testing.T) {
	q := subquery{"select max(age)", 5}
	for _, test := range []struct {
		cond         M
		want, values string
	}{
		{M{"id": M{"$in": q}}, `id in (query)`, `5`},
		{M{"id:nin": q, "name": "x"}, `id not in (query) and name = $1`, `5, "x"`},
		{M{"age >": q, "name": "x"}, `age > (query) and name = $1`, `5, "x"`},
		{M{"$exists": q}, `exists (query)`, `5`},
		{M{"$not": M{"$exists": q}}, `not exists (query)`, `5`},
		{M{"favourite:in": q}, `favourite in (query)`, `5`},
	} {
		tree, values, err := conditions.Compile(env(t, "Author"), test.cond, 0)
		if err != nil {
			t.Errorf("%v: %v", test.cond, err)
			continue
		}
		if got := tree.String(); got != test.want || printValues(values) != test.values {
			t.Errorf("%v:\n got %s  %s\nwant %s  %s", test.cond, got, printValues(values), test.want, test.values)
		}
	}
}

func TestSlotsStartWhereAsked(t *testing.T) {
	tree, _, err := conditions.Compile(env(t, "Author"), M{"name": "x", "age": 1}, 5)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tree.String(), `age = $5 and name = $6`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
