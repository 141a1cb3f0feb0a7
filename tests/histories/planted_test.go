package histories_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
)

// The checker is only worth something when it sees what is wrong. These are engines
// that misbehave below a unit of work that does not know; each is found.
var misbehaviours = []struct {
	name  string
	fault fault
}{
	{"updates are dropped", fault{write: dropping("UPDATE")}},
	{"deletes are dropped", fault{write: dropping("DELETE")}},
	{"new links are dropped", fault{write: dropping(`INSERT INTO "actor_clubs"`)}},
	{"old links are kept", fault{write: dropping(`DELETE FROM "actor_clubs"`)}},
	{"two rows of an update are exchanged", fault{write: exchangingRows}},
	{"another value is written", fault{write: spoiling}},
	{"a rollback commits", fault{keep: true}},
	{"a rollback to a savepoint does nothing", fault{stay: true}},
}

// TestPlantedMisbehaviour plays histories that are right on engines that are not.
func TestPlantedMisbehaviour(t *testing.T) {
	p, registered := theatre(nil)
	s := openStage(t, sqlite.Memory(), p, registered)
	for _, m := range misbehaviours {
		t.Run(m.name, func(t *testing.T) { s.sees(t, &m.fault) })
	}
}

// sees expects a history that is right without a fault to fail with it.
func (s *stage) sees(t *testing.T, f *fault) {
	t.Helper()
	for seed := uint64(1); seed <= uint64(howMany("sqlite")); seed++ {
		s.planted = f
		steps, failure := s.draw(t, seed, *length, kinds)
		s.planted = nil
		if failure != "" && s.replayed(t, steps, seed%2 == 0) == "" {
			t.Logf("history %d: %s", seed, failure)
			return
		}
	}
	t.Errorf("not seen in %d histories", howMany("sqlite"))
}

// starts reports the operation of a program.
func starts(op *driver.Op, text string) bool { return strings.HasPrefix(op.P.String(), text) }

// pretend fills in what an engine says of an operation that went well.
func pretend(op *driver.Op) {
	op.Affected = make([]int64, len(op.Rows))
	for i := range op.Affected {
		op.Affected[i] = 1
	}
	op.Sent = 1
}

// dropping keeps operations to itself.
func dropping(text string) func(ops []*driver.Op) []*driver.Op {
	return func(ops []*driver.Op) []*driver.Op {
		return slices.DeleteFunc(slices.Clone(ops), func(op *driver.Op) bool {
			if !starts(op, text) {
				return false
			}
			pretend(op)
			return true
		})
	}
}

// setColumns counts the columns that an update sets.
func setColumns(op *driver.Op) int {
	set, _, _ := strings.Cut(op.P.String(), " WHERE ")
	return strings.Count(set, "?")
}

// exchangingRows gives each of two rows what the other should get.
func exchangingRows(ops []*driver.Op) []*driver.Op {
	for _, op := range ops {
		if !starts(op, "UPDATE") || len(op.Rows) < 2 {
			continue
		}
		n := setColumns(op)
		one, two := slices.Clone(op.Rows[0]), slices.Clone(op.Rows[1])
		copy(one[:n], op.Rows[1][:n])
		copy(two[:n], op.Rows[0][:n])
		op.Rows[0], op.Rows[1] = one, two
	}
	return ops
}

// spoiling writes other texts than it was given.
func spoiling(ops []*driver.Op) []*driver.Op {
	for _, op := range ops {
		if !starts(op, "UPDATE") {
			continue
		}
		for i, row := range op.Rows {
			for k := range setColumns(op) {
				if s, ok := row[k].(string); ok {
					op.Rows[i] = slices.Clone(row)
					op.Rows[i][k] = s + "~"
				}
			}
		}
	}
	return ops
}
