package qb_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// TestMistakes: the first mistake comes out of the terminal call and names its step.
func TestMistakes(t *testing.T) {
	reg := registry(t)
	author := qb.New(reg, "Author", "a")
	for _, c := range []struct {
		b     *qb.Builder
		class error
		text  string
	}{
		{qb.New(reg, "Autor", "a").Where(qb.M{"x": 1}), qb.ErrUnknownEntity, `qb: New: Autor: unknown entity (did you mean "Author"?)`},
		{author.Where(qb.M{"nmae": "x"}), conditions.ErrUnknownProperty, `qb: Where: conditions: parse: Author.nmae: unknown property (did you mean "name"?)`},
		{author.Where(qb.M{"name": "x"}).AndWhere(qb.M{"name": 1}), conditions.ErrValue, ""},
		{author.OrderBy("nmae"), qb.ErrUnknownProperty, `qb: OrderBy: Author.nmae: unknown property (did you mean "name"?)`},
		{author.Select("nmae"), qb.ErrUnknownProperty, `qb: Select: Author.nmae: unknown property (did you mean "name"?)`},
		{author.Select(7), qb.ErrStep, `qb: Select: step does not fit (columns are paths, terms such as Count(), sub-queries, or conditions.Raw)`},
		{author.Join("boks", "b"), qb.ErrUnknownProperty, `qb: Join: Author.boks: unknown property (did you mean "books"?)`},
		{author.Join("b.books", "c"), qb.ErrUnknownProperty, `qb: Join: Author.b.books: unknown property (the path begins with an alias that no step has introduced)`},
		{author.Join("books", "a"), qb.ErrStep, `qb: Join: Author.a: step does not fit (a join needs an alias of its own)`},
		{author.Join("books", "b").LeftJoin("books", "b"), qb.ErrStep, `qb: LeftJoin: Author.b: step does not fit (the alias is taken)`},
		{author.Limit(-1).Offset(-2), qb.ErrStep, `qb: Limit: Author: step does not fit (a limit is not negative)`},
		{author.Lock(qb.Lock{NoWait: true, SkipLocked: true}), qb.ErrStep, `qb: Lock: Author: step does not fit (NoWait and SkipLocked exclude each other)`},
		{author.Where(qb.M{}, 1), qb.ErrStep, `qb: Where: Author: step does not fit (arguments belong to SQL given as a string)`},
		{author.Where("a.x = ? and ?", 1), conditions.ErrShape, ""},
		{author.Update(qb.M{}), qb.ErrStep, `qb: Update: Author: step does not fit (there is nothing to set)`},
		{author.Update(qb.M{"name": nil}).Where(qb.M{"id": 1}), qb.ErrStep, `qb: Update: Author.name: step does not fit (the property cannot be NULL)`},
		{author.Update(qb.M{"books": 1}).Where(qb.M{"id": 1}), qb.ErrStep, `qb: Update: Author.books: step does not fit (the property has no column of its own)`},
		{author.Delete(), qb.ErrEmptyCondition, `qb: Author: empty condition would change every row (add a condition, or AllowAll)`},
		{author.Delete().Where(qb.M{}), qb.ErrEmptyCondition, ""},
		{author.Delete().Where(nil).OrWhere(nil), qb.ErrEmptyCondition, ""},
		{author.Insert(), qb.ErrStep, `qb: Insert: Author: step does not fit (there is no row to insert)`},
		{author.Insert(qb.M{"name": "a"}, qb.M{"age": 1}), qb.ErrStep, `qb: Insert: Author: step does not fit (every row must name the same properties)`},
		{author.Insert(qb.M{"nmae": "a"}), qb.ErrUnknownProperty, `qb: Insert: Author.nmae: unknown property (did you mean "name"?)`},
		{author.Returning("id"), qb.ErrStep, `qb: Returning: Author: step does not fit (only inserts, updates and deletes return rows)`},
		{author.Filter("tenant", nil), qb.ErrStep, `qb: Filter: tenant: step does not fit (no entity declares this filter)`},
		{author.Union(author.Limit(-1)), qb.ErrStep, `qb: Limit: Author: step does not fit (a limit is not negative)`},
		{author.With("", author), qb.ErrStep, `qb: With: Author: step does not fit (a common table expression needs a name and a query)`},
	} {
		_, _, err := c.b.Query()
		if !errors.Is(err, c.class) || c.text != "" && err.Error() != c.text {
			t.Errorf("got  %v\nwant %s", err, c.text)
		}
		var e *qb.Error
		if !errors.As(err, &e) {
			t.Errorf("%v is a %T", err, err)
		}
	}
}

// TestSteps: an error says which call it came from.
func TestSteps(t *testing.T) {
	b := qb.New(registry(t), "Author", "a").Where(qb.M{"name": "x"}).OrderBy("name").OrderBy("nmae")
	_, _, err := b.Query()
	var e *qb.Error
	if !errors.As(err, &e) || e.Step != "OrderBy" || e.Number != 3 {
		t.Errorf("%#v", e)
	}
}

// TestSlots: conditions, sub-queries and limits take consecutive slots.
func TestSlots(t *testing.T) {
	reg := registry(t)
	sub := qb.New(reg, "Book", "b").Select("author").Where(qb.M{"pages >": 5}).Limit(3)
	b := qb.New(reg, "Author", "a").Where(qb.M{"name": "x", "id:in": sub}).Where("a.age > ?", 9).Limit(7).Offset(8)
	q, args, err := b.Query()
	if err != nil {
		t.Fatal(err)
	}
	s := q.(*qb.Select)
	want := []any{int64(5), int64(3), "x", 9, int64(7), int64(8)}
	if len(args) != len(want) || s.Limit != 4 || s.Offset != 5 || len(s.Slots) != len(want) {
		t.Fatalf("%v, limit in %d, offset in %d, %d slots", args, s.Limit, s.Offset, len(s.Slots))
	}
	for i := range want {
		if args[i] != want[i] {
			t.Errorf("slot %d holds %v, want %v", i, args[i], want[i])
		}
	}
	if got, want := conditions.Print(s.Where), `id in (query) and name = $2 and raw(a.age > $3)`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestConditionsThatAddNothing neither widen nor narrow what others say, by OR either.
func TestConditionsThatAddNothing(t *testing.T) {
	author := qb.New(registry(t), "Author", "")
	want, args, err := author.Delete().Where(qb.M{"id": 1}).ToSQL(sql.SQLite())
	if err != nil {
		t.Fatal(err)
	}
	for what, q := range map[string]*qb.Builder{
		"or nil":       author.Delete().Where(qb.M{"id": 1}).OrWhere(nil),
		"or empty":     author.Delete().Where(qb.M{"id": 1}).OrWhere(qb.M{}),
		"nil first":    author.Delete().Where(nil).OrWhere(qb.M{"id": 1}),
		"an empty and": author.Delete().Where(qb.M{"id": 1}).OrWhere(qb.M{"$and": []any{}}),
	} {
		got, given, err := q.ToSQL(sql.SQLite())
		if err != nil || got != want || len(given) != len(args) {
			t.Errorf("%s: %s %v, %v; want %s", what, got, given, err, want)
		}
	}
}
