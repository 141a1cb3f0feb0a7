package drivertest

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// itemRow returns an insert row of Item with plain values and a name.
func itemRow(name string, shelf any) []any {
	return []any{
		name, shelf, false, int64(0), int64(0), uint64(0), 0.0, 0.0, mapper.Decimal("0.00"), nil,
		[]byte{}, at(2024, 2, 29, 0), day(2024, 2, 29), int64(0), mapper.UUID{}, json.RawMessage(`{}`),
	}
}

// sampleRows are insert rows of Item with values at the edges of each kind.
func sampleRows() [][]any {
	return [][]any{
		{
			"plain", nil, true, int64(7), int64(42), uint64(7), 1.5, 0.25, mapper.Decimal("12.30"), "note",
			[]byte("bytes"), at(2024, 2, 29, 123456), day(2024, 2, 29), int64(1500), mapper.UUID{1, 2, 15: 9}, json.RawMessage(`{"a":[1,"b"]}`),
		},
		{
			"highest", nil, true, int64(math.MaxInt8), int64(math.MaxInt64), uint64(math.MaxUint32), math.MaxFloat64, float64(float32(3.25e38)),
			mapper.Decimal("99999999.99"), "", []byte{0, 255, '\'', '\\', 0}, at(9999, 12, 31, 999999), day(9999, 12, 31),
			int64(math.MaxInt64), mapper.UUID{255, 15: 255}, json.RawMessage(`[]`),
		},
		{
			"lowest \\ ' \" % _ ? $1 :a 日本 🦊", nil, false, int64(math.MinInt8), int64(0), uint64(0), -math.MaxFloat64, float64(float32(-3.25e38)),
			mapper.Decimal("-99999999.99"), "line\nbreak\ttab \\ ' \" ?", []byte{}, at(1, 1, 1, 0), day(1, 1, 1),
			int64(math.MinInt64), mapper.UUID{}, json.RawMessage(`{"s":"\" \\ \n ' ?"}`),
		},
		{
			"small fractions", nil, false, int64(-1), int64(1) << 53, uint64(1), 5e-324, float64(float32(1e-3)),
			mapper.Decimal("-0.01"), "é", []byte("é"), at(1969, 12, 31, 999999), day(1969, 12, 31),
			int64(-1), mapper.UUID{15: 1}, json.RawMessage(`null`),
		},
	}
}

func at(year int, month time.Month, d, us int) time.Time {
	return time.Date(year, month, d, 23, 59, 58, us*1000, time.UTC)
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// shelfRows are insert rows of Shelf named prefix0, prefix1, ...
func shelfRows(prefix string, n int) [][]any {
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = []any{fmt.Sprintf("%s%d", prefix, i)}
	}
	return rows
}
