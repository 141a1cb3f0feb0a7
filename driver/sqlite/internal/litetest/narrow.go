package litetest

import (
	"errors"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

type pair struct {
	Left  int64 `orm:",pk"`
	Right int64 `orm:",pk"`
}

// narrowRows: rows of few columns travel several at once, and what is told
// about each of them does not change: counts, and which one has failed.
func (b Binding) narrowRows(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, pair{})
	if err != nil {
		t.Fatal(err)
	}
	e := connect(t, b.Memory())
	s := session(t, e, driver.SessionOptions{})
	exec(t, s, `CREATE TABLE pairs ("left" integer, "right" integer, PRIMARY KEY ("left", "right"))`)
	meta := reg.Entity("pair")
	p, err := e.Compile(&qb.Write{Registry: reg, Kind: qb.Insert, Entity: meta, Table: meta.Table, Set: meta.KeyColumns})
	if err != nil {
		t.Fatal(err)
	}
	rows := func(n int) [][]any {
		list := make([][]any, n)
		for i := range list {
			list[i] = []any{int64(i), int64(1)}
		}
		return list
	}
	op := &driver.Op{P: p, Rows: rows(41)}
	if err := s.Exec(t.Context(), []*driver.Op{op}); err != nil {
		t.Fatal(err)
	}
	if op.Sent != 3 || len(op.Affected) != 41 { // 32, 8 and 1
		t.Errorf("%d statements, %d counts", op.Sent, len(op.Affected))
	}
	for failing := range 20 {
		exec(t, s, "DELETE FROM pairs")
		op := &driver.Op{P: p, Rows: append(rows(failing), []any{int64(100), int64(1)}, []any{int64(100), int64(1)}, []any{int64(101), int64(1)})}
		tx := session(t, e, driver.SessionOptions{Transaction: true})
		err := tx.Exec(t.Context(), []*driver.Op{op})
		if d, ok := errors.AsType[*driver.Error](err); !ok || d.Class != driver.ErrUniqueViolation || d.Row != failing+1 {
			t.Errorf("row %d: %v", failing+1, err)
		}
		if err := tx.End(t.Context(), false); err != nil {
			t.Error(err)
		}
		if got := query(t, s, "SELECT count(*) FROM pairs"); got[0][0] != int64(0) {
			t.Errorf("%v rows remain", got)
		}
	}
}
