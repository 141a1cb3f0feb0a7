package identity_test

import (
	"testing"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/identity"
)

// TestDeleteMost takes most entries out at once, or all, and finds those that are left.
func TestDeleteMost(t *testing.T) {
	book := &mapper.Entity{Ordinal: 0}
	for _, left := range []int{0, 1, 7, 300, 499} {
		var m identity.Map
		entries := make([]slot.Entry, 1000)
		goes := map[*slot.Entry]bool{}
		for i := range entries {
			m.Put(book, int64(i), &entries[i])
			goes[&entries[i]] = i >= left
		}
		if !m.DeleteMost(book, len(entries)-left, func(e *slot.Entry) bool { return goes[e] }) {
			t.Fatalf("%d left: nothing is done", left)
		}
		if m.Len() != left {
			t.Errorf("%d entries are left, want %d", m.Len(), left)
		}
		for i := range entries {
			if found := m.Get(book, int64(i)); (found == &entries[i]) != (i < left) || i >= left && found != nil {
				t.Fatalf("%d left: entry %d is %v", left, i, found)
			}
		}
		m.Put(book, int64(5000), &entries[0])
		if m.Get(book, int64(5000)) != &entries[0] || m.Len() != left+1 {
			t.Errorf("%d left: what is entered afterwards is not found", left)
		}
	}
}

// TestDeleteMostElse does nothing where few go, or keys are of other kinds.
func TestDeleteMostElse(t *testing.T) {
	book := &mapper.Entity{Ordinal: 0}
	var m identity.Map
	all := func(*slot.Entry) bool { return true }
	if m.DeleteMost(book, 1, all) {
		t.Error("an empty map has lost entries")
	}
	for i := range 10 {
		m.Put(book, int64(i), &slot.Entry{})
	}
	if m.DeleteMost(book, 4, all) || m.Len() != 10 {
		t.Error("few go, and the table was gone through")
	}
	m.Put(book, "x", &slot.Entry{})
	if m.DeleteMost(book, 10, all) || m.Len() != 11 {
		t.Error("a key of text was counted as one of an integer")
	}
}
