package tutorials_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/internal/draw"
	"github.com/weft-orm/weft/internal/draw/graphviz"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// The entities of the first page.
type (
	Author struct {
		ID    int64
		Name  string
		Books orm.Collection[Book] `orm:",mappedBy=Author"`
	}
	Book struct {
		ID     int64
		Title  string
		Author orm.Ref[Author] `orm:",required"`
	}
)

// picture finds the first picture of a page.
var picture = regexp.MustCompile(`!\[[^\]]*\]\(([^)]+)\)`)

// TestFirstPicture draws the plan of a flush of the first page's entities, which is that page's
// first picture. With -update it is drawn anew.
func TestFirstPicture(t *testing.T) {
	ctx := t.Context()
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(Author{}, Book{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := schema.Create(ctx, db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	ann := &Author{Name: "Ann"}
	em.Persist(&Book{Title: "Winter", Author: orm.To(ann)})
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	ann.Name = "Ann S."
	ann.Books.Add(&Book{Title: "Wind"})
	em.Persist(&Book{Title: "Waves", Author: orm.To(&Author{Name: "Jon"})})
	plan, err := em.Plan(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dot, err := draw.Plan(plan)
	if err != nil {
		t.Fatal(err)
	}
	var svg bytes.Buffer
	if err := graphviz.SVG(ctx, &svg, dot); err != nil {
		t.Fatal(err)
	}
	first := picture.FindStringSubmatch(read(t, "README.md"))
	if first == nil || !strings.HasSuffix(first[1], ".svg") {
		t.Fatalf("the first picture of README.md is %v", first)
	}
	golden.Check(t, "../../../"+first[1], svg.String())
}
