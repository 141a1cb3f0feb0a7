package exec_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/exec"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/tests/model"
)

// session answers from a script: generated keys count up, counts are given.
type session struct {
	driver.Session
	calls    []string
	next     int64
	affected []int64
	err      error
}

func (s *session) Exec(_ context.Context, ops []*driver.Op) error {
	call := ""
	for _, op := range ops {
		call += fmt.Sprint(op.P, op.Rows, ";")
		for range op.Rows {
			s.next++
			op.Returned = append(op.Returned, []any{s.next})
		}
		op.Affected = s.affected
	}
	s.calls = append(s.calls, call)
	return s.err
}

type program string

func (p program) String() string { return string(p) }

func compile(s *plan.Step) (driver.Program, error) {
	return program(s.Role.String() + " " + s.Ops[0].Change.Entity.Name), nil
}

// build plans an author, a book that refers to it, and a tag of its own; or an
// update of two locked authors.
func build(t *testing.T, locked bool) (*plan.Plan, []*changeset.Change) {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, model.Library()...)
	if err != nil {
		t.Fatal(err)
	}
	in := plan.Input{Registry: reg, Model: constraint.New(reg)}
	add := func(kind changeset.Kind, entity, property string, after any, key any) *changeset.Change {
		e := reg.Entity(entity)
		c := &changeset.Change{Entity: e, Kind: kind, Key: key, Ordinal: len(in.Changes)}
		c.Write(changeset.Cell{Column: e.Property(property).Columns[0], After: after})
		if kind == changeset.Insert {
			c.Return(e.KeyColumns)
		} else {
			c.Lock = &changeset.Cell{Column: e.Version.Columns[0], Before: int64(3)}
		}
		in.Changes = append(in.Changes, c)
		return c
	}
	if locked {
		add(changeset.Update, "Author", "name", "x", int64(1))
		add(changeset.Update, "Author", "name", "y", int64(2))
	} else {
		author := add(changeset.Insert, "Author", "name", "Jon", nil)
		add(changeset.Insert, "Book", "author", author.KeyPart(0), nil)
		add(changeset.Insert, "Tag", "name", "snow", nil)
	}
	p, err := plan.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	return p, in.Changes
}

func TestHandlesAndRoundTrips(t *testing.T) {
	p, changes := build(t, false)
	s := &session{}
	out, err := (&exec.Runner{Session: s, Compile: compile}).Run(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%q", s.calls); got != `["insert Author[[Jon]];" "insert Book[[1]];insert Tag[[snow]];"]` {
		t.Errorf("calls = %s", got)
	}
	if out.Key(changes[0]) != int64(1) || out.Key(changes[1]) != int64(2) || out.Statements != 3 {
		t.Errorf("keys %v, %v after %d statements", out.Key(changes[0]), out.Key(changes[1]), out.Statements)
	}
}

func TestStaleRows(t *testing.T) {
	tests := []struct {
		name     string
		affected []int64
		perRow   bool
		stale    any
	}{
		{"all found", []int64{1, 1}, true, nil},
		{"second row", []int64{1, 0}, true, int64(2)},
		{"sum is right", []int64{2}, false, nil},
		{"sum is short", []int64{1}, false, int64(2)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, changes := build(t, true)
			r := &exec.Runner{Session: &session{affected: tt.affected}, Compile: compile, PerRow: tt.perRow,
				Stale: func(context.Context, *plan.Step) (*changeset.Change, bool, error) { return changes[1], true, nil }}
			_, err := r.Run(t.Context(), p)
			var stale *exec.StaleError
			switch {
			case tt.stale == nil && err != nil:
				t.Error(err)
			case tt.stale != nil && (!errors.As(err, &stale) || stale.Change.Key != tt.stale):
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestFailureNamesTheOperation(t *testing.T) {
	p, _ := build(t, true)
	cause := &driver.Error{Class: driver.ErrUniqueViolation, Op: 0, Row: 1}
	_, err := (&exec.Runner{Session: &session{err: cause}, Compile: compile}).Run(t.Context(), p)
	var failed *exec.OpError
	if !errors.Is(err, driver.ErrUniqueViolation) || !errors.As(err, &failed) || failed.Op.Change.Key != int64(2) {
		t.Errorf("error = %v", err)
	}
}
