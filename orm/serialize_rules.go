package orm

import (
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Serialization says how entities of a type are written. Its keys are property paths.
type Serialization[T any] struct {
	// Groups are those of a property, see [SerializeGroups].
	Groups map[string][]string
	// Names are what properties are called instead, in the place where they stand.
	Names map[string]string
	// Values make what is written of the canonical value of a property, nil included.
	Values map[string]func(value any) any
	// Computed are further members, by name. They are not written for an entity that was
	// read in part, where what they read may be missing; groups hold for them, too.
	Computed map[string]func(*T) any
}

// Serialize gives the entities of T, and of its subtypes that have none of their own, rules by
// which ToDTO and JSON write them. Names of what is no property make Open fail with
// ErrUnknownProperty.
func Serialize[T any](rules Serialization[T]) Option {
	return func(c *config) {
		r := &serialRules{of: reflect.TypeFor[T](), groups: rules.Groups, names: rules.Names, values: rules.Values, computed: map[string]func(unsafe.Pointer) any{}}
		for name, f := range rules.Computed {
			r.computed[name] = func(x unsafe.Pointer) any { return f((*T)(x)) }
		}
		c.serial = append(c.serial, r)
	}
}

// serialRules are the rules of one type.
type serialRules struct {
	of       reflect.Type
	groups   map[string][]string
	names    map[string]string
	values   map[string]func(any) any
	computed map[string]func(unsafe.Pointer) any
}

// checkSerialization refuses rules for what does not exist.
func (db *DB) checkSerialization() error {
	var faults []error
	for _, r := range db.config.serial {
		e := db.registry.ByType(r.of)
		if e == nil {
			faults = append(faults, &Error{Class: ErrUnknownEntity, Op: "open", Detail: r.of.String() + " has rules of serialization"})
			continue
		}
		var names []string
		for name := range r.groups {
			if r.computed[name] == nil {
				names = append(names, name)
			}
		}
		for name := range r.names {
			names = append(names, name)
		}
		for name := range r.values {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, path := range slices.Compact(names) {
			if p, used := propertyAt(e, strings.Split(path, ".")); p == nil || used != strings.Count(path, ".")+1 {
				faults = append(faults, unknown(ErrUnknownProperty, "open", e, path, path, e.PropertyNames()))
			}
		}
		if db.serial == nil {
			db.serial = map[*mapper.Entity]*serialRules{}
		}
		db.serial[e] = r
	}
	if db.config.checkHidden {
		faults = append(faults, db.checkHidden()...)
	}
	return join(faults...)
}

// rules returns the rules of an entity type, nil when there are none.
func (db *DB) rules(e *mapper.Entity) *serialRules {
	for ; e != nil && db.serial != nil; e = e.Base {
		if r := db.serial[e]; r != nil {
			return r
		}
	}
	return nil
}
