package drivertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// testValues writes every kind at its edges and expects the same canonical values back.
func testValues(k *kit) {
	op := k.insert(k.item, sampleRows()...)
	k.run(op)
	s := k.session(driver.SessionOptions{})
	defer k.end(s, true)
	got := k.rows(s, k.all(k.item))
	if len(got) != len(op.Rows) {
		k.Fatalf("%d rows, want %d", len(got), len(op.Rows))
	}
	for i, want := range op.Rows {
		if got[i][0] != op.Returned[i][0] {
			k.Errorf("row %d: key %v, want %v as returned by the insert", i, got[i][0], op.Returned[i][0])
		}
		k.equalRow(fmt.Sprintf("row %d", i), k.item.Columns[1:], got[i][1:], want)
	}
}

// equalRow compares canonical values; documents compare by meaning.
func (k *kit) equalRow(what string, columns []*mapper.Column, got, want []any) {
	k.Helper()
	for i, c := range columns {
		if !equal(got[i], k.stored(want[i])) {
			k.Errorf("%s: %s is %T %v, want %T %v", what, c.Name, got[i], got[i], want[i], want[i])
		}
	}
}

// stored is the value as the engine keeps it: a time has the digits of Caps.TimePrecision at most.
func (k *kit) stored(v any) any {
	t, ok := v.(time.Time)
	if !ok {
		return v
	}
	unit := time.Second
	for range k.engine.Caps().Limits.TimePrecision {
		unit /= 10
	}
	return t.Truncate(unit)
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case time.Time:
		b, ok := b.(time.Time)
		return ok && a.Equal(b) && a.Location() == time.UTC
	case json.RawMessage:
		b, ok := b.(json.RawMessage)
		return ok && normalJSON(a) == normalJSON(b)
	case []byte:
		b, ok := b.([]byte)
		return ok && bytes.Equal(a, b)
	}
	return a == b
}

// normalJSON returns a document with its keys sorted, "" when it does not parse.
func normalJSON(document []byte) string {
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		return ""
	}
	normal, _ := json.Marshal(v) // what was parsed can be written
	return string(normal)
}

// testUpdatedValues writes every kind at its edges over plain values, many rows at once,
// and expects the same canonical values back. The rows of each statement hold NULL beside values.
func testUpdatedValues(k *kit) {
	samples := sampleRows()
	for _, uncounted := range []bool{false, true} {
		var plain [][]any
		for i := range samples {
			plain = append(plain, itemRow(fmt.Sprint("row ", i, uncounted), nil))
		}
		inserted := k.insert(k.item, plain...)
		k.run(inserted)
		columns := k.item.Columns[1:]
		names := make([]string, len(columns))
		for i, c := range columns {
			names[i] = c.Name
		}
		var rows [][]any
		for i, sample := range samples {
			row := append(append([]any(nil), sample...), inserted.Returned[i][0])
			row[0] = fmt.Sprint(row[0], uncounted)
			rows = append(rows, row)
		}
		update := k.change(k.item, names, rows...)
		update.Uncounted = uncounted
		k.run(update)
		s := k.session(driver.SessionOptions{})
		got := map[any][]any{}
		for _, row := range k.rows(s, k.all(k.item)) {
			got[row[0]] = row
		}
		k.end(s, true)
		for i, want := range rows {
			if row := got[inserted.Returned[i][0]]; row == nil {
				k.Errorf("row %d is gone", i)
			} else {
				k.equalRow(fmt.Sprintf("row %d, uncounted %v", i, uncounted), columns, row[1:], want)
			}
		}
	}
}

// testNulls updates a nullable column to NULL and back.
func testNulls(k *kit) {
	op := k.insert(k.item, itemRow("a", nil))
	k.run(op)
	id := op.Returned[0][0]
	s := k.session(driver.SessionOptions{})
	defer k.end(s, true)
	for _, want := range []any{"text", "", nil} {
		k.run(k.change(k.item, []string{"note"}, []any{want, id}))
		row := k.rows(s, k.all(k.item))[0]
		if got := row[k.column(k.item, "note").Index]; got != want {
			k.Errorf("note is %#v, want %#v", got, want)
		}
	}
}

// testNativeScan reads into pointers to basic Go types.
func testNativeScan(k *kit) {
	k.need(k.engine.Caps().NativeScan, "native scan")
	row := sampleRows()[0]
	k.run(k.insert(k.item, row))
	s := k.session(driver.SessionOptions{})
	defer k.end(s, true)
	q := k.all(k.item)
	q.Output = nil
	for _, name := range []string{"id", "name", "flag", "count", "ratio", "data", "at", "small", "wide", "half"} {
		q.Output = append(q.Output, k.item.Property(name))
	}
	result, err := s.Query(k.ctx, k.compile(q), nil)
	if err != nil {
		k.Fatal(err)
	}
	var (
		id, count int64
		name      string
		flag      bool
		ratio     float64
		data      []byte
		when      time.Time
		small     int8
		wide      uint32
		half      float32
	)
	if !result.Next() {
		k.Fatalf("no row: %v", result.Close())
	}
	if err := result.Scan([]any{&id, &name, &flag, &count, &ratio, &data, &when, &small, &wide, &half}); err != nil {
		k.Fatal(err)
	}
	if err := result.Close(); err != nil {
		k.Fatal(err)
	}
	got := []any{name, flag, count, ratio, string(data), when.UTC(), int64(small), uint64(wide), float64(half)}
	want := []any{row[0], row[2], row[4], row[6], string(row[10].([]byte)), row[11], row[3], row[5], row[7]}
	for i := range want {
		if !equal(got[i], k.stored(want[i])) {
			k.Errorf("column %d is %v, want %v", i+1, got[i], want[i])
		}
	}
}

