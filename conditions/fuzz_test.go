package conditions_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/weft-orm/weft/conditions"
)

var jsonSeeds = []string{
	`{}`, `7`, `[1,2]`, `null`, `{"name": "x", "age >=": 18, "books.tags.name:like": "a%"}`,
	`{"$or": [{"age": null}, {"$not": {"books": {"$none": {"title": "x"}}}}]}`,
	`{"books": {"$size": {"$gt": 1}, "$all": [1, {"pages": 3}]}}`, `{"": {"$": 1}}`, `{"a:": 1, "b ": 2, ":like": 3}`,
	`{"favourite": {"author": {"id": [1, null]}}}`, `{"name:re": "(?i)a[b-d]+"}`, `{"$and": {}}`, `{"meta.a[0]..b": 1, "meta": {"$$x": 1}}`,
	`{"labels": ["a"], "first": [[1, 2]], "prefs.theme": "x"}`,
}

// FuzzCondition compiles operator maps: no panic, only typed errors, and the same
// shape and tree each time.
func FuzzCondition(f *testing.F) {
	for _, seed := range jsonSeeds {
		f.Add(seed)
	}
	reg := registry(f)
	f.Fuzz(func(t *testing.T, text string) {
		var cond any
		d := json.NewDecoder(bytes.NewReader([]byte(text)))
		d.UseNumber()
		if d.Decode(&cond) != nil {
			return
		}
		for _, e := range reg.Entities() {
			env := conditions.Env{Registry: reg, Entity: e}
			tree, values, err := conditions.Compile(env, cond, 0)
			if err != nil {
				checkError(t, err)
				continue
			}
			again, _, err := conditions.Compile(env, cond, 0)
			if err != nil || again.String() != tree.String() {
				t.Fatalf("%s: %s, then %s (%v)", text, tree, again, err)
			}
			if len(values) != len(tree.Slots) {
				t.Fatalf("%s: %d values for %d slots", text, len(values), len(tree.Slots))
			}
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var e *conditions.Error
	if !errors.As(err, &e) {
		t.Fatalf("untyped error %v", err)
	}
	if n := len(e.Keys); n > 0 && (e.Offset < 0 || e.Offset+e.Length > len(e.Keys[n-1])) {
		t.Fatalf("%v: marks %d+%d of %q", err, e.Offset, e.Length, e.Keys[n-1])
	}
}

// FuzzPath compiles keys.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"books.tags.name:like", "age >=", "$or", "favourite.author.id", "books.$size", "name:", " ", ".", "books.", "a\x00b", "meta.x[1][2]"} {
		f.Add(seed)
	}
	reg := registry(f)
	f.Fuzz(func(t *testing.T, key string) {
		for _, e := range reg.Entities() {
			for _, v := range []any{1, "x", nil, L{1}, M{}, M{"id": 1}, L{}, true} {
				if _, _, err := conditions.Compile(conditions.Env{Registry: reg, Entity: e}, M{key: v}, 0); err != nil {
					checkError(t, err)
				}
			}
		}
	})
}

// FuzzFromJSON reads untrusted conditions: nothing outside of the policy passes.
func FuzzFromJSON(f *testing.F) {
	for _, seed := range jsonSeeds {
		f.Add(seed)
	}
	e := env(f, "Author")
	f.Fuzz(func(t *testing.T, text string) {
		cond, err := conditions.FromJSON(e.Entity, []byte(text), publicPolicy)
		if err != nil {
			checkError(t, err)
			return
		}
		tree, _, err := conditions.Compile(e, cond, 0)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, slot := range tree.Slots {
			switch slot.Path {
			case "", "id", "email", "active", "rating", "version":
				if slot.Path != "" || !slot.Unused {
					t.Fatalf("%s asks for %q", text, slot.Path)
				}
			}
		}
	})
}
