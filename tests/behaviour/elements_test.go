package behaviour_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/qb"
)

type mark struct {
	A1   string         `json:"a1"`
	A2   int            `json:"a2"`
	Tags []string       `json:"tags"`
	Sub  []mark         `json:"sub"`
	Any  map[string]any `json:"any"`
}

// Marked has arrays of embedded values and open documents.
type Marked struct {
	ID    int64  `orm:",assigned"`
	As    []mark `orm:",json"`
	Maybe []mark `orm:",json,nullable"`
	Home  mark   `orm:",json"`
	Open  map[string]any
	List  []any `orm:",json"`
	Words []string
}

func marked() []*Marked {
	return []*Marked{
		{ID: 1, As: []mark{{A1: "x", A2: -1, Tags: []string{"g"}}, {A1: "y", A2: 5, Sub: []mark{{A1: "deep", A2: 1}}}}, Home: mark{Tags: []string{"a", "b"}, Sub: []mark{{A2: 9}}}, List: []any{1, 2.5, "a"}, Words: []string{"a", "b"},
			Open: map[string]any{"items": []any{map[string]any{"a": map[string]any{"b": 2, "c": []any{"x"}}}}, "[0]": 5, "[01]": 6, "[+1]": 7}},
		{ID: 2, As: []mark{{A1: "x", A2: 5}, {A1: "y", A2: -1, Any: map[string]any{"k": []any{1, 2}}}}, Maybe: []mark{}, Open: map[string]any{}, List: []any{}, Words: []string{}},
		{ID: 3, As: []mark{}, Maybe: []mark{{A2: 1}}, Open: map[string]any{}, List: []any{"a", nil, []any{"a", "z"}, map[string]any{"n": 1}}, Words: []string{"c"}},
	}
}

