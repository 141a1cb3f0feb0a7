package constraint_test

import (
	"testing"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/constraint"
)

// every has a column of each kind.
type every struct {
	ID       int64
	Text     string `orm:",length=3"`
	Long     string
	Fixed    [3]byte
	Bytes    []byte `orm:",length=4"`
	Enum     string `orm:",enum=a|b"`
	Bool     bool
	Int8     int8
	Int16    int16
	Int32    int32
	Int64    int64
	Uint8    uint8
	Uint16   uint16
	Uint32   uint32
	Uint64   uint64
	Float32  float32
	Float64  float64
	Decimal  string `orm:",type=decimal,precision=5,scale=2"`
	At       time.Time
	Day      time.Time `orm:",type=date"`
	Duration time.Duration
	UUID     mapper.UUID
	ULID     mapper.ULID
	ObjectID mapper.ObjectID
}

// TestCandidates expects values that the column takes, enough of them, all different,
// and the same each time.
func TestCandidates(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, every{})
	if err != nil {
		t.Fatal(err)
	}
	few := map[string]int{"enum": 2, "bool": 2}
	for _, p := range reg.Entities()[0].Leaves {
		for _, seed := range []string{"a", "b"} {
			room := constraint.Room{Column: p.Columns[0], Seed: seed}
			seen := map[any]bool{}
			var list []any
			for v := range room.Candidates() {
				seen[constraint.Plain(v)] = true
				list = append(list, v)
				if err := p.Type.Check(v); err != nil {
					t.Errorf("%s: %v", p, err)
				}
				if back, err := p.Type.Decode(v); err != nil || constraint.Plain(back) != constraint.Plain(v) {
					t.Errorf("%s: %v comes back as %v (%v)", p, v, back, err)
				}
			}
			want := 8
			if n, ok := few[p.Name]; ok {
				want = n
			}
			if len(seen) < want {
				t.Errorf("%s: %d values", p, len(seen))
			}
			i := 0
			for v := range room.Candidates() {
				if constraint.Plain(v) != constraint.Plain(list[i]) {
					t.Fatalf("%s: %v, then %v", p, list[i], v)
				}
				i++
			}
		}
	}
}

// TestCandidatesAlike keeps to the form of known values where nothing else is known.
func TestCandidatesAlike(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, every{})
	if err != nil {
		t.Fatal(err)
	}
	long := reg.Entities()[0].Property("long").Columns[0]
	room := constraint.Room{Column: long, Cautious: true, Like: []any{"AB-12 x"}}
	n := 0
	for v := range room.Candidates() {
		text := v.(string)
		for i, c := range []byte(text) {
			class := func(c byte) int {
				switch {
				case c >= 'A' && c <= 'Z':
					return 1
				case c >= 'a' && c <= 'z':
					return 2
				case c >= '0' && c <= '9':
					return 3
				}
				return int(c)
			}
			if class(c) != class("AB-12 x"[i]) {
				t.Errorf("%q", text)
			}
		}
		n++
	}
	if n == 0 {
		t.Error("no values")
	}
}
