package differential_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// texts tell apart comparisons by code point from those by locale, case, width or padding, and hold what patterns
// give a meaning to.
var texts = []string{"a", "b", "x", "ab", "A", "", "a\nb", "é", "É", "a%b", "a_b", "a ", `a\b`, "𝄞", "Jon", "Oslo"}

// keyTexts are natural keys that a careless collation would take for one another.
var keyTexts = []string{"a", "A", "a ", "é", "P1"}

// pool lists the canonical values that rows and conditions draw from.
func pool(t *mapper.Type) []any {
	if len(t.Enum) > 0 {
		return t.Enum
	}
	switch t.Kind {
	case mapper.Bool:
		return []any{true, false}
	case mapper.Int:
		return []any{int64(0), int64(1), int64(2), int64(3), int64(-1)}
	case mapper.Float:
		return []any{0.0, 0.5, 1.0, 2.5, -1.0}
	case mapper.DecimalKind:
		return []any{mapper.Decimal("0.00"), mapper.Decimal("1.50"), mapper.Decimal("9.90"), mapper.Decimal("10.00"), mapper.Decimal("-1.50")}
	case mapper.String:
		return append(anys(texts), anys(texts[:6])...)
	case mapper.Bytes:
		return []any{[]byte{}, []byte{0}, []byte{1, 2, 255}}
	case mapper.Time:
		return []any{instant(2026, 3, 1), instant(2026, 3, 2).Add(123 * time.Millisecond), instant(1990, 1, 1), time.Time{}}
	case mapper.Date:
		return []any{instant(2026, 1, 2), instant(2026, 1, 3), instant(1999, 12, 31)}
	case mapper.UUIDKind:
		return []any{keyOf(t, 0), keyOf(t, 1), keyOf(t, 2), keyOf(t, 6), keyOf(t, 50)}
	case mapper.Array:
		return []any{[]any{}, []any{"a"}, []any{"a", "b"}, []any{"b", "a"}, []any{"a", "a", "é"}, []any{"c"}}
	}
	panic(fmt.Sprintf("no values of kind %d", t.Kind))
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

func instant(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// keyOf is the i-th key.
func keyOf(t *mapper.Type, i int) any {
	switch t.Kind {
	case mapper.Int:
		return int64(i + 1)
	case mapper.UUIDKind:
		return mapper.UUID{0: byte(i * 37), 15: byte(i + 1)}
	}
	return keyTexts[i%len(keyTexts)]
}

// document draws a JSON object of the keys a, b and c.
func (w *world) document(depth int) any { return encode(w.object(depth)) }

func (w *world) object(depth int) map[string]any {
	doc := map[string]any{}
	for _, key := range []string{"a", "b", "c"} {
		switch w.rand.IntN(9) {
		case 0, 1:
			doc[key] = []any{0, 1, 1.5, 2}[w.rand.IntN(4)]
		case 2:
			doc[key] = texts[w.rand.IntN(len(texts))]
		case 3:
			doc[key] = nil
		case 4, 8:
			doc[key] = w.array(depth)
		case 5:
			if depth > 0 {
				doc[key] = w.object(depth - 1)
			}
		case 6:
			doc[key] = w.rand.IntN(2) == 0
		}
	}
	return doc
}

// array draws an array of what documents hold: values of one kind, or of all, documents, arrays.
func (w *world) array(depth int) []any {
	list := []any{}
	for range w.rand.IntN(4) {
		list = append(list, []any{w.rand.IntN(3), 1.5, texts[w.rand.IntN(4)], w.rand.IntN(2) == 0}[w.rand.IntN(4)])
	}
	switch w.rand.IntN(4) {
	case 0:
		return []any{w.rand.IntN(3), texts[w.rand.IntN(4)], nil, map[string]any{"a": 1}}
	case 1:
		if depth > 0 {
			list = append(list, w.object(depth-1), w.object(depth-1))
		}
	case 2:
		list = append(list, []any{w.rand.IntN(3), "a"}, nil)
	}
	return list
}

// preferences draws a document of the model's Preferences.
func (w *world) preferences() any {
	doc := map[string]any{"Theme": texts[w.rand.IntN(4)], "PageSize": w.rand.IntN(3)}
	switch w.rand.IntN(3) {
	case 0:
		doc["News"] = nil
	case 1:
		doc["News"] = w.rand.IntN(2) == 0
	}
	if w.rand.IntN(2) == 0 {
		doc["Limits"] = map[string]any{"daily": []any{0, 1, 1.5}[w.rand.IntN(3)]}
	}
	return encode(doc)
}

func encode(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return json.RawMessage(text)
}
