package corpus

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/weft-orm/weft/conditions"
)

// decode reads a condition as JSON.
func decode(source string) (any, error) {
	d := json.NewDecoder(strings.NewReader(source))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("%w in %s", err, source)
	}
	v, err := plain(v)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, source)
	}
	return v, nil
}

// plain replaces json.Number by the Go number a program would have written, and
// tags by what they stand for.
func plain(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i, nil
		}
		return v.Float64()
	case []any:
		for i := range v {
			if v[i], err = plain(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = plain(v[k]); err != nil {
				return nil, err
			}
		}
		return tagged(v)
	}
	return v, nil
}

// tagged replaces a map that is a tag.
func tagged(m map[string]any) (any, error) {
	if len(m) != 1 {
		return m, nil
	}
	if path, ok := m["$col"].(string); ok {
		return conditions.Col(path), nil
	}
	if text, ok := m["$bytes"].(string); ok {
		return base64.StdEncoding.DecodeString(text)
	}
	if text, ok := m["$regexp"].(string); ok {
		return regexp.Compile(text)
	}
	if list, ok := m["$raw"].([]any); ok && len(list) > 0 {
		if text, ok := list[0].(string); ok {
			return conditions.Raw(text, list[1:]...), nil
		}
	}
	return m, nil
}
