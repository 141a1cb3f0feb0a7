package conditions

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// compound reads a value that may hold others: a map, a document, a list, a typed
// expression, a reference, raw SQL, a sub-query, or what only reflection can open.
func (rd *Reading) compound(value any) error {
	switch v := value.(type) {
	case M:
		return rd.anyMap(v)
	case D:
		return rd.document(v)
	case []any:
		if slices.ContainsFunc(v, isRegexp) {
			return rd.texts(v)
		}
		flags, elem := classOfList(v)
		return rd.list(value, flags, elem)
	case Expr:
		return rd.expr(v)
	case Column:
		rd.Shape = appendText(append(rd.Shape, tokCol), string(v))
		return nil
	case RawSQL:
		return rd.raw(v)
	case Same:
		return rd.same(v)
	case Subquery:
		if isNilPointer(v) {
			return &Error{Class: ErrShape, Step: "read", Got: "a nil " + reflect.TypeOf(v).String() + " is no query"}
		}
		return rd.query(v)
	case Referencer:
		return rd.reference(v)
	case *regexp.Regexp:
		if v == nil {
			return rd.null()
		}
		return rd.scalar(classRegexp, value)
	case regexp.Regexp:
		return rd.scalar(classRegexp, &v)
	case optional:
		if isNilPointer(v) {
			return rd.null()
		}
		if inner, assigned := v.Any(); assigned {
			return rd.value(inner)
		}
		return rd.null()
	}
	return rd.reflected(value)
}

// optional is a rel.Opt of any type.
type optional interface {
	Any() (value any, assigned bool)
}

func (rd *Reading) reference(r Referencer) error {
	if isNilPointer(r) {
		return rd.null()
	}
	key, ok := r.ReferenceKey()
	if !ok {
		return rd.null()
	}
	return rd.scalar(classOther, key)
}

// isNilPointer reports a typed nil, whose methods cannot be called.
func isNilPointer(v any) bool {
	p := reflect.ValueOf(v)
	return p.Kind() == reflect.Pointer && p.IsNil()
}

// regexpOf returns a regular expression, given by pointer or by value; nil for all else.
func regexpOf(v any) *regexp.Regexp {
	switch v := v.(type) {
	case *regexp.Regexp:
		return v
	case regexp.Regexp:
		return &v
	}
	return nil
}

func isRegexp(v any) bool { return regexpOf(v) != nil }

// texts reads a list with regular expressions in it: each is a value of its own,
// what is left a list.
func (rd *Reading) texts(list []any) error {
	rest := make([]any, 0, len(list))
	var found []any
	for _, v := range list {
		if re := regexpOf(v); re != nil {
			found = append(found, re)
		} else {
			rest = append(rest, v)
		}
	}
	rd.Shape = binary.AppendUvarint(append(rd.Shape, tokTexts), uint64(len(found)))
	for _, re := range found {
		if err := rd.scalar(classRegexp, re); err != nil {
			return err
		}
	}
	flags, elem := classOfList(rest)
	return rd.list(rest, flags, elem)
}

// reflected reads values of named types, pointers, slices and structs.
func (rd *Reading) reflected(v any) error {
	if isNil(v) {
		return rd.null()
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer:
		if r.Elem().Kind() != reflect.Struct {
			return rd.value(r.Elem().Interface())
		}
		if t, ok := v.(*time.Time); ok {
			return rd.scalar(classTime, *t)
		}
		return rd.scalar(classOther, v)
	case reflect.Map:
		return rd.reflectedMap(r)
	case reflect.Slice:
		if list := withRegexps(r); list != nil {
			return rd.texts(list)
		}
		flags, elem := classOfSlice(r)
		return rd.list(v, flags, elem)
	case reflect.Struct:
		if value, _, ok := nullable(r); ok {
			return rd.value(value)
		}
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128:
		return &Error{Class: ErrValue, Step: "read", Got: "a value of type " + r.Type().String() + " has no meaning in a condition"}
	}
	return rd.scalar(classOf(v), v)
}

// withRegexps returns the elements of a slice with regular expressions in it, nil of others.
func withRegexps(r reflect.Value) []any {
	t := r.Type().Elem()
	if t != reflect.TypeFor[*regexp.Regexp]() && t != reflect.TypeFor[regexp.Regexp]() && t.Kind() != reflect.Interface {
		return nil
	}
	list := make([]any, r.Len())
	some := false
	for i := range list {
		list[i] = r.Index(i).Interface()
		some = some || isRegexp(list[i])
	}
	if !some {
		return nil
	}
	return list
}

