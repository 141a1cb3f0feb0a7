package identity_test

import (
	"testing"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/identity"
)

func TestMap(t *testing.T) {
	animal := &mapper.Entity{Ordinal: 2}
	dog := &mapper.Entity{Ordinal: 3, Base: animal}
	book := &mapper.Entity{Ordinal: 0}
	var m identity.Map
	if m.Get(book, int64(1)) != nil {
		t.Error("the empty map has an entry")
	}
	a, b := &slot.Entry{}, &slot.Entry{}
	m.Put(dog, int64(1), a)
	m.Put(book, mapper.NewTuple([]any{int64(1), "x"}), b)
	if m.Get(animal, int64(1)) != a || m.Get(book, int64(1)) != nil || m.Len() != 2 {
		t.Error("keys are not shared by a hierarchy alone")
	}
	m.Delete(animal, int64(1), b)
	if m.Get(dog, int64(1)) != a {
		t.Error("a key was removed for an entry that does not hold it")
	}
	m.Delete(animal, int64(1), a)
	if m.Get(dog, int64(1)) != nil || m.Len() != 1 {
		t.Error("the key is still there")
	}
}
