package drivertest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/weft-orm/weft/driver"
)

// testOpenRows writes while a result is open: what was unread must still come.
func testOpenRows(k *kit) {
	k.run(k.insert(k.shelf, shelfRows("s", 300)...))
	s := k.transaction()
	rows, err := s.Query(k.ctx, k.compile(k.all(k.shelf)), nil)
	k.must(err)
	var names []string
	for n := 0; rows.Next(); n++ {
		if n == 10 {
			k.exec(s, k.insert(k.shelf, []any{"in between"}))
		}
		var id int64
		var name captured
		k.must(rows.Scan([]any{&id, &name}))
		names = append(names, fmt.Sprintf("%s", name.value))
	}
	k.must(rows.Close())
	k.end(s, true)
	if len(names) != 300 || names[9] != "s9" || names[10] != "s10" || names[299] != "s299" {
		k.Errorf("read %d rows: %v", len(names), names)
	}
}

// testCloseEarly closes results before their end, and sessions before their results.
func testCloseEarly(k *kit) {
	k.run(k.insert(k.shelf, shelfRows("s", 300)...))
	for range 40 {
		s := k.session(driver.SessionOptions{})
		rows, err := s.Query(k.ctx, k.compile(k.all(k.shelf)), nil)
		k.must(err)
		if !rows.Next() {
			k.Fatal("no row")
		}
		k.must(rows.Close())
		k.must(rows.Close())
		if rows.Next() {
			k.Fatal("a row after Close")
		}
		k.end(s, true)
	}
	if !k.engine.Caps().Transactions {
		return
	}
	for range 40 {
		s := k.transaction()
		rows, err := s.Query(k.ctx, k.compile(k.all(k.shelf)), nil)
		k.must(err)
		if !rows.Next() {
			k.Fatal("no row")
		}
		k.end(s, false)
		k.must(rows.Close())
	}
}

// testManyRows inserts, updates, reads and deletes more rows than one statement can hold.
func testManyRows(k *kit) {
	n := k.opts.ManyRows
	op := k.insert(k.shelf, shelfRows("s", n)...)
	k.run(op)
	if len(op.Returned) != n {
		k.Fatalf("%d returned rows, want %d", len(op.Returned), n)
	}
	if op.Sent < 1 {
		k.Errorf("%d statements for %d rows: Op.Sent is not filled", op.Sent, n)
	}
	updates, keys := make([][]any, n), make([][]any, n)
	for i, returned := range op.Returned {
		updates[i] = []any{fmt.Sprintf("t%d", i), returned[0]}
		keys[i] = []any{returned[0]}
	}
	update := k.change(k.shelf, []string{"name"}, updates...)
	k.run(update)
	k.total("update", update.Affected, n)
	s := k.session(driver.SessionOptions{})
	rows, err := s.Query(k.ctx, k.compile(k.all(k.shelf)), nil)
	k.must(err)
	count := 0
	for rows.Next() {
		count++
	}
	k.must(rows.Close())
	k.end(s, true)
	if count != n {
		k.Errorf("read %d rows, want %d", count, n)
	}
	remove := k.change(k.shelf, nil, keys...)
	k.run(remove)
	k.total("delete", remove.Affected, n)
}

func (k *kit) total(what string, affected []int64, want int) {
	k.Helper()
	total := int64(0)
	for _, n := range affected {
		total += n
	}
	if total != int64(want) {
		k.Errorf("%s affected %d rows, want %d", what, total, want)
	}
}

// testConcurrent works in many sessions at once.
func testConcurrent(k *kit) {
	const workers, rounds = 8, 20
	insert, all := k.insert(k.shelf), k.compile(k.all(k.shelf))
	errs := make([]error, workers)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for r := range rounds {
				row := []any{fmt.Sprintf("w%d-%d", w, r)}
				if err := k.round(&driver.Op{P: insert.P, Rows: [][]any{row}}, all); err != nil {
					errs[w] = err
					return
				}
			}
		})
	}
	group.Wait()
	k.must(errors.Join(errs...))
	if got := len(k.names()); got != workers*rounds {
		k.Errorf("%d rows, want %d", got, workers*rounds)
	}
}

// round writes in a transaction and reads outside of it.
func (k *kit) round(op *driver.Op, all driver.Program) error {
	s, err := k.engine.Session(k.ctx, driver.SessionOptions{Transaction: k.engine.Caps().Transactions})
	if err != nil {
		return err
	}
	if err := s.Exec(k.ctx, []*driver.Op{op}); err != nil {
		return errors.Join(err, s.End(k.ctx, false))
	}
	if err := s.End(k.ctx, true); err != nil {
		return err
	}
	s, err = k.engine.Session(k.ctx, driver.SessionOptions{})
	if err != nil {
		return err
	}
	rows, err := s.Query(k.ctx, all, nil)
	if err != nil {
		return errors.Join(err, s.End(k.ctx, false))
	}
	for rows.Next() {
	}
	return errors.Join(rows.Close(), s.End(k.ctx, true))
}