func (rd *Reading) reflectedMap(r reflect.Value) error {
	if r.Type().Key().Kind() != reflect.String {
		return &Error{Class: ErrShape, Step: "read", Got: "the keys of " + r.Type().String() + " are not text"}
	}
	m := make(M, r.Len())
	for it := r.MapRange(); it.Next(); {
		m[it.Key().String()] = it.Value().Interface()
	}
	return rd.anyMap(m)
}

// nullable recognises sql.Null and its relatives: a struct of a value and a
// bool named Valid.
func nullable(r reflect.Value) (value any, valid, ok bool) {
	t := r.Type()
	if t.NumField() != 2 || t.Field(1).Name != "Valid" || t.Field(1).Type.Kind() != reflect.Bool || !t.Field(0).IsExported() {
		return nil, false, false
	}
	return r.Field(0).Interface(), r.Field(1).Bool(), true
}

func numberClass(n json.Number) class {
	if strings.ContainsAny(string(n), ".eE") {
		return classFloat
	}
	return classInt
}

// classOf returns the class of a value that is neither nil, map nor list.
func classOf(v any) class {
	switch v := v.(type) {
	case string:
		return classString
	case int, int64:
		return classInt
	case float64:
		return classFloat
	case bool:
		return classBool
	case time.Time, *time.Time:
		return classTime
	case json.Number:
		return numberClass(v)
	}
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return classOfType(t)
}

func classOfType(t reflect.Type) class {
	switch t.Kind() {
	case reflect.Bool:
		return classBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return classInt
	case reflect.Float32, reflect.Float64:
		return classFloat
	case reflect.String:
		return classString
	case reflect.Slice, reflect.Array:
		if t.Kind() == reflect.Array && t.Elem().Kind() == reflect.Uint8 {
			return classOther // UUID and its relatives
		}
		return classList
	case reflect.Map:
		return classMap
	case reflect.Struct:
		if t == reflect.TypeFor[time.Time]() {
			return classTime
		}
	}
	return classOther
}

// classOfList returns flags and class of the elements of an untyped list.
func classOfList(list []any) (flags byte, elem class) {
	elem = classNone
	for _, v := range list {
		if isNil(v) {
			flags |= listHasNil
			continue
		}
		flags |= listHasValue
		elem = elem.with(elementClass(v))
	}
	return flags, elem
}

// with returns the class of a list that holds elements of both classes.
func (c class) with(other class) class {
	switch {
	case c == classNone, c == other:
		return other
	case (c == classInt || c == classFloat) && (other == classInt || other == classFloat):
		return classFloat
	}
	return classMixed
}

func elementClass(v any) class {
	switch v.(type) {
	case M, D:
		return classMap
	case []any:
		return classList
	case Referencer:
		return classOther
	}
	return classOf(v)
}

// isNil reports a list element that stands for NULL.
func isNil(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string, int, int64, float64, bool, M, []any:
		return false
	case Referencer:
		if isNilPointer(v) {
			return true
		}
		_, ok := v.ReferenceKey()
		return !ok
	case optional:
		if isNilPointer(v) {
			return true
		}
		_, assigned := v.Any()
		return !assigned
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer, reflect.Interface:
		if r.IsNil() {
			return true
		}
	case reflect.Struct:
		if _, valid, ok := nullable(r); ok {
			return !valid
		}
	}
	if valuer, ok := v.(driver.Valuer); ok {
		plain, err := valuer.Value()
		return err == nil && plain == nil
	}
	return false
}

// classOfSlice returns flags and class of the elements of a typed slice. Only
// elements that can be nil are looked at.
func classOfSlice(r reflect.Value) (flags byte, elem class) {
	t := r.Type().Elem()
	switch {
	case t.Kind() == reflect.Uint8:
		elem = classByte
	case t.Kind() == reflect.Pointer:
		elem = classOfType(t.Elem())
	case t.Kind() == reflect.Interface:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = r.Index(i).Interface()
		}
		return classOfList(list)
	default:
		elem = classOfType(t)
	}
	if elem != classOther && t.Kind() != reflect.Pointer {
		if r.Len() > 0 {
			flags = listHasValue
		}
		return flags, elem
	}
	for i := range r.Len() {
		if isNil(r.Index(i).Interface()) {
			flags |= listHasNil
		} else {
			flags |= listHasValue
		}
	}
	return flags, elem
}
