package conditions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/weft-orm/weft/mapper"
)

func itoa(i int) string { return strconv.Itoa(i) }

// FromJSON reads a condition about e from untrusted JSON, under a policy. It is
// the only way from bytes to a condition: keys must be allowed paths with allowed
// operators, nothing can be raw, numbers keep their precision. The result has been
// compiled once and can be used like any condition. Text that is no valid UTF-8, also
// by way of escapes, is refused, never mended.
//
// A path of the policy that is none of e is ErrUnknownProperty whatever the JSON asks: a
// mistake of the program. The error is an *Error; where the JSON is at
// fault its Keys lead to the mistake in it ([Error.Pointer]). Its hints never name a property outside of the policy.
func FromJSON(e *mapper.Entity, raw []byte, policy Policy) (D, error) {
	r := jsonReader{json.NewDecoder(bytes.NewReader(raw)), policy.withDefaults().MaxDepth}
	r.UseNumber()
	err := checkText(raw)
	var v any
	if err == nil {
		v, err = r.value(0)
	}
	if err == nil {
		if _, more := r.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is something after the condition")
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, &Error{Class: ErrShape, Step: "json", Entity: e.Name, Err: fmt.Errorf("invalid JSON: %w", err)}
	}
	cond, isMap := v.(D)
	if !isMap {
		cond = D{{"$eq", v}}
	}
	if err := policy.check(e); err != nil {
		return nil, err
	}
	c := &checker{policy: policy.withDefaults(), root: e}
	if err := c.condition(v, spot{entity: e}, 0); err != nil {
		return nil, err
	}
	if _, _, err := Compile(Env{Entity: e}, cond, 0); err != nil {
		return nil, err
	}
	return cond, nil
}

// checkText refuses what the decoder would read as U+FFFD: bytes that are no UTF-8,
// and half of a pair of escapes.
func checkText(raw []byte) error {
	if !utf8.Valid(raw) {
		return errors.New("the text is not valid UTF-8")
	}
	high := false // the escape just read is the first of a pair
	for i := 0; i < len(raw); {
		r, n := escaped(raw[i:])
		if low := r >= 0xDC00 && r < 0xE000; low != high {
			return errors.New("an escape of half a character")
		}
		high = r >= 0xD800 && r < 0xDC00
		i += n
	}
	return nil
}

// escaped returns the code unit of the \u escape that text begins with, 0 for other
// text, and how many bytes it takes.
func escaped(text []byte) (r rune, n int) {
	switch {
	case text[0] != '\\':
		return 0, 1
	case len(text) < 6 || text[1] != 'u':
		return 0, min(2, len(text))
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return 0, 2
	}
	return rune(unit), 6
}

// jsonReader reads JSON values: objects as D, in order.
type jsonReader struct {
	*json.Decoder
	maxDepth int
}

func (r jsonReader) value(depth int) (any, error) {
	if depth > 2*r.maxDepth+2 { // the policy speaks about keys; here the stack is guarded
		return nil, errors.New("nested too deep")
	}
	t, err := r.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return r.object(depth)
	case json.Delim('['):
		list := []any{}
		for r.More() {
			item, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err = r.Token()
		return list, err
	}
	return t, nil
}

func (r jsonReader) object(depth int) (any, error) {
	d, seen := D{}, map[string]bool{}
	for r.More() {
		k, err := r.Token()
		if err != nil {
			return nil, err
		}
		key := k.(string)
		if seen[key] {
			return nil, fmt.Errorf("key %q stands twice in an object", key)
		}
		seen[key] = true
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d = append(d, E{key, v})
	}
	_, err := r.Token()
	return d, err
}
