package mongo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/mongo"
	"github.com/weft-orm/weft/tests/model/fleet"
)

func columns(t *testing.T, name, names string) []*mapper.Column {
	t.Helper()
	var out []*mapper.Column
	for _, want := range strings.Fields(names) {
		found := false
		for _, c := range entity(t, name).Columns {
			if c.Name == want {
				out, found = append(out, c), true
			}
		}
		if !found {
			t.Fatalf("%s has no column %s", name, want)
		}
	}
	return out
}

func TestRowWrites(t *testing.T) {
	e := func(name string) *mapper.Entity { return entity(t, name) }
	cols := func(name, names string) []*mapper.Column { return columns(t, name, names) }
	tags := e("Book").Property("tags")
	pivot := tags.Relation.Pivot
	link := append(append([]*mapper.Column{}, pivot.Owner...), pivot.Target...)
	cases := []struct {
		title string
		w     qb.Write
		rows  [][]any
	}{
		{"insert", qb.Write{Kind: qb.Insert, Entity: e("Tag"), Set: cols("Tag", "name id")}, [][]any{{"a", int64(1)}, {"b", int64(2)}}},
		{"null", qb.Write{Kind: qb.Insert, Entity: e("Author"), Set: cols("Author", "id age")}, [][]any{{int64(1), nil}}},
		{"null where none is allowed", qb.Write{Kind: qb.Insert, Entity: e("Tag"), Set: cols("Tag", "id name")}, [][]any{{int64(1), "a"}, {int64(2), nil}}},
		{"insert, the database makes the key", qb.Write{Kind: qb.Insert, Entity: e("Tag"), Set: cols("Tag", "name"), Returning: cols("Tag", "id")}, [][]any{{int64(7), "a"}}},
		{"insert a composite key", qb.Write{Kind: qb.Insert, Entity: e("OrderLine"), Set: cols("OrderLine", "quantity product order")}, [][]any{{int64(3), int64(2), int64(1)}}},
		{"insert a composite reference", qb.Write{Kind: qb.Insert, Entity: e("Shipment"), Set: e("Shipment").Columns}, [][]any{{int64(1), int64(2), int64(3), nil}, {int64(2), nil, nil, "x"}}},
		{"update", qb.Write{Kind: qb.Update, Entity: e("Author"), Set: cols("Author", "name version"), Match: cols("Author", "id version")}, [][]any{{"x", int64(2), int64(1), int64(1)}}},
		{"update a composite key's row", qb.Write{Kind: qb.Update, Entity: e("OrderLine"), Set: cols("OrderLine", "quantity"), Match: cols("OrderLine", "order product")}, [][]any{{int64(5), int64(1), int64(2)}}},
		{"delete", qb.Write{Kind: qb.Delete, Entity: e("Author"), Match: cols("Author", "id")}, [][]any{{int64(1)}, {int64(2)}}},
		{"null matches nothing", qb.Write{Kind: qb.Delete, Entity: e("Author"), Match: cols("Author", "id version")}, [][]any{{int64(1), nil}}},
		{"upsert that merges", qb.Write{Kind: qb.Insert, Entity: e("Tag"), Set: cols("Tag", "id name"), Conflict: &qb.Conflict{On: cols("Tag", "id"), Merge: cols("Tag", "name")}}, [][]any{{int64(1), "a"}}},
		{"upsert by another key", qb.Write{Kind: qb.Insert, Entity: e("Author"), Set: cols("Author", "id name email"), Conflict: &qb.Conflict{On: cols("Author", "email"), Merge: cols("Author", "name")}}, [][]any{{int64(1), "a", "e"}}},
		{"upsert that counts the version", qb.Write{Kind: qb.Insert, Entity: e("Author"), Set: cols("Author", "name email version"), Conflict: &qb.Conflict{On: cols("Author", "email"), Merge: cols("Author", "name version"), Count: cols("Author", "version")}}, [][]any{{int64(7), "a", "e", int64(1)}}},
		{"insert that ignores", qb.Write{Kind: qb.Insert, Entity: e("Tag"), Set: cols("Tag", "id"), Conflict: &qb.Conflict{}}, [][]any{{int64(1)}}},
		{"add links", qb.Write{Kind: qb.Insert, Pivot: tags, Set: link}, [][]any{{int64(1), int64(5)}, {int64(2), int64(5)}, {int64(1), int64(6)}}},
		{"remove links", qb.Write{Kind: qb.Delete, Pivot: tags, Match: link}, [][]any{{int64(1), int64(5)}, {int64(1), int64(6)}}},
		{"remove all links of an owner", qb.Write{Kind: qb.Delete, Pivot: tags, Match: pivot.Owner}, [][]any{{int64(1)}}},
		{"remove a target everywhere", qb.Write{Kind: qb.Delete, Pivot: tags, Match: pivot.Target}, [][]any{{int64(5)}, {int64(6)}}},
	}
	var b strings.Builder
	for _, c := range cases {
		b.WriteString("## " + c.title + "\n")
		cmd, err := mongo.Compile(&c.w)
		if err != nil {
			b.WriteString("error: " + err.Error() + "\n\n")
			continue
		}
		models, err := cmd.BindRows(c.rows)
		if err != nil {
			b.WriteString("error: " + err.Error() + "\n\n")
			continue
		}
		b.WriteString(cmd.String() + "\n-> " + cmd.ModelsText(models) + "\n\n")
	}
	golden.Check(t, "rows.golden", b.String())
}

