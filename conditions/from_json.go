package conditions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/weft-orm/weft/mapper"
)

func itoa(i int) string { return strconv.Itoa(i) }

// FromJSON reads a condition about e from untrusted JSON, under a policy. It is
// the only way from bytes to a condition: keys must be allowed paths with allowed
// operators, nothing can be raw, numbers keep their precision. The result has been
// compiled once and can be used like any condition.
//
// The error is an *Error; its Keys lead to the mistake in the JSON document
// ([Error.Pointer]). Its hints never name a property outside of the policy.
func FromJSON(e *mapper.Entity, raw []byte, policy Policy) (D, error) {
	r := jsonReader{json.NewDecoder(bytes.NewReader(raw)), policy.withDefaults().MaxDepth}
	r.UseNumber()
	v, err := r.value(0)
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
	c := &checker{policy: policy.withDefaults(), root: e}
	if err := c.condition(v, spot{entity: e}, 0); err != nil {
		return nil, err
	}
	if _, _, err := Compile(Env{Entity: e}, cond, 0); err != nil {
		return nil, err
	}
	return cond, nil
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
