package table_test

import (
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/cmd/internal/table"
)

func TestWrite(t *testing.T) {
	when := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	tab := &table.Table{
		Columns: []string{"id", "name", "at", "raw"},
		Rows:    [][]any{{int64(1), "Äsop", when, []byte{1, 255}}, {int64(12), "a\nb\x1b[0m", nil, nil}},
	}
	want := "" +
		"id  name         at                    raw\n" +
		"--  -----------  --------------------  -------\n" +
		"1   Äsop         2024-05-06T07:08:09Z  x'01ff'\n" +
		"12  a\\nb\\x1b[0m  NULL                  NULL\n" +
		"(2 rows)\n"
	var b strings.Builder
	if err := tab.Write(&b); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want any }{
		{[]byte("x"), "x"}, {[]byte{0xff}, "/w=="}, {int64(1), int64(1)}, {nil, nil},
	} {
		if got := table.Plain(c.in); got != c.want {
			t.Errorf("%v: got %v, want %v", c.in, got, c.want)
		}
	}
}
