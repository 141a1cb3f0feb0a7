package behaviour_test

import (
	"database/sql"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

type (
	aBool     bool
	anInt     int
	anInt8    int8
	anInt16   int16
	anInt32   int32
	anInt64   int64
	aUint     uint
	aUint8    uint8
	aUint16   uint16
	aUint32   uint32
	aUint64   uint64
	aFloat32  float32
	aFloat64  float64
	aString   string
	someBytes []byte
	someFixed [4]byte
)

// Basics has every Go kind.
type Basics struct {
	ID   int64 `orm:",assigned"`
	B    bool
	I    int
	I8   int8
	I16  int16
	I32  int32
	I64  int64
	U    uint
	U8   uint8
	U16  uint16
	U32  uint32
	U64  uint64
	F32  float32
	F64  float64
	S    string `orm:",length=100"`
	Raw  []byte `orm:",length=100"`
	Fix  [4]byte
	Took time.Duration
	At   time.Time `orm:",precision=3"`
	Day  time.Time `orm:",type=date"`
}

// Named has named types of every Go kind.
type Named struct {
	ID  int64 `orm:",assigned"`
	B   aBool
	I   anInt
	I8  anInt8
	I16 anInt16
	I32 anInt32
	I64 anInt64
	U   aUint
	U8  aUint8
	U16 aUint16
	U32 aUint32
	U64 aUint64
	F32 aFloat32
	F64 aFloat64
	S   aString
	Raw someBytes
	Fix someFixed
}

// Pointers has a pointer to every Go kind, some of them named.
type Pointers struct {
	ID   int64 `orm:",assigned"`
	B    *aBool
	I    *int
	I8   *anInt8
	I16  *int16
	I32  *anInt32
	I64  *int64
	U    *uint
	U8   *aUint8
	U16  *uint16
	U32  *aUint32
	U64  *uint64
	F32  *aFloat32
	F64  *float64
	S    *aString
	Raw  []byte `orm:",nullable"`
	Fix  *[4]byte
	Took *time.Duration
	At   *time.Time `orm:",precision=3"`
	Day  *time.Time `orm:",type=date"`
}

func basics() []*Basics {
	return []*Basics{
		{ID: 1, Raw: []byte{}},
		{
			ID: 2, I: math.MinInt64, I8: math.MinInt8, I16: math.MinInt16, I32: math.MinInt32, I64: math.MinInt64,
			F32: -math.MaxFloat32, F64: -math.MaxFloat64, S: "a", Raw: []byte{0}, Fix: [4]byte{0, 0, 0, 1}, Took: -time.Hour, At: utc(1969, 12, 31), Day: utc(1969, 12, 31),
		},
		{
			ID: 3, B: true, I: math.MaxInt64, I8: math.MaxInt8, I16: math.MaxInt16, I32: math.MaxInt32, I64: math.MaxInt64,
			U: math.MaxInt64, U8: math.MaxUint8, U16: math.MaxUint16, U32: math.MaxUint32, U64: math.MaxInt64,
			F32: math.MaxFloat32, F64: math.MaxFloat64, S: "é𝄞'\"\\%_", Raw: []byte{255, 0}, Fix: [4]byte{255}, Took: math.MaxInt64,
			At: time.Date(2024, 2, 29, 23, 59, 59, 999_000_000, time.UTC), Day: utc(2024, 2, 29),
		},
		{ID: 4, F32: 0.1, F64: 0.1, S: "A", Raw: []byte("x"), I: 1, U: 1, U64: 1},
	}
}

func namedBasics() []*Named {
	var out []*Named
	for _, b := range basics() {
		out = append(out, &Named{
			ID: b.ID, B: aBool(b.B), I: anInt(b.I), I8: anInt8(b.I8), I16: anInt16(b.I16), I32: anInt32(b.I32), I64: anInt64(b.I64),
			U: aUint(b.U), U8: aUint8(b.U8), U16: aUint16(b.U16), U32: aUint32(b.U32), U64: aUint64(b.U64),
			F32: aFloat32(b.F32), F64: aFloat64(b.F64), S: aString(b.S), Raw: b.Raw, Fix: b.Fix,
		})
	}
	return out
}

func pointers() []*Pointers {
	out := []*Pointers{{ID: 9}}
	for i, b := range basics() {
		n := namedBasics()[i]
		out = append(out, &Pointers{
			ID: b.ID, B: &n.B, I: &b.I, I8: &n.I8, I16: &b.I16, I32: &n.I32, I64: &b.I64, U: &b.U, U8: &n.U8, U16: &b.U16, U32: &n.U32, U64: &b.U64,
			F32: &n.F32, F64: &b.F64, S: &n.S, Raw: b.Raw, Fix: &b.Fix, Took: &b.Took, At: &b.At, Day: &b.Day,
		})
	}
	for i, p := range out {
		p.ID = int64(i + 1)
	}
	return out
}

func TestBasics(t *testing.T) {
	engines(t, []any{Basics{}, Named{}, Pointers{}}, func(t *testing.T, e engine) {
		kinds(t, e, basics())
		kinds(t, e, namedBasics())
		kinds(t, e, pointers())
	})
}

// TestGreatUnsigned writes and asks for an unsigned integer above 2^63-1, which
// engines without an unsigned column refuse before they send anything.
func TestGreatUnsigned(t *testing.T) {
	type Counter struct {
		ID int64 `orm:",assigned"`
		N  uint64
		L  []uint64
	}
	engines(t, []any{Counter{}}, func(t *testing.T, e engine) {
		const great = math.MaxUint64 - 1
		for i, c := range []*Counter{{ID: 1, N: great}, {ID: 2, L: []uint64{1, great}}} {
			em := e.db.Fork()
			em.Persist(c)
			ctx, stats := orm.WithStats(t.Context())
			err := em.Flush(ctx)
			if e.caps.Limits.Uint == 0 {
				ok(t, err)
			} else if !errors.Is(err, mapper.ErrValue) || stats.Statements() != 0 {
				t.Errorf("%d: flush gives %v after %d statements", i, err, stats.Statements())
			}
		}
		for _, where := range []orm.M{{"n": uint64(great)}, {"n:in": []uint64{1, great}}, {"l:contains": []uint64{great}}} {
			got, err := orm.Find[Counter](t.Context(), e.db.Fork(), where)
			if e.caps.Limits.Uint == 0 {
				ok(t, err)
				if len(got) != 1 || got[0].ID == 1 && got[0].N != great || got[0].ID == 2 && got[0].L[1] != great {
					t.Errorf("%v finds %d rows", where, len(got))
				}
			} else if !errors.Is(err, conditions.ErrValue) {
				t.Errorf("%v gives %v", where, err)
			}
		}
	})
}

// Wrapped has values that may be absent without being pointers.
type Wrapped struct {
	ID     int64 `orm:",assigned"`
	Bool   sql.NullBool
	Int16  sql.NullInt16
	Int32  sql.NullInt32
	Int64  sql.NullInt64
	Byte   sql.NullByte
	Float  sql.NullFloat64
	Text   sql.NullString
	Time   sql.NullTime `orm:",precision=3"`
	Level  sql.Null[anInt16]
	Date   sql.Null[time.Time] `orm:",type=date"`
	Note   rel.Opt[string]
	Rank   rel.Opt[anInt32]
	Took   rel.Opt[time.Duration]
	Moment rel.Opt[time.Time] `orm:",precision=3"`
}

func TestWrapped(t *testing.T) {
	zero := &Wrapped{
		ID: 2, Bool: sql.NullBool{Valid: true}, Int16: sql.NullInt16{Valid: true}, Int32: sql.NullInt32{Valid: true},
		Int64: sql.NullInt64{Valid: true}, Byte: sql.NullByte{Valid: true}, Float: sql.NullFloat64{Valid: true}, Text: sql.NullString{Valid: true},
		Time: sql.NullTime{Valid: true}, Level: sql.Null[anInt16]{Valid: true}, Date: sql.Null[time.Time]{Valid: true},
		Note: rel.Some(""), Rank: rel.Some(anInt32(0)), Took: rel.Some(time.Duration(0)), Moment: rel.Some(time.Time{}),
	}
	full := &Wrapped{
		ID: 3, Bool: sql.NullBool{Bool: true, Valid: true}, Int16: sql.NullInt16{Int16: -1, Valid: true}, Int32: sql.NullInt32{Int32: -1, Valid: true},
		Int64: sql.NullInt64{Int64: math.MinInt64, Valid: true}, Byte: sql.NullByte{Byte: 255, Valid: true}, Float: sql.NullFloat64{Float64: 0.1, Valid: true},
		Text: sql.NullString{String: "é", Valid: true}, Time: sql.NullTime{Time: utc(2024, 2, 29), Valid: true}, Level: sql.Null[anInt16]{V: 7, Valid: true},
		Date: sql.Null[time.Time]{V: utc(2024, 2, 29), Valid: true},
		Note: rel.Some("x"), Rank: rel.Some(anInt32(-5)), Took: rel.Some(time.Hour), Moment: rel.Some(utc(2024, 2, 29)),
	}
	engines(t, []any{Wrapped{}}, func(t *testing.T, e engine) { kinds(t, e, []*Wrapped{{ID: 1}, zero, full}) })
}
