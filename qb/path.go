package qb

import (
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// resolveField finds the field a dotted path leads to from env.Entity, or from
// the alias it begins with. Hops may hold to-many relations. A path that ends at
// a to-many relation means the key of its target. as is the kind a JSON value is
// read as, 0 where the path does not say.
func resolveField(env conditions.Env, path string, as mapper.ValueKind) (conditions.Field, error) {
	w := fieldWalk{entity: env.Entity, as: as}
	rest := path
	if piece, tail, more := strings.Cut(path, "."); more {
		switch e := env.Aliases[piece]; {
		case e != nil:
			w.entity, w.field.Alias, rest = e, piece, tail
		case piece == env.Alias && piece != "" && env.Entity.Property(piece) == nil:
			rest = tail
		}
	}
	for rest != "" {
		if w.inDocument() {
			return w.document(path, rest)
		}
		var piece string
		piece, rest, _ = strings.Cut(rest, ".")
		if err := w.step(piece); err != nil {
			err.Path, err.Entity = path, env.Entity.Name
			return conditions.Field{}, err
		}
	}
	return w.end(env.Entity.Name, path)
}

type fieldWalk struct {
	field  conditions.Field
	entity *mapper.Entity
	prop   *mapper.Property
	as     mapper.ValueKind
}

// inDocument reports that the walk stands on a JSON document with more to come.
func (w *fieldWalk) inDocument() bool {
	return w.prop != nil && !w.prop.Kind.IsRelation() && w.prop.Kind != mapper.Inline &&
		w.prop.Type != nil && w.prop.Type.Kind == mapper.JSON
}

func (w *fieldWalk) step(piece string) *Error {
	if w.prop != nil && w.prop.Kind.IsRelation() {
		w.field.Hops = append(w.field.Hops, w.prop)
		w.entity, w.prop = w.prop.Relation.Target, nil
	}
	var next *mapper.Property
	var names []string
	switch {
	case w.prop == nil:
		m := w.entity.Meaning(piece)
		if m.Several != nil {
			return ambiguous(m, "")
		}
		if m.Subtype != nil {
			w.entity = m.Subtype
			return nil
		}
		if next = m.Property; next == nil {
			names = w.entity.Names()
		}
	case w.prop.Kind == mapper.Inline:
		next, names = w.prop.Sub(piece), w.prop.SubNames()
	}
	if next == nil {
		return &Error{Class: ErrUnknownProperty, Hint: didYouMean(piece, names)}
	}
	w.prop = next
	return nil
}

// ambiguous reports a name that several subtypes have given to a property.
func ambiguous(m mapper.Meaning, path string) *Error {
	found, remedy := m.Ambiguity(path)
	return &Error{Class: ErrAmbiguous, Hint: found + "; " + remedy}
}

// end checks that the walk stands on something with a value.
func (w *fieldWalk) end(entity, path string) (conditions.Field, error) {
	if w.prop == nil {
		return w.field, &Error{Class: ErrUnknownProperty, Entity: entity, Path: path, Hint: "a path names a property"}
	}
	switch {
	case w.prop.Kind.IsToMany():
		target := w.prop.Relation.Target
		if len(target.Key) != 1 {
			return w.field, &Error{Class: ErrOrder, Entity: entity, Path: path, Hint: "name a property of " + target.Name}
		}
		w.field.Hops = append(w.field.Hops, w.prop)
		w.prop = target.Key[0]
	case w.prop.Kind == mapper.Inline || w.prop.Kind == mapper.Document:
		return w.field, &Error{Class: ErrOrder, Entity: entity, Path: path, Hint: "an embedded value has no order; name a property inside"}
	case w.prop.Type != nil && w.prop.Type.Kind == mapper.JSON:
		return w.field, &Error{Class: ErrOrder, Entity: entity, Path: path, Hint: "a document has no order; name a path inside"}
	}
	w.field.Property = w.prop
	if key := w.field.OnForeignKey(); len(key.Property.Columns) <= 1 { // a part would be taken for the whole
		return key, nil
	}
	return w.field, nil
}

// document reads the rest of a path as keys inside a JSON document. The kind
// comes from the Go struct behind the document, or from the entry.
func (w *fieldWalk) document(path, rest string) (conditions.Field, error) {
	w.field.Property = w.prop
	w.field.JSON = strings.Split(rest, ".")
	w.field.As = w.as
	fail := func(hint string) (conditions.Field, error) {
		return w.field, &Error{Class: ErrOrder, Entity: w.entity.Name, Path: path, Hint: hint}
	}
	for _, k := range w.field.JSON {
		if k == "" || strings.HasPrefix(k, "$") {
			return fail("a key in a document path cannot be empty or begin with $")
		}
	}
	if w.prop.Type.Shape != nil {
		if kind := followShape(w.prop.Type.Shape, w.field.JSON); w.field.As == 0 {
			w.field.As = kind
		}
	}
	if w.field.As == 0 {
		return fail(`say how to read it: "` + path + ` number", string or bool`)
	}
	return w.field, nil
}

// followShape walks a document made from a Go struct: it puts the names the
// document has into path, and returns the kind of the value at its end, 0 when
// that is not known.
func followShape(shape []*mapper.Property, path []string) mapper.ValueKind {
	for i, key := range path {
		p := findShape(shape, key)
		if p == nil {
			return 0
		}
		path[i] = p.Name
		if p.Type == nil {
			return 0
		}
		if i == len(path)-1 {
			return jsonKind(p.Type.Kind)
		}
		shape = p.Type.Shape
	}
	return 0
}

// findShape finds a member by its name in the document, or by that of its Go
// field in any case.
func findShape(shape []*mapper.Property, name string) *mapper.Property {
	for _, p := range shape {
		if p.Name == name {
			return p
		}
	}
	for _, p := range shape {
		if strings.EqualFold(p.Field[strings.LastIndexByte(p.Field, '.')+1:], name) {
			return p
		}
	}
	return nil
}

func didYouMean(name string, names []string) string {
	if near := suggest.Nearest(name, names); near != "" {
		return `did you mean "` + near + `"?`
	}
	return ""
}

// jsonKind is the kind of JSON value that holds a Go value of kind k.
func jsonKind(k mapper.ValueKind) mapper.ValueKind {
	switch k {
	case mapper.Int, mapper.Uint, mapper.Float, mapper.DecimalKind, mapper.Duration:
		return mapper.Float
	case mapper.Bool, mapper.String:
		return k
	case mapper.Time, mapper.Date, mapper.UUIDKind, mapper.ULIDKind, mapper.ObjectIDKind:
		return mapper.String
	default:
		return 0
	}
}
