package plan

import (
	"strings"

	"github.com/weft-orm/weft/internal/suggest"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// output returns the leaves to read of the root: the ordinary ones, or those asked
// for with key, version and foreign keys.
func (p *planner) output(e *mapper.Entity) ([]*mapper.Property, error) {
	wanted := map[*mapper.Property]bool{}
	for _, name := range p.request.Fields {
		if nested(e, name) {
			continue
		}
		prop, err := find(e, name)
		if err != nil {
			return nil, err
		}
		want(wanted, prop)
	}
	if len(wanted) == 0 {
		return ordinary(e), nil
	}
	var list []*mapper.Property
	for _, leaf := range e.Leaves {
		held := leaf.Kind.IsToOne() && leaf.Relation.Owning
		always := leaf.Primary || leaf.Version || held
		if !leaf.Kind.IsToMany() && !leaf.Virtual && (wanted[leaf] || always) {
			list = append(list, leaf)
		}
	}
	return list, nil
}

// ordinary are the leaves that are read unless others are asked for.
func ordinary(e *mapper.Entity) []*mapper.Property {
	var list []*mapper.Property
	for _, leaf := range e.Leaves {
		if !leaf.Kind.IsToMany() && !leaf.Virtual && !leaf.Lazy {
			list = append(list, leaf)
		}
	}
	return list
}

// nested reports a name that goes through a relation: it is about populated rows.
func nested(e *mapper.Entity, name string) bool {
	first, _, dotted := strings.Cut(name, ".")
	prop := e.Property(first)
	return dotted && prop != nil && prop.Kind.IsRelation()
}

// find finds a property by path, through embedded values.
func find(e *mapper.Entity, path string) (*mapper.Property, error) {
	var prop *mapper.Property
	names := e.PropertyNames()
	for i, name := range strings.Split(path, ".") {
		if i == 0 {
			prop = e.Property(name)
		} else {
			names = prop.SubNames()
			prop = prop.Sub(name)
		}
		if prop == nil {
			return nil, &qb.Error{Class: qb.ErrUnknownProperty, Step: "fields", Entity: e.Name, Path: path, Hint: hint(name, names)}
		}
	}
	return prop, nil
}

func hint(name string, names []string) string {
	if near := suggest.Nearest(name, names); near != "" {
		return "did you mean \"" + near + "\"?"
	}
	return ""
}

// want adds the leaves of a property, those inside an embedded value included.
func want(wanted map[*mapper.Property]bool, p *mapper.Property) {
	if p.Kind != mapper.Inline {
		wanted[p] = true
		return
	}
	for _, sub := range p.Embedded {
		want(wanted, sub)
	}
}
