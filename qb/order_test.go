package qb_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/tests/model"
)

func registry(t testing.TB) *mapper.Registry {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// shown writes orders for comparison: "books.title desc nulls last".
func shown(orders []qb.Order) string {
	var out []string
	for _, o := range orders {
		var s string
		switch e := o.Expr.(type) {
		case qb.FieldExpr:
			for _, h := range e.Field.Hops {
				s += h.Name + "."
			}
			if e.Field.Alias != "" {
				s = e.Field.Alias + ":" + s
			}
			s += e.Field.Property.Path
			if e.Field.JSON != nil {
				s += fmt.Sprintf("%q:%d", e.Field.JSON, e.Field.As)
			}
		case qb.RawExpr:
			s = "raw " + strings.Join(e.Raw.Text, "|")
		}
		if o.Desc {
			s += " desc"
		}
		s += [...]string{"", " nulls first", " nulls last"}[o.Nulls]
		if o.Collation != "" {
			s += " collate " + o.Collation
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestParseOrder(t *testing.T) {
	reg := registry(t)
	for _, c := range []struct {
		entity  string
		entries []any
		want    string
	}{
		{"Author", []any{"name"}, "name"},
		{"Author", []any{"-name", "Age"}, "name desc, age"},
		{"Author", []any{"name desc nulls last", "age ASC NULLS FIRST"}, "name desc nulls last, age nulls first"},
		{"Author", []any{qb.Collate("name", "de_DE")}, "name collate de_DE"},
		{"Author", []any{qb.Collate([]string{"-name nulls last", "email"}, "NOCASE"), "id"}, "name desc nulls last collate NOCASE, email collate NOCASE, id"},
		{"Book", []any{map[string]any{"author": map[string]any{"name": qb.Collate("desc", "C")}}}, "author.name desc collate C"},
		{"Book", []any{"author.name"}, "author.name"},
		{"Book", []any{"author"}, "author"},
		{"Author", []any{"books.tags.name"}, "books.tags.name"},
		{"Author", []any{"-books"}, "books.id desc"},
		{"Book", []any{map[string]any{"author": map[string]any{"name": "asc"}, "title": "desc"}}, "author.name, title desc"},
		{"Book", []any{conditions.D{{Key: "title", Value: "desc nulls first"}, {Key: "author", Value: conditions.D{{Key: "age", Value: -1}}}}}, "title desc nulls first, author.age desc"},
		{"Author", []any{[]string{"name", "-id"}}, "name, id desc"},
		{"Customer", []any{"home.city"}, "home.city"},
		{"Customer", []any{"meta.pages number"}, fmt.Sprintf("meta[%q]:%d", "pages", mapper.Float)},
		{"Customer", []any{"prefs.theme"}, fmt.Sprintf("prefs[%q]:%d", "Theme", mapper.String)},
		{"Author", []any{conditions.Raw("lower(a.name)")}, "raw lower(a.name)"},
		{"Author", []any{"b.title", "a.name"}, "b:title, name"},
		{"Author", nil, ""},
	} {
		env := conditions.Env{Registry: reg, Entity: reg.Entity(c.entity), Alias: "a", Aliases: map[string]*mapper.Entity{"b": reg.Entity("Book")}}
		got, err := qb.ParseOrder(env, c.entries...)
		if err != nil || shown(got) != c.want {
			t.Errorf("%v: %s, %v; want %s", c.entries, shown(got), err, c.want)
		}
	}
}

func TestParseOrderMistakes(t *testing.T) {
	reg := registry(t)
	for _, c := range []struct {
		entity string
		entry  any
		class  error
		text   string
	}{
		{"Author", "nmae", qb.ErrUnknownProperty, `qb: Author.nmae: unknown property (did you mean "name"?)`},
		{"Author", "books.titel", qb.ErrUnknownProperty, `qb: Author.books.titel: unknown property (did you mean "title"?)`},
		{"Author", "name.first", qb.ErrUnknownProperty, `qb: Author.name.first: unknown property`},
		{"Author", "", qb.ErrOrder, `qb: Author: malformed order (an empty order entry)`},
		{"Author", "name up", qb.ErrOrder, `qb: Author.name up: malformed order (after the path come asc or desc, nulls first or last, number, string or bool)`},
		{"Author", "name nulls", qb.ErrOrder, `qb: Author.name nulls: malformed order (nulls first, or nulls last)`},
		{"Author", "name desc desc", qb.ErrOrder, `qb: Author.name desc desc: malformed order (it has two directions)`},
		{"Author", "name asc desc", qb.ErrOrder, `qb: Author.name asc desc: malformed order (it has two directions)`},
		{"Author", "-name desc", qb.ErrOrder, `qb: Author.-name desc: malformed order (it has two directions)`},
		{"Author", "-name asc", qb.ErrOrder, `qb: Author.-name asc: malformed order (it has two directions)`},
		{"Author", map[string]any{"-name": 1}, qb.ErrOrder, `qb: Author.-name asc: malformed order (it has two directions)`},
		{"Author", map[string]any{"name": "desc desc"}, qb.ErrOrder, `qb: Author.name desc desc: malformed order (it has two directions)`},
		{"Author", "name nulls last nulls first", qb.ErrOrder, `qb: Author.name nulls last nulls first: malformed order (nulls first, or nulls last)`},
		{"Author", "name nulls up", qb.ErrOrder, `qb: Author.name nulls up: malformed order (nulls first, or nulls last)`},
		{"Author", "name collate X", qb.ErrOrder, `qb: Author.name collate X: malformed order (a collation is no word of an entry; write qb.Collate(path, collation))`},
		{"Author", "name collate", qb.ErrOrder, `qb: Author.name collate: malformed order (a collation is no word of an entry; write qb.Collate(path, collation))`},
		{"Author", "--name", qb.ErrUnknownProperty, `qb: Author.-name: unknown property (did you mean "name"?)`},
		{"Author", "-", qb.ErrOrder, `qb: Author: malformed order (an empty order entry)`},
		{"Author", qb.Collate("age", "C"), qb.ErrOrder, `qb: Author.age: malformed order (only text has a collation)`},
		{"Author", qb.Collate("name", ""), qb.ErrOrder, `qb: Author: malformed order (a collation needs a name)`},
		{"Customer", "meta.pages number string", qb.ErrOrder, `qb: Customer.meta.pages number string: malformed order (it has two kinds)`},
		{"Customer", "name number", qb.ErrOrder, `qb: Customer.name: malformed order (only a value inside a document is read as a kind)`},
		{"Author", 7, qb.ErrOrder, `qb: Author: malformed order (an entry is a string, a map or a raw expression)`},
		{"Customer", "home", qb.ErrOrder, `qb: Customer.home: malformed order (an embedded value has no order; name a property inside)`},
		{"Customer", "meta", qb.ErrOrder, `qb: Customer.meta: malformed order (a document has no order; name a path inside)`},
		{"Customer", "meta.pages", qb.ErrOrder, `qb: Customer.meta.pages: malformed order (say how to read it: "meta.pages number", string or bool)`},
		{"Customer", "prefs.theme number", qb.ErrOrder, `qb: Customer.prefs.theme: malformed order (the value is read by its type, string; leave the kind out)`},
		{"Customer", "prefs.teme", qb.ErrUnknownProperty, `qb: Customer.prefs.teme: unknown property (did you mean "Theme"?)`},
		{"Customer", "prefs.theme.x", qb.ErrUnknownProperty, `qb: Customer.prefs.theme.x: unknown property (the value before "x" has no keys)`},
		{"Customer", "labels", qb.ErrOrder, `qb: Customer.labels: malformed order (a list has no order; order by its elements' table, or by an expression of your own)`},
		{"Order", "lines", qb.ErrOrder, `qb: Order.lines: malformed order (name a property of OrderLine)`},
		{"Author", conditions.Raw("x + ?", 1), qb.ErrOrder, `qb: Author: malformed order (a raw order takes no arguments)`},
	} {
		_, err := qb.ParseOrder(conditions.Env{Registry: reg, Entity: reg.Entity(c.entity)}, c.entry)
		if !errors.Is(err, c.class) || err.Error() != c.text {
			t.Errorf("%v:\n got %v\nwant %s", c.entry, err, c.text)
		}
	}
}

// FuzzParseOrder: no order string panics, and every error is typed.
func FuzzParseOrder(f *testing.F) {
	reg := registry(f)
	for _, s := range []string{"name", "-name", "books.tags.name desc nulls last", "prefs.theme", "meta.a.b number", "home.city", "-", "a..b", ".", "name collate", "meta.$x string"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, entity := range []string{"Author", "Customer", "OrderLine"} {
			orders, err := qb.ParseOrder(conditions.Env{Registry: reg, Entity: reg.Entity(entity)}, s)
			var e *qb.Error
			if err != nil && !errors.As(err, &e) || err == nil && len(orders) != 1 {
				t.Errorf("%q: %v, %v", s, orders, err)
			}
		}
	})
}
