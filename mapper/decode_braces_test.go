package mapper_test

import (
	"reflect"
	"testing"

	"github.com/weft-orm/weft/mapper"
)

func TestDecodeBraces(t *testing.T) {
	texts := &mapper.Type{Kind: mapper.Array, GoName: "[]string", Elem: &mapper.Type{Kind: mapper.String}}
	numbers := &mapper.Type{Kind: mapper.Array, GoName: "[]int", Elem: &mapper.Type{Kind: mapper.Int, Bits: 64}}
	for _, tt := range []struct {
		typ  *mapper.Type
		text string
		want any // nil is an error
	}{
		{texts, `{}`, []any{}},
		{texts, `{a}`, []any{"a"}},
		{texts, `{a,"b c","d,e","f\"g\\h","","NULL"}`, []any{"a", "b c", "d,e", `f"g\h`, "", "NULL"}},
		{texts, `["{a}"]`, []any{"{a}"}},
		{numbers, `{1,-2}`, []any{int64(1), int64(-2)}},
		{texts, `{NULL}`, nil},
		{texts, `{a,}`, nil},
		{texts, `{,a}`, nil},
		{texts, `{{a}}`, nil},
		{texts, `{"a}`, nil},
		{texts, `{"a"b}`, nil},
		{texts, `{"a\`, nil},
		{numbers, `{x}`, nil},
		{texts, `a`, nil},
	} {
		got, err := tt.typ.Decode(tt.text)
		if tt.want == nil {
			if err == nil {
				t.Errorf("%s gives %v", tt.text, got)
			}
		} else if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s gives %#v, %v", tt.text, got, err)
		}
	}
}
