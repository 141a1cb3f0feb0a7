package qb_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

func TestGroupMistakes(t *testing.T) {
	reg := registry(t)
	book := func() *qb.Builder {
		return qb.New(reg, "Book", "b").Select("author", qb.Sum("price").As("total")).GroupBy("author")
	}
	author := func() *qb.Builder { return qb.New(reg, "Author", "a").Select("name").GroupBy("name") }
	for _, test := range []struct {
		b     *qb.Builder
		class error
		want  string
	}{
		{book().Having(qb.M{"sum(pric) >": 1}), conditions.ErrUnknownProperty, `qb: Having: conditions: parse: Book.sum(pric): unknown property (did you mean "price"?)`},
		{book().Having(qb.M{"summ(price) >": 1}), qb.ErrStep, `qb: Having: conditions: parse: Book.summ(price): there is no aggregate summ (did you mean "sum"?)`},
		{book().Having(qb.M{"totl >": 1}), conditions.ErrUnknownProperty, `qb: Having: conditions: parse: Book.totl: unknown property (did you mean "total"?)`},
		{book().Having(qb.M{"sum() >": 1}), qb.ErrStep, `qb: Having: conditions: parse: Book.sum(): sum needs a property (write sum(property))`},
		{book().Having(qb.M{"sum(title) >": 1}), conditions.ErrOperator, `qb: Having: conditions: parse: Book.sum(title): sum needs numbers`},
		{author().Having(qb.M{"max(active)": true}), conditions.ErrOperator, `qb: Having: conditions: parse: Author.max(active): max needs values that have an order`},
		{book().Having(qb.M{"count(*)": "x"}), conditions.ErrValue, `qb: Having: conditions: bind: Book.count(*): cannot use string as int64: must be an integer`},
		{book().Having(qb.M{"count(*) ~": 1}), conditions.ErrUnknownOperator, `qb: Having: conditions: parse: Book.count(*) ~: unknown operator`},
		{book().Having(qb.M{"count(*):like": "x"}), conditions.ErrOperator, `qb: Having: conditions: parse: Book.count(*) $like: operator is for text, not for numbers`},
		{book().Having(qb.M{"title": "x"}), qb.ErrStep, `qb: Having: Book.title: step does not fit (it differs within a group: group by it, or take an aggregate such as max(title))`},
		{author().Having(qb.M{"books.title": "x"}), qb.ErrStep, `qb: Having: Author.books: step does not fit (a condition on groups cannot ask for related rows; join them, or use Where)`},
		{author().Having(qb.M{"sum(books.price) >": 1}), qb.ErrStep, `qb: Having: conditions: parse: Author.sum(books.price): an aggregate cannot walk a to-many relation (join it, and aggregate over the alias of the join)`},
		{author().AddSelect("count(nam)"), conditions.ErrUnknownProperty, `qb: AddSelect: Author.count(nam): unknown property (did you mean "name"?)`},
		{author().AddSelect(qb.Avg("name")), conditions.ErrOperator, `qb: AddSelect: Author.avg(name): avg needs numbers`},
		{author().OrderBy("-count(nam)"), conditions.ErrUnknownProperty, `qb: OrderBy: Author.count(nam): unknown property (did you mean "name"?)`},
		{author().OrderBy("email"), qb.ErrStep, `qb: OrderBy: Author.email: step does not fit (it differs within a group: group by it, or take an aggregate such as max(email))`},
		{qb.New(reg, "Author", "a").OrderBy("count(id)"), qb.ErrOrder, `qb: OrderBy: Author.count(id): malformed order (an aggregate orders groups: add GroupBy, or read an aggregate)`},
		{qb.New(reg, "Author", "a").Where(qb.M{"count(id) >": 1}), conditions.ErrUnknownProperty, `qb: Where: conditions: parse: Author.count(id): unknown property: aggregates stand in conditions on groups only`},
		{author().Having(qb.M{"count(*)": 1}, 2), qb.ErrStep, `qb: Having: Author: step does not fit (arguments belong to SQL given as a string)`},
	} {
		_, _, err := test.b.Query()
		if !errors.Is(err, test.class) || err.Error() != test.want {
			t.Errorf("error %v\nwant  %s", err, test.want)
		}
	}
}
