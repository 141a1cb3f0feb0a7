package check

import (
	"slices"

	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
)

// maxWays bounds how many forms of a value are looked at.
const maxWays = 24

// expand lists the forms of a value: one for each way to choose among alternatives.
func expand(v value.Value) []value.Value {
	list := expandAll(v)
	if len(list) > maxWays {
		list = list[:maxWays]
	}
	return list
}

func expandAll(v value.Value) []value.Value {
	switch v := v.(type) {
	case *value.Alt:
		var out []value.Value
		for _, w := range v.Values {
			out = append(out, expandAll(w)...)
		}
		return out
	case *value.Map:
		out := []value.Value{v}
		for i, e := range v.Entries {
			keys, values := expandAll(e.Key), expandAll(e.Value)
			if len(keys) == 1 && len(values) == 1 {
				continue
			}
			var next []value.Value
			for _, m := range out {
				for _, k := range keys {
					for _, w := range values {
						if len(next) < maxWays {
							c := *m.(*value.Map)
							c.Entries = slices.Clone(c.Entries)
							c.Entries[i] = &value.Entry{Key: k, Value: w}
							next = append(next, &c)
						}
					}
				}
			}
			out = next
		}
		return out
	case *value.List:
		out := []value.Value{v}
		for i, item := range v.Items {
			values := expandAll(item)
			if len(values) == 1 {
				continue
			}
			var next []value.Value
			for _, l := range out {
				for _, w := range values {
					if len(next) < maxWays {
						c := *l.(*value.List)
						c.Items = slices.Clone(c.Items)
						c.Items[i] = w
						next = append(next, &c)
					}
				}
			}
			out = next
		}
		return out
	}
	return []value.Value{v}
}
