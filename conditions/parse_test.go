package conditions_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/model"
)

var update = flag.Bool("update", false, "rewrite golden files")

type (
	L = []any
	D = conditions.D
)

// cases are conditions of every kind; testdata/parse.golden holds what becomes of them.
var cases = []struct {
	name, entity string
	cond         any
}{
	{"equality", "Author", M{"name": "x"}},
	{"go field name", "Author", M{"Name": "x"}},
	{"null", "Author", M{"age": nil}},
	{"not null", "Author", M{"age": M{"$ne": nil}}},
	{"exists", "Author", M{"age": M{"$exists": true}}},
	{"not exists", "Author", M{"age:exists": false}},
	{"list", "Author", M{"id": L{1, 2, 1}}},
	{"list with nil", "Author", M{"age": L{1, nil}}},
	{"nin", "Author", M{"age:nin": []int{3, 4, 3}}},
	{"nin with nil", "Author", M{"age": M{"$nin": L{3, nil}}}},
	{"not nin with nil", "Author", M{"$not": M{"age": M{"$nin": L{3, nil}}}}},
	{"list of nil only", "Author", M{"age": L{nil}}},
	{"nin of nil only", "Author", M{"age:nin": L{nil}}},
	{"empty list", "Author", M{"age": L{}}},
	{"typed nil list", "Author", M{"age": []int(nil)}},
	{"empty nin", "Author", M{"age:nin": L{}}},
	{"empty nin of target", "Book", M{"publisher.name:nin": L{}}},
	{"range", "Author", M{"age": M{"$gte": 18, "$lt": 65}}},
	{"not inside", "Author", M{"age": M{"$not": M{"$gt": 3}}}},
	{"not a value", "Author", M{"age:not": 3}},
	{"groups below a field", "Author", M{"age": M{"$or": L{M{"$lt": 3}, M{"$gt": 9}, M{"$exists": false}, 5, L{6, 7}}}}},
	{"symbols", "Author", D{{"age =", 1}, {"age !=", 2}, {"age <>", 3}, {"age >", 4}, {"age >=", 5}, {"age <", 6}, {"age <=", 7}}},
	{"greater than nil", "Author", M{"$or": L{M{"age >": nil}, M{"name": "x"}}}},
	{"not greater than nil", "Author", M{"$not": M{"age >": nil}}},
	{"empty map", "Author", M{}},
	{"nil", "Author", nil},
	{"empty map below", "Author", M{"books": M{}, "age": M{}, "favourite": M{"author": M{}}}},
	{"not empty", "Author", M{"$not": M{}}},
	{"empty or", "Author", M{"$or": L{}}},
	{"empty and", "Author", M{"$and": L{}}},
	{"empty nor", "Author", M{"$nor": L{}}},
	{"empty and of target", "Book", M{"author": M{"$and": L{}}}},
	{"not empty and of target", "Book", M{"author": M{"$not": M{"$and": L{}}}}},
	{"empty and of rows", "Author", M{"books": M{"$and": L{}}}},
	{"and or nor", "Author", M{"$and": L{M{"name": "a"}, M{"$or": L{M{"age": 1}, M{"age": 2}}}, M{"$nor": L{M{"age": 3}, M{"email": "e"}}}}}},
	{"de morgan", "Author", M{"$not": M{"name": "a", "$or": L{M{"age >": 1}, M{"age": nil}}, "books.title": "t"}}},
	{"double negation", "Author", M{"$not": M{"$not": M{"age >": 1}}}},
	{"typed list of groups", "Author", M{"$or": []M{{"age": 1}, {"age": 2}}}},

	{"root key", "Author", 7},
	{"root keys", "Author", []int64{7, 8}},
	{"root operator", "Author", M{"$in": L{1, 2}}},
	{"root text key", "Publisher", "ab"},
	{"root key negated", "Author", M{"$not": 7}},
	{"keys in or", "Author", M{"$or": L{1, M{"name": "x"}}}},
	{"entity", "Author", &model.Author{ID: 7}},
	{"reference", "Book", M{"author": rel.ToKey[model.Author](7)}},
	{"loaded reference", "Book", M{"author": rel.To(&model.Author{ID: 9})}},
	{"null reference", "Book", M{"publisher": rel.Ref[model.Publisher]{}}},
	{"list of entities", "Book", M{"author": L{&model.Author{ID: 1}, 2, rel.ToKey[model.Author](1)}}},

	{"foreign key", "Book", M{"author": 7}},
	{"foreign key by id", "Book", M{"author.id": L{7, 8}}},
	{"foreign key by map", "Book", M{"author": M{"id": 7}}},
	{"foreign key null by map", "Book", M{"publisher": M{"code": nil}}},
	{"foreign key order", "Book", M{"author.id >": 7}},
	{"foreign key exists", "Book", M{"publisher:exists": false}},
	{"foreign key ne", "Book", M{"publisher:ne": "x"}},
	{"foreign key nin empty", "Book", M{"publisher:nin": L{}}},
	{"foreign key and target", "Book", M{"author": M{"$or": L{M{"id": 7}, M{"name": "x"}}}}},
	{"inverse one to one", "Author", M{"profile": 3}},
	{"inverse one to one null", "Author", M{"profile": nil}},
	{"through inverse", "Author", M{"profile.bio:containsText": "x"}},
	{"to-one", "Book", M{"author.name": "x"}},
	{"to-one nested", "Book", M{"author": M{"name": "x", "age": nil}}},
	{"to-one not", "Book", M{"author": M{"$not": M{"name": "x"}}}},
	{"two hops", "Author", M{"favourite.author.name": "x"}},
	{"two hops to a key", "Author", M{"favourite.author": 3}},
	{"not through to-one", "Book", M{"$not": M{"author.name": nil}}},

	{"to-many", "Author", M{"books": M{"title": "x"}}},
	{"one row", "Author", M{"books": M{"title": "x"}, "books.pages >": 5, "books.tags.name": "a", "books.tags": M{"id": 4}}},
	{"members are scopes", "Author", M{"$and": L{M{"books.title": "x"}, M{"books.pages": 5}}}},
	{"and of one", "Author", M{"books.title": "x", "$and": L{M{"books.pages": 5}}}},
	{"group below a path", "Author", M{"books": M{"$or": L{M{"title": "x"}, M{"tags.name": "y"}}}, "books.pages": 3}},
	{"none titled", "Author", M{"$not": M{"books": M{"title": "x"}}}},
	{"some not titled", "Author", M{"books": M{"$not": M{"title": "x"}}}},
	{"some other", "Author", M{"books": M{"$ne": 7}}},
	{"to-many nil", "Author", M{"books": nil}},
	{"to-many not nil", "Author", M{"books": M{"$ne": nil}}},
	{"to-many exists", "Author", M{"books:exists": true}},
	{"to-many key", "Author", M{"books": 7}},
	{"to-many keys", "Author", M{"books": L{7, 8}}},
	{"to-many keys or none", "Author", M{"books": L{7, nil}}},
	{"to-many nin empty", "Author", M{"books": M{"id": M{"$nin": L{}}}}},
	{"some", "Author", M{"books": M{"$some": M{"title": "x"}, "pages": 3}}},
	{"none", "Author", M{"books:none": M{"title": "x"}}},
	{"none at all", "Author", M{"books:none": M{}}},
	{"every", "Author", M{"books:every": M{"title": "x", "pages >": nil}}},
	{"not every", "Author", M{"$not": M{"books:every": M{"title": "x"}}}},
	{"every of nothing", "Author", M{"books:every": M{"$or": L{}}}},
	{"size", "Author", M{"books:size": 2}},
	{"size range", "Author", M{"books": M{"$size": M{"$gte": 2, "$lt": 9}}}},
	{"not size", "Author", M{"$not": M{"books:size": M{"$gt": 2}}}},
	{"size nil", "Author", M{"books:size": nil}},
	{"all", "Author", M{"books": M{"$all": L{M{"title": "x"}, 7}}}},
	{"all of nothing", "Author", M{"books:all": L{}}},
	{"quantifier below to-one", "Book", M{"author.books:none": M{"title": "x"}}},
	{"self reference", "Employee", M{"manager.manager.name": "x", "reports.name": "y", "mentees": M{"$none": M{"manager": nil}}}},
	{"inverse many to many", "Tag", M{"books.author.name": "x"}},

	{"like", "Author", M{"name:like": "a%", "email": M{"$ilike": "b%"}}},
	{"text operators", "Author", M{"name": M{"$startsWith": "a", "$endsWith": "b", "$containsText": "c", "$re": "d+"}}},
	{"not like", "Author", M{"name": M{"$not": M{"$like": "a%"}}}},
	{"like nil", "Author", M{"name:like": nil}},
	{"fulltext", "Author", M{"name:fulltext": "x"}},
	{"regexp", "Author", M{"name": regexp.MustCompile("^J"), "email:ne": regexp.MustCompile("(?i)x")}},
	{"regexp by value", "Author", M{"name": *regexp.MustCompile("^J")}},
	{"regexps by value", "Author", M{"name:in": []regexp.Regexp{*regexp.MustCompile("^J")}}},
	{"regexps among others", "Author", M{"name": []fmt.Stringer{regexp.MustCompile("^J")}}},
	{"none of a nil map", "Author", conditions.None("books", M(nil))},
	{"regexp nil", "Author", M{"name": (*regexp.Regexp)(nil)}},
	{"regexp like", "Author", M{"name:re": regexp.MustCompile("a+")}},
	{"regexp in list", "Author", M{"name": L{regexp.MustCompile("^J"), "x", nil, regexp.MustCompile("n$")}}},
	{"regexps", "Author", M{"name:in": []*regexp.Regexp{regexp.MustCompile("^J"), regexp.MustCompile("n$")}}},
	{"regexp not in list", "Author", M{"name:nin": L{regexp.MustCompile("^J"), "x", nil}}},
	{"regexp in json", "Customer", M{"meta.a:in": L{regexp.MustCompile("^J"), "x", nil}, "prefs.theme": regexp.MustCompile("d")}},
	{"regexp of a key", "Publisher", L{regexp.MustCompile("^P")}},
	{"operators at the root", "Author", M{"$gt": 3, "$lte": 9, "$ne": 5, "$not": M{"$gte": 8}, "$or": L{M{"$lt": 4}, 7}}},
	{"text operators at the root", "Publisher", M{"$like": "P%", "$re": "1"}},
	{"operators on a key made of a relation", "Profile", M{"$gte": 3}},
	{"fulltext in and", "Author", M{"$and": L{M{"name:fulltext": "x"}}}},
	{"column", "Author", M{"rating >": conditions.Col("age")}},
	{"column of target", "Book", M{"pages": M{"$lt": conditions.Col("author.age")}}},
	{"column within target", "Book", M{"author": M{"rating": conditions.Col("age")}}},
	{"column key", "Book", M{"author.favourite": conditions.Col("id")}},
	{"raw", "Author", conditions.Raw("lower(?) = ?", conditions.Col("name"), "x")},
	{"raw value", "Author", M{"name": conditions.Raw("upper(?)", "x"), "$not": conditions.Raw("1 = 1 -- '?'")}},
	{"raw about target", "Book", M{"author": M{"$and": L{conditions.Raw("? is odd", conditions.Col("age"))}}}},
	{"same", "Author", conditions.Same{conditions.Eq("books.title", "x"), M{"books.pages": 3}}},
	{"constructors", "Author", conditions.And(conditions.Gte("age", 18), conditions.Or(conditions.Like("name", "a%"), conditions.Not(conditions.Some("books", nil))), conditions.In("id", 1, 2))},

	{"embedded", "Customer", M{"home.city": "x", "home": M{"zip": nil}}},
	{"embedded null", "Customer", M{"work": nil}},
	{"embedded not null", "Customer", M{"work:exists": true}},
	{"embedded through", "Order", M{"customer.home.city": "x"}},
	{"document", "Customer", M{"prefs.theme": "dark"}},
	{"document nested", "Customer", M{"prefs": M{"PageSize >": 10, "News": nil}}},
	{"document open", "Customer", M{"prefs.Limits.cpu >=": 1.5}},
	{"json", "Customer", M{"meta.a.b": 3, "meta": M{"c": M{"$in": L{"x", "y", nil}}}}},
	{"json float", "Customer", M{"meta.a": M{"$in": L{1, 2.5}}}},
	{"json element", "Customer", M{"meta.items[0].name": true}},
	{"json nil", "Customer", M{"meta.a": nil}},
	{"json whole nil", "Customer", M{"meta": nil}},
	{"json literal keys", "Customer", M{"meta": M{"a.b": 1, "$$c": 2, "d e": 3, "f:gte": 4}}},
	{"json like", "Customer", M{"meta.a:like": "x%"}},
	{"json keys", "Customer", M{"meta": M{"$hasKey": "a", "$hasKeys": L{"b", "c"}, "$hasSomeKeys": []string{"d"}}}},
	{"json contains", "Customer", M{"meta": M{"$contains": M{"a": M{"b": 1}, "c": "x", "d": M{}}}}},
	{"json not", "Customer", M{"$not": M{"meta.a": 1}}},
	{"array equals", "Customer", M{"labels": []string{"a", "b"}}},
	{"array in", "Customer", M{"labels": M{"$in": L{L{"a"}, L{"b"}}}}},
	{"array sets", "Customer", M{"labels": M{"$contains": L{"a", "a"}, "$overlap": "b", "$contained": L{}, "$size": M{"$gt": 2}}}},
	{"array not", "Customer", M{"$not": M{"labels": M{"$contains": L{"a"}, "$size": 2}}}},
	{"uuid", "Customer", M{"id": "00112233-4455-6677-8899-aabbccddeeff"}},
	{"uuids", "Customer", L{"00112233-4455-6677-8899-aabbccddeeff"}},
	{"bytes", "Product", M{"image": []byte("ab")}},
	{"decimal", "Product", M{"price >": "12.5"}},
	{"enum", "Product", M{"status": "draft"}},
	{"composite key", "OrderLine", L{1, 2}},
	{"composite keys", "OrderLine", L{L{1, 2}, L{3, 4}, L{1, 2}}},
	{"composite key map", "OrderLine", M{"order": 1, "product": 2}},
	{"composite keys as maps", "OrderLine", L{M{"order": 1, "product": 2}}},
	{"composite reference", "Shipment", M{"first": L{1, 2}}},
	{"composite reference ne", "Shipment", M{"first:ne": L{1, 2}}},
	{"composite reference list", "Shipment", M{"first": L{L{1, 2}, nil}}},
	{"composite reference null", "Shipment", M{"first": nil}},
	{"composite reference by reference", "Shipment", M{"$or": L{M{"first": rel.ToKey[model.OrderLine](L{1, 2})}, M{"first": L{rel.ToKey[model.OrderLine](mapper.Tuple{Head: int64(3), Tail: int64(4)})}}}}},
	{"nullable wrappers", "Author", M{"age": sql.NullInt64{}, "name": sql.NullString{String: "x", Valid: true}, "id": L{sql.NullInt64{Int64: 3, Valid: true}, sql.NullInt64{}}}},
	{"pointers", "Author", M{"age": new(int), "name": (*string)(nil), "id": []*int{new(int), nil}}},
	{"composite part", "Shipment", M{"first.order": 5, "first": M{"product.id": L{6}}}},
	{"composite part null", "Shipment", M{"first.order": nil}},
	{"composite part not", "Shipment", M{"$not": M{"first.order": 5}}},
	{"through composite", "Shipment", M{"first.order.placedAt:exists": true, "first.product.name": "x"}},
	{"to composite rows", "Order", M{"lines": M{"product": 3, "quantity >": 1}}},
	{"inherited", "Dog", M{"name": "x", "trick": nil, "friends.lives": 9}},
}

