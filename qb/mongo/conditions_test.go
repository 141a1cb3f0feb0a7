package mongo_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
)

type conditionCase struct {
	entity string
	cond   any
}

var conditionCases = []struct {
	title string
	cases []conditionCase
}{
	{"scalars", []conditionCase{
		{"Author", M{}},
		{"Author", M{"name": "Jon"}},
		{"Author", M{"name": nil}},
		{"Author", M{"age": nil}},
		{"Author", M{"age": M{"$ne": nil}}},
		{"Author", M{"age": M{"$ne": 5}}},
		{"Author", M{"age": M{"$gte": 18, "$lt": 65}}},
		{"Author", M{"age": M{"$not": M{"$gt": 3}}}},
		{"Author", M{"age:in": []int{1, 2}}},
		{"Author", M{"age": []any{1, nil}}},
		{"Author", M{"age": M{"$nin": []any{1, nil}}}},
		{"Author", M{"age": M{"$nin": []any{1}}}},
		{"Author", M{"age": M{"$in": []any{}}}},
		{"Author", M{"id": 7}},
		{"Author", 7},
		{"Author", []int{7, 8}},
		{"Author", M{"active": true, "rating >": 2.5}},
		{"Author", M{"bornAt <": time.Date(1990, 2, 3, 4, 5, 6, 789_000_000, time.UTC)}},
		{"Product", M{"price": "12.50", "released": "2024-02-29"}},
		{"Product", M{"status:ne": "draft", "image": []byte{1, 2}}},
		{"Customer", M{"id": [16]byte{0x12, 0x34, 0x56, 0x78, 0x9a}}},
		{"Customer", M{"home.city": "Rome", "work.zip": nil}},
		{"Author", M{"$or": []M{{"name": "a"}, {"age": 1}}}},
		{"Author", M{"$not": M{"name": "a", "age": 3}}},
		{"Author", M{"$nor": []M{{"name": "a"}, {"age": nil}}, "active": true}},
		{"Book", M{"title": conditions.Col("isbn")}},
		{"Book", M{"pages:gt": conditions.Col("price")}},
	}},
	{"text", []conditionCase{
		{"Author", M{"name:like": "J_n%"}},
		{"Author", M{"name:like": "%a.b%"}},
		{"Author", M{"name:like": "%"}},
		{"Author", M{"name:like": `100\%`}},
		{"Author", M{"name": M{"$not": M{"$like": "x%y"}}}},
		{"Author", M{"name:ilike": "JON%"}},
		{"Author", M{"name:startsWith": "a+b"}},
		{"Author", M{"name:endsWith": "(z)"}},
		{"Author", M{"name:containsText": "%_"}},
		{"Author", M{"name:re": `^[^a-c]+(x|yz){2,3}?\d$`}},
		{"Author", M{"name:re": `(?i)k.e`}},
		{"Author", M{"name:fulltext": "winter sun", "active": true}},
		{"Author", M{"$or": []M{{"name:fulltext": "x"}, {"active": true}}}},
	}},
	{"to-one", []conditionCase{
		{"Book", M{"author": 7}},
		{"Book", M{"author": []int{7, 8}}},
		{"Book", M{"publisher": nil}},
		{"Book", M{"publisher": M{"$ne": "x"}}},
		{"Book", M{"author.name": "Jon"}},
		{"Book", M{"author": M{"name": "Jon", "age >": 3}, "title": "T"}},
		{"Book", M{"author": M{"$or": []M{{"name": "Jon"}, {"age": nil}}}}},
		{"Book", M{"$not": M{"author.name": "Jon"}}},
		{"Book", M{"author.favourite.title": "x"}},
		{"Book", M{"$or": []M{{"author.name": "Jon"}, {"publisher.name": "P"}, {"author.age": 3}}}},
		{"Book", M{"author.name": conditions.Col("title")}},
		{"Author", M{"profile": nil}},
		{"Author", M{"profile": 3}},
		{"Author", M{"profile": M{"$ne": nil}}},
		{"Author", M{"profile.bio:like": "%x%"}},
		{"Employee", M{"manager.manager.name": "Top"}},
	}},
	{"to-many", []conditionCase{
		{"Author", M{"books.title": "x"}},
		{"Author", M{"books": M{"title": "x", "pages >": 100}, "name": "Jon"}},
		{"Author", M{"$not": M{"books": M{"title": "x"}}}},
		{"Author", M{"books": M{"$not": M{"title": "x"}}}},
		{"Author", M{"books": nil}},
		{"Author", M{"books": M{"$ne": nil}}},
		{"Author", M{"books": M{"$none": M{"title": "x"}}}},
		{"Author", M{"books": M{"$every": M{"pages >": 1}}}},
		{"Author", M{"$not": M{"books": M{"$every": M{"pages >": 1}}}}},
		{"Author", M{"books": M{"$size": 2}}},
		{"Author", M{"books": M{"$size": M{"$gte": 1}}}},
		{"Author", M{"books": 7}},
		{"Author", M{"books.tags.name": "fantasy"}},
		{"Author", M{"books": M{"$every": M{"tags": M{"$some": M{"name": "x"}}}}}},
		{"Author", M{"books.publisher.name": "P"}},
		{"Author", M{"books.author.name": "x"}},
		{"Author", M{"$or": []M{{"books.title": "x"}, {"name": "y"}}}},
		{"Author", M{"favourite.author.books.title": "x"}},
		{"Employee", M{"reports.name": "x"}},
		{"Employee", M{"reports": M{"$all": []any{1, 2}}}},
	}},
	{"many-to-many", []conditionCase{
		{"Book", M{"tags": 3}},
		{"Book", M{"tags": []int{3, 4}}},
		{"Book", M{"tags": M{"$nin": []int{3, 4}}}},
		{"Book", M{"tags": M{"$all": []int{3, 4}}}},
		{"Book", M{"tags": nil}},
		{"Book", M{"tags": M{"$ne": nil}}},
		{"Book", M{"tags": M{"$none": M{"id": 3}}}},
		{"Book", M{"tags": M{"$every": M{"id:in": []int{3, 4}}}}},
		{"Book", M{"tags": M{"$size": 0}}},
		{"Book", M{"tags": M{"$size": M{"$ne": 2}}}},
		{"Book", M{"tags": M{"$size": M{"$lt": 3}}}},
		{"Book", M{"tags.name": "fantasy"}},
		{"Book", M{"tags": M{"$none": M{"name": "fantasy"}}}},
		{"Book", M{"tags": M{"$or": []M{{"id": 3}, {"name": "x"}}}}},
		{"Tag", M{"books.title": "x"}},
		{"Tag", M{"books": nil}},
		{"Tag", M{"books": 3}},
		{"Tag", M{"books": M{"$size": M{"$gt": 1}}}},
		{"Employee", M{"mentees.name": "x"}},
	}},
	{"composite keys", []conditionCase{
		{"OrderLine", []any{1, 2}},
		{"OrderLine", []any{[]any{1, 2}, []any{3, 4}}},
		{"OrderLine", M{"order": 1}},
		{"OrderLine", M{"product.name": "x"}},
		{"Order", M{"lines.quantity >": 3}},
		{"Order", M{"lines.product.name": "x"}},
		{"Shipment", M{"first": nil}},
		{"Shipment", M{"first": []any{1, 2}}},
		{"Shipment", M{"first": M{"$nin": []any{[]any{1, 2}}}}},
		{"Shipment", M{"first.quantity": 3}},
		{"Shipment", M{"first.order": 3}},
	}},
	{"arrays", []conditionCase{
		{"Customer", M{"labels": []string{"a", "b"}}},
		{"Customer", M{"labels": M{"$contains": []string{"a", "b"}}}},
		{"Customer", M{"labels": M{"$contains": []string{}}}},
		{"Customer", M{"labels": M{"$not": M{"$contains": []string{"a"}}}}},
		{"Customer", M{"labels": M{"$overlap": []string{"a", "b"}}}},
		{"Customer", M{"labels": M{"$not": M{"$overlap": []string{"a"}}}}},
		{"Customer", M{"labels": M{"$contained": []string{"a", "b"}}}},
		{"Customer", M{"labels": M{"$not": M{"$contained": []string{"a"}}}}},
		{"Customer", M{"labels": M{"$size": 2}}},
		{"Customer", M{"labels": M{"$size": 0}}},
		{"Customer", M{"labels": M{"$size": M{"$gt": 2}}}},
		{"Customer", M{"labels": nil}},
	}},
	{"json", []conditionCase{
		{"Customer", M{"meta.a.b": 3}},
		{"Customer", M{"meta.a.b": M{"$ne": "x"}}},
		{"Customer", M{"meta.flag": true}},
		{"Customer", M{"meta.a.[1].c >": 2.5}},
		{"Customer", M{"meta.a": nil}},
		{"Customer", M{"meta.a.b": M{"$exists": true}}},
		{"Customer", M{"meta.a:in": []any{1, 2}}},
		{"Customer", M{"meta.a": M{"$nin": []any{"x", nil}}}},
		{"Customer", M{"meta.a:like": "x%"}},
		{"Customer", M{"meta.a": M{"$not": M{"$like": "x%"}}}},
		{"Customer", M{"meta": M{"$hasKey": "a"}}},
		{"Customer", M{"meta": M{"$hasKeys": []string{"a", "b"}}}},
		{"Customer", M{"meta": M{"$not": M{"$hasSomeKeys": []string{"a", "b"}}}}},
		{"Customer", M{"meta": M{"$contains": M{"a": 1, "b": M{"c": "x"}}}}},
		{"Customer", M{"prefs.theme": "dark", "prefs.pageSize >": 10}},
	}},
	{"inheritance", []conditionCase{
		{"Animal", M{"name": "x"}},
		{"Dog", M{"trick": "roll"}},
		{"Dog", M{"friends.lives >": 3}},
		{"Dog", M{"friends": 3}},
		{"Cat", M{"owner.name": "Ann"}},
	}},
	{"refused", []conditionCase{
		{"Author", conditions.Raw("lower(name) = ?", "x")},
		{"Author", M{"name": conditions.Raw("lower(?)", "x")}},
		{"Customer", M{"meta": M{"a.b": 1}}},
	}},
}

func TestConditions(t *testing.T) {
	var b strings.Builder
	for _, group := range conditionCases {
		b.WriteString("## " + group.title + "\n\n")
		for _, c := range group.cases {
			b.WriteString(c.entity + " " + show(t, c.cond) + "\n")
			env := conditions.Env{Registry: registry(), Entity: entity(t, c.entity)}
			if _, _, err := conditions.Compile(env, c.cond, 0); err != nil {
				b.WriteString("error: " + err.Error() + "\n\n")
				continue
			}
			s := newSelection(t, c.entity, c.cond)
			b.WriteString(text(&s.Select, s.args) + "\n\n")
		}
	}
	golden.Check(t, "conditions.golden", b.String())
}

// show writes a condition as JSON, which sorts the keys of maps.
func show(t *testing.T, cond any) string {
	t.Helper()
	if _, ok := cond.(conditions.RawSQL); ok {
		return "raw"
	}
	data, err := json.Marshal(cond)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(`\u003e`, ">", `\u003c`, "<", `\u0026`, "&").Replace(string(data))
}
