package mapper_test

import (
	"database/sql"
	"encoding/json"
	"math/big"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/mapper"
)

type Level int8

type Colour string

type Point struct {
	X, Y int
	Tags []string
}

// Kinds has a field of every kind of value.
type Kinds struct {
	ID       int64
	Bool     bool
	Int      int
	I8       int8
	I16      int16
	I32      int32
	Uint     uint
	U8       uint8
	U16      uint16
	U32      uint32
	U64      uint64
	F32      float32
	F64      float64
	Str      string
	Level    Level
	Colour   Colour
	Bytes    []byte
	NBytes   []byte `orm:",nullable"`
	Fixed    [4]byte
	Time     time.Time
	Milli    time.Time `orm:",precision=3"`
	Day      time.Time `orm:",type=date"`
	Wait     time.Duration
	PInt     *int
	PStr     *string
	PTime    *time.Time
	NullStr  sql.NullString
	Null     sql.Null[int32]
	UUID     uuid.UUID
	PUUID    *uuid.UUID
	ULID     ulid.ULID
	Object   bson.ObjectID
	Text36   string          `orm:",type=uuid"`
	Dec      decimal.Decimal `orm:",precision=12,scale=2"`
	PDec     *decimal.Decimal
	DecStr   string  `orm:",type=decimal,precision=10,scale=2"`
	DecFloat float64 `orm:",type=decimal,precision=10,scale=2"`
	Big      big.Int
	PBig     *big.Int
	Addr     netip.Addr
	Raw      json.RawMessage
	NRaw     json.RawMessage `orm:",nullable"`
	Map      map[string]any
	Point    Point  `orm:",json"`
	PPoint   *Point `orm:",json"`
	Points   []Point
	Strs     []string
	NStrs    []string `orm:",nullable"`
	Ints     []int32
	Pair     [2]float64
	Times    []time.Time
	Any      any
}

func kindsEntity(t testing.TB) *mapper.Entity {
	t.Helper()
	reg, err := mapper.Build(mapper.Options{}, Kinds{})
	if err != nil {
		t.Fatal(err)
	}
	return mapper.EntityOf[Kinds](reg)
}

func ptr[T any](v T) *T { return &v }

var moment = time.Date(2024, 2, 29, 12, 30, 45, 123456789, time.FixedZone("", 3600))

