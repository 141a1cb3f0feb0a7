package drivertest

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// Options say how the kit reaches an engine.
type Options struct {
	// Open returns a connector to a new empty database. It is called for each test,
	// and may register cleanups or skip.
	Open func(t testing.TB) driver.Connector
	// Create creates the tables of the entities of [Registry], with a unique
	// constraint on the names and, by its Caps, a foreign key on Item.shelf and the
	// check that Item.count is not negative. nil uses the kit's own
	// statements for SQLite, PostgreSQL, MySQL and MariaDB.
	Create func(ctx context.Context, engine driver.Engine, reg *mapper.Registry) error
	// ManyRows is the number of rows of the big tests; 0 is 100,000, or 10,000 with -short.
	ManyRows int
}

// Run runs the conformance tests.
func Run(t *testing.T, opts Options) {
	if opts.ManyRows == 0 {
		opts.ManyRows = 100_000
		if testing.Short() {
			opts.ManyRows = 10_000
		}
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			leaks := goleak.IgnoreCurrent()
			k := open(t, &opts)
			test.run(k)
			if err := k.engine.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			goleak.VerifyNone(t, leaks)
		})
	}
}

// tests are the conformance tests, in order.
var tests = []struct {
	name string
	run  func(k *kit)
}{
	{"Values", testValues},
	{"UpdatedValues", testUpdatedValues},
	{"Nulls", testNulls},
	{"NativeScan", testNativeScan},
	{"Inserts", testInserts},
	{"CompositeKey", testCompositeKey},
	{"Affected", testAffected},
	{"Uncounted", testUncounted},
	{"Bulk", testBulk},
	{"Commit", testCommit},
	{"Rollback", testRollback},
	{"Alone", testAlone},
	{"EmptySession", testEmptySession},
	{"ReadOnly", testReadOnly},
	{"Isolation", testIsolation},
	{"Savepoints", testSavepoints},
	{"FailedScope", testFailedScope},
	{"FailedCommit", testFailedCommit},
	{"ErrorClasses", testErrorClasses},
	{"ErrorPlace", testErrorPlace},
	{"TextErrors", testTextErrors},
	{"Text", testText},
	{"TextPrograms", testTextPrograms},
	{"Canceled", testCanceled},
	{"OpenRows", testOpenRows},
	{"Pipeline", testPipeline},
	{"CloseEarly", testCloseEarly},
	{"ManyRows", testManyRows},
	{"Concurrent", testConcurrent},
	{"PoolStats", testPoolStats},
}