func TestBulkWrites(t *testing.T) {
	cols := func(name, names string) []*mapper.Column { return columns(t, name, names) }
	field := func(name string) conditions.Field {
		return conditions.Field{Property: entity(t, "Book").Property(name)}
	}
	cases := []struct {
		title string
		name  string
		kind  qb.WriteKind
		cond  any
		set   func(s *selection) []qb.Assign
	}{
		{"update", "Book", qb.Update, M{"pages >": 3}, func(s *selection) []qb.Assign {
			return []qb.Assign{{Column: cols("Book", "title")[0], Value: s.slot("x")}, {Column: cols("Book", "isbn")[0], Value: s.slot(nil)}}
		}},
		{"update from a field", "Book", qb.Update, M{"pages >": 3}, func(s *selection) []qb.Assign {
			return []qb.Assign{{Column: cols("Book", "isbn")[0], Value: field("title")}, {Column: cols("Book", "pages")[0], Value: s.slot(int64(1))}}
		}},
		{"update through a relation", "Book", qb.Update, M{"author.name": "x"}, func(s *selection) []qb.Assign {
			return []qb.Assign{{Column: cols("Book", "title")[0], Value: s.slot("x")}}
		}},
		{"delete", "Book", qb.Delete, M{"pages >": 3}, nil},
		{"delete through a relation", "Author", qb.Delete, M{"books": nil}, nil},
		{"delete all", "Tag", qb.Delete, nil, nil},
		{"update with SQL", "Book", qb.Update, M{"pages >": 3}, func(*selection) []qb.Assign {
			return []qb.Assign{{Column: cols("Book", "title")[0], Value: &conditions.RawValue{Text: []string{"1"}}}}
		}},
	}
	var b strings.Builder
	for _, c := range cases {
		s := newSelection(t, c.name, c.cond)
		w := &qb.Write{Kind: c.kind, Entity: s.Entity, Where: s.Where, All: c.cond == nil}
		if c.set != nil {
			w.Assign = c.set(s)
		}
		b.WriteString("## " + c.title + "\n")
		cmd, err := mongo.Compile(w)
		if err != nil {
			b.WriteString("error: " + err.Error() + "\n\n")
			continue
		}
		b.WriteString(cmd.String() + "\n")
		if cmd.Keys == nil {
			b.WriteString("-> " + text(w, s.args) + "\n")
		}
		b.WriteString("\n")
	}
	golden.Check(t, "bulk.golden", b.String())
}

func TestIndexes(t *testing.T) {
	var b strings.Builder
	for _, e := range registry().Entities() {
		indexes, err := mongo.Indexes(e)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(e.Name + "\n")
		for _, index := range indexes {
			b.WriteString("  " + index.String() + "\n")
		}
	}
	golden.Check(t, "indexes.golden", b.String())
}

// TestHierarchies keeps all types of a hierarchy in the collection of the root,
// whose documents need not have what a subtype has.
func TestHierarchies(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, fleet.Entities(mapper.TablePerType)...)
	if err != nil {
		t.Fatal(err)
	}
	if c := mongo.Collection(reg.Entity("Taxi")); c != "vehicles" {
		t.Errorf("a taxi is kept in %s", c)
	}
	type Shape struct {
		_  struct{} `orm:"inheritance=joined"`
		ID int64
	}
	type Square struct {
		Shape
		Size int `orm:",unique"`
	}
	type Circle struct {
		Shape
		Size string
	}
	if reg, err = mapper.Build(mapper.Options{}, Shape{}, Square{}); err != nil {
		t.Fatal(err)
	}
	indexes, err := mongo.Indexes(reg.Entity("Square"))
	if err != nil || len(indexes) != 1 || !indexes[0].Unique || len(indexes[0].Partial) == 0 {
		t.Errorf("documents without a size would be duplicates: %+v, %v", indexes, err)
	}
	reg, err = mapper.Build(mapper.Options{}, Shape{}, Square{}, Circle{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = mongo.Compile(&qb.Select{Registry: reg, Entity: reg.Entity("Shape"), Output: reg.Entity("Shape").Key, Limit: conditions.NoSlot, Offset: conditions.NoSlot})
	if !errors.Is(err, mongo.ErrUnsupported) || !strings.Contains(err.Error(), "Square.size and Circle.size are both kept in size") {
		t.Errorf("two properties in one field: %v", err)
	}
}
