package conditions

import (
	"strings"

	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
)

// walk follows the pieces of a path from a row and returns the subject it leads to.
type walk struct {
	p     *parser
	scope *scope
	row   row
	// prop is the property walked to, nil while the walk stands on the row; typed
	// reports that the last piece named the type of the row instead.
	prop  *mapper.Property
	typed bool
	// steps are those behind prop, see [Steps].
	steps Steps
	// base is the row whose map the path is written in; columns used as values
	// are its columns.
	base row
	// offset of the piece at hand in the key as written.
	offset int
}

// follow leads from s along path, which stands at the start of a key.
func (p *parser) follow(s *scope, from row, path string) (subject, error) {
	if p.env.Computed != nil && from.path == "" {
		c, mistake := p.env.Computed(path)
		switch {
		case mistake != nil:
			mistake.Length = len(path)
			return nil, p.fail(path, *mistake)
		case c != nil:
			return fieldSubject{scope: s, field: c.Field, typ: c.Type, base: from, path: path}, nil
		}
	}
	w := &walk{p: p, scope: s, row: from, base: from}
	piece, rest, more := strings.Cut(path, ".")
	switch {
	case more && w.alias(piece):
		w.offset, path = len(piece)+1, rest
	case !more && from.entity.Property(piece) == nil && w.alias(piece):
		return rowSubject{s, w.row}, nil
	}
	return w.rest(path)
}

// rest follows path from where the walk stands.
func (w *walk) rest(path string) (subject, error) {
	for {
		piece, rest, more := strings.Cut(path, ".")
		if j := w.document(); j != nil {
			return w.p.jsonPath(*j, path, w.offset)
		}
		name, elements := w.indexed(piece)
		if err := w.step(name); err != nil {
			return nil, err
		}
		if len(elements) > 0 {
			inside := strings.Join(elements, ".")
			if more {
				inside += "." + rest
			}
			return w.p.jsonPath(*w.document(), inside, w.offset)
		}
		if !more {
			return w.subject(), nil
		}
		w.offset += len(piece) + 1
		path = rest
	}
}

// indexed takes "past[0]" apart where that is an element of a document.
func (w *walk) indexed(piece string) (name string, elements []string) {
	name, elements = docpath.Cut(piece)
	if len(elements) == 0 || w.prop != nil && w.prop.Kind != mapper.Inline && !w.prop.Kind.IsRelation() {
		return piece, nil
	}
	ahead := *w
	if ahead.prop != nil && ahead.prop.Kind.IsRelation() {
		ahead.row, ahead.prop = row{entity: ahead.prop.Relation.Target}, nil
	}
	switch {
	case ahead.prop != nil:
		ahead.prop = ahead.prop.Sub(name)
	default:
		ahead.prop = ahead.row.entity.Meaning(name).Property
	}
	if ahead.document() == nil {
		return piece, nil
	}
	return name, elements
}

// alias starts the walk at the row of an alias, when name is one.
func (w *walk) alias(name string) bool {
	env := w.p.env
	switch entity := env.Aliases[name]; {
	case name == env.Alias && name != "" && w.scope.top:
		w.row = row{entity: env.Entity}
	case name == env.Alias && name != "":
		w.row = row{entity: env.Entity, alias: name}
	case entity != nil:
		w.row = row{entity: entity, alias: name, path: name}
	default:
		return false
	}
	w.base = w.row
	return true
}

// document returns the JSON document the walk stands on, or nil.
func (w *walk) document() *jsonSubject {
	if w.prop == nil || w.prop.Kind.IsRelation() || w.prop.Kind == mapper.Inline || valueType(w.prop.Type).Kind != mapper.JSON {
		return nil
	}
	return &jsonSubject{scope: w.scope, field: w.row.field(w.prop, false), typ: w.prop.Type, base: w.base, path: joinPath(w.row.path, w.prop.Path)}
}

// step walks one piece further.
func (w *walk) step(piece string) error {
	w.enter()
	w.typed = false
	name, steps, mistake := cutSteps(piece)
	var next *mapper.Property
	var names []string
	switch {
	case w.prop == nil:
		if next = w.row.entity.Property(name); next == nil {
			if err := w.ofSubtype(name); err != nil {
				return err
			}
			return w.stepped(piece, steps, mistake)
		}
	case w.prop.Kind == mapper.Inline:
		var found, remedy string
		if next, found, remedy = w.prop.SubMeaning(piece); found != "" {
			return w.p.fail(joinPath(w.row.path, w.prop.Path+"."+piece), Error{Class: ErrAmbiguous, Got: "ambiguous: " + found, Hint: remedy, Offset: w.offset, Length: len(piece)})
		}
		if next == nil {
			names = w.prop.SubNames()
		}
	}
	if next == nil {
		return w.unknown(piece, names)
	}
	w.prop = next
	return w.stepped(piece, steps, mistake)
}

