package conditions_test

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

// mistakes are conditions that are refused; testdata/errors.golden holds the messages.
var mistakes = []struct {
	entity string
	cond   any
	class  error
}{
	{"Author", M{"titel": 1}, conditions.ErrUnknownProperty},
	{"Author", M{"books.titel": "x"}, conditions.ErrUnknownProperty},
	{"Author", M{"books": M{"$or": L{M{"pages": 1}, M{"titel": "x"}}}}, conditions.ErrUnknownProperty},
	{"Author", M{"name.first": "x"}, conditions.ErrUnknownProperty},
	{"Author", M{"books..title": "x"}, conditions.ErrUnknownProperty},
	{"Author", M{"": "x"}, conditions.ErrUnknownProperty},
	{"Customer", M{"home.town": "x"}, conditions.ErrUnknownProperty},
	{"Customer", M{"prefs.them": "x"}, conditions.ErrUnknownProperty},
	{"Customer", M{"prefs.Theme.x": "x"}, conditions.ErrUnknownProperty},
	{"Customer", M{"meta.a..b": "x"}, conditions.ErrUnknownProperty},
	{"Author", M{"age": M{"$gtee": 1}}, conditions.ErrUnknownOperator},
	{"Author", M{"name:lik": "x"}, conditions.ErrUnknownOperator},
	{"Author", M{"name:$like": "x"}, conditions.ErrUnknownOperator},
	{"Author", M{"age =>": 1}, conditions.ErrUnknownOperator},
	{"Author", M{"age like": 1}, conditions.ErrUnknownOperator},
	{"Author", M{"$of": L{}}, conditions.ErrUnknownOperator},
	{"Customer", M{"meta": M{"$gtee": 1}}, conditions.ErrUnknownOperator},
	{"Author", M{"age:like": "x"}, conditions.ErrOperator},
	{"Author", M{"name:contains": "x"}, conditions.ErrOperator},
	{"Author", M{"name:size": 1}, conditions.ErrOperator},
	{"Author", M{"name:some": M{}}, conditions.ErrOperator},
	{"Author", M{"favourite:gt": 3}, conditions.ErrOperator},
	{"Author", M{"favourite:like": "x"}, conditions.ErrOperator},
	{"Author", M{"favourite:some": M{}}, conditions.ErrOperator},
	{"Author", M{"books:like": "x"}, conditions.ErrOperator},
	{"Author", M{"$like": "x"}, conditions.ErrOperator},
	{"Author", M{"$size": 3}, conditions.ErrOperator},
	{"Author", M{"$some": M{}}, conditions.ErrOperator},
	{"OrderLine", M{"$gt": 3}, conditions.ErrOperator},
	{"Author", M{"books:gt": 3}, conditions.ErrOperator},
	{"Book", M{"publisher:like": "P%"}, conditions.ErrOperator},
	{"Shipment", M{"first:gt": 3}, conditions.ErrOperator},
	{"Author", M{"age": regexp.MustCompile("x")}, conditions.ErrOperator},
	{"Author", M{"age:in": L{1, regexp.MustCompile("x")}}, conditions.ErrOperator},
	{"Author", M{"name >": regexp.MustCompile("x")}, conditions.ErrValue},
	{"Author", M{"name >": L{regexp.MustCompile("x")}}, conditions.ErrShape},
	{"Author", M{"name": regexp.MustCompile(`\bx`)}, conditions.ErrValue},
	{"Author", M{"name:like": regexp.MustCompile("x")}, conditions.ErrValue},
	{"Author", M{"$in": 5}, conditions.ErrValue},
	{"Author", M{"age:in": 5}, conditions.ErrValue},
	{"Author", M{"age:nin": nil}, conditions.ErrValue},
	{"Author", M{"age:in": conditions.Col("rating")}, conditions.ErrValue},
	{"Author", M{"books:nin": nil}, conditions.ErrValue},
	{"Author", M{"favourite:in": &model.Book{ID: 3}}, conditions.ErrValue},
	{"Product", M{"image:in": []byte("x")}, conditions.ErrValue},
	{"OrderLine", M{"$in": L{1, 2}}, conditions.ErrValue},
	{"OrderLine", M{"$nin": nil}, conditions.ErrValue},
	{"Customer", M{"meta.a:in": 3}, conditions.ErrValue},
	{"Author", M{"$and": L{nil}}, conditions.ErrShape},
	{"Author", M{"$or": L{M{"age": 1}, (*int)(nil)}}, conditions.ErrShape},
	{"Author", M{"books": M{"$nor": L{nil}}}, conditions.ErrShape},
	{"Author", M{"$not": nil}, conditions.ErrShape},
	{"Author", M{"age": M{"$not": nil}}, conditions.ErrShape},
	{"Author", M{"books": M{"$not": nil}}, conditions.ErrShape},
	{"Author", M{"books:some": nil}, conditions.ErrShape},
	{"Author", M{"books:none": nil}, conditions.ErrShape},
	{"Author", M{"books:every": nil}, conditions.ErrShape},
	{"Author", M{"books:all": L{M{}, nil}}, conditions.ErrShape},
	{"Author", conditions.Not(nil), conditions.ErrShape},
	{"Author", M{"id:in": (*qb.Builder)(nil)}, conditions.ErrShape},
	{"Product", M{"image >": []byte("x")}, conditions.ErrOperator},
	{"Customer", M{"labels >": L{"x"}}, conditions.ErrOperator},
	{"Customer", M{"home": "x"}, conditions.ErrOperator},
	{"Customer", M{"meta": L{1}}, conditions.ErrOperator},
	{"Customer", M{"meta.a": L{1}}, conditions.ErrOperator},
	{"Customer", M{"prefs": "x"}, conditions.ErrOperator},
	{"Customer", M{"meta.a >": true}, conditions.ErrOperator},
	{"Author", M{"$or": L{M{"name:fulltext": "x"}}}, conditions.ErrOperator},
	{"Author", M{"books:size": M{"$in": L{1}}}, conditions.ErrOperator},
	{"Author", M{"age": "18"}, conditions.ErrValue},
	{"Author", M{"age": 1.5}, conditions.ErrValue},
	{"Author", M{"name": 5}, conditions.ErrValue},
	{"Author", M{"name": "a\x00b"}, conditions.ErrValue},
	{"Author", M{"name": "a\xff"}, conditions.ErrValue},
	{"Author", M{"active": 1}, conditions.ErrValue},
	{"Author", M{"rating": math.NaN()}, conditions.ErrValue},
	{"Author", M{"id": L{1, "x"}}, conditions.ErrValue},
	{"Author", M{"books": "x"}, conditions.ErrValue},
	{"Author", M{"name:like": `a\`}, conditions.ErrValue},
	{"Author", M{"name:re": `a(b`}, conditions.ErrValue},
	{"Author", M{"name:re": `\bx`}, conditions.ErrValue},
	{"Author", M{"name:like": L{"a"}}, conditions.ErrValue},
	{"Author", M{"age:exists": 1}, conditions.ErrValue},
	{"Author", M{"books:size": "2"}, conditions.ErrValue},
	{"Author", M{"books:size": L{2}}, conditions.ErrValue},
	{"Author", M{"age >": conditions.Col("name")}, conditions.ErrValue},
	{"Author", M{"age >": conditions.Col("books.pages")}, conditions.ErrValue},
	{"Author", M{"age >": conditions.Col("agee")}, conditions.ErrUnknownProperty},
	{"Author", M{"name": func() {}}, conditions.ErrValue},
	{"Book", M{"author": &model.Author{}}, conditions.ErrValue},
	{"Book", M{"author": &model.Tag{ID: 1}}, conditions.ErrValue},
	{"Product", M{"status": "actve"}, conditions.ErrValue},
	{"Customer", M{"labels": L{"a", nil}}, conditions.ErrValue},
	{"Customer", M{"labels:contains": L{1}}, conditions.ErrValue},
	{"Customer", M{"meta.a": L{1, "x"}}, conditions.ErrOperator},
	{"Customer", M{"meta.a:in": L{1, "x"}}, conditions.ErrValue},
	{"Customer", M{"meta.a": struct{ X int }{1}}, conditions.ErrValue},
	{"Customer", M{"meta:contains": M{"a": L{1}}}, conditions.ErrValue},
	{"Customer", M{"meta.a:contains": L{1, "x"}}, conditions.ErrValue},
	{"Customer", M{"meta.a:contains": L{1, nil}}, conditions.ErrValue},
	{"Customer", M{"meta.a:contains": L{M{"b": 1}}}, conditions.ErrValue},
	{"Customer", M{"meta.a:overlap": M{"b": 1}}, conditions.ErrOperator},
	{"Customer", M{"meta.a:elemMatch": nil}, conditions.ErrShape},
	{"Customer", M{"meta.a:elemMatch": M{"b": conditions.Col("name")}}, conditions.ErrValue},
	{"Customer", M{"meta.a:elemMatch": M{"b": L{1}}}, conditions.ErrOperator},
	{"Customer", M{"meta.a:size": "x"}, conditions.ErrValue},
	{"Customer", M{"prefs.theme:contains": "x"}, conditions.ErrOperator},
	{"Customer", M{"prefs:size": 2}, conditions.ErrOperator},
	{"Customer", M{"prefs:elemMatch": M{}}, conditions.ErrOperator},
	{"Customer", M{"labels:elemMatch": M{}}, conditions.ErrOperator},
	{"Customer", M{"name:elemMatch": M{}}, conditions.ErrOperator},
	{"Author", M{"books:elemMatch": M{}}, conditions.ErrOperator},
	{"Customer", M{"meta:hasKey": L{"a"}}, conditions.ErrValue},
	{"Customer", M{"meta:hasKeys": "a"}, conditions.ErrValue},
	{"OrderLine", L{1, 2, 3}, conditions.ErrValue},
	{"OrderLine", 1, conditions.ErrValue},
	{"Author", L{M{"name": "x"}}, conditions.ErrValue},
	{"Author", M{"$or": M{"name": "x"}}, conditions.ErrShape},
	{"Author", M{"age:gt": L{1}}, conditions.ErrShape},
	{"Author", M{"age": M{"$gt": M{"$lt": 1}}}, conditions.ErrShape},
	{"Author", M{"favourite": M{"$eq": M{"id": 1}}}, conditions.ErrShape},
	{"Author", M{"books:all": 1}, conditions.ErrShape},
	{"Author", M{"books": M{"$none": M(nil)}}, conditions.ErrShape},
	{"Author", M{"books:some": map[string]int(nil)}, conditions.ErrShape},
	{"Author", M{"books": M{"$every": conditions.D(nil)}}, conditions.ErrShape},
	{"Author", M{"$not": M(nil)}, conditions.ErrShape},
	{"Author", M{"$and": []M{{"name": "x"}, nil}}, conditions.ErrShape},
	{"Author", M{"$or": L{M(nil)}}, conditions.ErrShape},
	{"Author", M{"books": M{"$all": []M{nil}}}, conditions.ErrShape},
	{"Author", conditions.Not(M(nil)), conditions.ErrShape},
	{"Author", conditions.And(M(nil)), conditions.ErrShape},
	{"Customer", M{"meta.a:elemMatch": M(nil)}, conditions.ErrShape},
	{"Customer", M{"meta:contains": M{"[0]": 1}}, conditions.ErrValue},
	{"Author", conditions.Raw("? = ?", 1), conditions.ErrShape},
	{"Author", M{"name": map[int]string{}}, conditions.ErrShape},
	{"Author", conditions.Same{1}, conditions.ErrShape},
}

func TestErrorsGolden(t *testing.T) {
	var b strings.Builder
	for _, test := range mistakes {
		tree, _, err := conditions.Compile(env(t, test.entity), test.cond, 0)
		if err == nil {
			t.Errorf("%s %v: no error but %s", test.entity, test.cond, tree)
			continue
		}
		var e *conditions.Error
		if !errors.As(err, &e) || !errors.Is(err, test.class) {
			t.Errorf("%s %v: %v is not %v", test.entity, test.cond, err, test.class)
			continue
		}
		fmt.Fprintf(&b, "%v\n\t%s", err, e.Pointer())
		if n := len(e.Keys); n > 0 && e.Length > 0 {
			fmt.Fprintf(&b, " [%s]", e.Keys[n-1][e.Offset:e.Offset+e.Length])
		}
		b.WriteByte('\n')
	}
	golden(t, "errors", b.String())
}

func TestCycleIsAnError(t *testing.T) {
	loop := M{}
	loop["books"] = loop
	var rd conditions.Reading
	if err := conditions.Read(&rd, loop); !isClass(err, conditions.ErrShape) {
		t.Fatal(err)
	}
}
