package mapper_test

import (
	"database/sql"
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/weft-orm/weft/mapper"
)

func TestConvert(t *testing.T) {
	e := kindsEntity(t)
	id := uuid.MustParse("0190163d-8694-739b-aea5-966c26f8ad91")
	micro := moment.UTC().Truncate(time.Microsecond)
	tests := []struct {
		property string
		value    any
		want     any
		reason   string
	}{
		{"bool", true, true, ""},
		{"bool", 1, nil, "cannot use int as bool: must be a boolean"},
		{"int", 7, int64(7), ""},
		{"int", uint8(7), int64(7), ""},
		{"int", Level(7), int64(7), ""},
		{"int", 7.0, int64(7), ""},
		{"int", json.Number("7"), int64(7), ""},
		{"int", json.Number("7.0"), int64(7), ""},
		{"int", json.Number("7.5"), nil, "cannot use json.Number as int: must be whole and in range"},
		{"int", 7.5, nil, "cannot use float64 as int: must be whole and in range"},
		{"int", "7", nil, "cannot use string as int: must be an integer"},
		{"int", true, nil, "cannot use bool as int: must be an integer"},
		{"int", uint64(1 << 63), nil, "cannot use uint64 as int: is out of range"},
		{"int", nil, nil, ""},
		{"int", (*int)(nil), nil, ""},
		{"int", ptr(7), int64(7), ""},
		{"int", sql.Null[int]{V: 7, Valid: true}, int64(7), ""},
		{"int", sql.NullInt64{}, nil, ""},
		{"i8", 128, nil, "cannot use int as int8: is out of range"},
		{"uint", 7, uint64(7), ""},
		{"uint", -1, nil, "cannot use int as uint: must not be negative"},
		{"u8", 256, nil, "cannot use int as uint8: is out of range"},
		{"u64", uint64(math.MaxUint64), uint64(math.MaxUint64), ""},
		{"f64", 7, 7.0, ""},
		{"f32", 0.1, float64(float32(0.1)), ""},
		{"f64", math.NaN(), nil, "the value must be finite"},
		{"f64", math.Inf(1), nil, "the value must be finite"},
		{"f64", "7", nil, "cannot use string as float64: must be a number"},
		{"f32", 1e300, nil, "cannot use float64 as float32: must be finite"},
		{"dec", "1.5", mapper.Decimal("1.50"), ""},
		{"dec", "1.005", mapper.Decimal("1.01"), ""},
		{"dec", "-0.004", mapper.Decimal("0.00"), ""},
		{"dec", 3, mapper.Decimal("3.00"), ""},
		{"dec", 0.1, mapper.Decimal("0.10"), ""},
		{"dec", 1e21, mapper.Decimal("1000000000000000000000.00"), ""},
		{"dec", json.Number("1e2"), mapper.Decimal("100.00"), ""},
		{"dec", decimal.RequireFromString("9.99"), mapper.Decimal("9.99"), ""},
		{"dec", ptr(decimal.RequireFromString("9.99")), mapper.Decimal("9.99"), ""},
		{"dec", "x", nil, "cannot use string as decimal.Decimal: is not a decimal"},
		{"dec", "", nil, "cannot use string as decimal.Decimal: is not a decimal"},
		{"dec", math.NaN(), nil, "cannot use float64 as decimal.Decimal: must be finite"},
		{"dec", true, nil, "cannot use bool as decimal.Decimal: must be a decimal, a number or decimal text"},
		{"big", big.NewInt(5), mapper.Decimal("5"), ""},
		{"big", *big.NewInt(5), mapper.Decimal("5"), ""},
		{"str", "x", "x", ""},
		{"str", Colour("x"), "x", ""},
		{"str", 7, nil, "cannot use int as string: must be text"},
		{"str", "\xff", nil, "the value must be valid UTF-8"},
		{"str", "a\x00", nil, "the value must not contain NUL"},
		{"str", time.Now(), nil, "cannot use time.Time as string: must be text"},
		{"bytes", []byte{1}, []byte{1}, ""},
		{"bytes", "x", nil, "cannot use string as []uint8: must be bytes"},
		{"fixed", [4]byte{1}, []byte{1, 0, 0, 0}, ""},
		{"fixed", []byte{1}, nil, "cannot use []uint8 as [4]uint8: must have 4 bytes"},
		{"time", moment, micro, ""},
		{"time", &moment, micro, ""},
		{"time", "2024-02-29T12:30:45.123456789+01:00", micro, ""},
		{"time", "2024-02-29", nil, "cannot use string as time.Time: must be RFC 3339 text"},
		{"time", 5, nil, "cannot use int as time.Time: must be a time"},
		{"day", "2024-02-29", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), ""},
		{"day", moment, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), ""},
		{"wait", time.Second, int64(time.Second), ""},
		{"wait", "1m", int64(time.Minute), ""},
		{"uuid", id, mapper.UUID(id), ""},
		{"uuid", id.String(), mapper.UUID(id), ""},
		{"uuid", [16]byte(id), mapper.UUID(id), ""},
		{"uuid", "x", nil, "cannot use string as uuid.UUID: is not a UUID"},
		{"uuid", 5, nil, "cannot use int as uuid.UUID: must be an id of that kind or its text"},
		{"object", "65e0a1b2c3d4e5f601234567", mapper.ObjectID{0x65, 0xe0, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x01, 0x23, 0x45, 0x67}, ""},
		{"strs", []string{"a"}, []any{"a"}, ""},
		{"strs", []any{"a", Colour("b")}, []any{"a", "b"}, ""},
		{"strs", []string(nil), []any{}, ""},
		{"strs", []any{nil}, nil, "cannot use []interface {} as []string: must not hold nil"},
		{"strs", "a", nil, "cannot use string as []string: must be a list"},
		{"map", map[string]any{"a": 1}, json.RawMessage(`{"a":1}`), ""},
		{"point", Point{X: 1}, json.RawMessage(`{"X":1,"Y":0,"Tags":null}`), ""},
	}
	for _, tt := range tests {
		got, err := e.Property(tt.property).Type.Convert(tt.value)
		if tt.reason != "" {
			if err == nil || err.Error() != "mapper: "+tt.reason {
				t.Errorf("%s from %T %v: error %v, want %s", tt.property, tt.value, tt.value, err, tt.reason)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s from %T %v: %#v, %v; want %#v", tt.property, tt.value, tt.value, got, err, tt.want)
		}
	}
}

