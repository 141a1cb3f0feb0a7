package drivertest

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
)

// testPipeline runs several reads at once, in the order they were given, outside and inside of
// a transaction, behind a write and up to an error.
func testPipeline(k *kit) {
	k.need(k.engine.Caps().Pipelines, "pipelines")
	k.run(k.insert(k.shelf, shelfRows("s", 3)...))
	all := driver.Read{P: k.compile(k.all(k.shelf))}
	for _, inside := range []bool{false, true} {
		s := k.session(driver.SessionOptions{Transaction: inside})
		p, ok := s.(driver.Pipeliner)
		if !ok {
			k.Fatalf("%T has no pipeline", s)
		}
		want := 3
		if inside {
			k.exec(s, k.insert(k.shelf, []any{"between"}))
			want = 4
		}
		count := func(rows driver.Rows) (n int) {
			for rows.Next() {
				n++
			}
			k.must(rows.Close())
			return n
		}
		var got []string
		take := func(i int, rows driver.Rows) error {
			got = append(got, fmt.Sprint(i, ":", count(rows)))
			return nil
		}
		k.must(p.Pipeline(k.ctx, []driver.Read{all, all, all}, take))
		if text := fmt.Sprint("0:", want, " 1:", want, " 2:", want); fmt.Sprint(got) != "["+text+"]" {
			k.Errorf("rows %v, want %s", got, text)
		}
		mine := errors.New("of the caller")
		if err := p.Pipeline(k.ctx, []driver.Read{all, all}, func(int, driver.Rows) error { return mine }); !errors.Is(err, mine) {
			k.Errorf("the error of the caller is %v", err)
		}
		rows, err := s.Query(k.ctx, all.P, nil) // which leaves the session as it was
		k.must(err)
		if n := count(rows); n != want {
			k.Errorf("%d rows behind a pipeline", n)
		}
		k.end(s, false)
	}
}
