package gotypes

import (
	"go/token"
	"slices"
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// places are the positions of entities and their fields, by the position texts
// of the mapper ("library.Book", "library.Book.Address.City") and by the qualified
// names of the registry ("example.org/library.Book").
type places map[string]token.Position

// place records where entities and their fields are declared.
func (r *Report) place(list []*found, d *describer) {
	r.places = places{}
	for _, e := range list {
		for _, name := range []string{e.info.Type.Text, goName(e.info.Type)} {
			r.places[name] = e.pos
			r.places.fields(d, e.info, name, nil)
		}
	}
}

// fields records the fields of a struct, and those of structs inside.
func (p places) fields(d *describer, info *mapper.StructInfo, prefix string, stack []*mapper.StructInfo) {
	if slices.Contains(stack, info) {
		return
	}
	stack = append(stack, info)
	for _, f := range info.Fields {
		at := prefix + "." + f.Name
		p[at] = d.fields[f]
		t := f.Type
		if t.Kind == kindOfPointer {
			t = t.Elem
		}
		if t.Struct != nil && f.Target() == nil {
			p.fields(d, t.Struct(), at, stack)
		}
	}
}

// goName is the qualified name of a type, as in mapper.Entity.
func goName(t *mapper.TypeRef) string {
	_, name, _ := strings.Cut(t.Text, ".")
	return t.Package + "." + name
}

// Property returns where the field of a property is declared; ok is false when
// that is not known.
func (r *Report) Property(p *mapper.Property) (at token.Position, ok bool) {
	at, ok = r.places[p.Entity.GoName+"."+p.Field]
	return at, ok
}

// Entity returns where the struct of an entity is declared; ok is false when
// that is not known.
func (r *Report) Entity(e *mapper.Entity) (at token.Position, ok bool) {
	at, ok = r.places[e.GoName]
	return at, ok
}

// located returns mistakes with file and line before each position.
func (r *Report) located(e *mapper.MappingError) error {
	located := &mapper.MappingError{Problems: slices.Clone(e.Problems)}
	for i, p := range located.Problems {
		if at, ok := r.places[p.Position]; ok {
			located.Problems[i].Position = at.String() + ": " + p.Position
		}
	}
	return located
}

// hint words the nearest of names.
func hint(name string, names []string) []string {
	near := suggest.Nearest(name, names)
	if near == "" {
		return nil
	}
	return []string{"did you mean " + near + "?"}
}
