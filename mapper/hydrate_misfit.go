package mapper

import "bytes"

// Held is the destination of one value that is kept as the driver gave it.
type Held struct{ Value any }

// Scan implements sql.Scanner.
func (h *Held) Scan(src any) error {
	if b, ok := src.([]byte); ok {
		src = bytes.Clone(b)
	}
	h.Value = src
	return nil
}

// Misfit finds out why a row could not be read: the first property that cannot hold
// its value, the canonical key of the row as far as it can be told, and the reason.
// values are those of the row's columns. The property is nil when everything fits.
func (h *Hydrator) Misfit(values []any) (key any, p *Property, reason error) {
	key = h.keyIn(values)
	if h.opts.Nullable && key == nil {
		return nil, nil, nil // there is no entity
	}
	typ := h.entity
	if h.typeAt >= 0 {
		leaf := h.leaves[h.typeAt]
		v, err := leaf.prop.Type.Decode(values[leaf.first])
		if err != nil {
			return key, leaf.prop, err
		}
		if typ = h.entity.TypeOf(v); typ == nil {
			return key, leaf.prop, leaf.prop.Type.wrong("names no type of " + h.entity.Name)
		}
	}
	scratch := typ.New()
	for i := range h.leaves {
		leaf := &h.leaves[i]
		if !typ.IsSubtypeOf(leaf.prop.Entity) {
			continue
		}
		for k, t := range leaf.types {
			if _, err := t.Decode(values[leaf.first+k]); err != nil {
				return key, leaf.prop, err
			}
		}
		if leaf.prop.Relation != nil {
			continue
		}
		v := values[leaf.first]
		if v == nil && !leaf.prop.Nullable {
			return key, leaf.prop, &ValueError{Type: leaf.prop.Type.GoName, GoType: "NULL", Reason: "the row has none, and the property is not nullable"}
		}
		if err := leaf.prop.Access.Store(scratch, v); err != nil {
			return key, leaf.prop, err
		}
	}
	return key, nil, nil
}

// keyIn is the canonical key among the values of a row, nil when it cannot be told.
func (h *Hydrator) keyIn(values []any) any {
	parts := make([]any, len(h.keyAt))
	for i, at := range h.keyAt {
		v, err := h.entity.KeyColumns[i].Type.Decode(values[at])
		if err != nil || v == nil {
			return nil
		}
		parts[i] = v
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return NewTuple(parts)
}