func TestRoundTrip(t *testing.T) {
	micro, milli := moment.UTC().Truncate(time.Microsecond), moment.UTC().Truncate(time.Millisecond)
	id := uuid.MustParse("0190163d-8694-739b-aea5-966c26f8ad91")
	ul := ulid.MustParse("01ARZ3NDEKTSV4RRFFQ69G5FAV")
	oid, _ := bson.ObjectIDFromHex("65e0a1b2c3d4e5f601234567")
	tests := []struct {
		property string
		set      func(*Kinds)
		want     any // canonical
		forms    []any
	}{
		{"bool", func(k *Kinds) { k.Bool = true }, true, []any{int64(1), []byte("true"), "1", []byte{1}}},
		{"int", func(k *Kinds) { k.Int = -7 }, int64(-7), []any{[]byte("-7"), "-7", float64(-7)}},
		{"i8", func(k *Kinds) { k.I8 = -128 }, int64(-128), []any{"-128"}},
		{"i16", func(k *Kinds) { k.I16 = 300 }, int64(300), nil},
		{"i32", func(k *Kinds) { k.I32 = 1 << 30 }, int64(1 << 30), []any{int32(1 << 30)}},
		{"uint", func(k *Kinds) { k.Uint = 9 }, uint64(9), []any{int64(9), "9"}},
		{"u8", func(k *Kinds) { k.U8 = 255 }, uint64(255), []any{int64(255)}},
		{"u16", func(k *Kinds) { k.U16 = 65535 }, uint64(65535), nil},
		{"u32", func(k *Kinds) { k.U32 = 1 << 31 }, uint64(1 << 31), nil},
		{"u64", func(k *Kinds) { k.U64 = 1<<64 - 1 }, uint64(1<<64 - 1), []any{"18446744073709551615"}},
		{"f32", func(k *Kinds) { k.F32 = 0.5 }, 0.5, []any{"0.5"}},
		{"f64", func(k *Kinds) { k.F64 = 0.1 }, 0.1, []any{[]byte("0.1")}},
		{"str", func(k *Kinds) { k.Str = "é" }, "é", []any{[]byte("é")}},
		{"level", func(k *Kinds) { k.Level = 3 }, int64(3), nil},
		{"colour", func(k *Kinds) { k.Colour = "red" }, "red", []any{[]byte("red")}},
		{"bytes", func(k *Kinds) { k.Bytes = []byte{1, 2} }, []byte{1, 2}, []any{"\x01\x02"}},
		{"bytes", func(k *Kinds) { k.Bytes = nil }, []byte{}, nil},
		{"nBytes", func(k *Kinds) { k.NBytes = []byte{} }, []byte{}, nil},
		{"nBytes", func(k *Kinds) { k.NBytes = nil }, nil, nil},
		{"fixed", func(k *Kinds) { k.Fixed = [4]byte{1, 2, 3, 4} }, []byte{1, 2, 3, 4}, nil},
		{"time", func(k *Kinds) { k.Time = moment }, micro, []any{"2024-02-29 11:30:45.123456", "2024-02-29T11:30:45.123456Z", []byte("2024-02-29 11:30:45.123456")}},
		{"time", func(k *Kinds) { k.Time = time.Time{} }, time.Time{}, []any{"0001-01-01T00:00:00Z"}},
		{"milli", func(k *Kinds) { k.Milli = moment }, milli, []any{micro}},
		{"day", func(k *Kinds) { k.Day = time.Date(2024, 2, 29, 23, 0, 0, 0, time.UTC) }, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), []any{"2024-02-29", "2024-02-29 00:00:00"}},
		{"wait", func(k *Kinds) { k.Wait = time.Minute }, int64(time.Minute), nil},
		{"pInt", func(k *Kinds) { k.PInt = ptr(0) }, int64(0), nil},
		{"pInt", func(k *Kinds) { k.PInt = nil }, nil, nil},
		{"pStr", func(k *Kinds) { k.PStr = ptr("") }, "", nil},
		{"pTime", func(k *Kinds) { k.PTime = &moment }, micro, nil},
		{"nullStr", func(k *Kinds) { k.NullStr = sql.NullString{String: "x", Valid: true} }, "x", []any{[]byte("x")}},
		{"nullStr", func(k *Kinds) {}, nil, nil},
		{"null", func(k *Kinds) { k.Null = sql.Null[int32]{V: 5, Valid: true} }, int64(5), nil},
		{"uuid", func(k *Kinds) { k.UUID = id }, mapper.UUID(id), []any{id.String(), []byte(id.String()), id[:], [16]byte(id)}},
		{"puuid", func(k *Kinds) { k.PUUID = &id }, mapper.UUID(id), nil},
		{"ulid", func(k *Kinds) { k.ULID = ul }, mapper.ULID(ul), []any{ul.String(), ul[:]}},
		{"object", func(k *Kinds) { k.Object = oid }, mapper.ObjectID(oid), []any{oid.Hex(), oid[:], [12]byte(oid)}},
		{"text36", func(k *Kinds) { k.Text36 = id.String() }, mapper.UUID(id), nil},
		{"dec", func(k *Kinds) { k.Dec = decimal.RequireFromString("-12.5") }, mapper.Decimal("-12.50"), []any{"-12.5", []byte("-12.500"), -12.5}},
		{"dec", func(k *Kinds) {}, mapper.Decimal("0.00"), []any{int64(0)}},
		{"pDec", func(k *Kinds) { k.PDec = ptr(decimal.NewFromInt(3)) }, mapper.Decimal("3.0000"), nil},
		{"decStr", func(k *Kinds) { k.DecStr = "7.10" }, mapper.Decimal("7.10"), []any{7.1, "7.1"}},
		{"decFloat", func(k *Kinds) { k.DecFloat = 0.25 }, mapper.Decimal("0.25"), []any{0.25}},
		{"big", func(k *Kinds) { k.Big.SetString("123456789012345678901234567890", 10) }, mapper.Decimal("123456789012345678901234567890"), nil},
		{"pBig", func(k *Kinds) { k.PBig = big.NewInt(-4) }, mapper.Decimal("-4"), nil},
		{"addr", func(k *Kinds) { k.Addr = netip.MustParseAddr("10.0.0.1") }, "10.0.0.1", nil},
		{"raw", func(k *Kinds) { k.Raw = json.RawMessage(`{"a": 1}`) }, json.RawMessage(`{"a":1}`), []any{"{\"a\": 1}"}},
		{"nRaw", func(k *Kinds) {}, nil, nil},
		{"map", func(k *Kinds) { k.Map = map[string]any{"b": []any{1.5, nil}, "a": "x"} }, json.RawMessage(`{"a":"x","b":[1.5,null]}`), nil},
		{"map", func(k *Kinds) {}, json.RawMessage(`null`), nil},
		{"point", func(k *Kinds) { k.Point = Point{1, 2, []string{"t"}} }, json.RawMessage(`{"X":1,"Y":2,"Tags":["t"]}`), nil},
		{"pPoint", func(k *Kinds) { k.PPoint = &Point{X: 1} }, json.RawMessage(`{"X":1,"Y":0,"Tags":null}`), nil},
		{"pPoint", func(k *Kinds) {}, nil, nil},
		{"points", func(k *Kinds) { k.Points = []Point{{X: 1}} }, json.RawMessage(`[{"X":1,"Y":0,"Tags":null}]`), nil},
		{"strs", func(k *Kinds) { k.Strs = []string{"a", ""} }, []any{"a", ""}, []any{`["a",""]`, []byte(`["a", ""]`)}},
		{"strs", func(k *Kinds) {}, []any{}, []any{`[]`}},
		{"nStrs", func(k *Kinds) {}, nil, nil},
		{"nStrs", func(k *Kinds) { k.NStrs = []string{} }, []any{}, nil},
		{"ints", func(k *Kinds) { k.Ints = []int32{1, -2} }, []any{int64(1), int64(-2)}, []any{`[1,-2]`}},
		{"pair", func(k *Kinds) { k.Pair = [2]float64{1, 2.5} }, []any{1.0, 2.5}, nil},
		{"times", func(k *Kinds) { k.Times = []time.Time{moment} }, []any{micro}, []any{`["2024-02-29T11:30:45.123456Z"]`}},
		{"any", func(k *Kinds) { k.Any = map[string]any{"k": 1.0} }, json.RawMessage(`{"k":1}`), nil},
	}
	e := kindsEntity(t)
	seen := map[string]bool{"id": true}
	for _, tt := range tests {
		seen[tt.property] = true
		t.Run(tt.property, func(t *testing.T) {
			p := e.Property(tt.property)
			if p == nil {
				t.Fatal("no such property")
			}
			src := e.New()
			tt.set((*Kinds)(src))
			got := p.Access.Value(src)
			if !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("Value = %#v, want %#v", got, tt.want)
			}
			if got == nil && !p.Nullable {
				t.Error("NULL in a property that is not nullable")
			}
			for _, form := range append([]any{got}, tt.forms...) {
				dst := e.New()
				if err := p.Access.Store(dst, form); err != nil {
					t.Errorf("Store(%T): %v", form, err)
					continue
				}
				if !p.Access.Equal(dst, src) {
					t.Errorf("after Store(%T %v) the fields differ: %#v", form, form, p.Access.Value(dst))
				}
				if again := p.Access.Value(dst); !reflect.DeepEqual(again, tt.want) {
					t.Errorf("after Store(%T) Value = %#v, want %#v", form, again, tt.want)
				}
			}
			snapshot := e.NewSlab().Take(src)
			if !p.Access.Equal(snapshot, src) || !reflect.DeepEqual(p.Access.Value(snapshot), tt.want) {
				t.Errorf("the snapshot differs: %#v", p.Access.Value(snapshot))
			}
		})
	}
	for _, p := range e.Properties {
		if !seen[p.Name] {
			t.Errorf("no test for %s", p.Name)
		}
	}
}

