package overflow_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-orm/weft/driver/internal/overflow"
)

var cells = &overflow.Codec[[]byte]{
	Size:   func(row []byte) int { return len(row) },
	Append: overflow.AppendCell,
	Read: func(src []byte) ([]byte, error) {
		cell, _, err := overflow.CutCell(src)
		return bytes.Clone(cell), err
	},
}

// TestQueue: rows come out as they went in, from memory and from the file, which is gone afterwards.
func TestQueue(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, rows := range []int{0, 1, 3, 40} {
		q := overflow.Queue[[]byte]{Codec: cells}
		row := func(i int) []byte {
			switch i % 10 {
			case 7:
				return nil
			case 8:
				return []byte{}
			}
			return bytes.Repeat([]byte{byte(i)}, overflow.Limit/8+i)
		}
		for i := range rows {
			if err := q.Put(row(i)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range rows {
			got, ok, err := q.Next()
			if want := row(i); err != nil || !ok || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
				t.Fatalf("row %d of %d: %d bytes, %t, %v", i, rows, len(got), ok, err)
			}
		}
		if _, ok, err := q.Next(); ok || err != nil {
			t.Errorf("after %d rows: %t, %v", rows, ok, err)
		}
	}
	q := overflow.Queue[[]byte]{Codec: cells}
	for range 3 {
		if err := q.Put(make([]byte, overflow.Limit)); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, ok, err := q.Next(); ok || err != nil {
		t.Errorf("after Close: %t, %v", ok, err)
	}
}

// TestQueueWithoutRoom: where no file can be made, that is told.
func TestQueueWithoutRoom(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	q := overflow.Queue[[]byte]{Codec: cells}
	if err := q.Put(make([]byte, overflow.Limit+1)); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}
