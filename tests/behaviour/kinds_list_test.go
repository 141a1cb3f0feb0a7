package behaviour_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oklog/ulid/v2"
	"github.com/shopspring/decimal"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/orm"
)

type mood string

// Lists has arrays of every kind of element.
type Lists struct {
	ID       int64 `orm:",assigned"`
	Bools    []bool
	Ints     []int
	Int8s    []int8
	Int16s   []anInt16
	Int32s   []int32
	Int64s   []int64
	Uint16s  []uint16
	Uint32s  []uint32
	Uint64s  []uint64
	Float32s []float32
	Float64s []float64
	Texts    []string
	Names    []aString
	Raws     [][]byte
	Times    []time.Time `orm:",precision=3"`
	Days     []time.Time `orm:",type=date"`
	Spans    []time.Duration
	Costs    []decimal.Decimal `orm:",precision=15,scale=3"`
	Prices   []string          `orm:",type=decimal,precision=10,scale=2"`
	UUIDs    []uuid.UUID
	ULIDs    []ulid.ULID
	OIDs     []bson.ObjectID
	Hues     []hue
	Moods    []mood `orm:",enum=good|bad"`
	Triple   [3]int32
	Pair     [2]string
	Maybe    []string `orm:",nullable"`
}

func lists() []*Lists {
	dec := decimal.RequireFromString
	one := &Lists{
		ID: 2, Bools: []bool{true}, Ints: []int{0}, Int8s: []int8{math.MinInt8}, Int16s: []anInt16{-1}, Int32s: []int32{math.MaxInt32}, Int64s: []int64{math.MinInt64},
		Uint16s: []uint16{math.MaxUint16}, Uint32s: []uint32{math.MaxUint32}, Uint64s: []uint64{math.MaxInt64}, Float32s: []float32{0.1}, Float64s: []float64{math.MaxFloat64},
		Texts: []string{""}, Names: []aString{"a"}, Raws: [][]byte{{}}, Times: []time.Time{utc(1, 1, 1)}, Days: []time.Time{utc(1, 1, 1)}, Spans: []time.Duration{-1},
		Costs: []decimal.Decimal{dec("-0.001")}, Prices: []string{"0.00"}, UUIDs: []uuid.UUID{{}}, ULIDs: []ulid.ULID{{}}, OIDs: []bson.ObjectID{{}}, Hues: []hue{0},
		Moods: []mood{"bad"}, Triple: [3]int32{1, 0, -1}, Pair: [2]string{"", "x"}, Maybe: []string{},
	}
	many := &Lists{
		ID: 3, Bools: []bool{false, true, false}, Ints: []int{3, 1, 2}, Int8s: []int8{1, 1}, Int16s: []anInt16{2, 1}, Int32s: []int32{-1, 1}, Int64s: []int64{math.MaxInt64, 0},
		Uint16s: []uint16{1, 0}, Uint32s: []uint32{1, 0}, Uint64s: []uint64{1, 0}, Float32s: []float32{1.5, -1}, Float64s: []float64{0.1, 1, -2.5e-300},
		Texts: []string{"a,b", `"{}\`, "𝄞", "null", " "}, Names: []aString{"b", "a"}, Raws: [][]byte{{0, 255}, []byte("x")},
		Times: []time.Time{time.Date(2024, 2, 29, 1, 2, 3, 4_000_000, time.UTC), utc(1969, 12, 31)}, Days: []time.Time{utc(2024, 2, 29), utc(1969, 12, 31)},
		Spans: []time.Duration{time.Hour, 0}, Costs: []decimal.Decimal{dec("999999999999.999"), dec("1")}, Prices: []string{"10.50", "-1.00"},
		UUIDs: []uuid.UUID{uuid.MustParse("f47ac10b-58cc-4372-a567-0e02b2c3d479"), {1}}, ULIDs: []ulid.ULID{ulid.MustParse("01ARZ3NDEKTSV4RRFFQ69G5FAV"), {1}},
		OIDs: []bson.ObjectID{{255}, {1}}, Hues: []hue{255, 7}, Moods: []mood{"good", "bad", "good"}, Triple: [3]int32{7, 8, 9}, Pair: [2]string{"a", "b"}, Maybe: []string{"x"},
	}
	none := &Lists{ID: 1}
	for _, f := range reflect.ValueOf(none).Elem().Fields() {
		if f.Kind() == reflect.Slice && f.Type() != reflect.TypeFor[[]string]() {
			f.Set(reflect.MakeSlice(f.Type(), 0, 0))
		}
	}
	none.Texts, none.Prices = []string{}, []string{}
	return []*Lists{none, one, many}
}

// TestNilIsAnEmptyArray writes nil slices of properties that cannot be NULL.
func TestNilIsAnEmptyArray(t *testing.T) {
	engines(t, []any{Lists{}}, func(t *testing.T, e engine) {
		em := e.db.Fork()
		em.Persist(&Lists{ID: 1})
		ok(t, em.Flush(t.Context()))
		idle(t, em)
		got, err := orm.Find[Lists](t.Context(), e.db.Fork(), orm.M{"texts:size": 0, "ints:eq": []int(nil), "uuids:eq": []uuid.UUID{}, "maybe": nil})
		ok(t, err)
		if len(got) != 1 || got[0].Texts == nil || got[0].Maybe != nil {
			t.Errorf("got %+v", got)
		}
	})
}

func TestLists(t *testing.T) {
	engines(t, []any{Lists{}}, func(t *testing.T, e engine) { kinds(t, e, lists()) })
}

type phase int8

// Enums has enumerations of text and numbers.
type Enums struct {
	ID     int64  `orm:",assigned"`
	Mood   mood   `orm:",enum='good|bad|it''s'"`
	Plain  string `orm:",enum=a|B|é,length=20"`
	Maybe  *mood  `orm:",enum=good|bad"`
	Phase  phase  `orm:",enum=-1|0|1"`
	Level  uint8  `orm:",enum=1|200"`
	Native mood   `orm:",enum=good|bad,nativeEnum=moods"`
}

func TestEnums(t *testing.T) {
	good := mood("good")
	rows := []*Enums{
		{ID: 1, Mood: "good", Plain: "é", Level: 1, Native: "bad"},
		{ID: 2, Mood: "bad", Plain: "B", Maybe: &good, Phase: -1, Level: 200, Native: "good"},
		{ID: 3, Mood: "it's", Plain: "a", Phase: 1, Level: 1, Native: "good"},
	}
	engines(t, []any{Enums{}}, func(t *testing.T, e engine) { kinds(t, e, rows) })
}
