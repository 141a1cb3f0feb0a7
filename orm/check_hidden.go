package orm

import (
	"reflect"
	"strings"
)

// CheckHidden makes Open refuse hidden properties that encoding/json would write when it is
// given the entity itself: their fields need the tag json:"-", unless the entity has a
// MarshalJSON of its own.
func CheckHidden() Option { return func(c *config) { c.checkHidden = true } }

func (db *DB) checkHidden() (faults []error) {
	for _, e := range db.registry.Entities() {
		x := e.Interface(e.New())
		if _, own := x.(interface{ MarshalJSON() ([]byte, error) }); own {
			continue
		}
		for _, p := range e.Leaves {
			if !p.Hidden || p.Field == "" || p.Shadow {
				continue
			}
			if f, ok := fieldAt(reflect.TypeOf(x).Elem(), p.Field); ok && f.IsExported() && f.Tag.Get("json") != "-" {
				faults = append(faults, &Error{Class: ErrMapping, Op: "open", Entity: e.Name, Path: p.Path, Detail: `it is hidden, and json.Marshal writes it; give the field the tag json:"-"`})
			}
		}
	}
	return faults
}

// fieldAt finds the field of a selector, "Address.City".
func fieldAt(t reflect.Type, selector string) (f reflect.StructField, ok bool) {
	for name := range strings.SplitSeq(selector, ".") {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return f, false
		}
		if f, ok = t.FieldByName(name); !ok {
			return f, false
		}
		if f.Tag.Get("json") == "-" {
			return f, true
		}
		t = f.Type
	}
	return f, ok
}
