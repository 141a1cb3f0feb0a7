package load

import (
	"testing"

	"github.com/weft-orm/weft/mapper"
)

// TestCursorValues: a cursor comes from outside and holds numbers where they belong.
func TestCursorValues(t *testing.T) {
	for _, s := range []string{"0", "-12.50", "1e3"} {
		if v, ok := cursorValue(mapper.DecimalKind, s); !ok || v != mapper.Decimal(s) {
			t.Errorf("decimal %q is read as %v, %t", s, v, ok)
		}
	}
	for _, s := range []string{"", "NaN", "Inf", "-infinity", "0x1p-2", "1_0", "1/3", "1; drop table t"} {
		if v, ok := cursorValue(mapper.DecimalKind, s); ok {
			t.Errorf("decimal %q is read as %v", s, v)
		}
	}
	if v, ok := cursorValue(mapper.String, "a\x00b"); ok {
		t.Errorf("a text with NUL is read as %q", v)
	}
}
