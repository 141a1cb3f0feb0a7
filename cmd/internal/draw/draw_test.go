package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/internal/draw"
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

func TestSVG(t *testing.T) {
	dot, err := draw.Plan(text)
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := draw.SVG(t.Context(), out, dot); err != nil {
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
	if err := draw.SVG(t.Context(), io.Discard, "digraph {"); err == nil {
		t.Error("half a graph was drawn")
	}
}