// stop and route have arrays of documents of every sort.
type stop struct {
	Name  string `json:"name"`
	Pages int    `json:"pages"`
	Tags  []string
	Marks []stop
	Extra map[string]any
}

type route struct {
	ID    int64
	Stops []stop
	Spare []*stop `orm:",json"`
	Home  stop    `orm:",json"`
	Open  []any   `orm:",json"`
}

// TestElements shows conditions about the elements of arrays inside documents.
func TestElements(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, route{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, cond := range []M{
		{"stops.pages <": 0},
		{"stops": M{"name": "a", "pages >": 3}, "stops.tags:contains": "x"},
		{"stops": M{"$elemMatch": M{"name": "a", "$or": L{M{"pages": 1}, M{"Pages": nil}}}, "pages": 4}},
		{"$and": L{M{"stops.name": "a"}, M{"stops.name": "b"}}},
		{"$not": M{"stops.name": "a"}},
		{"stops": M{"$not": M{"name": "a"}}},
		{"stops": nil}, {"stops:exists": true}, {"stops:size": M{"$gte": 2}}, {"stops:elemMatch": M{}}, {"stops": M{}},
		{"stops[0].name": "a", "stops.[1].pages": 2},
		{"stops.marks.name": "deep", "stops": M{"marks": M{"pages": 3}, "marks:size": 1}},
		{"stops.extra.k": 1, "stops.extra": M{"l": M{"$elemMatch": M{"m": true}}}},
		{"spare.name:like": "a%"},
		{"home.marks.name": "a", "home.tags:overlap": L{"x", "y"}, "home.marks:size": 2},
		{"home.extra.list:contained": L{1, 2.5}},
		{"open:contains": L{"a"}, "open": M{"$elemMatch": M{"$gt": 3, "$lt": 9}}},
		{"open:elemMatch": 5}, {"open:elemMatch": nil}, {"open:elemMatch": L{}},
		{"open:elemMatch": M{"$in": L{"a", nil}}},
		{"open:elemMatch": M{"a.b": 1, "c:re": "x", "d": M{"$hasKey": "e"}, "f:elemMatch": M{"$startsWith": "g"}}},
		{"$not": M{"open": M{"$contains": L{}, "$size": 2}}},
		{"stops:contains": "x"}, {"stops:contains": M{"name": "x"}}, {"stops.nam": 1}, {"stops": 5}, {"stops": L{M{"name": "x"}}}, {"stops:hasKey": "x"}, {"stops[x].name": "a"},
	} {
		fmt.Fprintf(&b, "%v\n", cond)
		tree, values, err := conditions.Compile(conditions.Env{Registry: reg, Entity: reg.Entity("route")}, cond, 0)
		if err != nil {
			fmt.Fprintf(&b, "\terror %v\n", err)
			continue
		}
		fmt.Fprintf(&b, "\t%s\n\t%s\n", tree, printValues(values))
	}
	golden(t, "elements", b.String())
}

func TestParseGolden(t *testing.T) {
	var b strings.Builder
	for _, test := range cases {
		tree, values, err := conditions.Compile(env(t, test.entity), test.cond, 0)
		fmt.Fprintf(&b, "%s: %s\n", test.name, test.entity)
		if err != nil {
			fmt.Fprintf(&b, "\terror %v\n", err)
			continue
		}
		fmt.Fprintf(&b, "\t%s\n", tree)
		if len(values) > 0 {
			fmt.Fprintf(&b, "\t%s\n", printValues(values))
		}
	}
	golden(t, "parse", b.String())
}

func printValues(values []any) string {
	var parts []string
	for _, v := range values {
		switch v := v.(type) {
		case []any:
			parts = append(parts, "["+printValues(v)+"]")
		case nil, string, int64, bool, float64:
			parts = append(parts, fmt.Sprintf("%#v", v))
		default:
			parts = append(parts, fmt.Sprintf("%T(%v)", v, v))
		}
	}
	return strings.Join(parts, ", ")
}

// golden compares got with testdata/name.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name + ".golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := lineAt(gotLines, i), lineAt(wantLines, i)
		if g != w {
			t.Fatalf("%s:%d:\n got %s\nwant %s", path, i+1, g, w)
		}
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

func isClass(err, class error) bool {
	var e *conditions.Error
	return errors.As(err, &e) && errors.Is(err, class)
}
