package conditions

import "reflect"

// distinct collects canonical values without repeats, in the order they come in. Keys
// mostly come in rising order, where looking at the last one is enough.
type distinct struct {
	values []any
	// fallen reports that a value was not greater than the one before it; seen are the
	// values from then on, but for those that no map can hold.
	fallen bool
	seen   map[any]struct{}
}

// add appends v unless it is there.
func (d *distinct) add(v any) {
	if !d.fallen {
		if len(d.values) == 0 || rises(d.values[len(d.values)-1], v) {
			d.values = append(d.values, v)
			return
		}
		d.fall()
	}
	if !d.has(v) {
		d.note(v)
		d.values = append(d.values, v)
	}
}

// rises reports integers or texts of which the second is greater.
func rises(a, b any) bool {
	switch a := a.(type) {
	case int64:
		b, ok := b.(int64)
		return ok && a < b
	case string:
		b, ok := b.(string)
		return ok && a < b
	}
	return false
}

// fall begins to look for repeats among all values.
func (d *distinct) fall() {
	d.fallen, d.seen = true, make(map[any]struct{}, cap(d.values))
	for _, v := range d.values {
		d.note(v)
	}
}

func (d *distinct) note(v any) {
	if hashable(v) {
		d.seen[v] = struct{}{}
	}
}

func (d *distinct) has(v any) bool {
	switch v.(type) {
	case []byte, []any:
		for _, other := range d.values {
			if reflect.DeepEqual(other, v) {
				return true
			}
		}
		return false
	}
	if !hashable(v) {
		return false
	}
	_, repeated := d.seen[v]
	return repeated
}

func hashable(v any) bool {
	switch v.(type) {
	case int64, string:
		return true
	}
	t := reflect.TypeOf(v)
	return t == nil || t.Comparable()
}
