package orm

import (
	"encoding/json"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// ToDTO returns an entity as nested maps by property name: loaded relations as
// maps and lists of their own, what is not loaded as keys (to-one) or left out
// (to-many). An entity met again on the way down is written as its key, so that
// a cyclic graph stays finite. Hidden properties are left out. Values are
// canonical, or what a custom type writes (mapper.CustomJSONer).
func ToDTO(em *EntityManager, entity any) (map[string]any, error) {
	m, err := em.managedOf("to dto", entity)
	if err != nil {
		return nil, err
	}
	w := dtoWriter{unit: em.unit, above: map[*managed]bool{}}
	out := w.entity(m)
	if w.err != nil {
		return nil, &Error{Class: mapper.ErrValue, Op: "to dto", Entity: m.Meta.Name, Key: m.Key, Err: w.err}
	}
	return out, nil
}

// JSON is ToDTO as JSON; keys are sorted.
func JSON(em *EntityManager, entity any) ([]byte, error) {
	dto, err := ToDTO(em, entity)
	if err != nil {
		return nil, err
	}
	return json.Marshal(dto)
}

// dtoWriter writes entities as maps.
type dtoWriter struct {
	unit  *unit.Unit
	above map[*managed]bool // on the way down to the entity at hand
	err   error             // the first value that has no form
}

func (w *dtoWriter) entity(m *managed) map[string]any {
	w.above[m] = true
	defer delete(w.above, m)
	out := map[string]any{}
	for _, p := range m.Meta.Properties {
		w.property(out, m, p)
	}
	return out
}

func (w *dtoWriter) property(out map[string]any, m *managed, p *mapper.Property) {
	switch {
	case p.Hidden:
	case p.Kind == mapper.Inline:
		inner := map[string]any{}
		for _, sub := range p.Embedded {
			w.property(inner, m, sub)
		}
		if len(inner) > 0 { // of nothing that was read
			out[p.Name] = inner
		}
	case p.Kind.IsToMany(): // which is loaded apart from the row
		if s := w.unit.Items(m, p); s != nil && s.Loaded {
			out[p.Name] = w.list(w.unit.List(m, p))
		}
	case !m.Loaded.Has(p.Index):
	case p.Kind.IsToOne():
		out[p.Name] = w.target(w.unit.Reference(m, p))
	default:
		v, err := p.JSONValue(m.Entity)
		if err != nil && w.err == nil {
			w.err = err
		}
		out[p.Name] = v
	}
}

// target writes the target of a to-one relation, or its key.
func (w *dtoWriter) target(e *slot.Entry) any {
	if e == nil {
		return nil
	}
	target := w.unit.EntryOf(e)
	if target == nil || target.Entity == nil || w.above[target] {
		return e.Key
	}
	return w.entity(target)
}

func (w *dtoWriter) list(list []unsafe.Pointer) []any {
	items := make([]any, 0, len(list))
	for _, at := range list {
		if m := w.unit.Find(at); m != nil {
			items = append(items, w.target(&m.Entry))
		}
	}
	return items
}
