package orm

import (
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// checkPath refuses a path from an entity that leads nowhere; relation says that it must end
// in one. It may go through embedded values and relations.
func checkPath(op string, root *mapper.Entity, path string, relation bool) error {
	e, pieces := root, strings.Split(path, ".")
	for len(pieces) > 0 {
		p, used := propertyAt(e, pieces)
		if p == nil {
			return unknown(ErrUnknownProperty, op, root, path, pieces[0], e.PropertyNames())
		}
		pieces = pieces[used:]
		switch {
		case p.Relation != nil:
			e = p.Relation.Target
		case relation || len(pieces) > 0:
			return unknown(ErrUnknownPath, op, root, path, p.Name, nil)
		}
	}
	return nil
}

// propertyAt finds the property that the first pieces of a path name, those inside of
// embedded values included.
func propertyAt(e *mapper.Entity, pieces []string) (*mapper.Property, int) {
	p, used := e.Property(pieces[0]), 1
	if p == nil {
		for _, leaf := range e.HierarchyLeaves() { // those of subtypes
			if leaf.Parent == nil && leaf.Name == pieces[0] {
				p = leaf
				break
			}
		}
	}
	for p != nil && p.Kind == mapper.Inline && used < len(pieces) {
		sub := p.Sub(pieces[used])
		if sub == nil {
			return nil, 0
		}
		p, used = sub, used+1
	}
	return p, used
}

// ownProperty finds the property of an entity of type e that a path names, in an embedded
// value too; nil where there is none.
func ownProperty(e *mapper.Entity, path string) *mapper.Property {
	pieces := strings.Split(path, ".")
	p, used := propertyAt(e, pieces)
	if p == nil || used != len(pieces) || !e.IsSubtypeOf(p.Entity) {
		return nil
	}
	return p
}

// propertyPaths lists the properties of an entity and those inside its embedded values, for hints.
func propertyPaths(e *mapper.Entity) []string {
	names := e.PropertyNames()
	for _, p := range e.Leaves {
		if p.Parent != nil {
			names = append(names, p.Path)
		}
	}
	return names
}

// targets is the entity that a path of relations leads to.
func targets(e *mapper.Entity, path string) *mapper.Entity {
	if path == "" {
		return e
	}
	pieces := strings.Split(path, ".")
	for len(pieces) > 0 {
		p, used := propertyAt(e, pieces)
		if p == nil || p.Relation == nil {
			return nil
		}
		e, pieces = p.Relation.Target, pieces[used:]
	}
	return e
}

// dotted is a path with one more name.
func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// CanPopulate reports whether a path leads along relations of T, as [Populate] takes it.
func CanPopulate[T any](db *DB, path string) bool {
	e, err := entityOf[T](db.there().registry)
	return err == nil && path != "" && checkPath("load", e, path, true) == nil
}
