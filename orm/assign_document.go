package orm

import (
	"encoding/json"

	"github.com/weft-orm/weft/mapper"
)

// merged merges a map into the document that a property holds, where that is asked for.
func (a *assignment) merged(at place, p *mapper.Property, v any) any {
	change, ok := v.(map[string]any)
	if !ok || !a.merge || p.Type == nil || p.Type.Kind != mapper.JSON {
		return v
	}
	raw, ok := p.Access.Value(at.at).(json.RawMessage)
	if !ok {
		return v
	}
	var held any
	if err := json.Unmarshal(raw, &held); err != nil {
		return v
	}
	object, ok := held.(map[string]any)
	if !ok {
		return v
	}
	return mergeObjects(object, change)
}

// mergeObjects puts the members of change into a copy of object, see RFC 7396.
func mergeObjects(object, change map[string]any) map[string]any {
	out := make(map[string]any, len(object)+len(change))
	for name, v := range object {
		out[name] = v
	}
	for name, v := range change {
		inner, isObject := v.(map[string]any)
		held, wasObject := out[name].(map[string]any)
		switch {
		case v == nil:
			delete(out, name)
		case isObject && wasObject:
			out[name] = mergeObjects(held, inner)
		case isObject:
			out[name] = mergeObjects(nil, inner)
		default:
			out[name] = v
		}
	}
	return out
}
