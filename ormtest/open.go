package ormtest

import (
	"testing"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/orm"
)

// Open returns an empty database in memory for the given entities, which are
// what orm.Entities takes. It is closed when the test ends; mistakes in the
// mapping fail the test.
func Open(t testing.TB, entities ...any) *orm.DB {
	t.Helper()
	return OpenWith(t, orm.Entities(entities...))
}

// OpenWith is [Open] with the options of orm.Open, such as orm.IgnoreChecks.
func OpenWith(t testing.TB, opts ...orm.Option) *orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), memory.New(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
