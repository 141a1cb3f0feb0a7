package studio

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// exact is the greatest whole number that a page's numbers hold.
const exact = 1 << 53

// plain makes a value a page reads without loss: greater whole numbers become text.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = plain(inner)
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case int64:
		if v > exact || v < -exact {
			return strconv.FormatInt(v, 10)
		}
	case uint64:
		if v > exact {
			return strconv.FormatUint(v, 10)
		}
	}
	return v
}

// given is a value that came from a page, for a property; it undoes plain.
func given(p *mapper.Property, v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		if p.Type != nil && p.Type.Kind == mapper.Float {
			return v.Float64()
		}
		return v.String(), nil
	case string:
		if p.Type == nil {
			return v, nil
		}
		switch p.Type.Kind {
		case mapper.Int:
			return strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		case mapper.Uint:
			return strconv.ParseUint(strings.TrimSpace(v), 10, 64)
		}
	case []any:
		for i := range v {
			inner, err := given(&mapper.Property{}, v[i])
			if err != nil {
				return nil, err
			}
			v[i] = inner
		}
	}
	return v, nil
}

// keyOf reads a primary key: the values of its parts in order.
func keyOf(e *mapper.Entity, parts []any) (any, error) {
	if len(parts) != len(e.Key) {
		return nil, fmt.Errorf("the key of %s has %d parts", e.Name, len(e.Key))
	}
	values := make([]any, len(parts))
	for i, p := range e.Key {
		of := p
		for of.Relation != nil && len(of.Relation.Target.Key) == 1 {
			of = of.Relation.Target.Key[0]
		}
		v, err := given(of, parts[i])
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	if len(values) == 1 {
		return values[0], nil
	}
	return values, nil
}
