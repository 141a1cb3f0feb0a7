package drivertest

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
)

// testErrorClasses provokes each constraint, inside a transaction and outside.
func testErrorClasses(k *kit) {
	k.run(k.insert(k.item, itemRow("taken", nil)))
	negative := itemRow("negative", nil)
	negative[4] = int64(-1)
	null := itemRow("null", nil)
	null[0] = nil
	cases := []struct {
		name  string
		row   []any
		class error
		skip  bool
	}{
		{"unique", itemRow("taken", nil), driver.ErrUniqueViolation, false},
		{"not null", null, driver.ErrNotNullViolation, false},
		{"foreign key", itemRow("dangling", int64(4711)), driver.ErrForeignKeyViolation, !k.engine.Caps().ForeignKeys},
		{"check", negative, driver.ErrCheckViolation, !k.engine.Caps().Checks},
	}
	for _, c := range cases {
		if c.skip {
			continue
		}
		for _, transaction := range []bool{false, k.engine.Caps().Transactions} {
			s := k.session(driver.SessionOptions{Transaction: transaction})
			err := s.Exec(k.ctx, []*driver.Op{k.insert(k.item, c.row)})
			if !errors.Is(err, c.class) {
				k.Errorf("%s: error is %v, want class %q", c.name, err, c.class)
			}
			k.end(s, false)
		}
	}
	k.referenced()
}

// referenced deletes a row that another one references.
func (k *kit) referenced() {
	k.Helper()
	if !k.engine.Caps().ForeignKeys {
		return
	}
	shelf := k.insert(k.shelf, []any{"in use"})
	k.run(shelf)
	k.run(k.insert(k.item, itemRow("user", shelf.Returned[0][0])))
	s := k.session(driver.SessionOptions{})
	defer k.end(s, false)
	err := s.Exec(k.ctx, []*driver.Op{k.change(k.shelf, nil, []any{shelf.Returned[0][0]})})
	k.wantClass(err, driver.ErrForeignKeyViolation)
}

// testErrorPlace expects the index of the failed operation, the engine and a statement.
func testErrorPlace(k *kit) {
	k.run(k.insert(k.shelf, []any{"taken"}))
	s := k.session(driver.SessionOptions{Transaction: k.engine.Caps().Transactions})
	defer k.end(s, false)
	err := s.Exec(k.ctx, []*driver.Op{
		k.insert(k.shelf, []any{"a"}),
		k.insert(k.shelf, []any{"taken"}),
		k.insert(k.shelf, []any{"b"}),
	})
	e, ok := errors.AsType[*driver.Error](err)
	if !ok {
		k.Fatalf("error is %T", err)
	}
	if e.Op != 1 || e.Row != 0 {
		k.Errorf("failed at operation %d, row %d; want 1, 0", e.Op, e.Row)
	}
	if e.Engine != k.engine.Caps().Name || e.Statement == "" || e.Err == nil {
		k.Errorf("engine %q, statement %q, error %v", e.Engine, e.Statement, e.Err)
	}
}

// text returns the text side of a session, or skips.
func (k *kit) text(s driver.Session) (driver.TextExecer, driver.TextQueryer) {
	k.Helper()
	x, canExec := s.(driver.TextExecer)
	q, canQuery := s.(driver.TextQueryer)
	if !canExec || !canQuery {
		k.end(s, false)
		k.need(false, "text statements")
	}
	return x, q
}

// testText runs SQL written by hand.
func testText(k *kit) {
	s := k.session(driver.SessionOptions{})
	x, q := k.text(s)
	n, err := x.ExecText(k.ctx, "insert into shelves (name) values ('a'), ('b'), ('c')")
	k.must(err)
	if n != 3 {
		k.Errorf("affected %d, want 3", n)
	}
	rows, err := q.QueryText(k.ctx, "select name as label, id from shelves where name <> 'b' order by name")
	k.must(err)
	if got := fmt.Sprint(rows.Columns()); got != "[label id]" {
		k.Errorf("columns are %s", got)
	}
	var labels []string
	for rows.Next() {
		var label string
		var id int64
		k.must(rows.Scan([]any{&label, &id}))
		labels = append(labels, label)
	}
	k.must(rows.Close())
	if got := fmt.Sprint(labels); got != "[a c]" {
		k.Errorf("labels are %s", got)
	}
	k.end(s, true)
}

// testTextErrors classifies mistakes in SQL written by hand.
func testTextErrors(k *kit) {
	s := k.session(driver.SessionOptions{})
	x, q := k.text(s)
	_, err := x.ExecText(k.ctx, "selekt 1")
	k.wantClass(err, driver.ErrSyntax)
	_, err = x.ExecText(k.ctx, "delete from nowhere")
	k.wantClass(err, driver.ErrUndefined)
	_, err = q.QueryText(k.ctx, "select absent from shelves")
	k.wantClass(err, driver.ErrUndefined)
	k.end(s, true)
}