// testInserts expects a key for each row, in argument order.
func testInserts(k *kit) {
	k.need(k.engine.Caps().ReturnsRows, "returned rows")
	op := k.insert(k.shelf, shelfRows("s", 25)...)
	k.run(op)
	if len(op.Returned) != 25 {
		k.Fatalf("%d returned rows, want 25", len(op.Returned))
	}
	byID := map[any]string{}
	s := k.session(driver.SessionOptions{})
	defer k.end(s, true)
	for _, row := range k.rows(s, k.all(k.shelf)) {
		byID[row[0]] = row[1].(string)
	}
	for i, returned := range op.Returned {
		if name := byID[returned[0]]; name != op.Rows[i][0] {
			k.Errorf("returned key %v of row %d is that of %q, want %q", returned[0], i, name, op.Rows[i][0])
		}
	}
	k.run(k.insert(k.item, itemRow("on shelf", op.Returned[3][0])))
}

// testCompositeKey matches by all parts of a key.
func testCompositeKey(k *kit) {
	k.run(k.insert(k.pair, []any{"a", int64(1), "a1"}, []any{"a", int64(2), "a2"}, []any{"b", int64(1), "b1"}))
	k.run(
		k.change(k.pair, []string{"value"}, []any{"changed", "a", int64(2)}),
		k.change(k.pair, nil, []any{"b", int64(1)}),
	)
	s := k.session(driver.SessionOptions{})
	defer k.end(s, true)
	got := fmt.Sprint(k.rows(s, k.all(k.pair)))
	if want := "[[a 1 a1] [a 2 changed]]"; got != want {
		k.Errorf("rows are %s, want %s", got, want)
	}
	k.run(k.insert(k.pair, []any{"A", int64(1), "no a"}, []any{"a ", int64(1), "none either"}))
	k.run(k.change(k.pair, []string{"value"}, []any{"first", "a", int64(1)}, []any{"second", "a", int64(2)}, []any{"nobody", "b", int64(2)}))
	got = fmt.Sprint(k.rows(s, k.all(k.pair)))
	if want := "[[A 1 no a] [a 1 first] [a 2 second] [a  1 none either]]"; got != want {
		k.Errorf("rows are %s, want %s", got, want)
	}
}

// testAffected expects the number of rows matched, not of rows changed.
func testAffected(k *kit) {
	op := k.insert(k.shelf, shelfRows("s", 3)...)
	k.run(op)
	a, b, c := op.Returned[0][0], op.Returned[1][0], op.Returned[2][0]
	missing := int64(1 << 40)
	update := k.change(k.shelf, []string{"name"}, []any{"s0", a}, []any{"new", b}, []any{"nobody", missing})
	remove := k.change(k.shelf, nil, []any{missing}, []any{c})
	k.run(update, remove)
	if k.engine.Caps().CountsPerRow {
		k.equalCounts("update", update.Affected, 1, 1, 0)
		k.equalCounts("delete", remove.Affected, 0, 1)
	} else {
		k.equalCounts("update", update.Affected, 2)
		k.equalCounts("delete", remove.Affected, 1)
	}
	if got := fmt.Sprint(k.names()); got != "[s0 new]" {
		k.Errorf("names are %s", got)
	}
}

// testUncounted writes rows without asking how many were matched.
func testUncounted(k *kit) {
	const n = 70
	op := k.insert(k.shelf, shelfRows("s", n)...)
	k.run(op)
	missing := int64(1 << 40)
	changes, keys := [][]any{{"nobody", missing}}, [][]any{{missing}}
	for i, row := range op.Returned {
		changes = append(changes, []any{fmt.Sprint("t", i), row[0]})
		if i > 0 {
			keys = append(keys, []any{row[0]})
		}
	}
	update, remove := k.change(k.shelf, []string{"name"}, changes...), k.change(k.shelf, nil, keys...)
	update.Uncounted, remove.Uncounted = true, true
	k.run(update, remove)
	if got := fmt.Sprint(k.names()); got != "[t0]" {
		k.Errorf("names are %s", got)
	}
}

func (k *kit) equalCounts(what string, got []int64, want ...int64) {
	k.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		k.Errorf("%s: affected %v, want %v", what, got, want)
	}
}

// testBulk runs a write with a condition.
func testBulk(k *kit) {
	k.run(k.insert(k.shelf, shelfRows("s", 4)...))
	name := k.shelf.Property("name")
	w := &qb.Write{
		Registry: k.reg, Kind: qb.Delete, Entity: k.shelf, Table: k.shelf.Table,
		Where: &conditions.Compare{Field: conditions.Field{Property: name}, Op: conditions.OpEq, Value: conditions.Slot(0)},
		Slots: []conditions.SlotInfo{{Type: name.Type, Op: conditions.OpEq}},
	}
	op := &driver.Op{P: k.compile(w), Rows: [][]any{{"s2"}}}
	k.run(op)
	k.equalCounts("delete", op.Affected, 1)
	if got := fmt.Sprint(k.names()); got != "[s0 s1 s3]" {
		k.Errorf("names are %s", got)
	}
	w = &qb.Write{Registry: k.reg, Kind: qb.Delete, Entity: k.shelf, Table: k.shelf.Table, All: true}
	op = &driver.Op{P: k.compile(w), Rows: [][]any{{}}}
	k.run(op)
	k.equalCounts("delete all", op.Affected, 3)
}