// ofSubtype walks to what a piece says that is no property of the row's entity: a
// property of one subtype, or the subtype the next piece is about.
func (w *walk) ofSubtype(piece string) error {
	switch m := w.row.entity.Meaning(piece); {
	case m.Branch != nil:
		w.row, w.prop = w.row.through(m.Branch), m.Property
		return nil
	case m.Property != nil:
		w.prop = m.Property
		return nil
	case m.Subtype != nil:
		w.row.entity, w.row.path, w.typed = m.Subtype, joinPath(w.row.path, m.Subtype.Name), true
		return nil
	case m.Several != nil:
		found, remedy := m.Ambiguity(w.row.path)
		return w.p.fail(joinPath(w.row.path, piece), Error{Class: ErrAmbiguous, Got: "ambiguous: " + found, Hint: remedy, Offset: w.offset, Length: len(piece)})
	}
	names := propertyNames(w.row.entity, w.p.env.Aliases)
	for _, name := range w.p.env.ComputedNames {
		switch own, ofAlias := strings.CutPrefix(name, w.row.path+"."); {
		case w.row.path == "":
			names = append(names, name)
		case ofAlias && w.row.path == w.row.alias:
			names = append(names, own)
		}
	}
	return w.unknown(piece, names)
}

// enter leaves a relation for the row it leads to.
func (w *walk) enter() {
	switch {
	case w.prop == nil:
	case w.steps != Steps{}:
		b := w.scope.reach(w.row, w.prop, w.steps)
		w.scope, w.row, w.base, w.prop, w.steps = b.scope, b.row, b.row, nil, Steps{}
	case w.prop.Kind.IsToOne():
		w.row, w.prop = w.row.through(w.prop), nil
	case w.prop.Kind.IsToMany():
		b := w.scope.branch(w.row, w.prop)
		w.scope, w.row, w.base, w.prop = b.scope, b.row, b.row, nil
	}
}

func (w *walk) unknown(piece string, names []string) error {
	e := Error{Class: ErrUnknownProperty, Hint: didYouMean(suggest.Nearest(piece, names)), Offset: w.offset, Length: len(piece)}
	path := w.row.path
	if w.prop != nil {
		path = joinPath(path, w.prop.Path)
		if w.prop.Kind == mapper.Scalar {
			e.Got = "unknown property: " + w.prop.Name + " is a plain value"
		}
	}
	if aggregateEnd(piece) > 0 {
		e.Got = "unknown property: aggregates stand in conditions on groups only"
	}
	if piece == "" {
		e.Got = "an empty piece of a path names no property"
	}
	return w.p.fail(joinPath(path, piece), e)
}

// subject returns what the property walked to is.
func (w *walk) subject() subject {
	switch p := w.prop; {
	case w.typed:
		return typeSubject{rowSubject{w.scope, w.row}}
	case w.steps != Steps{}:
		return manySubject{w.scope, w.row, p, w.steps}
	case p.Kind.IsToOne():
		return rowSubject{w.scope, w.row.through(p)}
	case p.Kind.IsToMany():
		return manySubject{w.scope, w.row, p, Steps{}}
	case p.Kind == mapper.Inline:
		return inlineSubject{w.scope, w.row, p, w.base}
	}
	if j := w.document(); j != nil {
		return *j
	}
	return fieldSubject{scope: w.scope, field: w.row.field(w.prop, false), typ: w.prop.Type, base: w.base, path: joinPath(w.row.path, w.prop.Path)}
}

// columnAt returns the field a column used as a value names, and its type.
func (p *parser) columnAt(base row, path, asked string) (Field, *mapper.Type, error) {
	none := &scope{}
	s, err := p.follow(none, base, path)
	if e, ok := err.(*Error); ok {
		e.Offset, e.Length = 0, 0 // offsets are those in path, which is no key
		return Field{}, nil, p.fail(e.Path, *e)
	}
	switch s := s.(type) {
	case fieldSubject:
		if len(none.branches) == 0 {
			return s.field, s.typ, nil
		}
	case rowSubject:
		if types := s.row.keyTypes(); len(types) == 1 && len(none.branches) == 0 {
			return s.row.keyField(), types[0], nil
		}
	}
	return Field{}, nil, p.fail(asked, Error{Class: ErrValue, Got: "column " + path + " is not a single value of the same row"})
}

// keyTypes are the types of the row's primary key, part by part.
func (r row) keyTypes() []*mapper.Type {
	types := make([]*mapper.Type, len(r.entity.KeyColumns))
	for i, c := range r.entity.KeyColumns {
		types[i] = c.Type
	}
	return types
}

// valueType returns the type a value has in the database: for a custom type,
// one of the kind it maps to.
func valueType(t *mapper.Type) *mapper.Type {
	if t.Kind == mapper.Custom {
		return &mapper.Type{Kind: t.Custom.Kind(), Bits: 64}
	}
	return t
}
