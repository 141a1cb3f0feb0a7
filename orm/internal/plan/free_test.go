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
)

// Rows with unique values of several kinds.
type (
	land struct {
		Code string `orm:",pk,length=10"`
	}
	town struct {
		ID   int64
		Land rel.Ref[land] `orm:",required,onUpdate=cascade"`
		Zip  int           `orm:",unique"`
		Name string        `orm:",unique=full,length=20"`
		Part string        `orm:",unique=full,length=20"`
		Twin *town
		Road rel.Collection[road]
	}
	road struct {
		ID   int64
		Main bool `orm:",unique"`
		No   int  `orm:",unique,deferrable"`
		Size int  `orm:",unique,check='size in (1, 2)'"`
	}
)

func newTowns(t *testing.T) *scene {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, land{}, town{}, road{})
	if err != nil {
		t.Fatal(err)
	}
	return &scene{reg, plan.Input{Registry: reg, Model: constraint.New(reg)}}
}

// carry adds cells that a change does not write.
func carry(c *changeset.Change, cells ...any) {
	for i := 0; i < len(cells); i += 2 {
		c.Carry(changeset.Cell{Column: c.Entity.Property(cells[i].(string)).Columns[0], Before: cells[i+1], After: cells[i+1]})
	}
}

func TestFreeValues(t *testing.T) {
	tests := map[string]func(s *scene){
		"unchanged part is written again": func(s *scene) {
			carry(s.add(changeset.Update, "town", int64(1), "part", "x", "y"), "name", "n")
			carry(s.add(changeset.Update, "town", int64(2), "part", "y", "x"), "name", "n")
		},
		"two values of one row in one release": func(s *scene) {
			s.add(changeset.Update, "town", int64(1), "zip", int64(1), int64(2), "name", "a", "b", "part", "p", "p")
			s.add(changeset.Update, "town", int64(2), "zip", int64(2), int64(1), "name", "b", "a", "part", "p", "p")
		},
		"rotation": func(s *scene) {
			for i := range int64(4) {
				s.add(changeset.Update, "town", i, "zip", i, (i+1)%4)
			}
		},
		"order that needs none": func(s *scene) {
			s.add(changeset.Update, "town", int64(1), "zip", int64(1), int64(2))
			s.add(changeset.Update, "town", int64(2), "zip", int64(2), int64(3))
		},
		"deferred": func(s *scene) {
			s.in.Defers = true
			s.add(changeset.Update, "road", int64(1), "no", int64(1), int64(2))
			s.add(changeset.Update, "road", int64(2), "no", int64(2), int64(1))
		},
		"deferrable where the engine defers nothing": func(s *scene) {
			s.add(changeset.Update, "road", int64(1), "no", int64(1), int64(2))
			s.add(changeset.Update, "road", int64(2), "no", int64(2), int64(1))
		},
		"keys exchanged": func(s *scene) {
			s.add(changeset.Update, "land", "a", "code", "a", "b")
			s.add(changeset.Update, "land", "b", "code", "b", "a")
		},
		"values that need no ring beside keys that change": func(s *scene) {
			s.add(changeset.Update, "town", int64(1), "id", int64(1), int64(11), "name", "a", "b", "part", "p", "p")
			s.add(changeset.Update, "town", int64(2), "id", int64(2), int64(12), "name", "b", "a", "part", "q", "q")
		},
		"new reference to a key that changes": func(s *scene) {
			s.add(changeset.Insert, "town", int64(7), "land", nil, "b", "zip", nil, int64(1))
			s.add(changeset.Update, "town", int64(8), "land", "c", "b")
			s.add(changeset.Update, "land", "a", "code", "a", "b")
		},
		"own reference": func(s *scene) {
			s.in.OwnReferences = true
			s.add(changeset.Delete, "town", int64(1), "twin", int64(1), nil)
			s.add(changeset.Delete, "town", int64(2), "twin", nil, nil)
		},
		"target of links goes from key arrays": func(s *scene) {
			s.in.KeyArrays = true
			s.add(changeset.Delete, "road", int64(1))
			s.add(changeset.Delete, "road", int64(2))
		},
		"link that may be there": func(s *scene) {
			roads := s.reg.Entity("town").Property("road")
			s.in.Links = []*changeset.LinkChange{
				{Relation: roads, Owner: []any{int64(1)}, Added: []changeset.Link{{Target: []any{int64(5)}}}, Unsure: true},
				{Relation: roads, Owner: []any{int64(2)}, Added: []changeset.Link{{Target: []any{int64(6)}}}},
			}
		},
	}
	for name, build := range tests {
		t.Run(name, func(t *testing.T) {
			s := newTowns(t)
			build(s)
			p, err := plan.Build(s.in)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, strings.ReplaceAll(name, " ", "_")+".txt", p.String())
		})
	}
}

// TestNothingFree says before the first statement what is missing.
func TestNothingFree(t *testing.T) {
	for _, tt := range []struct {
		property    string
		first, last any
		want        string
	}{
		{"main", true, false, "plan: rows depend on each other in a ring: road.main, road.main; no value of road.main is free: true and false are both taken; " +
			"make road.main nullable, declare its constraint deferrable (where the engine has that), or flush in two parts"},
		{"size", int64(1), int64(2), "plan: rows depend on each other in a ring: road.size, road.size; no value of road.size is free under its check (size in (1, 2)); " +
			"make road.size nullable, declare its constraint deferrable (where the engine has that), or flush in two parts"},
	} {
		s := newTowns(t)
		s.add(changeset.Update, "road", int64(1), tt.property, tt.first, tt.last)
		s.add(changeset.Update, "road", int64(2), tt.property, tt.last, tt.first)
		_, err := plan.Build(s.in)
		if !errors.Is(err, plan.ErrCycle) || err.Error() != tt.want {
			t.Errorf("error = %v", err)
		}
	}
}
