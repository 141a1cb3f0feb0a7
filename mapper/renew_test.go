package mapper_test

import (
	"testing"
	"time"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

type renewed struct {
	ID      int64
	Note    *string
	Count   *int64
	Share   *float64
	Seen    *time.Time
	Data    []byte
	Flag    *bool
	Tags    []string
	Another *string
	Last    *string
	Name    string
}

// TestRenew renews a copy: what has changed is copied, what has not keeps its memory, and nothing
// is shared with the original.
func TestRenew(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, renewed{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entity("renewed")
	full := func() *renewed {
		at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		note, count, share, flag := "note", int64(7), 0.5, true
		return &renewed{ID: 1, Note: &note, Count: &count, Share: &share, Seen: &at, Data: []byte("data"), Flag: &flag, Tags: []string{"a"}, Another: &note, Last: &note, Name: "n"}
	}
	for name, change := range map[string]func(*renewed){
		"nothing":        func(*renewed) {},
		"values":         func(x *renewed) { *x.Note, *x.Count, *x.Share, *x.Seen, *x.Flag = "b", 8, 1.5, x.Seen.Add(1), false },
		"bytes":          func(x *renewed) { x.Data[0] = 'D' },
		"shorter bytes":  func(x *renewed) { x.Data = x.Data[:2] },
		"no bytes":       func(x *renewed) { x.Data = []byte{} },
		"nothing at all": func(x *renewed) { *x = renewed{} },
		"other memory":   func(x *renewed) { *x = *full() },
		"strings":        func(x *renewed) { x.Name, x.Tags[0], x.Last = "m", "b", nil },
	} {
		x := full()
		slab := e.NewSlab()
		snapshot := slab.Take(unsafe.Pointer(x))
		before := *(*renewed)(snapshot)
		change(x)
		slab.Renew(snapshot, unsafe.Pointer(x))
		s := (*renewed)(snapshot)
		for _, p := range e.Leaves {
			if !p.Access.Equal(snapshot, unsafe.Pointer(x)) {
				t.Errorf("%s: %s differs", name, p.Path)
			}
		}
		if x.Note != nil && s.Note == x.Note || x.Flag != nil && s.Flag == x.Flag || x.Last != nil && s.Last == x.Last || len(x.Data) > 0 && &s.Data[0] == &x.Data[0] || cap(s.Data) > 8 {
			t.Errorf("%s: the copy shares memory with the original", name)
		}
		if name == "nothing" && (s.Note != before.Note || s.Count != before.Count || s.Share != before.Share || s.Seen != before.Seen || &s.Data[0] != &before.Data[0]) {
			t.Error("what has not changed is copied again")
		}
	}
}

type (
	wholeKey  struct{ ID int64 }
	smallKey  struct{ ID int32 }
	madeKey   struct{ ID int }
	textKey   struct{ ID string }
	pairedKey struct {
		A int64 `orm:",pk"`
		B int64 `orm:",pk"`
	}
)

// TestHasKey says of which keys it is told without a box that an entity has them.
func TestHasKey(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, wholeKey{}, smallKey{}, madeKey{}, textKey{}, pairedKey{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		entity string
		x      unsafe.Pointer
		key    any
		want   bool
	}{
		{"wholeKey", unsafe.Pointer(&wholeKey{7}), int64(7), true},
		{"wholeKey", unsafe.Pointer(&wholeKey{7}), int64(8), false},
		{"wholeKey", unsafe.Pointer(&wholeKey{7}), "7", false},
		{"wholeKey", unsafe.Pointer(&wholeKey{7}), nil, false},
		{"wholeKey", unsafe.Pointer(&wholeKey{}), int64(0), false}, // it has none yet
		{"madeKey", unsafe.Pointer(&madeKey{7}), int64(7), true},
		{"smallKey", unsafe.Pointer(&smallKey{7}), int64(7), false}, // asked the long way
		{"textKey", unsafe.Pointer(&textKey{"a"}), "a", true},
		{"textKey", unsafe.Pointer(&textKey{"a"}), "b", false},
		{"pairedKey", unsafe.Pointer(&pairedKey{1, 2}), mapper.NewTuple([]any{int64(1), int64(2)}), false},
	} {
		e := reg.Entity(c.entity)
		if got := e.HasKey(c.x, c.key); got != c.want {
			t.Errorf("%s, %v: %v", c.entity, c.key, got)
		}
		if key, ok := e.KeyOf(c.x); c.want && (!ok || key != c.key) {
			t.Errorf("%s: the key is %v", c.entity, key)
		}
	}
}
