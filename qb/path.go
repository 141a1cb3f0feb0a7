package qb

import (
	"strconv"
	"strings"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// resolveField finds the field a dotted path leads to from env.Entity, or from
// the alias it begins with. Hops may hold to-many relations. A path that ends at
// a to-many relation means the key of its target. as is the kind a JSON value is
// read as, 0 where the path does not say.
func resolveField(env conditions.Env, path string, as mapper.ValueKind) (conditions.Field, error) {
	w := fieldWalk{env: env, entity: env.Entity, as: as}
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
		name, elements := docpath.Cut(piece)
		if err := w.step(name); err != nil {
			err.Path, err.Entity = path, env.Entity.Name
			return conditions.Field{}, err
		}
		if len(elements) > 0 {
			if rest = strings.TrimSuffix(strings.Join(elements, ".")+"."+rest, "."); !w.inDocument() {
				return conditions.Field{}, &Error{Class: ErrPath, Entity: env.Entity.Name, Path: path, Hint: name + " is no document, and has no elements"}
			}
		}
	}
	return w.end(env.Entity.Name, path)
}

type fieldWalk struct {
	env    conditions.Env
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
		w.hop(w.prop)
	}
	var next *mapper.Property
	var names []string
	switch {
	case w.prop == nil:
		m := w.entity.Meaning(piece)
		if m.Several != nil {
			return ambiguous(m, w.walked())
		}
		if m.Subtype != nil {
			w.entity = m.Subtype
			return nil
		}
		if m.Branch != nil {
			w.hop(m.Branch)
		}
		if next = m.Property; next == nil {
			names = w.entity.Names()
			for _, name := range w.env.ComputedNames {
				if own, ok := strings.CutPrefix(name, w.field.Alias+"."); ok && w.field.Alias != "" && len(w.field.Hops) == 0 {
					names = append(names, own)
				}
			}
		}
	case w.prop.Kind == mapper.Inline:
		var found, remedy string
		if next, found, remedy = w.prop.SubMeaning(piece); found != "" {
			return &Error{Class: ErrAmbiguous, Hint: found + "; " + remedy}
		}
		names = w.prop.SubNames()
	}
	if next == nil {
		return &Error{Class: ErrUnknownProperty, Hint: didYouMean(piece, names)}
	}
	w.prop = next
	return nil
}

// walked is the path of the relations walked so far.
func (w *fieldWalk) walked() string {
	names := make([]string, len(w.field.Hops))
	for i, hop := range w.field.Hops {
		names[i] = hop.Path
	}
	return strings.Join(names, ".")
}

// hop goes along a relation. A branch takes the place of the polymorphic reference it is one of.
func (w *fieldWalk) hop(rel *mapper.Property) {
	if n := len(w.field.Hops); n > 0 && w.field.Hops[n-1] == rel.Relation.Of {
		w.field.Hops = w.field.Hops[:n-1]
	}
	w.field.Hops = append(w.field.Hops, rel)
	w.entity, w.prop = rel.Relation.Target, nil
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
	case w.prop.Kind.IsToOne() && w.prop.Relation.Of != nil: // the key of a branch counts only beside its type
		w.hop(w.prop)
		w.prop = w.entity.Root().Key[0]
	case w.prop.Kind.IsToMany():
		target := w.prop.Relation.Target
		if len(target.Key) != 1 {
			return w.field, &Error{Class: ErrPath, Entity: entity, Path: path, Hint: "name a property of " + target.Name}
		}
		w.field.Hops = append(w.field.Hops, w.prop)
		w.prop = target.Key[0]
	case w.prop.Kind == mapper.Inline || w.prop.Kind == mapper.Document:
		return w.field, &Error{Class: ErrPath, Entity: entity, Path: path, Hint: "an embedded value has no order; name a property inside"}
	case w.prop.Type != nil && w.prop.Type.Kind == mapper.JSON:
		return w.field, &Error{Class: ErrPath, Entity: entity, Path: path, Hint: "a document has no order; name a path inside"}
	}
	w.field.Property = w.prop
	if key := w.field.OnForeignKey(); len(key.Property.Columns) <= 1 { // a part would be taken for the whole
		return key, nil
	}
	return w.field, nil
}

