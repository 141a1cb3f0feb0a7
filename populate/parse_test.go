package populate_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/populate"
	"github.com/weft-orm/weft/tests/model"
)

func env(t testing.TB, entity string) conditions.Env {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return conditions.Env{Registry: reg, Entity: reg.Entity(entity)}
}

// show prints a load tree, one node a line.
func show(nodes []*populate.Node) string {
	var b strings.Builder
	var walk func(nodes []*populate.Node)
	walk = func(nodes []*populate.Node) {
		for _, n := range nodes {
			fmt.Fprintf(&b, "%s %s", n.Path, map[populate.Strategy]string{populate.SelectIn: "select-in", populate.Joined: "joined"}[n.Strategy])
			if n.Fields != nil {
				b.WriteString(" (")
				for i, f := range n.Fields {
					if i > 0 {
						b.WriteByte(' ')
					}
					b.WriteString(f.Path)
				}
				b.WriteString(")")
			}
			if n.Where != nil {
				fmt.Fprintf(&b, " where %s", n.Where)
			}
			if len(n.Values) > 0 {
				fmt.Fprintf(&b, " %v", n.Values)
			}
			if n.OrderBy != nil {
				fmt.Fprintf(&b, " order %v", n.OrderBy)
			}
			if n.Limit >= 0 || n.Offset >= 0 {
				fmt.Fprintf(&b, " limit %d offset %d", n.Limit, n.Offset)
			}
			b.WriteByte('\n')
			walk(n.Children)
		}
	}
	walk(nodes)
	return b.String()
}