func TestSnapshotSharesNothing(t *testing.T) {
	e := kindsEntity(t)
	k := &Kinds{
		Bytes: []byte{1}, PInt: ptr(1), PStr: ptr("a"), PTime: ptr(moment), Map: map[string]any{"a": []any{1.0}},
		Point: Point{Tags: []string{"a"}}, PPoint: &Point{Tags: []string{"a"}}, Points: []Point{{Tags: []string{"a"}}},
		Strs: []string{"a"}, Ints: []int32{1}, Raw: json.RawMessage("1"), PBig: big.NewInt(1), Any: []any{"a"}, PUUID: &uuid.UUID{1},
	}
	k.Big.SetInt64(1)
	p := reflect.ValueOf(k).UnsafePointer()
	snapshot := e.NewSlab().Take(p)
	k.Bytes[0], *k.PInt, *k.PStr, k.PUUID[0] = 2, 2, "b", 2
	*k.PTime = k.PTime.Add(time.Hour)
	k.Map["a"].([]any)[0] = 2.0
	k.Point.Tags[0], k.PPoint.Tags[0], k.Points[0].Tags[0], k.Strs[0], k.Ints[0] = "b", "b", "b", "b", 2
	k.Raw[0] = '2'
	k.PBig.SetInt64(2)
	k.Big.SetInt64(2)
	k.Any.([]any)[0] = "b"
	for _, name := range []string{"bytes", "pInt", "pStr", "pTime", "map", "point", "pPoint", "points", "strs", "ints", "raw", "pBig", "big", "any", "puuid"} {
		if prop := e.Property(name); prop.Access.Equal(p, snapshot) {
			t.Errorf("%s: the change is not seen: the snapshot shares memory", name)
		}
	}
	for _, name := range []string{"str", "time", "uuid", "dec", "strs"} {
		if prop := e.Property(name); name != "strs" && !prop.Access.Equal(p, snapshot) {
			t.Errorf("%s: differs without a change", name)
		}
	}
}

