package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/golden"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/model"
)

// scene collects changes of the library model.
type scene struct {
	reg *mapper.Registry
	in  plan.Input
}

func newScene(t testing.TB) *scene {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, model.Library()...)
	if err != nil {
		t.Fatal(err)
	}
	return &scene{reg, plan.Input{Registry: reg, Model: constraint.New(reg)}}
}

// add appends a change; cells are property, before, after.
func (s *scene) add(kind changeset.Kind, entity string, key any, cells ...any) *changeset.Change {
	e := s.reg.Entity(entity)
	c := &changeset.Change{Entity: e, Kind: kind, Ordinal: len(s.in.Changes), Key: key}
	for i := 0; i < len(cells); i += 3 {
		cell := changeset.Cell{Column: e.Property(cells[i].(string)).Columns[0], Before: cells[i+1], After: cells[i+2]}
		if kind == changeset.Delete {
			c.Carry(cell)
		} else {
			c.Write(cell)
		}
	}
	if kind == changeset.Insert && key == nil {
		c.Return(e.KeyColumns)
	}
	s.in.Changes = append(s.in.Changes, c)
	return c
}

func (s *scene) refer(c *changeset.Change, property string, to *changeset.Change) {
	column := c.Entity.Property(property).Columns[0]
	c.Write(changeset.Cell{Column: column, After: to.KeyPart(0)})
}

func TestPlans(t *testing.T) {
	tests := map[string]func(s *scene){
		"chain": func(s *scene) {
			c, b, a := s.add(changeset.Insert, "Employee", nil), s.add(changeset.Insert, "Employee", nil), s.add(changeset.Insert, "Employee", nil)
			s.refer(c, "manager", b)
			s.refer(b, "manager", a)
		},
		"nullable edge of a mixed ring": func(s *scene) {
			author, book := s.add(changeset.Insert, "Author", nil), s.add(changeset.Insert, "Book", nil)
			s.refer(author, "favourite", book)
			s.refer(book, "author", author)
		},
		"swap": func(s *scene) {
			s.add(changeset.Update, "Tag", int64(1), "name", "a", "b")
			s.add(changeset.Update, "Tag", int64(2), "name", "b", "a")
		},
		"recreate with the same key": func(s *scene) {
			s.add(changeset.Insert, "Publisher", "p", "code", nil, "p")
			s.add(changeset.Delete, "Publisher", "p", "code", "p", nil)
		},
		"leave before the target goes": func(s *scene) {
			s.add(changeset.Delete, "Publisher", "p", "code", "p", nil)
			s.add(changeset.Update, "Book", int64(1), "publisher", "p", nil)
			s.add(changeset.Delete, "Book", int64(2), "publisher", "p", nil)
		},
		"links": func(s *scene) {
			book, tag := s.add(changeset.Insert, "Book", nil), s.add(changeset.Insert, "Tag", nil)
			s.add(changeset.Delete, "Tag", int64(9))
			s.in.Links = []*changeset.LinkChange{{
				Relation: s.reg.Entity("Book").Property("tags"), Owner: []any{book.KeyPart(0)},
				Added: []changeset.Link{{Target: []any{tag.KeyPart(0)}}, {Target: []any{int64(4)}}},
			}, {
				Relation: s.reg.Entity("Book").Property("tags"), Owner: []any{int64(3)}, Clear: true,
				Removed: []changeset.Link{{Target: []any{int64(9)}}}, Added: []changeset.Link{{Target: []any{int64(5)}}},
			}}
		},
	}
	for name, build := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			build(s)
			var first string
			for range 20 {
				p, err := plan.Build(s.in)
				if err != nil {
					t.Fatal(err)
				}
				if first == "" {
					first = p.String()
				} else if p.String() != first {
					t.Fatalf("two plans differ:\n%s\n%s", first, p)
				}
			}
			golden.Check(t, strings.ReplaceAll(name, " ", "_")+".txt", first)
		})
	}
}

type hen struct {
	ID  int64
	Egg rel.Ref[egg] `orm:",required"`
}

type egg struct {
	ID  int64
	Hen rel.Ref[hen] `orm:",required"`
}

func TestUnbreakableRing(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, hen{}, egg{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{reg, plan.Input{Registry: reg, Model: constraint.New(reg)}}
	a, b := s.add(changeset.Insert, reg.Entities()[0].Name, nil), s.add(changeset.Insert, reg.Entities()[1].Name, nil)
	s.refer(a, "egg", b)
	s.refer(b, "hen", a)
	_, err = plan.Build(s.in)
	var cycle *plan.CycleError
	if !errors.Is(err, plan.ErrCycle) || !errors.As(err, &cycle) || len(cycle.Path) != 2 {
		t.Errorf("error = %v", err)
	}
}
