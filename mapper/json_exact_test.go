package mapper_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/weft-orm/weft/mapper"
)

func TestDecodeDocument(t *testing.T) {
	type inner struct {
		Any any
		N   json.Number
		F   float64
	}
	type outer struct {
		inner
		Map  map[string]any
		List []any
		Deep map[string]*inner
		Vals map[string]inner
		Raw  json.RawMessage
		Next *outer
	}
	const text = `{"Any":9007199254740993,"N":9007199254740993,"F":1.5,"Map":{"a":18446744073709551615,"b":[0.1,1e3,9007199254740992,-9007199254740993]},` +
		`"List":[123456789012345678901234567890,0.12345678901234567890,null,"9007199254740993",1e999],"Deep":{"x":{"Any":{"y":9007199254740993}},"z":null},` +
		`"Vals":{"v":{"Any":[9007199254740993]}},"Raw":9007199254740993,"Next":{"Any":1}}`
	var got outer
	if err := mapper.DecodeDocument([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	const great = int64(9007199254740993)
	want := outer{
		inner: inner{Any: great, N: "9007199254740993", F: 1.5},
		Map:   map[string]any{"a": uint64(18446744073709551615), "b": []any{0.1, 1e3, 9007199254740992.0, -great}},
		List:  []any{json.Number("123456789012345678901234567890"), json.Number("0.12345678901234567890"), nil, "9007199254740993", json.Number("1e999")},
		Deep:  map[string]*inner{"x": {Any: map[string]any{"y": great}}, "z": nil},
		Vals:  map[string]inner{"v": {Any: []any{great}}},
		Raw:   json.RawMessage("9007199254740993"),
		Next:  &outer{inner: inner{Any: 1.0}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if raw, err := json.Marshal(got.Map); err != nil || string(raw) != `{"a":18446744073709551615,"b":[0.1,1000,9007199254740992,-9007199254740993]}` {
		t.Errorf("written again: %s, %v", raw, err)
	}
	if mapper.DecodeDocument([]byte("{"), &got) == nil || mapper.DecodeDocument([]byte("1"), got) == nil {
		t.Error("mistakes are found")
	}
}
