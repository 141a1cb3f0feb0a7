package drivertest

import (
	"context"
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

func (k *kit) exec(s driver.Session, ops ...*driver.Op) {
	k.Helper()
	if err := s.Exec(k.ctx, ops); err != nil {
		k.Fatalf("exec: %v", err)
	}
}

func (k *kit) wantNames(want string) {
	k.Helper()
	if got := fmt.Sprint(k.names()); got != want {
		k.Errorf("names are %s, want %s", got, want)
	}
}

func (k *kit) wantClass(err, class error) {
	k.Helper()
	if !errors.Is(err, class) {
		k.Fatalf("error is %v, want class %q", err, class)
	}
}

// testCommit expects a transaction to read what it wrote, and others to see it after the commit.
func testCommit(k *kit) {
	s := k.transaction()
	k.exec(s, k.insert(k.shelf, shelfRows("s", 2)...))
	if got := fmt.Sprint(k.namesIn(s)); got != "[s0 s1]" {
		k.Errorf("the transaction sees %s", got)
	}
	k.end(s, true)
	k.end(s, true)
	k.end(s, false)
	k.wantNames("[s0 s1]")
}

func testRollback(k *kit) {
	s := k.transaction()
	k.exec(s, k.insert(k.shelf, shelfRows("s", 2)...))
	k.end(s, false)
	k.wantNames("[]")
}

// testAlone writes in transactions of one operation, which an engine may shorten.
func testAlone(k *kit) {
	k.need(k.engine.Caps().Transactions, "transactions")
	alone := driver.SessionOptions{Transaction: true, Alone: true}
	s := k.session(alone)
	k.exec(s, k.insert(k.shelf, []any{"kept"}))
	k.end(s, true)
	s = k.session(alone)
	err := s.Exec(k.ctx, []*driver.Op{k.insert(k.shelf, []any{"kept"})})
	k.wantClass(err, driver.ErrUniqueViolation)
	k.end(s, false)
	k.end(k.session(alone), true)
	s = k.session(alone)
	op := k.change(k.shelf, []string{"name"}, []any{"new", int64(4711)})
	if k.exec(s, op); op.Affected[0] != 0 {
		k.Errorf("%d rows of none were written", op.Affected[0])
	}
	k.end(s, false)
	k.wantNames("[kept]")
	// A bulk write is one operation, too: all of it is done, or nothing.
	all := k.compile(&qb.Write{Registry: k.reg, Kind: qb.Delete, Entity: k.shelf, Table: k.shelf.Table, All: true})
	s = k.session(alone)
	k.exec(s, &driver.Op{P: all, Rows: [][]any{{}}})
	k.end(s, true)
	k.wantNames("[]")
	if !k.engine.Caps().ForeignKeys {
		return
	}
	shelves := k.insert(k.shelf, shelfRows("s", 3)...)
	k.run(shelves)
	k.run(k.insert(k.item, itemRow("user", shelves.Returned[2][0])))
	s = k.session(alone)
	err = s.Exec(k.ctx, []*driver.Op{{P: all, Rows: [][]any{{}}}})
	k.wantClass(err, driver.ErrForeignKeyViolation)
	k.end(s, false)
	k.wantNames("[s0 s1 s2]")
}

// testEmptySession ends sessions that were not used.
func testEmptySession(k *kit) {
	for _, commit := range []bool{true, false} {
		k.end(k.session(driver.SessionOptions{}), commit)
		k.end(k.transaction(), commit)
	}
}

// testReadOnly expects reads to pass and writes to be refused.
func testReadOnly(k *kit) {
	k.need(k.engine.Caps().Transactions, "transactions")
	s := k.session(driver.SessionOptions{Transaction: true, ReadOnly: true})
	if got := fmt.Sprint(k.namesIn(s)); got != "[]" {
		k.Errorf("names are %s", got)
	}
	err := s.Exec(k.ctx, []*driver.Op{k.insert(k.shelf, shelfRows("s", 1)...)})
	k.wantClass(err, driver.ErrReadOnly)
	k.end(s, false)
	k.wantNames("[]")
	k.run(k.insert(k.shelf, shelfRows("s", 1)...))
}

// testIsolation begins a transaction of each level the engine has, and none it has not.
func testIsolation(k *kit) {
	k.need(k.engine.Caps().Transactions, "transactions")
	for i, level := range k.engine.Caps().Isolations {
		s := k.session(driver.SessionOptions{Transaction: true, Isolation: level})
		k.exec(s, k.insert(k.shelf, shelfRows(fmt.Sprint("level", i), 1)...))
		k.end(s, true)
	}
	if got, want := len(k.names()), len(k.engine.Caps().Isolations); got != want {
		k.Errorf("%d rows, want %d", got, want)
	}
	_, err := k.engine.Session(k.ctx, driver.SessionOptions{Transaction: true, Isolation: "chaos"})
	k.wantClass(err, driver.ErrUnsupported)
}

func (k *kit) savepoints(s driver.Session) driver.Savepoints {
	k.Helper()
	k.need(k.engine.Caps().Savepoints, "savepoints")
	sp, ok := s.(driver.Savepoints)
	if !ok {
		k.Fatalf("Caps says savepoints, but %T has none", s)
	}
	return sp
}

func (k *kit) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

// testSavepoints nests savepoints, one of them before the first statement.
func testSavepoints(k *kit) {
	s := k.transaction()
	sp := k.savepoints(s)
	k.must(sp.Save(k.ctx, "outer"))
	k.must(sp.RollbackTo(k.ctx, "outer"))
	k.exec(s, k.insert(k.shelf, []any{"first"}))
	k.must(sp.Save(k.ctx, "inner"))
	k.exec(s, k.insert(k.shelf, []any{"undone"}))
	k.must(sp.RollbackTo(k.ctx, "inner"))
	k.exec(s, k.insert(k.shelf, []any{"undone as well"}))
	k.must(sp.RollbackTo(k.ctx, "inner"))
	k.must(sp.Release(k.ctx, "inner"))
	k.exec(s, k.insert(k.shelf, []any{"second"}))
	k.must(sp.Save(k.ctx, "last"))
	k.exec(s, k.insert(k.shelf, []any{"third"}))
	k.must(sp.Release(k.ctx, "last"))
	k.end(s, true)
	k.wantNames("[first second third]")
}

// testFailedScope expects a failed statement to close its scope until the rollback to a savepoint.
func testFailedScope(k *kit) {
	k.run(k.insert(k.shelf, []any{"taken"}))
	s := k.transaction()
	sp := k.savepoints(s)
	k.exec(s, k.insert(k.shelf, []any{"kept"}))
	k.must(sp.Save(k.ctx, "scope"))
	err := s.Exec(k.ctx, []*driver.Op{k.insert(k.shelf, []any{"undone"}), k.insert(k.shelf, []any{"taken"})})
	k.wantClass(err, driver.ErrUniqueViolation)
	k.wantClass(s.Exec(k.ctx, []*driver.Op{k.insert(k.shelf, []any{"refused"})}), driver.ErrDoomed)
	_, err = s.Query(k.ctx, k.compile(k.all(k.shelf)), nil)
	k.wantClass(err, driver.ErrDoomed)
	k.wantClass(sp.Save(k.ctx, "deeper"), driver.ErrDoomed)
	k.must(sp.RollbackTo(k.ctx, "scope"))
	k.exec(s, k.insert(k.shelf, []any{"repaired"}))
	k.end(s, true)
	k.wantNames("[taken kept repaired]")
}

// testFailedCommit expects the commit of a failed transaction to roll back and say so.
func testFailedCommit(k *kit) {
	k.run(k.insert(k.shelf, []any{"taken"}))
	s := k.transaction()
	k.exec(s, k.insert(k.shelf, []any{"lost"}))
	k.wantClass(s.Exec(k.ctx, []*driver.Op{k.insert(k.shelf, []any{"taken"})}), driver.ErrUniqueViolation)
	err := s.End(k.ctx, true)
	k.wantClass(err, driver.ErrDoomed)
	k.wantNames("[taken]")
}

// testCanceled cancels a transaction between its statements: it is doomed, but it
// can be ended with the cancelled context, and the engine goes on.
func testCanceled(k *kit) {
	s := k.transaction()
	k.exec(s, k.insert(k.shelf, []any{"lost"}))
	ctx, cancel := context.WithCancel(k.ctx)
	cancel()
	err := s.Exec(ctx, []*driver.Op{k.insert(k.shelf, []any{"never"})})
	k.wantClass(err, driver.ErrCanceled)
	k.wantClass(err, context.Canceled)
	k.wantClass(s.Exec(k.ctx, []*driver.Op{k.insert(k.shelf, []any{"refused"})}), driver.ErrDoomed)
	if err := s.End(ctx, false); err != nil {
		k.Errorf("rollback with a cancelled context: %v", err)
	}
	single := k.session(driver.SessionOptions{})
	_, err = single.Query(ctx, k.compile(k.all(k.shelf)), nil)
	k.wantClass(err, context.Canceled)
	k.end(single, true)
	k.wantNames("[]")
	k.run(k.insert(k.shelf, []any{"after"}))
	k.wantNames("[after]")
}
