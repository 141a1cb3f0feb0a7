package behaviour_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

var hinted = regexp.MustCompile(`(?:did you mean|name the key:) "([^"]+)"`)

// TestHintsHold: what a message proposes in the place of a name or a key is accepted there.
func TestHintsHold(t *testing.T) {
	where := func(value any) func(key string) (any, []orm.FindOption) {
		return func(key string) (any, []orm.FindOption) { return orm.M{key: value}, nil }
	}
	option := func(f func(name string) orm.FindOption) func(string) (any, []orm.FindOption) {
		return func(name string) (any, []orm.FindOption) { return nil, []orm.FindOption{f(name)} }
	}
	order := option(func(s string) orm.FindOption { return orm.OrderBy(s) })
	populated := option(func(s string) orm.FindOption { return orm.Populate(s) })
	fields := option(func(s string) orm.FindOption { return orm.Fields(s) })
	within := func(outer string, value any) func(key string) (any, []orm.FindOption) {
		return func(key string) (any, []orm.FindOption) { return orm.M{outer: orm.M{key: value}}, nil }
	}
	inOperator := func(outer string, value any) func(key string) (any, []orm.FindOption) {
		return func(key string) (any, []orm.FindOption) { return orm.M{outer: []any{orm.M{key: value}}}, nil }
	}
	cases := []struct {
		text string // as it is written wrong, and after "<" the piece the hint is for, where not the whole
		ask  func(text string) (any, []orm.FindOption)
	}{
		{"titel<titel", where("x")}, {"Titel<Titel", where("x")}, {"author.nam<nam", where("x")}, {"autor.name<autor", where("x")},
		{"author:gt<", where(1)},
		{"author.profile:gt<", where(1)},
		{"title:startWith<startWith", where("x")}, {"title:$in<", where([]any{"x"})}, {"title $startsWith<", where("x")},
		{"author >=<", where(1)}, {"titel >=<titel", where("x")}, {"titel:in<titel", where([]any{"x"})},
		{"nam<nam", within("author", "x")}, {"$startWith<$startWith", within("title", "x")},
		{"favourite:gt<", within("author", 1)}, {"author<", where(orm.M{"$gt": 1})}, {"favourite<", within("author", orm.M{"$gt": 1})}, {"author:gt<", inOperator("$or", 1)}, {"author:gt<", within("$not", 1)}, {"favourite.author:gt<", within("author", 1)}, {"name:startWith<startWith", within("author", "x")}, {"books:elemMatch<", within("author", orm.M{"title": "x"})},
		{"author:gt<", func(key string) (any, []orm.FindOption) { return orm.M{"tags": orm.M{"books": orm.M{key: 1}}}, nil }},
		{"$som<$som", within("tags", orm.M{"name": "x"})}, {"$elemMatch<", within("tags", orm.M{"name": "x"})}, {"titel<titel", inOperator("$or", "x")},
		{"$oor<$oor", where([]any{orm.M{"title": "x"}})}, {"$ands<$ands", where([]any{orm.M{"title": "x"}})},
		{"tags:elemMatch<", where(orm.M{"name": "x"})}, {"tags:som<som", where(orm.M{"name": "x"})}, {"tags.nam<nam", where("x")}, {"tags:gt<", where(1)},
		{"titel<titel", order}, {"-titel<titel", order}, {"titel desc<titel", order}, {"author.nam<nam", order}, {"autor.name<autor", order}, {"author.profil.bio<profil", order},
		{"tag<tag", populated}, {"autor<autor", populated}, {"author.profil<profil", populated}, {"autor.profile<autor", populated},
		{"titel<titel", fields}, {"author.nam<nam", fields}, {"autor.name<autor", fields},
	}
	engines(t, model.Library(), func(t *testing.T, e engine) {
		for _, c := range cases {
			i := strings.LastIndex(c.text, "<")
			text, piece := c.text[:i], c.text[i+1:]
			find := func(text string) error {
				cond, opts := c.ask(text)
				_, err := orm.Find[model.Book](t.Context(), e.db.Fork(), cond, opts...)
				return err
			}
			err := find(text)
			if err == nil {
				t.Errorf("%q is accepted", text)
				continue
			}
			m := hinted.FindStringSubmatch(err.Error())
			if m == nil {
				t.Errorf("%q: no hint: %v", text, err)
				continue
			}
			again := find(m[1])
			if again != nil && piece != "" {
				again = find(strings.Replace(text, piece, m[1], 1))
			}
			if again != nil {
				t.Errorf("%q: %v\n\tand then: %v", text, err, again)
			}
		}
	})
}
