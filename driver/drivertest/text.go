package drivertest

import (
	"fmt"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
)

// testTextPrograms compiles SQL written by hand with values in it, or refuses to.
func testTextPrograms(k *kit) {
	if k.engine.Caps().Language == nil {
		_, err := k.engine.Compile(&qb.Text{Pieces: []string{"select 1"}})
		k.wantClass(err, driver.ErrUnsupported)
		return
	}
	s := k.session(driver.SessionOptions{Transaction: true})
	write := k.compile(&qb.Text{Pieces: []string{"insert into shelves (name) values (", "), (", "), ('?')"}, Uses: []conditions.Slot{0, 1}, Mutates: true})
	op := &driver.Op{P: write, Rows: [][]any{{"a", "b"}}}
	k.must(s.Exec(k.ctx, []*driver.Op{op}))
	if len(op.Affected) != 1 || op.Affected[0] != 3 || op.Sent != 1 {
		k.Errorf("affected %v in %d statements, want 3 in 1", op.Affected, op.Sent)
	}
	read := k.compile(&qb.Text{Pieces: []string{"select name as label from shelves where name = ", " or name = ", " order by name"}, Uses: []conditions.Slot{1, 1}})
	rows, err := s.Query(k.ctx, read, []any{"a", "b"})
	k.must(err)
	named, ok := driver.RowsAs[driver.NamedRows](rows)
	if !ok || fmt.Sprint(named.Columns()) != "[label]" {
		k.Errorf("the rows of text have the names of their columns")
	}
	var labels []any
	for rows.Next() {
		var label any
		k.must(rows.Scan([]any{&label}))
		labels = append(labels, label)
	}
	k.must(rows.Close())
	if len(labels) != 1 || labels[0] != "b" {
		k.Errorf("labels are %v", labels)
	}
	k.end(s, false)
}
