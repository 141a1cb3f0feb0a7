package conditions_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
)

var publicPolicy = conditions.Policy{
	Paths:     []string{"name", "age", "books.title", "books.*", "favourite", "books.author.id"},
	Operators: []string{"$eq", "$gte", "$in", "$like", "$and", "$or", "$not", "$some", "$none"},
	MaxDepth:  5, MaxTerms: 4, MaxList: 3,
}

func TestFromJSON(t *testing.T) {
	for _, test := range []struct{ raw, want, values string }{
		{`{}`, `true`, ``},
		{`{"name": "x", "age:gte": 18}`, `name = $0 and age >= $1`, `"x", 18`},
		{`{"books": {"title:like": "a%", "pages": [1, 2]}}`, `books some (title like $0 and pages in $1)`, `"a%", [1, 2]`},
		{`{"favourite": 9007199254740993}`, `favourite = $0`, `9007199254740993`},
		{`{"books.author.id": 3, "$not": {"age": null}}`, `books some (author = $0) and age is not null`, `3`},
		{`{"books": {"$none": {}}}`, `books none (true)`, ``},
		{`{"books:some": {}}`, `books some (true)`, ``},
		{`{"name": "a\ud834\udd1e\\u0041\n"}`, `name = $0`, `"a𝄞\\u0041\n"`},
		{`{"$or": [{"Name": "x"}, {"books:some": {"title": "y"}}]}`, `name = $0 or books some (title = $1)`, `"x", "y"`},
	} {
		cond, err := conditions.FromJSON(env(t, "Author").Entity, []byte(test.raw), publicPolicy)
		if err != nil {
			t.Errorf("%s: %v", test.raw, err)
			continue
		}
		tree, values, err := conditions.Compile(env(t, "Author"), cond, 0)
		if err != nil {
			t.Errorf("%s: %v", test.raw, err)
			continue
		}
		if got := tree.String(); got != test.want || printValues(values) != test.values {
			t.Errorf("%s:\n got %s  %s\nwant %s  %s", test.raw, got, printValues(values), test.want, test.values)
		}
	}
}

func TestFromJSONRefuses(t *testing.T) {
	for _, test := range []struct {
		raw, pointer, want string
		class              error
	}{
		{`{"email": "x"}`, "/email", `conditions: json: Author.email: is not allowed here`, conditions.ErrPolicy},
		{`{"nme": "x"}`, "/nme", `conditions: json: Author.nme: is not allowed here (did you mean "name"?)`, conditions.ErrPolicy},
		{`{"books": {"author": {"name": "x"}}}`, "/books/author/name", `conditions: json: Author.books.author.name: is not allowed here`, conditions.ErrPolicy},
		{`{"books": {"publisher": "x"}}`, "/books/publisher", `conditions: json: Author.books.publisher: is not allowed here`, conditions.ErrPolicy},
		{`{"age": {"$gt": 3}}`, "/age/$gt", `conditions: json: Author.age $gt: operator is not allowed here`, conditions.ErrPolicy},
		{`{"age >": 3}`, "/age >", `conditions: json: Author.age $gt: operator is not allowed here`, conditions.ErrPolicy},
		{`{"age:gtt": 3}`, "/age:gtt", `conditions: json: Author.age gtt: is no operator`, conditions.ErrPolicy},
		{`{"books": {}}`, "/books", `conditions: json: Author.books: is empty and would ask for nothing`, conditions.ErrPolicy},
		{`{"$or": [{"name": "x"}, {"age": [1, 2, 3, 4]}]}`, "/$or/1/age", `conditions: json: Author.age: holds too long a list`, conditions.ErrPolicy},
		{`{"$or": [{"name": "x"}, {"name": "x"}, {"$or": [{"age": 1}]}]}`, "/$or", `conditions: json: Author: has too many terms`, conditions.ErrPolicy},
		{`{"$not": {"$not": {"$not": {"$not": {"$not": {"$not": {"name": "x"}}}}}}}`, "/$not/$not/$not/$not/$not/$not", `conditions: json: Author: is nested too deep`, conditions.ErrPolicy},
		{`{"favourite.author.books:none": {}}`, "/favourite.author.books:none", `conditions: json: Author.favourite.author.books: is not allowed here`, conditions.ErrPolicy},
		{`{"books:none": null}`, "/books:none", `conditions: parse: Author.books $none: needs a condition, not nil (write {"$exists": false} for NULL, {} for any row)`, conditions.ErrShape},
		{"{\"name\": \"a\xff\"}", "", `conditions: json: Author: invalid JSON: the text is not valid UTF-8`, conditions.ErrShape},
		{`{"name": "a\ud834"}`, "", `conditions: json: Author: invalid JSON: an escape of half a character`, conditions.ErrShape},
		{`{"name": "\udd1ea"}`, "", `conditions: json: Author: invalid JSON: an escape of half a character`, conditions.ErrShape},
		{`{"name": "\ud834\n\udd1e"}`, "", `conditions: json: Author: invalid JSON: an escape of half a character`, conditions.ErrShape},
		{`{"name": "a\u0000"}`, "/name", `conditions: bind: Author.name: the value must not contain NUL`, conditions.ErrValue},
		{`7`, "", `conditions: json: Author: is not allowed here`, conditions.ErrPolicy},
		{`{"name": "x"`, "", `conditions: json: Author: invalid JSON: unexpected EOF`, conditions.ErrShape},
		{`{"name": "x"} x`, "", `conditions: json: Author: invalid JSON: there is something after the condition`, conditions.ErrShape},
		{`{"name": "x", "name": "y"}`, "", `conditions: json: Author: invalid JSON: key "name" stands twice in an object`, conditions.ErrShape},
		{`{"$and": [{"age": "x"}]}`, "/$and/0/age", `conditions: bind: Author.age: cannot use string as int: must be an integer`, conditions.ErrValue},
	} {
		_, err := conditions.FromJSON(env(t, "Author").Entity, []byte(test.raw), publicPolicy)
		var e *conditions.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v", test.raw, err)
			continue
		}
		if err.Error() != test.want || e.Pointer() != test.pointer || !errors.Is(err, test.class) {
			t.Errorf("%s:\n got %v at %s\nwant %s at %s", test.raw, err, e.Pointer(), test.want, test.pointer)
		}
	}
}

