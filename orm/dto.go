package orm

import (
	"encoding/json"
	"unsafe"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
)

// ToDTO returns an entity as nested maps by property name: loaded relations as
// maps and lists of their own, what is not loaded as keys (to-one) or left out
// (to-many). An entity met again on the way down is written as its key, so that
// a cyclic graph stays finite. Hidden properties are left out.
func ToDTO(em *EntityManager, entity any) (map[string]any, error) {
	m, err := em.managedOf("to dto", entity)
	if err != nil {
		return nil, err
	}
	return em.unit.dto(m, map[*managed]bool{}), nil
}

// JSON is ToDTO as JSON; keys are sorted.
func JSON(em *EntityManager, entity any) ([]byte, error) {
	dto, err := ToDTO(em, entity)
	if err != nil {
		return nil, err
	}
	return json.Marshal(dto)
}

// dto writes one entity; above are those on the way down to it.
func (u *unit) dto(m *managed, above map[*managed]bool) map[string]any {
	above[m] = true
	defer delete(above, m)
	out := map[string]any{}
	for _, p := range m.meta.Properties {
		u.dtoProperty(out, m, p, above)
	}
	return out
}

func (u *unit) dtoProperty(out map[string]any, m *managed, p *mapper.Property, above map[*managed]bool) {
	switch {
	case p.Hidden:
	case p.Kind == mapper.Inline:
		inner := map[string]any{}
		for _, sub := range p.Embedded {
			u.dtoProperty(inner, m, sub, above)
		}
		out[p.Name] = inner
	case !m.loaded.Has(p.Index):
	case p.Kind.IsToOne():
		out[p.Name] = u.dtoTarget(u.reference(m, p), above)
	case p.Kind.IsToMany():
		if s := u.items(m, p); s != nil && s.Loaded {
			out[p.Name] = u.dtoItems(s.List, above)
		}
	default:
		out[p.Name] = p.Access.Value(m.Entity)
	}
}

// dtoTarget writes the target of a to-one relation, or its key.
func (u *unit) dtoTarget(e *slot.Entry, above map[*managed]bool) any {
	if e == nil {
		return nil
	}
	target := u.entryOf(e)
	if target == nil || target.Entity == nil || above[target] {
		return e.Key
	}
	return u.dto(target, above)
}

func (u *unit) dtoItems(list []unsafe.Pointer, above map[*managed]bool) []any {
	items := make([]any, 0, len(list))
	for _, at := range list {
		if m := u.find(at); m != nil {
			items = append(items, u.dtoTarget(&m.Entry, above))
		}
	}
	return items
}
