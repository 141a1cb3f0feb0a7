package flush

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
)

// inLockOrder sorts the changes of existing rows by entity and key, so that two
// units that write the same rows lock them in the same order instead of waiting
// for each other. New rows keep their order of arrival, and their places.
func inLockOrder(changes []*changeset.Change) {
	sorted := true // as rows are that were read in order of their keys
	var last *changeset.Change
	for _, c := range changes {
		if c.Kind != changeset.Insert {
			if sorted = last == nil || byLock(last, c) <= 0; !sorted {
				break
			}
			last = c
		}
	}
	if sorted {
		return
	}
	var at []int
	var rows []*changeset.Change
	for i, c := range changes {
		if c.Kind != changeset.Insert {
			at, rows = append(at, i), append(rows, c)
		}
	}
	slices.SortStableFunc(rows, byLock)
	for i, c := range rows {
		changes[at[i]] = c
	}
}

// byLock is the order in which existing rows are locked.
func byLock(a, b *changeset.Change) int {
	if a.Entity != b.Entity {
		if by := cmp.Compare(a.Entity.Ordinal, b.Entity.Ordinal); by != 0 {
			return by
		}
	}
	return CompareKeys(a.Key, b.Key)
}

// CompareKeys orders canonical keys of one entity; kinds without an order of their
// own go by their text.
func CompareKeys(a, b any) int {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case uint64:
		if b, ok := b.(uint64); ok {
			return cmp.Compare(a, b)
		}
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case mapper.UUID:
		if b, ok := b.(mapper.UUID); ok {
			return bytes.Compare(a[:], b[:])
		}
	case mapper.ULID:
		if b, ok := b.(mapper.ULID); ok {
			return bytes.Compare(a[:], b[:])
		}
	case mapper.ObjectID:
		if b, ok := b.(mapper.ObjectID); ok {
			return bytes.Compare(a[:], b[:])
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	case mapper.Tuple:
		if b, ok := b.(mapper.Tuple); ok {
			return cmp.Or(CompareKeys(a.Head, b.Head), CompareKeys(a.Tail, b.Tail))
		}
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
