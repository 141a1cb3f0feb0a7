package behaviour_test

import (
	"database/sql"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/orm"
)

type level int16

// Scalars has every scalar kind, none of them nullable.
type Scalars struct {
	ID   int64 `orm:",assigned"`
	B    bool
	I    int
	I8   int8
	I16  int16
	I32  int32
	I64  int64
	U8   uint8
	U16  uint16
	U32  uint32
	F32  float32
	F64  float64
	S    string
	L    level
	Raw  []byte
	At   time.Time `orm:",precision=3"`
	Day  time.Time `orm:",type=date"`
	Took time.Duration
	Cost string `orm:",type=decimal,precision=10,scale=2"`
	Mood string `orm:",enum=good|bad"`
	Tags []string
	Nums []int64
	Doc  map[string]any `orm:",json"`
	UID  [16]byte
}

// Nullables has what may be NULL.
type Nullables struct {
	ID   int64 `orm:",assigned"`
	B    *bool
	I    *int64
	F    *float64
	S    *string
	At   *time.Time `orm:",precision=3"`
	Cost *string    `orm:",type=decimal,precision=10,scale=2"`
	N    sql.Null[string]
	Home *place
}

type place struct {
	City string
	Spot spot
}

type spot struct{ X, Y int }

func utc(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func scalars() []*Scalars {
	low := &Scalars{
		ID: 1, I: math.MinInt64, I8: math.MinInt8, I16: math.MinInt16, I32: math.MinInt32, I64: math.MinInt64,
		F32: -math.MaxFloat32, F64: -math.MaxFloat64, L: math.MinInt16, Raw: []byte{}, At: utc(1, 1, 1), Day: utc(1, 1, 1),
		Took: math.MinInt64, Cost: "-99999999.99", Mood: "bad", Tags: []string{}, Nums: []int64{}, Doc: map[string]any{},
	}
	high := &Scalars{
		ID: 2, B: true, I: math.MaxInt64, I8: math.MaxInt8, I16: math.MaxInt16, I32: math.MaxInt32, I64: math.MaxInt64,
		U8: math.MaxUint8, U16: math.MaxUint16, U32: math.MaxUint32, F32: math.MaxFloat32, F64: math.SmallestNonzeroFloat64,
		S: strings.Repeat("é𝄞\n'\"\\", 10_000), L: math.MaxInt16, Raw: []byte{0, 255, 128},
		At: time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC), Day: utc(9999, 12, 31), Took: math.MaxInt64,
		Cost: "99999999.99", Mood: "good", Tags: []string{"", "a,b", `"{}`, "𝄞"}, Nums: []int64{-1, 0, math.MaxInt64},
		Doc: map[string]any{"a": []any{"b", nil, true, 1.5}, "c": map[string]any{}}, UID: [16]byte{1, 15: 255},
	}
	return []*Scalars{low, high}
}

func nullables() []*Nullables {
	at, cost := utc(2024, 2, 29), "-0.05"
	return []*Nullables{
		{ID: 1},
		{ID: 2, B: new(bool), I: new(int64), F: new(float64), S: new(string), At: &time.Time{}, N: sql.Null[string]{Valid: true}},
		{ID: 3, At: &at, Cost: &cost, Home: &place{City: "Oslo", Spot: spot{X: -1}}},
	}
}

// roundTrip writes rows, reads them through another unit, and expects equal
// values that are not dirty. Values are compared as JSON, in which NULL, empty
// and zero differ.
func roundTrip[T any](t *testing.T, e engine, rows []*T) {
	t.Helper()
	em := e.db.Fork()
	for _, row := range rows {
		em.Persist(row)
	}
	ok(t, em.Flush(t.Context()))
	idle(t, em)
	stored(t, e, rows)
}

// stored expects the table to hold rows, in the order of their keys.
func stored[T any](t *testing.T, e engine, rows []*T) {
	t.Helper()
	em := e.db.Fork()
	got, err := orm.Find[T](t.Context(), em, nil, orm.OrderBy("id"))
	ok(t, err)
	if len(got) != len(rows) {
		t.Fatalf("%d rows, want %d", len(got), len(rows))
	}
	for i := range rows {
		g, w := reflect.ValueOf(got[i]).Elem(), reflect.ValueOf(rows[i]).Elem()
		for k := range w.NumField() {
			gj, wj := encode(t, readable(g.Field(k))), encode(t, readable(w.Field(k)))
			if gj != wj {
				t.Errorf("row %d, %s: got %.120s, want %.120s", i, w.Type().Field(k).Name, gj, wj)
			}
		}
	}
	idle(t, em)
}

// readable is the value of a field, unexported ones included.
func readable(f reflect.Value) any {
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Interface()
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	ok(t, err)
	return string(b)
}

func TestRoundTripScalars(t *testing.T) {
	engines(t, []any{Scalars{}}, func(t *testing.T, e engine) { roundTrip(t, e, scalars()) })
}

func TestRoundTripNullables(t *testing.T) {
	engines(t, []any{Nullables{}}, func(t *testing.T, e engine) { roundTrip(t, e, nullables()) })
}
