package conditions

import (
	"encoding/binary"
	"reflect"
	"slices"
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
func (rd *Reading) value(v any) error {
	if rd.depth++; rd.depth > maxDepth {
		return &Error{Class: ErrShape, Step: "read", Got: "nested more than " + itoa(maxDepth) + " levels deep"}
	}
	defer func() { rd.depth-- }()
	switch v := v.(type) {
	case M:
		return rd.anyMap(v)
	case D:
		return rd.document(v)
	case Expr:
		return rd.expr(v)
	default:
		return rd.operand(v)
	}
}

func (rd *Reading) anyMap(m M) error {
	rd.Shape = append(rd.Shape, tokMap)
	if err := rd.entries(m); err != nil {
		return err
	}
	rd.Shape = append(rd.Shape, tokEnd)
	return nil
}

func (rd *Reading) entries(m M) error {
	var buffer [16]string
	keys := buffer[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if err := rd.entry(k, m[k]); err != nil {
			return err
		}
	}
	return nil
}

func (rd *Reading) document(d D) error {
	rd.Shape = append(rd.Shape, tokMap)
	for i := range d {
		if err := rd.entry(d[i].Key, d[i].Value); err != nil {
			return err
		}
	}
	rd.Shape = append(rd.Shape, tokEnd)
	return nil
}

// entry reads one entry of a map. Two operators decide how their operand is
// read: the lists of groups hold conditions, and the bool of $exists is shape.
func (rd *Reading) entry(key string, v any) error {
	rd.Shape = appendText(append(rd.Shape, tokKey), key)
	var err error
	switch operatorOf(key) {
	case "and", "or", "nor", "all":
		err = rd.members(v)
	case "exists":
		err = rd.existence(v)
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
		if err := rd.value(member); err != nil {
			return within(err, itoa(i))
		}
	}
	rd.Shape = append(rd.Shape, tokListEnd)
	return nil
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
