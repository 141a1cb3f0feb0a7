package model

import (
	"go/types"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// Unseen stands for a custom type that the analyzer cannot run. It takes every value.
type Unseen struct{}

// Kind is that of the database form, which is not known.
func (Unseen) Kind() mapper.ValueKind { return mapper.String }

// ToDatabase accepts everything.
func (Unseen) ToDatabase(v any) (any, error) { return "", nil }

// FromDatabase is never asked.
func (Unseen) FromDatabase(any) (any, error) { return nil, errUnseen }

// Unclear reports an entity of which code that this package does not see may say
// more than its struct: its mapping in code is not written plainly, or its package
// does not know weft and no tag of its speaks of it, so that a mapping may stand anywhere.
func (model *Model) Unclear(e *mapper.Entity) bool {
	t := model.types[e.GoName]
	if t == nil {
		return true
	}
	if mapping := model.models.mappings[t.String()]; mapping != nil {
		return mapping.Unclear
	}
	return !model.models.speaksOfWeft(t)
}

// speaksOfWeft reports a struct whose package imports weft, or whose tags are weft's.
func (m *Models) speaksOfWeft(t *types.Named) bool {
	pkg := t.Obj().Pkg()
	if pkg == nil || pkg == m.checked.Types {
		return true // a mapping elsewhere would have to import this package
	}
	for _, p := range pkg.Imports() {
		if p.Path() == Module || strings.HasPrefix(p.Path(), Module+"/") {
			return true
		}
	}
	s := t.Underlying().(*types.Struct)
	for i := range s.NumFields() {
		if strings.Contains(s.Tag(i), `orm:"`) {
			return true
		}
	}
	return false
}

// UnclearValue reports a property whose values a custom type, given to orm.Open
// elsewhere, may make of something else than they look like: an embedded value, a value of a
// named type of the user's, or one whose custom type is not seen.
func (model *Model) UnclearValue(p *mapper.Property) bool {
	if p == nil {
		return false
	}
	if p.Kind == mapper.Inline {
		return p.Variants == nil // a mapping that names types says what they are
	}
	if p.Type == nil {
		return false
	}
	if _, unseen := p.Type.Custom.(Unseen); unseen {
		return true
	}
	switch p.Type.Kind {
	case mapper.Bool, mapper.Int, mapper.Uint, mapper.Float, mapper.String, mapper.Bytes:
	default:
		return false
	}
	t := model.types[p.Entity.GoName]
	if t == nil || p.Type.Enum != nil {
		return false // an enumeration says what the values are
	}
	f := model.Field(model.text(t) + "." + p.Field)
	return f != nil && ownType(f.Type())
}

// text is how positions name a type.
func (model *Model) text(t *types.Named) string {
	for text, known := range model.texts {
		if known == t {
			return text
		}
	}
	return ""
}

// Path resolves the longest beginning of a path of properties from an entity that
// exists. It returns the last property on it, and the entity it stands in.
func Path(e *mapper.Entity, path string) (*mapper.Property, *mapper.Entity) {
	var last *mapper.Property
	at := e
	for name := range strings.SplitSeq(path, ".") {
		var next *mapper.Property
		switch {
		case last != nil && last.Kind == mapper.Inline:
			next = last.Sub(name)
		case last == nil || last.Kind.IsRelation():
			if last != nil {
				at = last.Relation.Target
			}
			m := at.Meaning(name)
			if m.Subtype != nil {
				at, last = m.Subtype, nil
				continue
			}
			next = m.Property
		}
		if next == nil {
			if last != nil && last.Kind.IsRelation() {
				at = last.Relation.Target
			}
			return last, at
		}
		last = next
	}
	return last, at
}
