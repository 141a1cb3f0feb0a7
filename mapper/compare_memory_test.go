package mapper

import (
	"bytes"
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

// stretches has words that count beside each other in stretches of one to six, and bytes.
type stretches struct {
	ID               int64
	A                [1]uint64 `orm:"-"`
	B, C             uint64
	D                [1]uint64 `orm:"-"`
	E, F, G          uint64
	H                [1]uint64 `orm:"-"`
	I, J, K, L, M, N uint64
	Flag             bool
	Data             []byte
}

// TestUnchangedSeesEveryBit changes each bit of words whose neighbours have all bits set, or
// none: what one word differs by must not be lost in another.
func TestUnchangedSeesEveryBit(t *testing.T) {
	reg, err := Build(Options{}, stretches{})
	if err != nil {
		t.Fatal(err)
	}
	e := reg.Entities()[0]
	for _, fill := range []uint64{0, ^uint64(0)} {
		for n := range 40 {
			x := &stretches{ID: int64(fill), B: fill, C: fill, E: fill, F: fill, G: fill, I: fill, J: fill, K: fill, L: fill, M: fill, N: fill, Data: bytes.Repeat([]byte{byte(fill)}, n)}
			snapshot := e.NewSlab().Take(unsafe.Pointer(x))
			same := func() bool { return e.Unchanged(unsafe.Pointer(x), snapshot) }
			for name, word := range map[string]*uint64{
				"id": (*uint64)(unsafe.Pointer(&x.ID)), "b": &x.B, "c": &x.C, "e": &x.E, "f": &x.F, "g": &x.G,
				"i": &x.I, "j": &x.J, "k": &x.K, "l": &x.L, "m": &x.M, "n": &x.N,
			} {
				for bit := range 64 {
					if *word ^= 1 << bit; same() {
						t.Errorf("bit %d of %s is not seen beside %x", bit, name, fill)
					}
					*word ^= 1 << bit
				}
			}
			for i := range x.Data {
				for bit := range 8 {
					if x.Data[i] ^= 1 << bit; same() {
						t.Errorf("bit %d of byte %d of %d is not seen", bit, i, n)
					}
					x.Data[i] ^= 1 << bit
				}
			}
			if x.A[0], x.D[0], x.H[0] = 1, 2, 3; !same() {
				t.Error("what is not mapped counts")
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
