package rel_test

import (
	"encoding/json"
	"testing"

	"github.com/weft-orm/weft/rel"
)

func TestOpt(t *testing.T) {
	var o rel.Opt[int]
	if _, assigned := o.Get(); assigned || o.Or(5) != 5 {
		t.Error("the zero Opt was never assigned")
	}
	o.Set(0)
	if v, assigned := o.Get(); !assigned || v != 0 || o.Or(5) != 0 {
		t.Error("zero is a value")
	}
	for _, want := range []string{"null", "0", "7"} {
		var back rel.Opt[int]
		if err := json.Unmarshal([]byte(want), &back); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(back); err != nil || string(got) != want {
			t.Errorf("%s came back as %s, %v", want, got, err)
		}
	}
	if o.Clear(); o != (rel.Opt[int]{}) || rel.Some(3).Or(0) != 3 {
		t.Error("Clear, Some")
	}
	o.SetNull()
	if _, assigned := o.Get(); assigned || !o.IsNull() || o != rel.Null[int]() || o == (rel.Opt[int]{}) {
		t.Error("NULL that was asked for is no value, and more than nothing")
	}
	if raw, err := json.Marshal(o); err != nil || string(raw) != "null" {
		t.Errorf("NULL is %s, %v", raw, err)
	}
	if o.Set(1); o.IsNull() {
		t.Error("a value is not NULL")
	}
	if json.Unmarshal([]byte(`"x"`), &o) == nil || o != (rel.Opt[int]{}) {
		t.Error("a value of another kind is refused")
	}
}
