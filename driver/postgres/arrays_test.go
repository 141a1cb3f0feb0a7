package postgres

import (
	"bytes"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// TestQuickArrays checks that lists are written as pgx writes them, or refused as it does.
func TestQuickArrays(t *testing.T) {
	at := time.Date(1999, 12, 31, 23, 59, 59, 123456789, time.FixedZone("", 3600))
	i, s, f, b, raw, u := int64(-7), "text", 1.5, true, []byte{1, 0}, [16]byte{9, 8}
	cases := []struct {
		oid   uint32
		value any
	}{
		{pgtype.Int8ArrayOID, []int64{1, -1, 1 << 62}}, {pgtype.Int8ArrayOID, []*int64{nil, &i}}, {pgtype.Int8ArrayOID, []int64{}}, {pgtype.Int8ArrayOID, []int64(nil)},
		{pgtype.Int4ArrayOID, []int64{1 << 30, -1 << 31}}, {pgtype.Int4ArrayOID, []*int64{&i, nil}}, {pgtype.Int4ArrayOID, []int64{1, 1 << 31}},
		{pgtype.Float8ArrayOID, []float64{0, 1.25, -2}}, {pgtype.Float8ArrayOID, []*float64{&f, nil}},
		{pgtype.BoolArrayOID, []bool{true, false}}, {pgtype.BoolArrayOID, []*bool{nil, &b}},
		{pgtype.TextArrayOID, []string{"", "ä", "{\"x\"}"}}, {pgtype.TextArrayOID, []*string{nil, &s}}, {pgtype.VarcharArrayOID, []string{"a"}},
		{pgtype.ByteaArrayOID, [][]byte{{}, {0, 1}}}, {pgtype.ByteaArrayOID, [][]byte{nil, {1}}}, {pgtype.ByteaArrayOID, []*[]byte{nil, &raw}},
		{pgtype.TimestamptzArrayOID, []time.Time{at, at.AddDate(100, 0, 0)}}, {pgtype.TimestamptzArrayOID, []*time.Time{&at, nil}},
		{pgtype.UUIDArrayOID, [][16]byte{{1, 2, 3}}}, {pgtype.UUIDArrayOID, []*[16]byte{nil, &u}},
		{pgtype.TimestampArrayOID, []time.Time{at}},
	}
	theirs, ours := pgtype.NewMap(), pgtype.NewMap()
	quickenArrays(ours)
	for _, c := range cases {
		want, wantErr := theirs.Encode(c.oid, pgx.BinaryFormatCode, c.value, []byte("before"))
		got, err := ours.Encode(c.oid, pgx.BinaryFormatCode, c.value, []byte("before"))
		if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%d %#v:\ngot  %x %v\nwant %x %v", c.oid, c.value, got, err, want, wantErr)
		}
	}
	list := make([]int64, 1000)
	var memory []byte
	encode := func() {
		var err error
		if memory, err = ours.Encode(pgtype.Int8ArrayOID, pgx.BinaryFormatCode, list, memory[:0]); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(10, encode); n > 1 {
		t.Errorf("%v allocations for a list, however long", n)
	}
}
