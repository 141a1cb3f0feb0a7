package behaviour_test

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// engine is a fresh database with the tables of some entities.
type engine struct {
	db   *orm.DB
	caps *driver.Caps
	// refused is why the engine cannot hold the entities, a driver.ErrUnsupported or schema.ErrUnsupported.
	refused error
}

// engines runs fn in a sub-test for each engine there is, on a database of its own.
func engines(t *testing.T, entities []any, fn func(t *testing.T, e engine)) {
	t.Helper()
	enginesWith(t, nil, entities, fn)
}

// enginesWith is engines with further options.
func enginesWith(t *testing.T, options []orm.Option, entities []any, fn func(t *testing.T, e engine)) {
	t.Helper()
	options = append(options, orm.Entities(entities...))
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			db, refused := e.Try(t, options...)
			fn(t, engine{db, db.Engine().Caps(), refused})
		})
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// execText runs a statement in the engine's own language.
func execText(t *testing.T, db *orm.DB, text string) {
	t.Helper()
	s, err := db.Engine().Session(t.Context(), driver.SessionOptions{})
	ok(t, err)
	_, err = s.(driver.TextExecer).ExecText(t.Context(), text)
	ok(t, errors.Join(err, s.End(t.Context(), false)))
}

// idle flushes and reports statements that an unchanged unit sent.
func idle(t *testing.T, em *orm.EntityManager) {
	t.Helper()
	ctx, stats := orm.WithStats(t.Context())
	ok(t, em.Flush(ctx))
	if n := stats.Statements(); n != 0 {
		t.Errorf("a flush without changes sent %d statements", n)
	}
}
