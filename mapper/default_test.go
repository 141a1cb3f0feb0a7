package mapper_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
)

func TestDefaultMaker(t *testing.T) {
	integer := &mapper.Type{Kind: mapper.Int, Bits: 32}
	text := &mapper.Type{Kind: mapper.String}
	tests := []struct {
		typ      *mapper.Type
		text     string
		want     any
		computed bool // no literal
	}{
		{typ: integer},
		{typ: integer, text: "NULL"},
		{typ: integer, text: " 5 ", want: int64(5)},
		{typ: integer, text: "-5", want: int64(-5)},
		{typ: integer, text: "'5'", want: int64(5)},
		{typ: integer, text: "1 + 1", computed: true},
		{typ: integer, text: "now()", computed: true},
		{typ: text, text: "'it''s'", want: "it's"},
		{typ: text, text: "''", want: ""},
		{typ: text, text: "'", computed: true},
		{typ: text, text: "'a' || 'b'", computed: true},
		{typ: text, text: "lower(name)", computed: true},
		{typ: &mapper.Type{Kind: mapper.Bool}, text: "true", want: true},
		{typ: &mapper.Type{Kind: mapper.Bool}, text: "0", want: false},
		{typ: &mapper.Type{Kind: mapper.Float, Bits: 64}, text: "0.5", want: 0.5},
		{typ: &mapper.Type{Kind: mapper.DecimalKind, Precision: 10, Scale: 2}, text: "1.5", want: mapper.Decimal("1.50")},
		{typ: &mapper.Type{Kind: mapper.Date}, text: "'2024-02-29'", want: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
		{typ: &mapper.Type{Kind: mapper.JSON}, text: `'{"a": 1}'`, want: json.RawMessage(`{"a":1}`)},
		{typ: &mapper.Type{Kind: mapper.Array, Elem: integer}, text: "'[1, 2]'", want: []any{int64(1), int64(2)}},
		{typ: &mapper.Type{Kind: mapper.Array, Elem: integer}, text: "array[1]", computed: true},
	}
	for _, tt := range tests {
		c := &mapper.Column{Type: tt.typ, Default: tt.text}
		fn, ok := c.DefaultMaker()
		if ok == tt.computed {
			t.Errorf("%s: ok = %v", tt.text, ok)
		} else if ok {
			if got := fn(); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s gives %#v, want %#v", tt.text, got, tt.want)
			}
		}
	}
	now := &mapper.Column{Type: &mapper.Type{Kind: mapper.Time, Precision: 3}, Default: "CURRENT_TIMESTAMP"}
	fn, ok := now.DefaultMaker()
	if !ok {
		t.Fatal("the current time is made")
	}
	if at := fn().(time.Time); time.Since(at) > time.Minute || at.Nanosecond()%1e6 != 0 || at.Location() != time.UTC {
		t.Errorf("made %v", at)
	}
	if _, ok := (&mapper.Column{Type: integer, Generated: "a + b"}).DefaultMaker(); ok {
		t.Error("a generated column has no default")
	}
}
