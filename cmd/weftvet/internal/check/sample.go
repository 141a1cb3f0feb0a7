package check

import (
	"go/types"
	"reflect"
	"time"

	"github.com/weft-orm/weft/conditions"
)

// samples stand for a value that is known by its type alone.
type samples struct {
	values []any
	// kinds says that the samples differ in kind, because the type says nothing.
	kinds bool
	// opaque says that the values are more than their kind: what they convert to is not known.
	opaque bool
}

// stranger stands for a value of a struct type of the user's.
type stranger struct{ _ int }

var texts = []any{
	"a", "1", "1.5", "true", "2006-01-02T15:04:05Z", "2006-01-02", "2006-01-02 15:04:05", "15:04:05", "1h",
	"0192f0c1-7d4a-7cc0-8000-000000000001", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "507f1f77bcf86cd799439011", "{}", "[]",
}

var basics = map[types.BasicKind][]any{
	types.Bool: {true}, types.String: texts,
	types.Int: {int(1), int(0)}, types.Int8: {int8(1)}, types.Int16: {int16(1)}, types.Int32: {int32(1)}, types.Int64: {int64(1), int64(0)},
	types.Uint: {uint(1)}, types.Uint8: {uint8(1)}, types.Uint16: {uint16(1)}, types.Uint32: {uint32(1)}, types.Uint64: {uint64(1)},
	types.Float32: {float32(1)}, types.Float64: {float64(1)},
	types.UntypedInt: {int(1)}, types.UntypedFloat: {float64(1)}, types.UntypedString: texts, types.UntypedBool: {true}, types.UntypedRune: {int32(1)},
}

// sampled returns samples of a type; ok is false for types that no sample can stand for.
func sampled(t types.Type) (s samples, ok bool) {
	t = types.Unalias(t)
	switch typeName(t) {
	case "time.Time":
		return samples{values: []any{time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)}}, true
	case "time.Duration":
		return samples{values: []any{time.Second}}, true
	}
	if named, isNamed := t.(*types.Named); isNamed {
		s, ok = sampledUnder(named.Underlying())
		if hasMethods(named) {
			s.opaque = true
		}
		return s, ok
	}
	return sampledUnder(t)
}

func sampledUnder(t types.Type) (samples, bool) {
	switch t := t.(type) {
	case *types.Basic:
		list := basics[t.Kind()]
		return samples{values: list}, list != nil
	case *types.Pointer:
		if named, ok := types.Unalias(t.Elem()).(*types.Named); ok && typeName(named) != "time.Time" {
			if _, isStruct := named.Underlying().(*types.Struct); isStruct {
				return samples{values: []any{&stranger{}}, opaque: true}, !isWeftType(named)
			}
		}
		return sampled(t.Elem())
	case *types.Slice:
		return sampledList(t.Elem())
	case *types.Array:
		if b, ok := t.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 {
			return samples{values: []any{reflect.Zero(reflect.ArrayOf(16, reflect.TypeFor[byte]())).Interface()}, opaque: true}, true
		}
		return sampledList(t.Elem())
	case *types.Struct:
		return samples{values: []any{stranger{}}, opaque: true}, true
	case *types.Interface:
		return samples{values: []any{
			"a", 1, 1.5, true, time.Unix(0, 0).UTC(), nil, []any{"a"}, []any{1}, []byte("a"), stranger{}, conditions.D{},
		}, kinds: true, opaque: true}, true
	}
	return samples{}, false
}

func sampledList(elem types.Type) (samples, bool) {
	if b, ok := elem.Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 {
		return samples{values: []any{make([]byte, 16), make([]byte, 12), []byte("{}")}}, true
	}
	inner, ok := sampled(elem)
	if !ok {
		return samples{}, false
	}
	if inner.kinds {
		return samples{values: []any{[]any{"a"}, []any{1}, []any{nil}, []any{conditions.D{}}}, kinds: true, opaque: true}, true
	}
	out := samples{opaque: inner.opaque}
	for _, v := range inner.values {
		if v == nil {
			continue
		}
		list := reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf(v)), 1, 1)
		list.Index(0).Set(reflect.ValueOf(v))
		out.values = append(out.values, list.Interface())
	}
	return out, len(out.values) > 0
}

// sampledItem returns samples of what a list holds; those of anything else are its own.
func sampledItem(t types.Type, own samples) (samples, bool) {
	list, ok := t.Underlying().(*types.Slice)
	if !ok {
		return own, true
	}
	if b, ok := list.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 {
		return own, true
	}
	return sampled(list.Elem())
}

// hasMethods reports a named type that may know forms of its own.
func hasMethods(t *types.Named) bool {
	set := types.NewMethodSet(types.NewPointer(t))
	for _, name := range []string{"Value", "MarshalText", "MarshalJSON", "Any", "ReferenceKey"} {
		if set.Lookup(nil, name) != nil {
			return true
		}
	}
	return false
}

func isWeftType(t *types.Named) bool {
	return t.Obj().Pkg() != nil && (t.Obj().Pkg().Path() == ormPath || t.Obj().Pkg().Path() == qbPath)
}

// typeName is the import path and name of a named type, or "".
func typeName(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}
