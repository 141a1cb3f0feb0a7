package mongo_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/weft-orm/weft/orm"
)

// box holds any document, with a version or without one.
type box struct {
	ID     int64
	Any    json.RawMessage
	Labels []string
}

type safe struct {
	ID      int64
	Any     json.RawMessage
	Labels  []string
	Version int `orm:",version"`
}

// document draws JSON of few keys and values, so that two of them have much in common.
func document(depth int) *rapid.Generator[any] {
	leaf := rapid.SampledFrom([]any{nil, true, "x", "y", 1, 2, 1.5})
	if depth == 0 {
		return leaf
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return document(depth - 1) })
	key := rapid.SampledFrom([]string{"a", "b", "c", "0", "d.e", "$f", ""})
	return rapid.OneOf(leaf,
		rapid.Map(rapid.SliceOfN(inner, 0, 4), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(key, inner, 0, 4), func(m map[string]any) any { return m }),
		rapid.Map(rapid.MapOfN(key, inner, 0, 4), func(m map[string]any) any { return m }))
}

// TestRandomRevisions turns documents and lists into others, and expects what is stored to
// be what the unit holds.
func TestRandomRevisions(t *testing.T) {
	w := open(t, box{}, safe{})
	em := w.Fork()
	b, s := &box{ID: 1, Any: json.RawMessage(`{}`)}, &safe{ID: 1, Any: json.RawMessage(`{}`)}
	em.Persist(b, s)
	ok(t, em.Flush(t.Context()))
	labels := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		raw, err := json.Marshal(document(3).Draw(t, "any"))
		ok(t, err)
		b.Any, b.Labels = raw, labels.Draw(t, "labels")
		s.Any, s.Labels = raw, b.Labels
		ok(t, em.Flush(t.Context()))
		fresh := w.Fork()
		c, err := orm.FindOneOrFail[box](t.Context(), fresh, int64(1))
		ok(t, err)
		d, err := orm.FindOneOrFail[safe](t.Context(), fresh, int64(1))
		ok(t, err)
		for _, got := range []json.RawMessage{c.Any, d.Any} {
			if !reflect.DeepEqual(decoded(t, got), decoded(t, raw)) {
				t.Fatalf("stored is %s, want %s", got, raw)
			}
		}
		for _, got := range [][]string{c.Labels, d.Labels} {
			if fmt.Sprint(got) != fmt.Sprint(b.Labels) {
				t.Fatalf("stored are %v, want %v", got, b.Labels)
			}
		}
	})
}

func decoded(t rapid.TB, raw json.RawMessage) (v any) {
	ok(t, json.Unmarshal(raw, &v))
	return v
}
