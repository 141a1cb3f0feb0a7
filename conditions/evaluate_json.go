package conditions

import (
	"bytes"
	"encoding/json"
	"math/big"

	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
)

// decodeJSON decodes a document, or passes on what is decoded already.
func decodeJSON(doc any) any {
	raw, ok := doc.(json.RawMessage)
	if !ok {
		return doc
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

// Inside follows the path of f into a document, a json.RawMessage, and reads what
// is there as the kind f asks for: a bool, a string, a *big.Rat. A value of another
// kind, JSON null and a missing key are nil.
func (f Field) Inside(doc any) (any, error) {
	v := decodeJSON(doc)
	for _, key := range f.JSON {
		switch at := v.(type) {
		case map[string]any:
			if v = at[key]; docpath.IsElement(key) {
				v = nil // an object has none
			}
		case []any:
			v = nil
			if i, ok := docpath.Element(key); ok && i < len(at) {
				v = at[i]
			}
		default:
			return nil, nil
		}
	}
	switch f.As {
	case 0:
		return v, nil
	case mapper.Bool:
		b, ok := v.(bool)
		return orNil(b, ok), nil
	case mapper.String:
		s, ok := v.(string)
		return orNil(s, ok), nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return nil, nil
	}
	r, ok := new(big.Rat).SetString(string(n))
	return orNil(r, ok), nil
}

// array returns the value that an operator on sets is about: what a field holds, or the
// elements of the array inside a document, read as the kind they are compared as.
func (ev *Evaluator) array(n *Set, row Row) (any, error) {
	f := n.Field
	if n.Op == OpHasKey || n.Op == OpHasKeys || n.Op == OpHasSomeKeys {
		v, _, err := ev.column(f, row)
		return v, err
	}
	f.As = 0
	v, _, err := ev.column(f, row)
	if _, isArray := v.([]any); err != nil || isArray && f.JSON == nil && !f.Element {
		return v, err
	}
	list, isArray := decodeJSON(v).([]any)
	if !isArray {
		return nil, err
	}
	elements := make([]any, len(list))
	for i, item := range list {
		if elements[i], err = (Field{As: n.Field.As}).Inside(item); err != nil {
			return nil, err
		}
		if elements[i] == nil || n.Field.As == 0 {
			elements[i] = otherKind{}
		}
	}
	return elements, nil
}

// otherKind is an element that no value of a list can equal.
type otherKind struct{}

// elements decides whether an array has an element for which a condition holds.
func (ev *Evaluator) elements(n *ElementNode, row Row) (truth, error) {
	v, _, err := ev.field(n.Field, row)
	list, isArray := decodeJSON(v).([]any)
	if !isArray || err != nil {
		return isUnknown, err
	}
	outer := ev.element
	defer func() { ev.element = outer }()
	for _, item := range list {
		ev.element = item
		t, err := ev.eval(n.Where, row)
		if err != nil {
			return isUnknown, err
		}
		if t == isYes {
			return truthOf(!n.Not), nil
		}
	}
	return truthOf(n.Not), nil
}

// isJSONNull reports a document that is JSON's null, and so no value.
func isJSONNull(v any) bool {
	raw, ok := v.(json.RawMessage)
	return ok && string(raw) == "null"
}

func orNil[T any](v T, ok bool) any {
	if !ok {
		return nil
	}
	return v
}
