package conditions

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/weft-orm/weft/mapper"
)

// Bind converts the values of a condition of this tree's shape (Reading.Values)
// to canonical form and appends them to dst, one for each slot. The error is an
// *Error of class ErrValue.
func (t *Tree) Bind(dst []any, values []any) ([]any, error) {
	dst = slices.Grow(dst, len(t.Slots))
	for i := range t.Slots {
		info := &t.Slots[i]
		if i >= len(values) {
			return dst, &Error{Class: ErrShape, Step: "bind", Entity: t.Entity.Name, Got: "the values belong to a condition of another shape"}
		}
		v, err := info.Bind(values[i])
		if err != nil {
			return dst, t.unbound(info, err)
		}
		dst = append(dst, v)
	}
	return dst, nil
}

func (t *Tree) unbound(info *SlotInfo, err error) error {
	e := &Error{Class: ErrValue, Step: "bind", Entity: t.Entity.Name, Path: info.Path, Keys: info.Keys, Err: err}
	if n := len(info.Keys); n > 0 {
		e.Length = len(info.Keys[n-1])
	}
	if e.Path == "" && info.Key == t.Entity && len(t.Entity.Key) == 1 { // a key that stands alone
		e.Path = t.Entity.Key[0].Name
	}
	var enum *enumError
	if errors.As(err, &enum) {
		e.Hint = enum.hint()
	}
	var value *mapper.ValueError
	if errors.As(err, &value) {
		e.Err, e.Got = nil, strings.TrimPrefix(value.Error(), "mapper: ")
	}
	if info.Op.isText() || info.Op.isGeo() || info.Op == OpSize {
		e.Operator = info.Op.String()
	}
	return e
}

// Bind converts one value to the canonical form the slot asks for.
func (info *SlotInfo) Bind(v any) (any, error) {
	switch {
	case info.Unused:
		return nil, nil
	case info.Tuple != nil:
		return info.bindTuples(v)
	case info.List:
		return info.bindList(v)
	case info.Type == nil:
		return v, mapper.CheckNumber(v)
	}
	return info.bindOne(v)
}

func (info *SlotInfo) bindOne(v any) (any, error) {
	switch {
	case info.Op.isText():
		return bindPattern(info.Op, v)
	case info.Op.isGeo():
		return bindGeo(info.Op, v)
	}
	if info.Key != nil && isKeyHolder(v) {
		return info.Key.KeyFrom(v)
	}
	c, err := info.Type.Convert(v)
	if err == nil && c == nil {
		return nil, &mapper.ValueError{Type: info.Type.GoName, GoType: fmt.Sprintf("%T", v), Reason: "is NULL in the database; ask for nil"}
	}
	if err == nil && info.Type.Enum != nil && !slices.Contains(info.Type.Enum, c) {
		return nil, &enumError{info.Type, c}
	}
	return c, err
}

// isKeyHolder reports a value that holds a key rather than being one: an entity.
func isKeyHolder(v any) bool {
	t := reflect.TypeOf(v)
	if t == nil {
		return false
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() || t.Kind() == reflect.Map
}

// bindList converts a list, without nil and repeats, in order.
func (info *SlotInfo) bindList(v any) (any, error) {
	one := *info
	one.List = false
	list := elements(v)
	out := distinct{values: list[:0]} // which never gets ahead of what is read
	for _, item := range list {
		if item == nil {
			continue
		}
		c, err := one.bindOne(item)
		if err != nil {
			return nil, err
		}
		out.add(c)
	}
	return out.values, nil
}

// elements returns the items of a list with nil for what stands for NULL; a
// value that is no list is its only element. Nobody else has the slice.
func elements(v any) []any {
	var list []any
	switch v := v.(type) {
	case []any:
		list = v
	case []int64:
		return boxes(v)
	case []int:
		return boxes(v)
	case []string:
		return boxes(v)
	default:
		r := reflect.ValueOf(v)
		if r.Kind() != reflect.Slice && r.Kind() != reflect.Array {
			return []any{v}
		}
		list = make([]any, r.Len())
		for i := range list {
			list[i] = r.Index(i).Interface()
		}
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = plain(item)
	}
	return out
}

// boxes makes values of plain ones, in memory that all share: a box of its own for each would be
// an allocation for each.
func boxes[T int64 | int | string](list []T) []any {
	var none T
	own, out := slices.Clone(list), make([]any, len(list))
	for i := range own { // never written again, as boxes are not
		out[i] = none
		(*[2]unsafe.Pointer)(unsafe.Pointer(&out[i]))[1] = unsafe.Pointer(&own[i])
	}
	return out
}

// plain follows pointers to values and resolves references and nullable wrappers,
// as reading does for single values.
func plain(v any) any {
	if isNil(v) {
		return nil
	}
	if r, ok := v.(Referencer); ok {
		key, _ := r.ReferenceKey()
		return key
	}
	switch v := v.(type) {
	case string, int, int64, float64, bool:
		return v
	case optional:
		inner, _ := v.Any()
		return inner
	case D: // a key written as a document
		m := make(M, len(v))
		for _, e := range v {
			m[e.Key] = e.Value
		}
		return m
	}
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.Pointer && r.Elem().Kind() != reflect.Struct:
		return r.Elem().Interface()
	case r.Kind() == reflect.Struct:
		if inner, valid, ok := nullable(r); ok && valid {
			return inner
		}
	}
	return v
}

// bindTuples converts one composite key or a list of them to a list of []any.
func (info *SlotInfo) bindTuples(v any) (any, error) {
	keys := []any{v}
	if info.Op == opIn || info.Op == opNin || info.isKeyList(v) {
		keys = elements(v)
	}
	out := distinct{values: make([]any, 0, len(keys))}
	for _, k := range keys {
		if k == nil {
			continue
		}
		key, err := info.Key.KeyFrom(k)
		if err != nil {
			return nil, err
		}
		out.add(mapper.Parts(nil, key))
	}
	return out.values, nil
}

// isKeyList tells a list of composite keys from one key written as [a, b]: in a
// list each element is a key by itself.
func (info *SlotInfo) isKeyList(v any) bool {
	r := reflect.ValueOf(v)
	if r.Kind() != reflect.Slice {
		return false
	}
	for i := range r.Len() {
		if !info.isTupleForm(r.Index(i).Interface()) {
			return false
		}
	}
	return true
}

func (info *SlotInfo) isTupleForm(v any) bool {
	if isNil(v) {
		return true
	}
	v = plain(v)
	if _, ok := v.(mapper.Tuple); ok {
		return true
	}
	t := reflect.TypeOf(v)
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		return true
	case reflect.Pointer:
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for e := range entitiesOfParts(info.Key) {
		if e.GoType == t {
			return false // an entity that a part of the key refers to
		}
	}
	return true
}

// entitiesOfParts yields the entities that parts of e's key refer to.
func entitiesOfParts(e *mapper.Entity) func(yield func(*mapper.Entity) bool) {
	return func(yield func(*mapper.Entity) bool) {
		for _, p := range e.Key {
			if p.Relation != nil && !yield(p.Relation.Target) {
				return
			}
		}
	}
}

// inEntity completes an error of Read with the entity it was meant for.
func inEntity(err error, e *mapper.Entity) error {
	var c *Error
	if errors.As(err, &c) && c.Entity == "" {
		c.Entity = e.Name
		if n := len(c.Keys); n > 0 {
			c.Length = len(c.Keys[n-1])
		}
	}
	return err
}
