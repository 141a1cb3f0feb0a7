package conditions

import (
	"encoding/binary"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// maxDepth bounds the nesting of a condition; deeper ones are taken for cycles.
const maxDepth = 200

// Reading is what Read found in a condition. Its buffers are reused: the zero
// value is ready, Reset makes it so again. It belongs to one goroutine at a time.
type Reading struct {
	// Shape holds keys, operators and kinds of values, never a value. Two
	// conditions with the same shape have the same tree.
	Shape []byte
	// Values are the values in the order of the shape, as the user gave them
	// (pointers followed, references resolved to keys).
	Values []any
	// Queries are the sub-queries in the order of the shape.
	Queries []Subquery

	depth int
}

// Reset empties rd and keeps its buffers.
func (rd *Reading) Reset() {
	clear(rd.Values)
	clear(rd.Queries)
	rd.Shape, rd.Values, rd.Queries, rd.depth = rd.Shape[:0], rd.Values[:0], rd.Queries[:0], 0
}

// Read walks cond once and appends its shape and values to rd. Keys of maps are
// read in sorted order. An untyped nil is the empty condition. The error, of
// class ErrShape or ErrValue, is an *Error without Entity.
func Read(rd *Reading, cond any) error {
	rd.depth = 0
	if cond == nil {
		rd.Shape = append(rd.Shape, tokMap, tokEnd)
		return nil
	}
	return rd.value(cond)
}

// value reads anything that can stand behind a key, in a list of conditions or
// at the root.
func (rd *Reading) value(value any) error {
	switch v := value.(type) { // value is passed on as it is: v would be boxed again
	case nil:
		return rd.null()
	case string:
		return rd.scalar(classString, value)
	case int, int64, int32, int16, int8, uint, uint64, uint32, uint16, uint8:
		return rd.scalar(classInt, value)
	case float64, float32:
		return rd.scalar(classFloat, value)
	case bool:
		return rd.scalar(classBool, value)
	case time.Time:
		return rd.scalar(classTime, value)
	case json.Number:
		return rd.scalar(numberClass(v), value)
	}
	if rd.depth++; rd.depth > maxDepth {
		return &Error{Class: ErrShape, Step: "read", Got: "nested more than " + itoa(maxDepth) + " levels deep"}
	}
	err := rd.compound(value)
	rd.depth--
	return err
}

func (rd *Reading) anyMap(m M) error {
	rd.Shape = append(rd.Shape, tokMap)
	if err := rd.sorted(m); err != nil {
		return err
	}
	rd.Shape = append(rd.Shape, tokEnd)
	return nil
}

func (rd *Reading) document(d D) error {
	rd.Shape = append(rd.Shape, tokMap)
	if err := rd.entries(d); err != nil {
		return err
	}
	rd.Shape = append(rd.Shape, tokEnd)
	return nil
}

// fewKeys is more than most maps of a condition have.
const fewKeys = 16

// sorted reads the entries of a map in the order of their keys.
func (rd *Reading) sorted(m M) error {
	var buffer [fewKeys]E
	entries := buffer[:0]
	for k, v := range m {
		entries = append(entries, E{k, v})
	}
	sortByKey(entries)
	return rd.entries(entries)
}

// sortByKey inserts one after the other while they are few: it is a third of
// what reading a condition costs.
func sortByKey(list []E) {
	if len(list) > fewKeys {
		slices.SortFunc(list, func(a, b E) int { return strings.Compare(a.Key, b.Key) })
		return
	}
	for at, e := range list {
		for ; at > 0 && before(e.Key, list[at-1].Key); at-- {
			list[at] = list[at-1]
		}
		list[at] = e
	}
}

// before is a < b without a call where the first letters tell.
func before(a, b string) bool {
	if a != "" && b != "" && a[0] != b[0] {
		return a[0] < b[0]
	}
	return a < b
}

func (rd *Reading) entries(list []E) error {
	for i := range list {
		if err := rd.entry(list[i].Key, list[i].Value); err != nil {
			return err
		}
	}
	return nil
}

// entry reads one entry of a map. Some operators decide how their operand is read: the
// lists of groups hold conditions, $not and the quantifiers take one, the bool of
// $exists is shape, and a place is one value.
func (rd *Reading) entry(key string, v any) error {
	rd.Shape = appendText(append(rd.Shape, tokKey), key)
	var err error
	switch operatorOf(key) {
	case "and", "or", "nor", "all":
		err = rd.members(v)
	case "exists":
		err = rd.existence(v)
	case "geoWithin", "geoIntersects", "near":
		err = rd.place(v)
	case "not", "some", "none", "every", "elemMatch":
		err = rd.member(v)
	default:
		err = rd.value(v)
	}
	if err != nil {
		return within(err, key)
	}
	return nil
}

// operatorOf returns the name in "$name" or "path:name", or "".
func operatorOf(key string) string {
	for i := len(key) - 1; i >= 0; i-- {
		switch c := key[i]; {
		case c == ':', c == '$' && i == 0:
			return key[i+1:]
		case c < 'A': // operator names are letters
			return ""
		}
	}
	return ""
}

func (rd *Reading) existence(v any) error {
	b, ok := v.(bool)
	if !ok {
		return rd.value(v)
	}
	if b {
		rd.Shape = append(rd.Shape, tokTrue)
	} else {
		rd.Shape = append(rd.Shape, tokFalse)
	}
	return nil
}

// members reads a list of conditions; anything else is read as it is, for the
// parser to refuse.
func (rd *Reading) members(v any) error {
	list, ok := v.([]any)
	if !ok {
		r := reflect.ValueOf(v)
		if !r.IsValid() || r.Kind() != reflect.Slice || r.Type() == reflect.TypeFor[D]() {
			return rd.value(v)
		}
		list = make([]any, r.Len())
		for i := range list {
			list[i] = r.Index(i).Interface()
		}
	}
	rd.Shape = append(rd.Shape, tokList)
	for i, member := range list {
		if err := rd.member(member); err != nil {
			return within(err, itoa(i))
		}
	}
	rd.Shape = append(rd.Shape, tokListEnd)
	return nil
}

// member reads what must be a condition: a nil map is none, as a nil is, for the parser to refuse.
func (rd *Reading) member(v any) error {
	if isNilMap(v) {
		return rd.null()
	}
	return rd.value(v)
}

// isNilMap reports a nil map or document.
func isNilMap(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case M:
		return v == nil
	case D:
		return v == nil
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Map && r.IsNil()
}

// scalar appends a value of class c.
func (rd *Reading) scalar(c class, v any) error {
	rd.Shape = append(rd.Shape, tokValue, byte(c))
	rd.Values = append(rd.Values, v)
	return nil
}

func (rd *Reading) null() error {
	rd.Shape = append(rd.Shape, tokNull)
	return nil
}

func (rd *Reading) list(v any, flags byte, elem class) error {
	rd.Shape = append(rd.Shape, tokValues, flags, byte(elem))
	rd.Values = append(rd.Values, v)
	return nil
}

func (rd *Reading) query(q Subquery) error {
	inner := Reading{Values: rd.Values, Queries: rd.Queries}
	before := len(rd.Values)
	if err := q.ReadQuery(&inner); err != nil {
		return err
	}
	rd.Shape = binary.AppendUvarint(append(rd.Shape, tokQuery), uint64(len(inner.Values)-before))
	rd.Shape = appendText(rd.Shape, string(inner.Shape))
	rd.Values, rd.Queries = inner.Values, append(rd.Queries, q)
	return nil
}
