package console

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/examples/internal/trace"
)

func TestTable(t *testing.T) {
	var out bytes.Buffer
	New(&out).Table([]string{"name", "n"}, [][]string{{"Motörhead", "1"}, {"Ö", "12"}})
	want := "  name       n\n  Motörhead  1\n  Ö          12\n"
	if out.String() != want {
		t.Errorf("got\n%q\nwant\n%q", out.String(), want)
	}
}

// TestNoColour sees that nothing but text goes to what is no terminal.
func TestNoColour(t *testing.T) {
	var out bytes.Buffer
	c := New(&out)
	c.Title("Title")
	c.Label("label", "text")
	c.Code("select 1")
	c.Note("%d rows", 3)
	if want := "\nTitle\n─────\nlabel     text\n  select 1\n  3 rows\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestStatements(t *testing.T) {
	var out bytes.Buffer
	New(&out).Statements([]trace.Statement{
		{SQL: "select ?", Args: []any{nil, "x", int64(7), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}},
		{SQL: "insert", Rows: [][]any{{int64(1)}, {int64(2)}}},
		{SQL: "delete", Rows: [][]any{{[]any{int64(1), int64(2), int64(3), int64(4), int64(5), int64(6)}}}},
	})
	want := "  select ?\n  with null, 'x', 7, 2026-01-02 03:04:05\n" +
		"  insert\n  2 rows, the first: 1\n" +
		"  delete\n  with [1, 2, 3, … 6 keys]\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func TestWrap(t *testing.T) {
	got := strings.Join(Wrap("select one, two from three where four", 20), "|")
	if want := "select one, two from|    three where four"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShorten(t *testing.T) {
	for text, want := range map[string]string{"short": "short", "twelve chars": "twelve…", "": ""} {
		if got := Shorten(text, 8); got != want {
			t.Errorf("Shorten(%q) = %q, want %q", text, got, want)
		}
	}
}
