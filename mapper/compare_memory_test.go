package mapper

import (
	"testing"
	"time"
	"unsafe"
)

// watched has a field of each way of comparing.
type watched struct {
	ID                     int64
	A, B, C, D, E, F, G, H uint64
	Flag                   bool
	Small                  int8
	Name                   string
	At                     time.Time
	Count                  *int64
	Few                    *int8
	Text                   *string
	Data                   []byte
	Last                   int32
}

// TestUnchangedSeesEveryByte changes each byte of values, of which each must be seen.
func TestUnchangedSeesEveryByte(t *testing.T) {
	reg, err := Build(Options{}, watched{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entities()[0]
	count, few, text := int64(7), int8(7), "text"
	w := &watched{Name: "name", At: time.Unix(1, 0), Count: &count, Few: &few, Text: &text, Data: []byte("data")}
	snapshot := e.NewSlab().Take(unsafe.Pointer(w))
	same := func() bool { return e.Unchanged(unsafe.Pointer(w), snapshot) }
	if !same() {
		t.Fatal("a copy differs")
	}
	for _, f := range []struct {
		name string
		at   unsafe.Pointer
		size uintptr
	}{
		{"numbers", unsafe.Pointer(&w.A), 64}, {"flag", unsafe.Pointer(&w.Flag), 1}, {"small", unsafe.Pointer(&w.Small), 1},
		{"last", unsafe.Pointer(&w.Last), 4}, {"count", unsafe.Pointer(w.Count), 8}, {"few", unsafe.Pointer(w.Few), 1}, {"data", unsafe.Pointer(&w.Data[0]), 4},
	} {
		for i := range f.size {
			b := (*byte)(unsafe.Add(f.at, i))
			if *b ^= 1; same() {
				t.Errorf("byte %d of %s is not seen", i, f.name)
			}
			*b ^= 1
		}
	}
	for name, change := range map[string]func(){
		"name": func() { w.Name = "other" }, "at": func() { w.At = time.Unix(2, 0) }, "text": func() { *w.Text = "other" },
		"no text": func() { w.Text = nil }, "no data": func() { w.Data = nil }, "empty data": func() { w.Data = []byte{} },
	} {
		kept := *w
		if change(); same() {
			t.Errorf("%s: not seen", name)
		}
		*w = kept
		text = "text"
	}
	if !same() {
		t.Error("what was put back differs")
	}
}

// stretches has words in rows of one to six, between flags.
type stretches struct {
	ID               uint64
	P                bool
	A, B             uint64
	Q                bool
	C, D, E          uint64
	R                bool
	F, G, H, I       uint64
	S                bool
	J, K, L, M, N, O uint64
}

// TestUnchangedSeesWordsAmongOthers changes one bit of words in rows of all lengths, whatever
// bits the others have.
func TestUnchangedSeesWordsAmongOthers(t *testing.T) {
	reg, err := Build(Options{}, stretches{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entities()[0]
	for _, fill := range []uint64{0, ^uint64(0), 0x5555_5555_5555_5555, 0x0123_4567_89ab_cdef} {
		x := &stretches{}
		words := []*uint64{&x.ID, &x.A, &x.B, &x.C, &x.D, &x.E, &x.F, &x.G, &x.H, &x.I, &x.J, &x.K, &x.L, &x.M, &x.N, &x.O}
		for _, w := range words {
			*w = fill
		}
		snapshot := e.NewSlab().Take(unsafe.Pointer(x))
		if !e.Unchanged(unsafe.Pointer(x), snapshot) {
			t.Error("a copy differs")
		}
		for i, w := range words {
			for bit := range 64 {
				if *w ^= 1 << bit; e.Unchanged(unsafe.Pointer(x), snapshot) {
					t.Errorf("bit %d of word %d among %x is not seen", bit, i, fill)
				}
				*w ^= 1 << bit
			}
		}
	}
}

// uneven ends with less than a word.
type uneven struct {
	ID   int32
	A    int8
	B    bool
	Last int32
}

// TestUnchangedSeesTheEnd changes what lies behind the last whole word of an entity.
func TestUnchangedSeesTheEnd(t *testing.T) {
	reg, err := Build(Options{}, uneven{})
	if err != nil {
		t.Fatal(err)
	}
	e, x := reg.Entities()[0], &uneven{ID: 1, Last: 2}
	snapshot := e.NewSlab().Take(unsafe.Pointer(x))
	for name, change := range map[string]func(){"key": func() { x.ID++ }, "number": func() { x.A++ }, "flag": func() { x.B = true }, "last": func() { x.Last++ }} {
		kept := *x
		if !e.Unchanged(unsafe.Pointer(x), snapshot) {
			t.Error("a copy differs")
		}
		if change(); e.Unchanged(unsafe.Pointer(x), snapshot) {
			t.Errorf("%s: not seen", name)
		}
		*x = kept
	}
}