func TestStoreRefuses(t *testing.T) {
	e := kindsEntity(t)
	tests := []struct {
		property string
		src      any
		want     string
	}{
		{"int", nil, "mapper: cannot use NULL as int: the property is not nullable"},
		{"int", "x", "mapper: cannot use string as int: is not an integer"},
		{"int", 1.5, "mapper: cannot use float64 as int: must be whole and in range"},
		{"i8", int64(200), "mapper: cannot use int64 as int8: is out of range"},
		{"u8", int64(-1), "mapper: cannot use int64 as uint8: is not an unsigned integer"},
		{"bool", "maybe", "mapper: cannot use string as bool: is not a boolean"},
		{"time", "soon", "mapper: cannot use string as time.Time: is not a time"},
		{"uuid", "x", "mapper: cannot use string as uuid.UUID: is not a UUID"},
		{"dec", "1,5", "mapper: cannot use string as decimal.Decimal: is not a decimal"},
		{"strs", `["a",null]`, "mapper: cannot use string as []string: holds NULL"},
		{"point", `{`, "mapper: cannot use string as mapper_test.Point: is not a JSON document"},
		{"fixed", "abc", "mapper: cannot use string as [4]uint8: has another length"},
	}
	for _, tt := range tests {
		err := e.Property(tt.property).Access.Store(e.New(), tt.src)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.property, err, tt.want)
		}
	}
}