// Checked has limits that values can break.
type Checked struct {
	ID    int64
	Name  string   `orm:",length=3"`
	State string   `orm:",enum=on|off"`
	Level int      `orm:",enum=1|2"`
	Price string   `orm:",type=decimal,precision=4,scale=2"`
	Tags  []string `orm:",enum=a|b"`
	Data  any
	Note  *string
	Bytes []byte `orm:",length=2"`
}

func TestCheck(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, Checked{})
	if err != nil {
		t.Fatal(err)
	}
	e := mapper.EntityOf[Checked](reg)
	valid := Checked{State: "on", Level: 1}
	tests := []struct {
		change func(*Checked)
		want   string
	}{
		{func(*Checked) {}, ""},
		{func(c *Checked) { c.Name = "äöü" }, ""},
		{func(c *Checked) { c.Name = "four" }, "mapper: Checked.name: the value is longer than 3 characters"},
		{func(c *Checked) { c.Name = "\xff" }, "mapper: Checked.name: the value must be valid UTF-8"},
		{func(c *Checked) { c.Note = ptr("\x00") }, "mapper: Checked.note: the value must not contain NUL"},
		{func(c *Checked) { c.State = "" }, "mapper: Checked.state: the value must be one of [on off]"},
		{func(c *Checked) { c.Level = 3 }, "mapper: Checked.level: the value must be one of [1 2]"},
		{func(c *Checked) { c.Price = "12.345" }, ""},
		{func(c *Checked) { c.Price = "123.4" }, "mapper: Checked.price: the value has more than 4 digits"},
		{func(c *Checked) { c.Price = "much" }, "mapper: Checked.price: the value is not a decimal"},
		{func(c *Checked) { c.Tags = []string{"a", "c"} }, "mapper: Checked.tags: the value must be one of [a b]"},
		{func(c *Checked) { c.Data = func() {} }, "mapper: Checked.data: the value cannot be written: json: unsupported type: func()"},
		{func(c *Checked) { c.Bytes = []byte("abc") }, "mapper: Checked.bytes: the value is longer than 2 bytes"},
	}
	for i, tt := range tests {
		c := valid
		tt.change(&c)
		var got string
		for _, p := range e.Leaves {
			if err := p.Check(p.Access.Value(reflect.ValueOf(&c).UnsafePointer())); err != nil {
				got = err.Error()
			}
		}
		if got != tt.want {
			t.Errorf("%d: got %q, want %q", i, got, tt.want)
		}
	}
	if err := e.Property("name").Check(nil); err == nil {
		t.Error("NULL is refused")
	}
}
