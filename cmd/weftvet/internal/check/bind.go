package check

import (
	"errors"
	"slices"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
)

// bind converts the values, each by itself, so that every wrong one is told.
func (a *attempt) bind(tree *conditions.Tree, values []any) {
	for i := range tree.Slots {
		if i >= len(values) {
			return
		}
		info := &tree.Slots[i]
		at := locate(a.cond, info.Keys)
		one := &conditions.Tree{Entity: tree.Entity, Slots: tree.Slots[i : i+1]}
		err := a.bindOne(one, values[i], at.value)
		var e *conditions.Error
		if err == nil || !errors.As(err, &e) {
			continue
		}
		a.clean = false
		if prop, _ := model.Path(a.env.Entity, e.Path); !a.model.UnclearValue(prop) {
			a.checker.report(a.finding(e, at))
		}
	}
}

// bindOne binds a value; of one that is not known, every sample must fail.
func (a *attempt) bindOne(tree *conditions.Tree, v any, from value.Value) error {
	try := func(v any) error {
		_, err := tree.Bind(nil, []any{v})
		return err
	}
	switch from := from.(type) {
	case *value.Const:
		if hasOwnForm(from) {
			return nil
		}
		return try(v)
	case *value.Unknown:
		s, ok := sampled(from.Type)
		if info := tree.Slots[0]; ok && info.List && info.Tuple == nil && !s.kinds {
			s, ok = sampledItem(from.Type, s)
		}
		if !ok || s.opaque || s.kinds {
			return nil
		}
		var first error
		for _, sample := range a.allowed(tree, s.values) {
			err := try(sample)
			if err == nil {
				return nil
			}
			if first == nil {
				first = err
			}
		}
		return first
	case *value.List:
		if allKnown(from) {
			return try(v)
		}
		if info := tree.Slots[0]; !info.List || info.Tuple != nil {
			return nil
		}
		for _, item := range from.Items {
			r := &realizer{checker: a.checker, choice: a.choice, model: a.model}
			one, ok := r.any(item)
			if !ok || one == nil {
				continue
			}
			if err := a.bindOne(tree, one, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// allKnown reports a value without unknown ones in it.
func allKnown(v value.Value) bool {
	known := true
	walk(v, func(*value.Unknown) { known = false })
	if l, ok := v.(*value.List); ok {
		for _, item := range l.Items {
			if c, ok := item.(*value.Const); ok && hasOwnForm(c) {
				return false
			} else if _, call := item.(*value.Call); call {
				return false
			}
		}
		return known && !l.Open
	}
	return known
}

// hasOwnForm reports a constant of a type that knows a form of its own.
func hasOwnForm(c *value.Const) bool {
	s, ok := sampled(c.Type)
	return ok && s.opaque
}

// allowed adds the values of an enumeration to samples.
func (a *attempt) allowed(tree *conditions.Tree, list []any) []any {
	t := tree.Slots[0].Type
	if t == nil || t.Enum == nil || len(list) == 0 {
		return list
	}
	out := slices.Clone(list)
	for _, v := range t.Enum {
		switch list[0].(type) {
		case string:
			if _, ok := v.(string); ok {
				out = append(out, v)
			}
		case int, int64, int32, int16, int8, uint, uint8, uint16, uint32, uint64:
			out = append(out, v)
		}
	}
	return out
}