func TestFromJSONOpensDocuments(t *testing.T) {
	policy := conditions.Policy{Paths: []string{"meta"}, Operators: []string{"$contains", "$gte"}}
	cond, err := conditions.FromJSON(env(t, "Customer").Entity, []byte(`{"meta.a.b:gte": 1.5, "meta": {"c": {"d": true}, "$contains": {"$x": {"y": "z"}}}}`), policy)
	if err != nil {
		t.Fatal(err)
	}
	tree, _, err := conditions.Compile(env(t, "Customer"), cond, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := `meta#a#b:float >= $0 and meta#c#d:bool = $1 and meta#$x#y:text = $2`
	if got := tree.String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestFromJSONOfSubtypes: what subtypes have is allowed by name only; the star
// stands for the properties of the entity itself.
func TestFromJSONOfSubtypes(t *testing.T) {
	for raw, paths := range map[string][]string{
		`{"trick": "sit"}`:          {"trick"},
		`{"Dog.trick": "sit"}`:      {"Dog.*"},
		`{"friends": {"lives": 9}}`: {"friends.lives"},
	} {
		policy := conditions.Policy{Paths: paths, Operators: []string{"$eq"}}
		if _, err := conditions.FromJSON(env(t, "Animal").Entity, []byte(raw), policy); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
		policy.Paths = []string{"*"}
		if _, err := conditions.FromJSON(env(t, "Animal").Entity, []byte(raw), policy); !errors.Is(err, conditions.ErrPolicy) {
			t.Errorf("%s with the star: %v", raw, err)
		}
	}
}

// TestPolicyPathsMustLeadSomewhere refuses paths that no condition could match, as mistakes of the program.
func TestPolicyPathsMustLeadSomewhere(t *testing.T) {
	for path, hint := range map[string]string{"nmae": `"name"`, "Name": `"name"`, "home.ctiy": "", "nowhere.*": "", "meta.color": "inside a document"} {
		_, err := conditions.FromJSON(env(t, "Customer").Entity, []byte(`{}`), conditions.Policy{Paths: []string{"name", path}})
		if !errors.Is(err, conditions.ErrUnknownProperty) || !strings.Contains(fmt.Sprint(err), hint) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for entity, paths := range map[string][]string{"Author": {"*", "books.*", "books.author.name"}, "Customer": {"meta", "home.city"}} {
		if _, err := conditions.FromJSON(env(t, entity).Entity, []byte(`{}`), conditions.Policy{Paths: paths}); err != nil {
			t.Error(err)
		}
	}
}

// TestFromJSONInSteps allows the steps that are listed, as they are written there, and no others.
func TestFromJSONInSteps(t *testing.T) {
	policy := conditions.Policy{Paths: []string{"manager+.name", "reports{1,2}", "name"}}
	for raw, allowed := range map[string]bool{
		`{"manager+.name": "x"}`:              true,
		`{"manager+": {"name": "x"}}`:         true,
		`{"reports{1,2}": 7}`:                 true,
		`{"reports{1,2}": {"$some": [7, 8]}}`: true,
		`{"manager*.name": "x"}`:              false,
		`{"manager+": 7}`:                     false,
		`{"manager+.salary": 7}`:              false,
		`{"manager.name": "x"}`:               false,
		`{"reports+": 7}`:                     false,
		`{"reports{1,3}": 7}`:                 false,
		`{"manager+.manager+.name": "x"}`:     false,
		`{"name+": "x"}`:                      false,
	} {
		cond, err := conditions.FromJSON(env(t, "Employee").Entity, []byte(raw), policy)
		if err == nil {
			_, _, err = conditions.Compile(env(t, "Employee"), cond, 0)
		}
		if (err == nil) != allowed || err != nil && !errors.Is(err, conditions.ErrPolicy) {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for _, paths := range [][]string{{"name+"}, {"manager{2,3}"}, {"manager+x"}, {"salry+"}} {
		if _, err := conditions.FromJSON(env(t, "Employee").Entity, []byte(`{}`), conditions.Policy{Paths: paths}); !errors.Is(err, conditions.ErrUnknownProperty) {
			t.Errorf("%v: %v", paths, err)
		}
	}
}