type M = conditions.M

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, entity string
		opts         populate.Options
		hints        []populate.Hint
		want         string
	}{
		{"paths", "Author", populate.Options{}, populate.Paths("books.tags", "favourite", "books.publisher"),
			"books select-in\nbooks.tags select-in\nbooks.publisher select-in\nfavourite select-in\n"},
		{"all", "Book", populate.Options{}, populate.Paths("*"), "author select-in\npublisher select-in\ntags select-in\n"},
		{"all of a relation", "Author", populate.Options{}, populate.Paths("books.*"),
			"books select-in\nbooks.author select-in\nbooks.publisher select-in\nbooks.tags select-in\n"},
		{"auto", "Book", populate.Options{Strategy: "auto"}, populate.Paths("author", "tags"), "author select-in\ntags select-in\n"},
		{"auto, few", "Book", populate.Options{Strategy: "auto", Few: true}, populate.Paths("publisher", "tags"), "publisher joined (code name country)\ntags select-in\n"},
		{"balanced", "Book", populate.Options{Strategy: "balanced"}, populate.Paths("author", "tags"),
			"author joined (id name email age active rating bornAt createdAt favourite profile version)\ntags select-in\n"},
		{"joined", "Book", populate.Options{Strategy: "joined"}, populate.Paths("tags"), "tags joined (id name)\n"},
		{"joined to-one only", "Book", populate.Options{Strategy: "joined", JoinToOneOnly: true}, populate.Paths("tags", "publisher"),
			"tags select-in\npublisher joined (code name country)\n"},
		{"options", "Author", populate.Options{Strategy: "joined"},
			[]populate.Hint{{Path: "books", Where: M{"pages >": 3}, OrderBy: []string{"-title"}, Limit: 5, Fields: []string{"title"}}},
			"books select-in (id title author publisher) where pages > $3 [3] order [-title] limit 5 offset -1\n"},
		{"options merge", "Author", populate.Options{},
			[]populate.Hint{{Path: "books.tags", Strategy: "joined"}, {Path: "books", Limit: 2, Offset: 1}},
			"books select-in limit 2 offset 1\nbooks.tags joined (id name)\n"},
		{"slots of joined conditions follow", "Author", populate.Options{Slots: make([]conditions.SlotInfo, 4), Strategy: "joined"},
			[]populate.Hint{{Path: "books", Where: M{"pages": []int{1, 2}}}, {Path: "books.tags", Where: M{"name": "x"}}},
			"books joined (id title isbn pages price author publisher) where pages in $4\nbooks.tags joined (id name) where name = $5\n"},
		{"joined below select-in", "Author", populate.Options{},
			[]populate.Hint{{Path: "books", Where: M{"pages": 1}}, {Path: "books.publisher", Strategy: "joined", Where: M{"name": "x"}}},
			"books select-in where pages = $3 [1 x]\nbooks.publisher joined (code name country) where name = $4\n"},
		{"fields of the find", "Author", populate.Options{Fields: []string{"name", "books.title"}}, populate.Paths("books.author"),
			"books select-in (id title author publisher)\nbooks.author select-in\n"},
		{"empty where", "Author", populate.Options{}, []populate.Hint{{Path: "books", Where: M{}}}, "books select-in\n"},
		{"true where there is a target", "Author", populate.Options{},
			[]populate.Hint{{Path: "books", Where: M{"publisher": M{"$and": []any{}}}}}, "books select-in where true at publisher\n"},
	} {
		tree, err := populate.Parse(env(t, test.entity), test.opts, test.hints...)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := show(tree.Nodes); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestParseInfersFromTheFilter(t *testing.T) {
	e := env(t, "Author")
	filter, _, err := conditions.Compile(e, M{"books.tags.name": "x", "favourite.publisher.name": "y", "books:none": M{"publisher.name": "z"}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := populate.Parse(e, populate.Options{Filter: filter}, populate.Hint{Path: "$infer"})
	if err != nil {
		t.Fatal(err)
	}
	want := "books select-in\nbooks.tags select-in\nbooks.publisher select-in\nfavourite select-in\nfavourite.publisher select-in\n"
	if got := show(tree.Nodes); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestParseRestrictsByTheFilter(t *testing.T) {
	e := env(t, "Author")
	filter, values, err := conditions.Compile(e, M{"books": M{"pages >": 9, "tags.name": "x"}, "name": "y"}, 0)
	if err != nil || len(values) != 3 {
		t.Fatalf("%d values, %v", len(values), err)
	}
	slots := append(slices.Clone(filter.Slots), conditions.SlotInfo{Path: "limit"})
	for _, test := range []struct {
		name  string
		opts  populate.Options
		hints []populate.Hint
		want  string
		outer int
	}{
		{"nothing", populate.Options{}, populate.Paths("books.tags"), "books select-in\nbooks.tags select-in\n", 0},
		{"infer", populate.Options{Where: populate.Infer}, populate.Paths("books.tags", "books.publisher"),
			"books select-in where pages > $0 and tags some (name = $1)\nbooks.tags select-in where name = $1\nbooks.publisher select-in\n", 4},
		{"one hint", populate.Options{}, []populate.Hint{{Path: "books.tags", Where: populate.Infer}},
			"books select-in\nbooks.tags select-in where name = $1\n", 4},
		{"all but one hint", populate.Options{Where: populate.Infer}, []populate.Hint{{Path: "books", Where: M{}}}, "books select-in\n", 0},
		{"joined", populate.Options{Where: populate.Infer, Strategy: "joined", Fields: []string{"books.title"}}, populate.Paths("books"),
			"books joined (id title author publisher) where pages > $0 and tags some (name = $1)\n", 0},
		{"a condition of the roots", populate.Options{Where: M{"books.title": "z"}},
			append(populate.Paths("books"), populate.Hint{Path: "books.tags", Where: M{"name": "t"}}),
			"books select-in where title = $4\nbooks.tags select-in where name = $3 [t]\n", 5},
		{"its values come before those of the node", populate.Options{Where: populate.Infer},
			append(populate.Paths("books"), populate.Hint{Path: "books.author", Where: M{"name": "t"}, Strategy: "joined", Fields: []string{"name"}}),
			"books select-in where pages > $0 and tags some (name = $1) [t]\nbooks.author joined (id name favourite version) where name = $7\n", 4},
	} {
		test.opts.Filter, test.opts.Slots = filter, slots
		tree, err := populate.Parse(e, test.opts, test.hints...)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := show(tree.Nodes); got != test.want || tree.Outer != test.outer {
			t.Errorf("%s: outer %d\n got %s\nwant %s", test.name, tree.Outer, got, test.want)
		}
	}
}

func TestParseValuesOfJoinedConditions(t *testing.T) {
	tree, err := populate.Parse(env(t, "Author"), populate.Options{Slots: make([]conditions.SlotInfo, 2), Strategy: "joined"},
		populate.Hint{Path: "books", Where: M{"pages": 7}}, populate.Hint{Path: "favourite", Where: M{"title": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(tree.Values); got != "[7 x]" || len(tree.Slots) != 2 {
		t.Errorf("values %s, %d slots", got, len(tree.Slots))
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct {
		hint  populate.Hint
		opts  populate.Options
		class error
		want  string
	}{
		{populate.Hint{Path: "boks"}, populate.Options{}, populate.ErrUnknownPath, `populate: Author.boks: unknown relation (did you mean "books"?)`},
		{populate.Hint{Path: "books.tag"}, populate.Options{}, populate.ErrUnknownPath, `populate: Author.books.tag: unknown relation (did you mean "tags"?)`},
		{populate.Hint{Path: "books.title"}, populate.Options{}, populate.ErrUnknownPath, `populate: Author.books.title: unknown relation: Book.title is no relation, nor lazy`},
		{populate.Hint{Path: ""}, populate.Options{}, populate.ErrUnknownPath, `populate: Author.: unknown relation`},
		{populate.Hint{Path: "*", Limit: 3}, populate.Options{}, populate.ErrOption, `populate: Author.*: options need a path that names one relation`},
		{populate.Hint{Path: "favourite", Limit: 3}, populate.Options{}, populate.ErrOption, `populate: Author.favourite: a to-one relation has no order, limit or offset`},
		{populate.Hint{Path: "books", Limit: -1}, populate.Options{}, populate.ErrOption, `populate: Author.books: limit and offset cannot be negative`},
		{populate.Hint{Path: "books", Strategy: "joind"}, populate.Options{}, populate.ErrStrategy, `populate: Author.books: unknown strategy "joind" (did you mean "joined"?)`},
		{populate.Hint{Path: "books", Strategy: "joined", Limit: 1}, populate.Options{}, populate.ErrStrategy, `populate: Author.books: a limit per parent needs the strategy select-in`},
		{populate.Hint{Path: "books"}, populate.Options{Strategy: "selectin"}, populate.ErrStrategy, `populate: Author.books: unknown strategy "selectin" (did you mean "select-in"?)`},
		{populate.Hint{Path: "books", Where: M{"titel": 1}}, populate.Options{}, conditions.ErrUnknownProperty,
			`populate: Author.books: conditions: parse: Book.titel: unknown property (did you mean "title"?)`},
		{populate.Hint{Path: "books", Fields: []string{"titel"}}, populate.Options{}, conditions.ErrUnknownProperty,
			`populate: Author.books.titel: unknown property (did you mean "title"?)`},
	} {
		_, err := populate.Parse(env(t, "Author"), test.opts, test.hint)
		if err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
		if !errors.Is(err, test.class) {
			t.Errorf("%v is not of class %v", err, test.class)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"books.tags", "*", "$infer", "books.*", "books..tags", ".", "books.title", "\xff"} {
		f.Add(seed)
	}
	e := env(f, "Author")
	f.Fuzz(func(t *testing.T, path string) {
		_, err := populate.Parse(e, populate.Options{}, populate.Hint{Path: path})
		var typed *populate.Error
		if err != nil && !errors.As(err, &typed) {
			t.Errorf("%q: untyped error %v", path, err)
		}
	})
}
