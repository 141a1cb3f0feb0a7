package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/draw"
	"github.com/weft-orm/weft/internal/draw/graphviz"
)

const text = `deferred authors_name_key
1 insert Publisher returning id
    set name="A & <B>"
2 insert Book returning id
    set title="x" publisher_id=<new Publisher #1>
    set title="y" publisher_id=<new Publisher #1>
3 link Book.tags unless there
    set book_id=<new Book #2> tag_id=7
4 delete Author
    where id=3
`

func TestPlan(t *testing.T) {
	dot, err := draw.Plan(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"<b>1 insert Publisher returning id</b>", "A &amp; &lt;B&gt;", `s0 -> s1 [color="#d06a00", label="keys of Publisher"`,
		`s1 -> s2 [color="#d06a00", label="keys of Book"`, "4 delete Author", "authors_name_key",
	} {
		if !strings.Contains(dot, part) {
			t.Errorf("%q is not in\n%s", part, dot)
		}
	}
	for _, bad := range []string{"", "hello", "1 insert\n", "SELECT 1"} {
		if _, err := draw.Plan(bad); !errors.Is(err, draw.ErrPlan) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestPlanOfARing marks what is there because a ring was broken.
func TestPlanOfARing(t *testing.T) {
	dot, err := draw.Plan("1 insert Author returning id\n    set favourite_id=null\n2 insert Book returning id\n    set author_id=<new Author #0>\n" +
		"3 follow-up Author\n    set favourite_id=<new Book #1> where id=<new Author #0>\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`<td bgcolor="#fbe3c8"><b>3 follow-up Author</b>`, `<td bgcolor="#e3edf8"><b>2 insert Book returning id</b>`, `s1 -> s2 [color="#d06a00", label="keys of Book"`} {
		if !strings.Contains(dot, part) {
			t.Errorf("%q is not in\n%s", part, dot)
		}
	}
}

func TestSVG(t *testing.T) {
	dot, err := draw.Plan(text)
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := graphviz.SVG(t.Context(), out, dot); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two drawings of one graph differ")
	}
	if !bytes.HasPrefix(first.Bytes(), []byte("<svg")) || !bytes.Contains(first.Bytes(), []byte("keys of Publisher")) {
		t.Errorf("%s", first.Bytes())
	}
	for d := xml.NewDecoder(&first); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := graphviz.SVG(t.Context(), io.Discard, "digraph {"); err == nil {
		t.Error("half a graph was drawn")
	}
}

// TestBars draws a chart; the same chart gives the same bytes.
func TestBars(t *testing.T) {
	chart := &draw.Bars{
		Title: "a < b", Unit: 100, End: 2, Left: 50,
		Series: []draw.Series{{Name: "one", Colour: "#111"}, {Name: "two", Colour: "#222"}},
		Groups: []draw.Group{{Label: "x & y", Values: map[string]float64{"one": 1, "two": 5}}, {Label: "none"}, {Label: "z", Values: map[string]float64{"two": 0.5}}},
	}
	got := string(chart.SVG())
	for _, part := range []string{
		">a &lt; b</text>", ">x &amp; y</text>", `<rect x="50" y="56" width="100" height="8" fill="#111"/>`, `<rect x="50" y="65" width="200" height="8" fill="#222"/>`,
		">5.00</text>", `<rect x="50" y="88" width="50" height="8" fill="#222"/>`, `<line x1="150" x2="150"`,
	} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not in\n%s", part, got)
		}
	}
	if strings.Contains(got, "none") || got != string(chart.SVG()) {
		t.Errorf("got\n%s", got)
	}
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
