package entities

import (
	"strings"

	"github.com/weft-orm/weft/naming"
)

// A document is the Go type of a sub-document of MongoDB.
type document struct {
	name, column string
	fields       []*field
}

// document makes the Go type of a sub-document, or of those in an array, and returns
// the type of the field. Everything inside may be absent.
func (p *planner) document(e *entity, c *Column, typ *goType) string {
	d := &document{column: c.Name, name: p.types.take(e.name + goName(lastWord(words(c.Name), singular)))}
	names := scope{}
	for _, inner := range c.Fields {
		t := typeOf(p.db.Dialect, inner)
		f := &field{name: names.take(goName(words(inner.Name))), column: inner.Name, typ: t.name, imports: t.imports}
		if len(inner.Fields) > 0 {
			f.typ, f.imports = p.document(e, &Column{Name: c.Name + " " + inner.Name, Type: inner.Type, Fields: inner.Fields}, &goType{}), nil
		} else if !t.nilable {
			f.typ = "*" + t.name
		}
		d.fields = append(d.fields, f)
	}
	e.documents = append(e.documents, d)
	typ.options = []option{{"json", ""}}
	if strings.HasPrefix(c.Type, "array<") {
		typ.nilable = true
		return "[]" + d.name
	}
	typ.nilable = false
	return d.name
}

// links adds the many-to-many relation behind an array of keys. It reports false
// where the target is not mapped.
func (p *planner) links(e *entity, c *Column) bool {
	target := p.db.table("", c.Links)
	if target == nil || p.entity(target) == nil {
		return false
	}
	list := words(c.Name)
	if n := len(list) - 1; n > 0 && (list[n] == "ids" || list[n] == "id") {
		list = lastWord(list[:n], plural)
	}
	f := &field{relation: true, many: true, target: p.entity(target).name, imports: []string{relPath}, name: e.names.take(goName(list))}
	if naming.LowerCamel(f.name) != c.Name {
		// The array stands under the name of the relation.
		e.notes = append(e.notes, "The array "+c.Name+" holds keys of "+c.Links+", under a name that a relation cannot have.")
		return false
	}
	e.fields = append(e.fields, f)
	return true
}

// linkedBack adds the other side of an array of keys.
func (p *planner) linkedBack(e *entity, f *field) {
	target := p.byName(f.target)
	other := &field{relation: true, many: true, target: e.name, imports: []string{relPath}}
	other.name = target.names.take(pluralName(e.name), pluralName(e.name)+"By"+f.name)
	other.add("mappedBy", f.name)
	target.fields = append(target.fields, other)
}
