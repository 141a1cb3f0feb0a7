package histories_test

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// The flags make a long run of what is short by default:
//
//	go test ./tests/histories -run TestHistories/sqlite -histories 10000 -steps 40
var (
	histories = flag.Int("histories", 0, "how many random histories to play; 0 is a number for each engine")
	length    = flag.Int("steps", 40, "how many steps each has, after those that make what it begins with")
	seed      = flag.Uint64("seed", 1, "the seed of the first history; each has the next one")
	only      = flag.String("kinds", "", "the kinds of steps to draw, separated by commas; a - leaves one out")
	leftOut   = flag.String("without", "", "types, associations (play.Cast) and views (actor.Plays) to leave out, separated by commas")
	found     = flag.Int("found", 1, "how many differences to show before a run ends")
	shorten   = flag.Bool("shorten", true, "look for the shortest history with a difference")
)

// short is the number of histories of the short form.
var short = map[string]int{"sqlite": 200, "memory": 200, "postgres": 20, "mysql": 20, "mongo": 15}

// howMany is how many histories to play on an engine.
func howMany(engine string) int {
	if *histories > 0 {
		return *histories
	}
	return short[engine]
}

// openStage makes the tables once.
func openStage(t *testing.T, c driver.Connector, p *project, entities []any) *stage {
	t.Helper()
	w := &wire{inner: c}
	db, err := orm.Open(t.Context(), w, orm.Entities(entities...))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Create(t.Context(), db); err != nil && !errors.Is(err, schema.ErrNoSchema) {
		t.Fatal(err)
	}
	s := &stage{project: p, db: db, wire: w, caps: w.engine.Caps(), tally: newTally()}
	s.server = s.caps.Name != "memory" && s.caps.Name != "sqlite"
	p.keysChange = s.caps.Name != "mongo"
	t.Cleanup(func() { closeDB(t, s.db) })
	if s.sql = s.caps.Name != "memory" && s.caps.Name != "mongo"; s.sql {
		p.statements = true
		s.reader = newReader(p, db.Registry(), s.caps.Name)
	}
	return s
}

// clean empties the database for the next history.
func (s *stage) clean(t *testing.T) {
	t.Helper()
	if s.caps.Name != "memory" {
		clean(t, s.db)
		return
	}
	db, err := orm.Open(t.Context(), s.wire, orm.Registry(s.db.Registry()))
	if err != nil {
		t.Fatal(err)
	}
	closeDB(t, s.db)
	s.db = db
}

// drawn are the kinds that the flags allow.
func drawn(list string) []string {
	chosen := strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
	keep := slices.ContainsFunc(chosen, func(k string) bool { return k[0] != '-' })
	var out []string
	for _, k := range kinds {
		if slices.Contains(chosen, "-"+k) || keep && !slices.Contains(chosen, k) {
			continue
		}
		out = append(out, k)
	}
	return out
}

// TestHistories plays random histories on every engine.
func TestHistories(t *testing.T) {
	onStages(t, func(t *testing.T, engine string, s *stage) {
		defer func() { t.Log(s.tally) }()
		shown := 0
		for i := range howMany(engine) {
			steps, failure := s.draw(t, *seed+uint64(i), *length, drawn(*only))
			if failure == "" {
				continue
			}
			if *shorten {
				steps, failure = s.shrink(t, steps, failure)
			}
			t.Errorf("history %d: %s\n%s", *seed+uint64(i), failure, source(fmt.Sprintf("Found%d", *seed+uint64(i)), engine, steps))
			if shown++; shown >= *found {
				return
			}
		}
	})
}

// draw draws a history and plays it while it grows.
func (s *stage) draw(t *testing.T, seed uint64, length int, kinds []string) ([]step, string) {
	t.Helper()
	s.clean(t)
	r := s.start(t.Context(), nil, seed%2 == 0)
	g := newDrawing(seed, r, kinds)
	r.more = func() bool {
		if len(r.steps) >= begins+length {
			return false
		}
		r.steps = append(r.steps, g.step())
		return true
	}
	failure := r.play()
	s.tally.add(r)
	if failure == "" {
		failure = s.compareWithout(t, r)
	}
	return r.steps, failure
}

// replayed plays a history that is there.
func (s *stage) replayed(t *testing.T, steps []step, plans bool) string {
	t.Helper()
	s.clean(t)
	r := s.start(t.Context(), steps, plans)
	if failure := r.play(); failure != "" {
		return failure
	}
	return s.compareWithout(t, r)
}

// playBoth plays a history that is there, without plans before its flushes and with them. Plans
// are made here and not by the engine, so that on a server, which is slow, histories take turns.
func (s *stage) playBoth(t *testing.T, steps []step) {
	t.Helper()
	s.turns++
	for _, plans := range []bool{false, true} {
		if s.server && plans == (s.turns%2 == 0) {
			continue
		}
		if failure := s.replayed(t, steps, plans); failure != "" {
			t.Error(failure)
		}
	}
}

// What a run prints of a difference is a test that calls replay.
var _ = replay

// replay plays a history that was found once, as a test.
func replay(t *testing.T, engine string, steps []step) {
	t.Helper()
	p, registered := theatre(strings.Split(*leftOut, ","))
	for _, e := range testengine.All() {
		if e.Name == engine {
			s := openStage(t, e.Connector(t), p, registered)
			s.server = false // both
			s.playBoth(t, steps)
		}
	}
}

// onStages plays on a stage of each engine, on all of them side by side: most of the time of a
// server's is spent waiting for it.
func onStages(t *testing.T, play func(t *testing.T, engine string, s *stage)) {
	t.Parallel()
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			p, registered := theatre(strings.Split(*leftOut, ","))
			play(t, e.Name, openStage(t, e.Connector(t), p, registered))
		})
	}
}

// must returns what ends the test at an error.
func must(t *testing.T) func(error) {
	return func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}
