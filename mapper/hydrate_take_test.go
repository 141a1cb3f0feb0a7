package mapper

import (
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"
	"unsafe"
)

type plainName string

// taken has a field of each form that takes values without a box, and some that do not.
type taken struct {
	ID    int64
	I     int
	I8    int8
	I16   int16
	I32   int32
	U8    uint8
	U16   uint16
	U32   uint32
	U64   uint64
	F32   float32
	F64   float64
	B     bool
	S     string
	N     plainName
	Data  []byte
	At    time.Time
	Day   time.Time `orm:",type=date"`
	UUID  UUID
	PI    *int64
	PI8   *int8
	PF    *float64
	PS    *string
	PN    *plainName
	PB    *bool
	PAt   *time.Time
	PUUID *UUID
	Opt   sql.Null[int32]
	Text  sql.NullString
	Wait  time.Duration
	JSON  map[string]any
}

// TestTakersStoreAlike gives every value to every field, with a box and without:
// what is stored and what is refused must be the same.
func TestTakersStoreAlike(t *testing.T) {
	r, err := Build(Options{}, taken{})
	if err != nil {
		t.Fatal(err)
	}
	e := r.Entity("taken")
	at := time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.FixedZone("", 7200))
	values := []any{
		int64(0), int64(1), int64(-1), int64(127), int64(128), int64(-129), int64(65535), int64(65536), int64(math.MaxInt32) + 1, int64(math.MaxInt64), int64(math.MinInt64),
		0.0, 1.5, -2.0, 1e300, true, false, "", "text", "7", "2024-05-06 07:08:09.5", "2024-05-06T07:08:09Z", "2024-05-06", "{\"a\":1}",
		[]byte{}, []byte("bytes"), []byte("42"), []byte("0123456789abcdef"), at, UUID{1, 2, 3},
	}
	for _, p := range e.Leaves {
		for _, v := range values {
			boxed, direct := new(taken), new(taken)
			rowOf := func(to *taken) (*Row, sql.Scanner) {
				row := NewHydrator(e, []*Property{p}, HydrateOptions{}).Row()
				row.Bind(unsafe.Pointer(to))
				return row, row.Targets()[0].(sql.Scanner)
			}
			_, s := rowOf(boxed)
			want := s.Scan(v)
			_, s = rowOf(direct)
			got := give(s.(Taker), v)
			if fmt.Sprint(want) != fmt.Sprint(got) {
				t.Errorf("%s from %T(%v): %v without a box, %v with one", p, v, v, got, want)
			}
			if want == nil && !reflect.DeepEqual(boxed, direct) {
				t.Errorf("%s from %T(%v): %+v without a box, %+v with one", p, v, v, direct, boxed)
			}
		}
	}
}

// give is what drivers do.
func give(to Taker, v any) error {
	switch v := v.(type) {
	case int64:
		return to.TakeInt(v)
	case float64:
		return to.TakeFloat(v)
	case bool:
		return to.TakeBool(v)
	case string:
		if err := to.TakeText([]byte(v)); err != nil {
			return err
		}
		return to.TakeString(v)
	case []byte:
		return to.TakeBytes(v)
	case time.Time:
		return to.TakeTime(v)
	case UUID:
		return to.TakeUUID(v[:])
	}
	return to.Scan(v)
}

// TestTakenMemory checks that values of one piece of memory do not reach into each other.
func TestTakenMemory(t *testing.T) {
	var m memoryFor
	var texts []string
	var lists [][]byte
	var numbers []*int64
	for i := range 5000 {
		texts = append(texts, m.keepString(fmt.Append(nil, "text ", i)))
		lists = append(lists, m.keep(fmt.Append(nil, "list ", i)))
		n := take(&m.ints)
		*n = int64(i)
		numbers = append(numbers, n)
	}
	for i := range lists {
		lists[i] = append(lists[i], "more"...)
	}
	for i := range texts {
		if texts[i] != fmt.Sprint("text ", i) || string(lists[i]) != fmt.Sprint("list ", i, "more") || *numbers[i] != int64(i) {
			t.Fatal(i, texts[i], string(lists[i]), *numbers[i])
		}
	}
	if n := testing.AllocsPerRun(10, func() {
		var m memoryFor
		for range 1000 {
			m.keepString([]byte("thirty bytes of text for a row"))
			*take(&m.strings) = ""
		}
	}); n > 40 {
		t.Errorf("%v allocations for a thousand rows", n)
	}
}

type takenOwner struct {
	ID   int64
	Name string
}

type takenPart struct {
	ID    int64
	Owner *takenOwner
}

// TestIntKeys: keys and references without a box are those with one, also after a
// row whose reference was NULL.
func TestIntKeys(t *testing.T) {
	r, err := Build(Options{}, takenOwner{}, takenPart{})
	if err != nil {
		t.Fatal(err)
	}
	e := r.Entity("takenPart")
	row := NewHydrator(e, e.Leaves, HydrateOptions{}).Row()
	row.Bind(unsafe.Pointer(&takenPart{}))
	at := row.h.leaves[1].prop.Relation != nil
	if !at {
		t.Fatal("the second leaf is the reference")
	}
	for _, owner := range []any{int64(7), int64(7), nil, int64(7), int64(1 << 40), nil, nil, "8", int64(9)} {
		if err := give(row.targets[0].(Taker), int64(300)); err != nil {
			t.Fatal(err)
		}
		to := row.targets[1].(Taker)
		if s, ok := owner.(string); ok {
			err = to.TakeString(s)
			owner = int64(8)
		} else {
			err = give(to, owner)
		}
		if err != nil {
			t.Fatal(err)
		}
		if key, ok := row.IntKey(); !ok || key != 300 {
			t.Errorf("the key is %d, %v", key, ok)
		}
		n, ok := row.IntReference(1)
		if ok != (owner != nil) || ok && any(n) != owner || row.Reference(1) != owner {
			t.Errorf("the reference is %d, %v and %v, want %v", n, ok, row.Reference(1), owner)
		}
	}
}
