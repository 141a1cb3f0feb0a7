package input_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/weft-orm/weft/cmd/internal/input"
)

func TestValue(t *testing.T) {
	text := `{"a": [1, -2.50, 18446744073709551615, {"b:like": "x%"}], "c": null, "d": true, "e": {}, "f": []}`
	d, err := input.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a": []any{int64(1), json.Number("-2.50"), json.Number("18446744073709551615"), map[string]any{"b:like": "x%"}},
		"c": nil, "d": true, "e": map[string]any{}, "f": []any{},
	}
	if !reflect.DeepEqual(d.Value(), want) {
		t.Errorf("got %#v, want %#v", d.Value(), want)
	}
}

func TestFind(t *testing.T) {
	text := `{"a" : [1, {"b:like" : "x%"}], "$or": [[2]]}`
	d, err := input.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		keys       []string
		key, value string
	}{
		{nil, text, text},
		{[]string{"a"}, "a", `[1, {"b:like" : "x%"}]`},
		{[]string{"a", "0"}, "1", "1"},
		{[]string{"a", "1", "b:like"}, "b:like", `"x%"`},
		{[]string{"$or", "0", "0"}, "2", "2"},
		{[]string{"$or", "7"}, "$or", "[[2]]"},
		{[]string{"z"}, text, text},
	} {
		key, value := d.Find(c.keys)
		if got := text[key.Start:key.End]; got != c.key {
			t.Errorf("%v: key %q, want %q", c.keys, got, c.key)
		}
		if got := text[value.Start:value.End]; got != c.value {
			t.Errorf("%v: value %q, want %q", c.keys, got, c.value)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text    string
		at      int
		message string
	}{
		{``, 0, "the text ends too early"},
		{`{"a": 1`, 7, "the text ends too early"},
		{`{"a": 1, "a": 2}`, 9, `the key "a" stands here twice`},
		{`{"a": 1} x`, 9, "there is more after the end of the value"},
		{`{a: 1}`, 1, "invalid character 'a'"},
		{`{"a": tru}`, 6, "invalid character '}' in literal true (expecting 'e')"},
	} {
		_, err := input.Parse(c.text)
		var syntax *input.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: got %v", c.text, err)
			continue
		}
		if syntax.Span.Start != c.at || syntax.Message != c.message {
			t.Errorf("%s: got %d %q, want %d %q", c.text, syntax.Span.Start, syntax.Message, c.at, c.message)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a": [1, {"b": null}]}`, `{"a": 1`, `[[[`, `"\u0041"`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := input.Parse(text)
		if err != nil {
			var syntax *input.SyntaxError
			if !errors.As(err, &syntax) || syntax.Span.Start < 0 || syntax.Span.End > len(text) {
				t.Fatalf("%v", err)
			}
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("accepted %q", text)
		}
		key, value := d.Find([]string{"a", "0", "b"})
		_, _ = text[key.Start:key.End], text[value.Start:value.End]
	})
}