// TestElements: conditions on elements find the same rows on every engine, what stands in one map is about one element.
func TestElements(t *testing.T) {
	engines(t, []any{Marked{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		for _, m := range marked() {
			em.Persist(m)
		}
		ok(t, em.Flush(t.Context()))
		for _, c := range []struct {
			cond orm.M
			want string
		}{
			{orm.M{"as.a2 <": 0}, "1 2"},
			{orm.M{"as": orm.M{"a2 <": 0}}, "1 2"},
			{orm.M{"as.a1": "x", "as.a2": 5}, "2"},
			{orm.M{"as": orm.M{"a1": "x", "a2": -1}}, "1"},
			{orm.M{"as": orm.M{"$elemMatch": orm.M{"a1": "x"}, "a2": 5}}, "1 2"},
			{orm.M{"$not": orm.M{"as.a1": "x"}}, "3"},
			{orm.M{"as": orm.M{"$not": orm.M{"a1": "x"}}}, "1 2"},
			{orm.M{"as:size": 2}, "1 2"}, {orm.M{"as:size": 0}, "3"}, {orm.M{"as.tags:contains": "g"}, "1"},
			{orm.M{"as[0].a2": 5}, "2"}, {orm.M{"as.[1].a1": "y", "as.[1].a2": 5}, "1"},
			{orm.M{"as.sub.a1": "deep"}, "1"}, {orm.M{"as": orm.M{"a1": "x", "sub:size": 1}}, ""},
			{orm.M{"as.any.k:contains": 2}, "2"},
			{orm.M{"maybe": nil}, "1"}, {orm.M{"maybe:size": 0}, "2"}, {orm.M{"$not": orm.M{"maybe.a2": 1}}, "2"}, {orm.M{"maybe:elemMatch": orm.M{}}, "3"},
			{orm.M{"home.tags:overlap": []string{"b", "z"}}, "1"}, {orm.M{"home.sub.a2 >": 8}, "1"},
			{orm.M{"list:contains": []any{"a"}}, "1 3"}, {orm.M{"list:contains": []any{2.5, 1}}, "1"}, {orm.M{"list:contained": []any{"a"}}, "2"},
			{orm.M{"words:ne": []string{}}, "1 3"}, {orm.M{"words": []string{"c"}}, "3"}, {orm.M{"words:in": []any{[]string{}, []string{"c"}}}, "2 3"}, {orm.M{"words:nin": []any{[]string{}, []string{"a", "b"}}}, "3"},
			{orm.M{"list:overlap": []any{"z"}}, ""}, {orm.M{"list:contains": []any{"z"}}, ""}, {orm.M{"$not": orm.M{"list:overlap": []any{"z"}}}, "1 2 3"},
			{orm.M{"list": orm.M{"$elemMatch": orm.M{"n": 1}}}, "3"}, {orm.M{"list": orm.M{"$elemMatch": orm.M{"$contains": "a"}}}, "3"},
			{orm.M{"list": orm.M{"$elemMatch": orm.M{"$gt": 2, "$lt": 3}}}, "1"}, {orm.M{"list:elemMatch": orm.M{"$exists": false}}, "3"},
			{orm.M{"list:size": orm.M{"$gte": 3}}, "1 3"},
			{orm.M{"list.n": 1}, "3"}, {orm.M{"list": orm.M{"n": 1}}, "3"}, {orm.M{"$not": orm.M{"list.n": 1}}, "1 2"},
			{orm.M{"as:elemMatch": orm.M{"any.k[1]": 2}}, "2"}, {orm.M{"as": orm.M{"$elemMatch": orm.M{"sub[0].a1": "deep", "a1": "y"}}}, "1"},
			{orm.M{"open.items:elemMatch": orm.M{"a.b": 2}}, "1"}, {orm.M{"open.items": orm.M{"$elemMatch": orm.M{"a.b >": 1, "a.c[0]": "x"}}}, "1"},
			{orm.M{"open": orm.M{"[0]": 5}}, ""}, {orm.M{"open.[0]": 5}, ""}, {orm.M{"open:hasKey": "[0]"}, "1"}, {orm.M{"open": orm.M{"items": orm.M{"[0]": orm.M{"a": orm.M{"b": 2}}}}}, "1"},
			{orm.M{"open": orm.M{"[01]": 6}}, "1"}, {orm.M{"open.[+1]": 7}, "1"},
		} {
			found, err := orm.Find[Marked](t.Context(), e.db.Fork(), c.cond, orm.OrderBy("id"))
			if err != nil {
				t.Errorf("%v: %v", c.cond, err)
				continue
			}
			var ids []string
			for _, m := range found {
				ids = append(ids, fmt.Sprint(m.ID))
			}
			if got := strings.Join(ids, " "); got != c.want {
				t.Errorf("%v: got %q, want %q", c.cond, got, c.want)
			}
			told, err := orm.Result[int64](t.Context(), e.db.Fork(), qb.New(e.db.Registry(), "Marked", "").Select(qb.Case().When(c.cond, conditions.Col("id")).Else(0).As("told")).OrderBy("id"))
			for i, id := range told { // the condition of a case
				if want := slices.Contains(strings.Fields(c.want), fmt.Sprint(i+1)); want != (id == int64(i+1)) {
					t.Errorf("the case %v tells %v", c.cond, told)
				}
			}
			if err != nil && !errors.Is(err, orm.ErrUnsupported) {
				t.Errorf("the case %v: %v", c.cond, err)
			}
			for _, m := range marked() { // and in memory
				in, err := conditions.Matches(e.db.Registry(), c.cond, m)
				if want := slices.Contains(strings.Fields(c.want), fmt.Sprint(m.ID)); err != nil || in != want {
					t.Errorf("%v matches %d: %t, %v", c.cond, m.ID, in, err)
				}
			}
		}
	})
}

// TestAwkwardKeys: a key is found whatever it is made of.
func TestAwkwardKeys(t *testing.T) {
	keys := []string{"a", "-1", "-", "0", "a\x01b", "a\u2028b", "a\nb", "a\tb", "a\bb", `a"b`, `a\b`, "é", "<a>", "a&b", "𝄞", "\x7f", "last", "a b", "a/b"}
	engines(t, []any{Marked{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		for i, k := range keys {
			em.Persist(&Marked{ID: int64(i), As: []mark{{Any: map[string]any{k: i}}}, Open: map[string]any{k: map[string]any{"in": i, k: "x"}}, List: []any{map[string]any{k: true}}})
		}
		ok(t, em.Flush(t.Context()))
		for i, k := range keys {
			for name, cond := range map[string]orm.M{
				"value":    {"open": orm.M{k: orm.M{"in": i}}},
				"twice":    {"open": orm.M{k: orm.M{k: "x"}}},
				"present":  {"open": orm.M{k: orm.M{"$exists": true}}},
				"contains": {"open": orm.M{"$contains": orm.M{k: orm.M{"in": i}}}},
				"key":      {"open:hasKey": k},
				"keys":     {"open": orm.M{"$hasKeys": []string{k}}},
				"some":     {"open": orm.M{"$hasSomeKeys": []string{k, "none"}}},
				"element":  {"list": orm.M{"$elemMatch": orm.M{k: true}}},
				"embedded": {"as.any": orm.M{k: i}},
			} {
				found, err := orm.Find[Marked](t.Context(), e.db.Fork(), cond)
				if err != nil || len(found) != 1 || found[0].ID != int64(i) {
					t.Errorf("%s of %q: found %d rows, %v", name, k, len(found), err)
				}
			}
		}
	})
}
