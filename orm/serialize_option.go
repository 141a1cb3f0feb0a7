package orm

import (
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// SerializeOption configures [ToDTO], [JSON] and [WriteJSON].
type SerializeOption func(*serializing)

// serializing is what the options say.
type serializing struct {
	populate, only, except, groups []string
	explicit, skipNull, objects    bool
	grouped                        bool
	depth                          int // 0 is any
}

// SerializePopulate writes the relations of these paths, and no other, as objects and lists of
// their own: "books.tags". What else is in memory, because something else loaded it, is
// written as if it were not. A relation that is listed and not loaded is ErrNotLoaded.
// Without paths no relation is followed.
func SerializePopulate(paths ...string) SerializeOption {
	return func(o *serializing) { o.explicit, o.populate = true, append(o.populate, paths...) }
}

// SerializeFields writes these properties only, by path from the entity: "name", "home" with all
// that is in it, "books" whole, "books.title". Keys are not added.
func SerializeFields(paths ...string) SerializeOption {
	return func(o *serializing) { o.only = append(o.only, paths...) }
}

// SerializeExcept leaves properties out, by path from the entity.
func SerializeExcept(paths ...string) SerializeOption {
	return func(o *serializing) { o.except = append(o.except, paths...) }
}

// SerializeGroups writes of the properties that have groups (see [Serialization]) those of one
// of these. Properties without groups are always written.
func SerializeGroups(names ...string) SerializeOption {
	return func(o *serializing) { o.grouped, o.groups = true, append(o.groups, names...) }
}

// SerializeDepth follows relations at most n times from the entity; what lies deeper is
// written as its key. 0 follows none; a negative n is ErrInvalidOption.
func SerializeDepth(n int) SerializeOption { return func(o *serializing) { o.depth = n + 1 } }

// SkipNull leaves out what is null.
func SkipNull() SerializeOption { return func(o *serializing) { o.skipNull = true } }

// ForceObjects writes what a to-one relation refers to and is not written whole as an object
// with its key, {"id": 7}, so that clients find one form.
func ForceObjects() SerializeOption { return func(o *serializing) { o.objects = true } }

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

// rules returns the rules of an entity type, nil when there are none.
func (db *DB) rules(e *mapper.Entity) *serialRules {
	for ; e != nil && db.serial != nil; e = e.Base {
		if r := db.serial[e]; r != nil {
			return r
		}
	}
	return nil
}
