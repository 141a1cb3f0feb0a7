package conditions

import (
	"github.com/weft-orm/weft/internal/docpath"
	"github.com/weft-orm/weft/mapper"
)

// row is a row that keys can be about: the row of a scope, or one reached from it
// through to-one relations.
type row struct {
	entity *mapper.Entity
	alias  string
	hops   []*mapper.Property
	path   string // from the root, for messages
}

// through returns the row that the to-one relation rel leads to. A branch takes the place of
// the polymorphic reference it is one of.
func (r row) through(rel *mapper.Property) row {
	before, path := r.before(rel), joinPath(r.path, rel.Path)
	if len(before) < len(r.hops) {
		path = joinPath(r.path, rel.Name)
	}
	hops := make([]*mapper.Property, len(before)+1)
	copy(hops, before)
	hops[len(before)] = rel
	return row{rel.Relation.Target, r.alias, hops, path}
}

// before returns the hops that lead to the row which rel is of: a branch takes the place of the
// polymorphic reference it is one of.
func (r row) before(rel *mapper.Property) []*mapper.Property {
	if n := len(r.hops); n > 0 && r.hops[n-1] == rel.Relation.Of {
		return r.hops[: n-1 : n-1]
	}
	return r.hops
}

// at returns the row as a field without property.
func (r row) at() Field { return Field{Alias: r.alias, Hops: r.hops} }

// field returns the field of property p on the row; whole says that a composite
// reference is meant as one, not column by column.
func (r row) field(p *mapper.Property, whole bool) Field {
	return onForeignKey(Field{Alias: r.alias, Hops: r.hops, Property: p}, whole)
}

// keyField returns the field of the row's primary key as one. Its Property is nil
// when the row is that of a scope and has a composite key.
func (r row) keyField() Field {
	if n := len(r.hops); n > 0 {
		return onForeignKey(Field{Alias: r.alias, Hops: r.hops[: n-1 : n-1], Property: r.hops[n-1]}, true)
	}
	f := r.at()
	if len(r.entity.Key) == 1 {
		f.Property = r.entity.Key[0]
	}
	return f
}

func joinPath(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	case docpath.IsElement(name):
		return path + name
	}
	return path + "." + name
}
