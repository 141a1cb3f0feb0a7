package conditions

import (
	"math/big"
	"slices"
	"time"

	"github.com/weft-orm/weft/mapper"
)

// fewMembers is how long a list is searched item by item however often.
const fewMembers = 16

// members is a list that values are looked for in.
type members struct {
	list []any
	// set has the keys of the items, nil until the list is asked for again: one
	// question is answered faster by the list.
	set map[any]struct{}
	// null reports that set stands for a list with NULL in it.
	null bool
}

// among reports whether an item of the list that is the value of o equals v, and
// whether one is NULL; null is of no account where v was found.
func (ev *Evaluator) among(o Operand, list []any, v any) (found, null bool) {
	slot, ok := o.(Slot)
	if !ok || len(list) <= fewMembers {
		return search(list, v)
	}
	m := ev.lists[slot]
	if m == nil || len(m.list) != len(list) || &m.list[0] != &list[0] {
		if ev.lists == nil {
			ev.lists = map[Slot]*members{}
		}
		ev.lists[slot] = &members{list: list}
		return search(list, v)
	}
	if m.set == nil {
		m.hash()
	}
	key, ok := equality(v)
	if ok {
		_, found = m.set[key]
	}
	return found, m.null
}

func search(list []any, v any) (found, null bool) {
	if slices.ContainsFunc(list, func(item any) bool { return compareBy(OpEq, v, item) == isYes }) {
		return true, false
	}
	return false, slices.Contains(list, nil)
}

func (m *members) hash() {
	m.set = make(map[any]struct{}, len(m.list))
	for _, item := range m.list {
		if key, ok := equality(item); ok {
			m.set[key] = struct{}{}
		}
		m.null = m.null || item == nil
	}
}

type (
	bytesKey    string
	fractionKey string
	timeKey     struct {
		second int64
		nano   int
	}
	// listKey is a list by its first item and the rest, which is another one.
	listKey struct{ head, tail any }
)

// equality returns a comparable value that two values share exactly where [Order]
// calls them equal; ok is false for what equals nothing.
func equality(v any) (key any, ok bool) {
	switch v := v.(type) {
	case string, bool, int64, mapper.UUID, mapper.ULID, mapper.ObjectID:
		return v, true
	case []byte:
		return bytesKey(v), true
	case time.Time:
		return timeKey{v.Unix(), v.Nanosecond()}, true
	case []any:
		rest := listKey{}
		for _, item := range slices.Backward(v) {
			head, ok := equality(item)
			if !ok {
				return nil, false
			}
			rest = listKey{head, rest}
		}
		return rest, true
	}
	return numberKey(exact(v))
}

// numberKey returns a number as int64 where it is one, so that numbers of all kinds compare.
func numberKey(r *big.Rat) (any, bool) {
	switch {
	case r == nil:
		return nil, false
	case r.IsInt() && r.Num().IsInt64():
		return r.Num().Int64(), true
	}
	return fractionKey(r.RatString()), true
}