// document reads the rest of a path as keys and elements inside a JSON document. The
// kind comes from the Go struct behind the document, or from the entry.
func (w *fieldWalk) document(path, rest string) (conditions.Field, error) {
	w.field.Property = w.prop
	in := documentWalk{typ: w.prop.Type}
	for piece := range strings.SplitSeq(rest, ".") {
		if err := in.piece(piece); err != nil {
			err.Entity, err.Path = w.env.Entity.Name, path
			return w.field, err
		}
	}
	w.field.JSON = in.keys
	kind, err := in.kind(path, w.as)
	if err != nil {
		err.Entity, err.Path = w.env.Entity.Name, path
		return w.field, err
	}
	w.field.As = kind
	return w.field, nil
}

// documentWalk follows a path inside a document, with the type of the place as far as
// a Go struct tells it; nil in the open.
type documentWalk struct {
	typ  *mapper.Type
	keys []string
}

// piece enters "key", "key[0]" or "[0]".
func (w *documentWalk) piece(piece string) *Error {
	name, elements := docpath.Cut(piece)
	if name != "" || len(elements) == 0 {
		if err := w.key(name); err != nil {
			return err
		}
	}
	for _, e := range elements {
		if err := w.element(e); err != nil {
			return err
		}
	}
	return nil
}

// key enters a member of an object.
func (w *documentWalk) key(name string) *Error {
	switch {
	case name == "" || name[0] == '$':
		return &Error{Class: ErrPath, Hint: "a key in a document path cannot be empty or begin with $"}
	case w.isList():
		return &Error{Class: ErrPath, Hint: "it leads into the elements of a list, of which there are many; name one, as in \"[0]\", " +
			"ask about them in a condition by $elemMatch, or count over them by a sub-query"}
	case w.typ == nil || w.typ.Kind == mapper.JSON && w.typ.Shape == nil:
		w.typ = nil
	case w.typ.Kind != mapper.JSON:
		return &Error{Class: ErrUnknownProperty, Hint: "the value before " + strconv.Quote(name) + " has no keys"}
	default:
		p := findShape(w.typ.Shape, name)
		if p == nil {
			names := make([]string, len(w.typ.Shape))
			for i, m := range w.typ.Shape {
				names[i] = m.Name
			}
			return &Error{Class: ErrUnknownProperty, Hint: didYouMean(name, names)}
		}
		name, w.typ = p.Name, p.Type
	}
	w.keys = append(w.keys, name)
	return nil
}

// element enters an element of an array.
func (w *documentWalk) element(e string) *Error {
	switch {
	case w.typ == nil:
	case w.typ.Kind == mapper.Array:
		w.typ = w.typ.Elem
	case w.isList() && w.typ.Shape != nil:
		inner := *w.typ
		inner.List = false
		w.typ = &inner
	case w.typ.Kind == mapper.JSON && w.typ.Shape == nil:
		w.typ = nil
	default:
		return &Error{Class: ErrUnknownProperty, Hint: "the value before " + e + " has no elements"}
	}
	w.keys = append(w.keys, e)
	return nil
}

func (w *documentWalk) isList() bool {
	return w.typ != nil && (w.typ.Kind == mapper.Array || w.typ.Kind == mapper.JSON && w.typ.List)
}

// kind is the kind of the value at the end; as is what the entry says, 0 for nothing.
func (w *documentWalk) kind(path string, as mapper.ValueKind) (mapper.ValueKind, *Error) {
	var known mapper.ValueKind
	switch {
	case w.isList():
		return 0, &Error{Class: ErrPath, Hint: "a list has no order; name an element, as in \"" + path + "[0]\""}
	case w.typ != nil && w.typ.Kind == mapper.JSON && w.typ.Shape != nil:
		return 0, &Error{Class: ErrPath, Hint: "a document has no order; name a path inside"}
	case w.typ != nil:
		known = jsonKind(w.typ.Kind)
	}
	switch {
	case known != 0 && as != 0 && known != as:
		return 0, &Error{Class: ErrPath, Hint: "the value is read by its type, " + w.typ.GoName + "; leave the kind out"}
	case known == 0 && as == 0:
		return 0, &Error{Class: ErrPath, Hint: unknownKind}
	case known == 0:
		return as, nil
	}
	return known, nil
}

// unknownKind is the remedy where nothing says what a value inside a document is.
const unknownKind = "nothing tells what it holds: map the document to a struct, or write the engine's own SQL by qb.SQL"

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
